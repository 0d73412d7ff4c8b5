"""Wrong: reports a value every time it recurs, times in milliseconds, and swaps x and y.

scores: test_find_duplicates_optimized=1 test_find_duplicates_growth=0
scores: test_benchmark_implementation=2 test_growth_exponent=0
sample: chloe
"""

# %% prediction
predicted_slow = 100
predicted_fast = 100


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen = set()
    duplicates = []
    for number in numbers:
        if number in seen:
            duplicates.append(number)
        seen.add(number)
    return duplicates


# %% benchmark_implementation
def benchmark_implementation(func, data_generator, sizes):
    results = []
    for size in sizes:
        data = data_generator(size)
        calls = 5 if size < 10_000 else 1
        seconds = timeit.timeit(lambda: func(data), number=calls) / calls
        results.append((size, seconds * 1000))
    return results


# %% growth_exponent
def growth_exponent(results):
    sizes, seconds = zip(*results)
    return np.polyfit(np.log(seconds), np.log(sizes), 1)[0]


# %% report_answer [markdown]
# It uses a set, and sets are fast.
