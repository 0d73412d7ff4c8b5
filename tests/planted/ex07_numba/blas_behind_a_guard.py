"""Right and fast, but only a look at the arguments is compiled: NumPy and BLAS do the work.

scores: test_matrix_multiply_numba=3 test_monte_carlo_pi_numba=2 test_mandelbrot_numba=2
scores: test_matrix_multiply_parallel=1
"""


# %% matrix_multiply_numba
@njit
def fits(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A needs as many columns as B has rows")


def matrix_multiply_numba(A, B):
    fits(A, B)
    return A @ B


# %% monte_carlo_pi_numba
@njit
def is_positive(number):
    if number < 1:
        raise ValueError("a positive number is needed")


def monte_carlo_pi_numba(n_points):
    is_positive(n_points)
    x, y = np.random.random((2, n_points))
    return 4 * np.count_nonzero(x * x + y * y <= 1) / n_points


# %% mandelbrot_numba
def mandelbrot_numba(width, height, max_iter=100):
    is_positive(width)
    x = (np.arange(width) - width / 2) / (width / 4)
    y = (np.arange(height) - height / 2) / (height / 4)
    image, here = np.zeros(height * width), np.arange(height * width)
    c = (x + 1j * y[:, np.newaxis]).ravel()
    z = np.zeros_like(c)
    for step in range(max_iter):
        escaped = z.real**2 + z.imag**2 > 4
        image[here[escaped]] = step
        here, c, z = here[~escaped], c[~escaped], z[~escaped]
        z = z * z + c
    return image.reshape(height, width)


# %% matrix_multiply_parallel
@njit(parallel=True)
def fit(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A needs as many columns as B has rows")


def matrix_multiply_parallel(A, B):
    fit(A, B)
    return A @ B
