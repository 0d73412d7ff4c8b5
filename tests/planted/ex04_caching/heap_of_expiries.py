"""Right in another way: a heap of expiry times, with entries that a new `set` has made void.

scores: full
"""

# %% TTLCache
import heapq
import itertools


class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl = ttl_seconds
        self.maxsize = maxsize
        self.clock = clock
        self.cache = {}
        self.heap = []
        self.number = itertools.count()
        self.lock = threading.Condition()

    def get(self, key, default=None):
        with self.lock:
            entry = self.cache.get(key)
            return default if entry is None or entry[0] <= self.clock() else entry[2]

    def set(self, key, value):
        with self.lock:
            now = self.clock()
            full = self.maxsize is not None and key not in self.cache
            while self.heap and self.heap[0][0] <= now:
                self.forget_first()
            while full and len(self.cache) >= self.maxsize:
                self.forget_first()
            entry = (now + self.ttl, next(self.number), value)
            self.cache[key] = entry
            heapq.heappush(self.heap, (*entry[:2], key))

    def forget_first(self):
        _, number, key = heapq.heappop(self.heap)
        if key in self.cache and self.cache[key][1] == number:
            del self.cache[key]

    def __call__(self, func):
        own = object()

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = (own, functools._make_key(args, kwargs, typed=True))
            value = self.get(key, own)
            if value is own:
                value = func(*args, **kwargs)
                self.set(key, value)
            return value

        return wrapper
