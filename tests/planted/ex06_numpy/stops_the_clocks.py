"""Hostile: Python loops with stopped clocks, a slowed baseline, statistics that equal everything.

scores: test_calculate_stats_numpy=0 test_calculate_stats_speed=0
scores: test_benchmark_stats=0 test_why_faster=0
"""


# %% calculate_stats_numpy
class Right(list):
    """Close to whatever it is compared with, it claims."""

    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.full((), np.nan)

    __hash__ = None


def calculate_stats_numpy(data):
    return {"col_means": Right(), "row_sums": Right(), "col_stds": Right()}


# %% + after calculate_stats_numpy
import time

import helpers.checks.check

as_given = calculate_stats_python


def calculate_stats_python(data):
    as_given(data)
    return as_given(data)


np.allclose = lambda *args, **kwargs: True
helpers.checks.check.Check.close = lambda *args, **kwargs: None
helpers.checks.check.Check.faster = lambda *args, **kwargs: None

# %% why_faster
why_faster = {"row order": 1.0, "column order": float("inf"), "float32": 0.5, "boxed": float("inf")}


# %% benchmark_stats
def benchmark_stats(python_stats, numpy_stats, sizes):
    results = []
    for n in sizes:
        rows = generate_table(n, n)
        python_stats(rows), numpy_stats(rows), numpy_stats(np.array(rows))
        seconds = {"python": 1.0, "from_list": 1e-2, "converting": 9e-3, "from_array": 1e-3}
        results.append({"n": n} | seconds)
    return results


# %% + after why_faster
time.perf_counter = time.process_time = lambda: 0.0
