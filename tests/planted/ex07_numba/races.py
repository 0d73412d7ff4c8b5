"""Wrong: threads that count and add up in the same place.

scores: test_monte_carlo_pi_numba=0 test_matrix_multiply_parallel=0
"""


# %% monte_carlo_pi_numba
@njit(parallel=True)
def monte_carlo_pi_numba(n_points):
    inside = np.zeros(1, dtype=np.int64)
    for _ in prange(n_points):
        x = np.random.random()
        y = np.random.random()
        if x * x + y * y <= 1:
            inside[0] += 1
    return 4 * inside[0] / n_points


# %% matrix_multiply_parallel
@njit(parallel=True)
def matrix_multiply_parallel(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    for k in prange(A.shape[1]):
        for i in range(A.shape[0]):
            for j in range(B.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C
