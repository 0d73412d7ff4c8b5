"""Right but for a point: the given functions compiled as they are, which look at no shapes.

scores: test_matrix_multiply_numba=3
"""

# %% matrix_multiply_numba
matrix_multiply_numba = njit(matrix_multiply)

# %% monte_carlo_pi_numba
monte_carlo_pi_numba = jit(nopython=True)(monte_carlo_pi)

# %% mandelbrot_numba
mandelbrot_numba = jit(mandelbrot)


# %% matrix_multiply_parallel
@njit(parallel=True)
def matrix_multiply_parallel(A, B):
    n, m, p = len(A), len(B[0]), len(B)
    C = np.zeros((n, m))
    for i in prange(n):
        for j in range(m):
            for k in range(p):
                C[i, j] += A[i, k] * B[k, j]
    return C
