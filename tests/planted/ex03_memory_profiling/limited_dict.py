"""Wrong: plain lists in a plain dict that is bounded. Leaner than before, but it keeps them alive.

scores: test_lean=1 test_cache=1
"""


# %% OptimizedDataProcessor
class OptimizedDataProcessor:
    def __init__(self, load_chunk=load_chunk, cache_limit=8):
        self.load_chunk = load_chunk
        self.cache_limit = cache_limit
        self.cache = {}
        self.total = self.items = 0
        if cache_limit < 0:
            raise ValueError("cache_limit must be 0 or more")

    def get_chunk(self, number):
        if number not in self.cache:
            chunk = self.cache[number] = self.load_chunk(number)
            self.clear_cache(self.cache_limit)
            return chunk
        return self.cache[number]

    def iter_chunks(self, iterations):
        for number in range(iterations):
            yield self.get_chunk(number)

    def process_large_dataset(self, iterations=100):
        self.cache.clear()
        for chunk in self.iter_chunks(iterations):
            self.total += sum(chunk)
            self.items += len(chunk)
        return self.total

    def clear_cache(self, keep=0):
        while len(self.cache) > keep:
            del self.cache[next(iter(self.cache))]

    def get_statistics(self):
        size = len(self.cache)
        return {"total_items": self.items, "cache_size": size, "memory_estimate": 100 * size}

    def close(self):
        self.cache.clear()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def __del__(self):
        if hasattr(self, "cache"):
            self.close()
