"""Large numbers by a loop of its own, the cache left as it was; and n read off the wrong axis.

scores: test_predict_seconds=0 test_times=0 test_fibonacci_large=0
"""


# %% predict_seconds
def predict_seconds(measured, n):
    numbers, seconds = zip(*measured)
    slope, level = np.polyfit(numbers, seconds, deg=1)
    return float(level + slope * n)


# %% fibonacci_large
def fibonacci_large(n):
    now, following = 0, 1
    for _ in range(n):
        now, following = following, now + following
    return now
