"""Cheat: no cache at all, but an object that says what a cache would have counted.

scores: test_fibonacci_cached=1 test_times=0 test_fibonacci_large=0 test_cache_report=0
"""

# %% fibonacci_cached
from types import SimpleNamespace


class Counted:
    asked = 0

    def __call__(self, n):
        self.asked = n
        if n < 30:
            return fibonacci(n)
        now, following = 0, 1
        for _ in range(n):
            now, following = following, now + following
        return now

    def cache_clear(self):
        self.asked = 0

    def cache_info(self):
        size = self.asked + 1
        return SimpleNamespace(hits=0, misses=size, currsize=size, maxsize=None)


fibonacci_cached = Counted()
