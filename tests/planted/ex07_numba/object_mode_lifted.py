"""Object mode whose loops Numba compiles all the same: fast, but not nopython mode.

scores: test_matrix_multiply_numba=3 test_mandelbrot_numba=2
"""


# %% matrix_multiply_numba
@jit(forceobj=True)
def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C


# %% mandelbrot_numba
mandelbrot_numba = jit(forceobj=True)(mandelbrot)
