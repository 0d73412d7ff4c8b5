"""Wrong: sums of its own for each block of k, but all blocks are added to the same entries.

scores: test_matrix_multiply_parallel=0
"""


# %% matrix_multiply_parallel
@njit(parallel=True)
def matrix_multiply_parallel(A, B):
    n, p = A.shape
    m = B.shape[1]
    C = np.zeros((n, m))
    for block in prange((p + 31) // 32):
        for i in range(n):
            for j in range(m):
                total = 0.0
                for k in range(32 * block, min(p, 32 * block + 32)):
                    total += A[i, k] * B[k, j]
                C[i, j] += total
    return C
