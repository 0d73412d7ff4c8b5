"""Right: loops with while, in blocks, with accumulators; in functions that a compiled one calls.

scores: full
"""


# %% matrix_multiply_numba
@njit(fastmath=True)
def add_products(A, B, C, begin, end):
    i = 0
    while i < A.shape[0]:
        j = 0
        while j < B.shape[1]:
            total, k = 0.0, begin
            while k < end:
                total += A[i, k] * B[k, j]
                k += 1
            C[i, j] += total
            j += 1
        i += 1


@njit
def all_blocks(A, B, C):
    begin = 0
    while begin < A.shape[1]:
        add_products(A, B, C, begin, min(begin + 16, A.shape[1]))
        begin += 16


@njit
def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("A needs as many columns as B has rows")
    C = np.zeros((A.shape[0], B.shape[1]))
    all_blocks(A, B, C)
    return C


# %% monte_carlo_pi_numba
@njit
def hits(n_points):
    left, found = n_points, 0
    while left:
        found += np.random.random() ** 2 + np.random.random() ** 2 < 1
        left -= 1
    return found


@njit
def monte_carlo_pi_numba(n_points):
    return hits(n_points) / n_points * 4


# %% mandelbrot_numba
@njit
def escape(c, max_iter):
    z, step = 0j, 0
    while z.real * z.real + z.imag * z.imag <= 4:
        z, step = z * z + c, step + 1
        if step == max_iter:
            return 0
    return step


@njit
def fill(image, max_iter):
    height, width = image.shape
    pixel = width * height
    while pixel:
        pixel -= 1
        row, column = divmod(pixel, width)
        c = complex((column - width / 2) / (width / 4), (row - height / 2) / (height / 4))
        image[row, column] = escape(c, max_iter)


@njit
def mandelbrot_numba(width, height, max_iter=100):
    image = np.empty((height, width))
    fill(image, max_iter)
    return image


# %% matrix_multiply_parallel
@njit
def row_of_product(row, B, result):
    k = 0
    while k < B.shape[0]:
        j = 0
        while j < B.shape[1]:
            result[j] += row[k] * B[k, j]
            j += 1
        k += 1


@njit(parallel=True)
def fill_rows(A, B, C):
    for i in prange(len(C)):
        row_of_product(A[i], B, C[i])


@njit
def matrix_multiply_parallel(A, B):
    C = np.zeros((A.shape[0], B.shape[1]))
    fill_rows(A, B, C)
    return C
