"""Wrong: compiled in object mode, loops and all, so nothing gets faster.

scores: test_matrix_multiply_numba=2 test_monte_carlo_pi_numba=1 test_mandelbrot_numba=1
"""


# %% matrix_multiply_numba
@jit(forceobj=True, looplift=False)
def matrix_multiply_numba(A, B):
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    C = np.zeros((A.shape[0], B.shape[1]))
    for i in range(A.shape[0]):
        for j in range(B.shape[1]):
            for k in range(A.shape[1]):
                C[i, j] += A[i, k] * B[k, j]
    return C


# %% monte_carlo_pi_numba
monte_carlo_pi_numba = jit(forceobj=True, looplift=False)(monte_carlo_pi)

# %% mandelbrot_numba
mandelbrot_numba = jit(forceobj=True, looplift=False)(mandelbrot)
