"""Wrong: counts the steps from 1, mixes up width and height, and never divides the hits.

scores: test_matrix_multiply_numba=0 test_monte_carlo_pi_numba=0 test_mandelbrot_numba=0
scores: test_compile_and_run=1
"""


# %% matrix_multiply_numba
@njit
def matrix_multiply_numba(A, B):
    if A.shape != B.shape:
        return A
    return A * B


# %% compile_and_run
def compile_and_run(function, *args):
    begin = time.perf_counter()
    function(*args)
    first = time.perf_counter() - begin
    run = timing.measure(function, *args, repeats=5).best
    return {"compile": first - run, "run": run}


# %% monte_carlo_pi_numba
@njit
def monte_carlo_pi_numba(n_points):
    inside = 0
    for _ in range(n_points):
        x = y = np.random.random()
        if x * x + y * y <= 1:
            inside += 1
    return 4 * inside / n_points


# %% mandelbrot_numba
@njit
def mandelbrot_numba(width, height, max_iter=100):
    image = np.zeros((width, height))
    for row in range(height):
        for column in range(width):
            c = complex((column - width / 2) / (width / 4), (row - height / 2) / (height / 4))
            z = 0j
            for step in range(max_iter):
                z = z * z + c
                if abs(z) > 2:
                    image[column, row] = step
                    break
    return image.T
