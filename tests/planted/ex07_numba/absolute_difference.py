"""Wrong: a compile time without its sign, points seeded anew in each call; rows by guvectorize.

scores: test_compile_and_run=1 test_monte_carlo_pi_numba=0 test_matrix_multiply_parallel=1
"""


# %% compile_and_run
def compile_and_run(function, *args):
    begin = time.perf_counter()
    function(*args)
    first = time.perf_counter() - begin
    run = timing.measure(function, *args, repeats=5).best
    return {"compile": abs(first - run), "run": run}


# %% monte_carlo_pi_numba
@njit
def monte_carlo_pi_numba(n_points):
    np.random.seed(42)
    n_inside = 0
    for _ in range(n_points):
        x, y = np.random.random(), np.random.random()
        n_inside += x * x + y * y <= 1
    return 4 * n_inside / n_points


# %% matrix_multiply_parallel
@numba.guvectorize(
    ["float64[:], float64[:, :], float64[:]"], "(p),(p,m)->(m)", target="parallel", nopython=True
)
def matrix_multiply_parallel(row, B, result):
    for j in range(result.shape[0]):
        result[j] = 0.0
    for k in range(row.shape[0]):
        for j in range(result.shape[0]):
            result[j] += row[k] * B[k, j]
