"""Right but slow: the best of plain Python, nothing compiled.

scores: test_matrix_multiply_numba=2 test_monte_carlo_pi_numba=1 test_mandelbrot_numba=1
scores: test_options_report=0
"""


# %% matrix_multiply_numba
def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    rows, columns = A.tolist(), list(zip(*B.tolist()))
    return np.array([[math.sumprod(row, column) for column in columns] for row in rows])


# %% monte_carlo_pi_numba
import random


def monte_carlo_pi_numba(n_points):
    draw, inside = random.random, 0
    for _ in range(n_points):
        x = draw()
        y = draw()
        if x * x + y * y <= 1:
            inside += 1
    return 4 * inside / n_points


# %% mandelbrot_numba
def mandelbrot_numba(width, height, max_iter=100):
    image = []
    for row in range(height):
        y = (row - height / 2) / (height / 4)
        for column in range(width):
            c = complex((column - width / 2) / (width / 4), y)
            z, found = 0j, 0
            for step in range(max_iter):
                if abs(z) > 2:
                    found = step
                    break
                z = z * z + c
            image.append(float(found))
    return np.array(image).reshape(height, width)


# %% options_report
options_report = {name: compile_and_run(mandelbrot_rows, 120, 90) for name in ("python", *OPTIONS)}
