"""Takes the caller's list apart; and leaves the slow function out at 10,000 numbers.

scores: test_find_duplicates_optimized=3 test_results=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), set()
    while numbers:
        value = numbers.pop()
        (duplicates if value in seen else seen).add(value)
    return list(duplicates)


# %% slow_results
SIZES = [100, 1_000, 2_000]
slow_results = benchmark_implementation(find_duplicates_slow, generate_test_data, SIZES)
fast_results = benchmark_implementation(find_duplicates_optimized, generate_test_data, SIZES)
