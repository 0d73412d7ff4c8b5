"""Too little compiled: what is done with one number, or one row, but not the loops around it.

scores: test_matrix_multiply_numba=2 test_monte_carlo_pi_numba=1 test_mandelbrot_numba=1
"""


# %% matrix_multiply_numba
@njit
def multiplied(a, b):
    return a * b


def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += multiplied(A[i, k], B[k, j])
    return C


# %% monte_carlo_pi_numba
@njit
def is_inside(x, y):
    return x * x + y * y <= 1


def monte_carlo_pi_numba(n_points):
    random = np.random.random
    return 4 * sum(is_inside(random(), random()) for _ in range(n_points)) / n_points


# %% mandelbrot_numba
@njit
def next_z(z, c):
    return z * z + c


def mandelbrot_numba(width, height, max_iter=100):
    image = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            c = complex((column - width / 2) / (width / 4), (row - height / 2) / (height / 4))
            z = 0j
            for step in range(max_iter):
                if abs(z) > 2:
                    image[row, column] = step
                    break
                z = next_z(z, c)
    return image
