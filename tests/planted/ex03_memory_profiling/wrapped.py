"""Right: slots, a chunk that wraps a tuple, weakref.finalize beside __del__, chunks drawn in twos.

scores: full
"""


# %% profile_memory_usage
def profile_memory_usage(func, *args, **kwargs):
    used = memory.allocations(func, *args, **kwargs)
    print("Memory before: 0 MB")
    print(f"Memory after: {used.net_bytes / 10**6} MB")
    print(f"Peak usage: {used.peak_bytes / 10**6} MB")
    return used.result


# %% leak_sources
def leak_sources(obj, work):
    sizes = [{}, {}]
    for size in sizes:
        size.update((name, memory.deep_size(vars(obj)[name])) for name in vars(obj))
        if size is sizes[0]:
            work()
    before, after = sizes
    return {n: after[n] - before.get(n, 0) for n in after if after[n] > before.get(n, 0)}


# %% OptimizedDataProcessor
class Wrapped:
    __slots__ = ("numbers", "__weakref__")

    def __init__(self, numbers):
        self.numbers = tuple(numbers)

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        return self.numbers[index]


class OptimizedDataProcessor:
    __slots__ = ("_chunks", "_done", "_finalizer", "_limit", "_source", "__weakref__")

    def __init__(self, load_chunk=load_chunk, cache_limit=8):
        if cache_limit < 0:
            raise ValueError(f"cache_limit is {cache_limit}")
        self._source, self._limit, self._done = load_chunk, cache_limit, [0, 0]
        self._chunks = weakref.WeakValueDictionary()
        self._finalizer = weakref.finalize(self, self._chunks.clear)

    def get_chunk(self, number):
        try:
            return self._chunks[number]
        except KeyError:
            chunk = Wrapped(self._source(number))
        if self._limit:
            self.clear_cache(self._limit - 1)
            self._chunks[number] = chunk
        return chunk

    def iter_chunks(self, iterations):
        yield from (self.get_chunk(number) for number in range(iterations))

    def process_large_dataset(self, iterations=100):
        self._add(self.iter_chunks(iterations))
        return self._done[0]

    def _add(self, chunks):
        for chunk in chunks:
            following = next(chunks, ())
            self._done[0] += sum(chunk) + sum(following)
            self._done[1] += len(chunk) + len(following)

    def clear_cache(self, keep=0):
        numbers = list(self._chunks.keys())
        for number in numbers[: len(numbers) - keep] if keep else numbers:
            self._chunks.pop(number, None)

    def get_statistics(self):
        size = len(self._chunks)
        return {"total_items": self._done[1], "cache_size": size, "memory_estimate": 8.0 * size}

    def close(self):
        self._finalizer()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __del__(self):
        with contextlib.suppress(AttributeError):
            self.close()
