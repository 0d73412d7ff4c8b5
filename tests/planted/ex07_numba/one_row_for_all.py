"""Wrong: a scratch row made before the loop, which all threads write to.

scores: test_matrix_multiply_parallel=0
"""


# %% matrix_multiply_parallel
@njit(parallel=True)
def matrix_multiply_parallel(A, B):
    n, p = A.shape
    m = B.shape[1]
    C = np.zeros((n, m))
    row = np.zeros(m)
    for i in prange(n):
        for j in range(m):
            row[j] = 0.0
        for k in range(p):
            for j in range(m):
                row[j] += A[i, k] * B[k, j]
        for j in range(m):
            C[i, j] = row[j]
    return C
