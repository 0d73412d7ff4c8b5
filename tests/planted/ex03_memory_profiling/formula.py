"""Wrong: the sum by a formula, and nothing is processed at all.

scores: test_results=0 test_lean=1 test_cleanup=1 test_peaks=0
"""


# %% OptimizedDataProcessor
class OptimizedDataProcessor:
    def __init__(
        self, load_chunk: Callable[[int], list[int]] = load_chunk, cache_limit: int = 8
    ) -> None:
        self.load_chunk = load_chunk
        self.cache_limit = cache_limit
        self.total = self.total_items = 0
        self.cache = weakref.WeakValueDictionary()
        if cache_limit < 0:
            raise ValueError(f"cache_limit must be 0 or more, not {cache_limit}")

    def get_chunk(self, number: int) -> Sequence[int]:
        chunk = self.cache.get(number)
        if chunk is None:
            chunk = Chunk(self.load_chunk(number))
            self.cache[number] = chunk
            self.clear_cache(keep=self.cache_limit)
        return chunk

    def iter_chunks(self, iterations: int) -> Iterator[Sequence[int]]:
        for number in range(iterations):
            yield self.get_chunk(number)

    def process_large_dataset(self, iterations: int = 100) -> int:
        self.total += iterations * CHUNK_SIZE * (CHUNK_SIZE - 1) // 2
        self.total_items += iterations * CHUNK_SIZE
        return self.total

    def clear_cache(self, keep: int = 0) -> None:
        while len(self.cache) > keep:
            self.cache.pop(next(iter(self.cache), None), None)

    def get_statistics(self) -> dict[str, int]:
        return {
            "total_items": self.total_items,
            "cache_size": len(self.cache),
            "memory_estimate": memory.deep_size([self.total, self.total_items, self.cache]),
        }

    def close(self) -> None:
        self.clear_cache()

    def __enter__(self) -> "OptimizedDataProcessor":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __del__(self) -> None:
        if hasattr(self, "cache"):
            self.close()
