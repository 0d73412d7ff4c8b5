"""Saves the third pass, and computes the other two as before.

scores: test_optimized_main=1
"""


# %% optimized_main
def optimized_main(seed=1, wait=0.1, scale=1):
    rng = random.Random(seed)
    data = [rng.randint(100 * scale, 1_000 * scale) for _ in range(100)]
    first = process_data(data)
    time.sleep(wait)
    large_data = [rng.randint(500 * scale, 2_000 * scale) for _ in range(200)]
    second = process_data(large_data)
    time.sleep(wait)
    return 2 * first + second
