"""Right: compiled beforehand for signatures of their own, with all the options.

scores: full
"""


# %% matrix_multiply_numba
@njit("float64[:, ::1](float64[:, ::1], float64[:, ::1])", fastmath=True, cache=True)
def matrix_multiply_numba(A, B):
    n, p = A.shape
    q, m = B.shape
    if p != q:
        raise ValueError("shapes do not fit")
    C = np.empty((n, m))
    for i in range(n):
        for j in range(m):
            total = 0.0
            for k in range(p):
                total += A[i, k] * B[k, j]
            C[i, j] = total
    return C


# %% monte_carlo_pi_numba
@njit("float64(int64)", fastmath=True, cache=True)
def monte_carlo_pi_numba(n_points):
    inside = 0
    for _ in range(n_points):
        inside += np.random.random() ** 2 + np.random.random() ** 2 <= 1
    return 4 * inside / n_points


# %% mandelbrot_numba
@njit(fastmath=True, nogil=True, cache=True)
def mandelbrot_numba(width, height, max_iter=100):
    img = np.zeros((height, width), dtype=np.int64)
    for y in range(height):
        for x in range(width):
            cr, ci = (x - width / 2) / (width / 4), (y - height / 2) / (height / 4)
            a = b = 0.0
            for i in range(max_iter):
                if a * a + b * b > 4:
                    img[y, x] = i
                    break
                a, b = a * a - b * b + cr, 2 * a * b + ci
    return img


# %% matrix_multiply_parallel
@njit(parallel=True, fastmath=True, cache=True)
def matrix_multiply_parallel(A, B):
    n, p = A.shape
    m = B.shape[1]
    C = np.empty((n, m))
    for i in prange(n):
        for j in range(m):
            total = 0.0
            for k in range(p):
                total += A[i, k] * B[k, j]
            C[i, j] = total
    return C
