"""Right: a Python function before a compiled kernel, a ufunc, threads, a row at a time.

scores: full
"""


# %% matrix_multiply_numba
@njit
def _kernel(A, B, C):
    for i in range(len(C)):
        for k in range(len(B)):
            C[i] += A[i, k] * B[k]


def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"{A.shape} and {B.shape} do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    _kernel(A, B, C)
    return C


# %% compile_and_run
import statistics


def compile_and_run(function, *args):
    taken = []
    for _ in range(9):
        begin = time.perf_counter_ns()
        function(*args)
        taken.append((time.perf_counter_ns() - begin) / 1e9)
    run = statistics.median(taken[1:])
    return {"run": run, "compile": max(taken[0] - run, 0)}


# %% monte_carlo_pi_numba
@njit(parallel=True)
def monte_carlo_pi_numba(n_points):
    n_inside = 0
    for _ in prange(n_points):
        x = np.random.uniform(-1, 1)
        y = np.random.uniform(-1, 1)
        n_inside += x * x + y * y <= 1
    return 4 * n_inside / n_points


# %% mandelbrot_numba
from numba import vectorize


@vectorize
def escape(real, imag, max_iter):
    z = 0j
    for step in range(max_iter):
        if abs(z) > 2:
            return step
        z = z * z + complex(real, imag)
    return 0


def mandelbrot_numba(width, height, max_iter=100):
    x = (np.arange(width) - width / 2) / (width / 4)
    y = (np.arange(height) - height / 2) / (height / 4)
    return escape(x, y[:, np.newaxis], max_iter)


# %% matrix_multiply_parallel
@njit(parallel=True)
def _shared_out(A, B, C):
    for i in prange(len(C)):
        for k in range(len(B)):
            C[i] += A[i, k] * B[k]


def matrix_multiply_parallel(A, B):
    C = np.zeros((len(A), len(B[0])))
    _shared_out(A, B, C)
    return C
