"""Right in a slow way: the formula in exact fractions, and all three passes in optimized_main.

scores: full
"""

# %% fast_calculation
from fractions import Fraction


def fast_calculation(n):
    n = Fraction(max(n, 0))
    return int(n**3 / 3 - n**2 / 2 + n / 6)


# %% optimized_main
def optimized_main(seed=1, wait=0.1, scale=1):
    rng = random.Random(seed)
    data = [rng.randint(100 * scale, 1_000 * scale) for _ in range(100)]
    first = sum(fast_calculation(number) for number in data)
    time.sleep(wait)
    large_data = [rng.randint(500 * scale, 2_000 * scale) for _ in range(200)]
    second = sum(fast_calculation(number) for number in large_data)
    time.sleep(wait)
    return first + second + sum(fast_calculation(number) for number in data)
