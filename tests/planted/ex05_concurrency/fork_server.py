"""Right: by the fork server, which has no other threads; and figures in a defaultdict.

scores: full
"""


# %% process_multiprocessing
def process_multiprocessing(numbers):
    with multiprocessing.get_context("forkserver").Pool() as pool:
        return pool.map(process_number, numbers)


# %% comparison
from collections import defaultdict

comparison = defaultdict(dict)
for name, function in {
    "sequential": fetch_sequential,
    "threads": fetch_threading,
    "async": fetch_all_async,
    "processes": fetch_processes,
}.items():
    comparison["I/O"][name] = await seconds(function, urls)
for name, function in {
    "sequential": process_sequential,
    "threads": process_threads,
    "async": process_async,
    "processes": process_multiprocessing,
}.items():
    comparison["CPU"][name] = await seconds(function, numbers)
