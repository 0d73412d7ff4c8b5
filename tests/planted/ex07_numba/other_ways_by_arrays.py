"""Right: a gufunc, array expressions in a compiled function, a part of the rows for each thread.

scores: full
"""

# %% matrix_multiply_numba
from numba import guvectorize


@guvectorize(["void(f8[:, :], f8[:, :], f8[:, :])"], "(n,p),(p,m)->(n,m)", nopython=True)
def matrix_multiply_numba(A, B, C):
    C[:] = 0
    for i in range(A.shape[0]):
        for k in range(A.shape[1]):
            for j in range(B.shape[1]):
                C[i, j] += A[i, k] * B[k, j]


# %% compile_and_run
import timeit


def compile_and_run(function, *args):
    timer = timeit.Timer("function(*args)", globals={"function": function, "args": args})
    first, *later = timer.repeat(repeat=9, number=1)
    return {"compile": max(0, first - min(later)), "run": min(later)}


# %% monte_carlo_pi_numba
@njit
def monte_carlo_pi_numba(n_points):
    x, y = np.random.random(n_points), np.random.random(n_points)
    return 4 * np.sum(x**2 + y**2 <= 1) / n_points


# %% mandelbrot_numba
@njit
def escape(real, imag, max_iter):
    x = y = 0.0
    for step in range(max_iter):
        xx, yy = x * x, y * y
        if xx + yy > 4:
            return step
        x, y = xx - yy + real, 2 * x * y + imag
    return 0


@njit
def mandelbrot_numba(width, height, max_iter=100):
    image = np.empty((height, width))
    for (row, column), _ in np.ndenumerate(image):
        real, imag = (column - width / 2) / (width / 4), (row - height / 2) / (height / 4)
        image[row, column] = escape(real, imag, max_iter)
    return image


# %% matrix_multiply_parallel
@njit(parallel=True)
def matrix_multiply_parallel(A, B):
    n, p = A.shape
    m = B.shape[1]
    C = np.empty((n, m))
    parts = numba.get_num_threads()
    for part in prange(parts):
        for i in range(part * n // parts, (part + 1) * n // parts):
            C[i] = 0
            for k in range(p):
                for j in range(m):
                    C[i, j] += A[i, k] * B[k, j]
    return C
