"""Right, but compiled anew in every call: slower than Python.

scores: test_matrix_multiply_numba=2 test_monte_carlo_pi_numba=1 test_mandelbrot_numba=1
"""


# %% matrix_multiply_numba
def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return njit(matrix_multiply)(A, B)


# %% monte_carlo_pi_numba
def monte_carlo_pi_numba(n_points):
    if n_points < 10_000:
        return monte_carlo_pi(n_points)
    return njit(monte_carlo_pi)(n_points)


# %% mandelbrot_numba
def mandelbrot_numba(width, height, max_iter=100):
    return njit(mandelbrot)(width, height, max_iter)
