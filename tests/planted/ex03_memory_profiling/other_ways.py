"""Everything done in other ways: arrays, own weak references with callbacks, tracemalloc.

scores: full
"""

# %% profile_memory_usage
import tracemalloc


def profile_memory_usage(func, *args, **kwargs):
    tracemalloc.start()
    try:
        result = func(*args, **kwargs)
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    print("Peak usage:", round(peak / 1e6, 3), "MB")
    print(f"Memory before: {0:,.1f} MiB\nMemory after:  {after / 1e6:,.1f} MiB")
    return result


# %% leak_sources
import sys


def size_of(value, seen):
    if id(value) in seen:
        return 0
    seen.add(id(value))
    size = sys.getsizeof(value)
    if isinstance(value, dict):
        size += sum(size_of(k, seen) + size_of(v, seen) for k, v in value.items())
    elif isinstance(value, (list, tuple, set)):
        size += sum(size_of(item, seen) for item in value)
    return size


def leak_sources(obj, work):
    before = {name: size_of(value, set()) for name, value in obj.__dict__.items()}
    work()
    grown = {}
    for name, value in obj.__dict__.items():
        more = size_of(value, set()) - before.get(name, 0)
        if more > 0:
            grown[name] = more
    return grown


# %% OptimizedDataProcessor
from array import array


class OptimizedDataProcessor:
    def __init__(self, load_chunk=load_chunk, cache_limit=8):
        if cache_limit < 0:
            raise ValueError("cache_limit")
        self._load, self._limit = load_chunk, cache_limit
        self._entries, self._sum, self._items = {}, 0, 0

    def get_chunk(self, number):
        reference = self._entries.get(number)
        chunk = reference() if reference else None
        if chunk is None:
            chunk = array("q", self._load(number))
            entries = self._entries

            def forget(dead):
                if entries.get(number) is dead:
                    del entries[number]

            entries.pop(number, None)
            entries[number] = weakref.ref(chunk, forget)
            self.clear_cache(self._limit)
        return chunk

    def iter_chunks(self, iterations):
        return map(self.get_chunk, range(iterations))

    def process_large_dataset(self, iterations=100):
        def counted(chunk):
            self._items += len(chunk)
            return sum(chunk)

        self._sum += sum(counted(chunk) for chunk in self.iter_chunks(iterations))
        return self._sum

    def clear_cache(self, keep=0):
        for number in list(self._entries)[: max(0, len(self._entries) - keep)]:
            del self._entries[number]

    def get_statistics(self):
        return {
            "total_items": self._items,
            "cache_size": len(self._entries),
            "memory_estimate": 200 * len(self._entries),
        }

    def close(self):
        self._entries.clear()

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.close()
        return False

    def __del__(self):
        if hasattr(self, "_entries"):
            self.close()


# %% peaks
def peak_of(processor, chunks):
    tracemalloc.start()
    processor.process_large_dataset(chunks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


kinds = [DataProcessor, OptimizedDataProcessor]
peaks = {n: {kind.__name__: peak_of(kind(), n) for kind in kinds} for n in (40, 10)}
