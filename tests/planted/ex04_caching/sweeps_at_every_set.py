"""Right but slow: goes through all values at every set, and holds the lock while a function runs.

scores: test_TTLCache_at_work=1
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache, self.lock = {}, threading.RLock()

    def get(self, key, default=None):
        with self.lock:
            value, expires = self.cache.get(key, (default, 0))
            return value if self.clock() < expires else default

    def set(self, key, value):
        with self.lock:
            now = self.clock()
            self.cache = {k: v for k, v in self.cache.items() if v[1] > now}
            if self.maxsize and key not in self.cache and len(self.cache) == self.maxsize:
                del self.cache[min(self.cache, key=lambda k: self.cache[k][1])]
            self.cache[key] = value, now + self.ttl

    def __call__(self, func):
        missing = object()

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            with self.lock:
                key = func, args, frozenset(kwargs.items())
                value = self.get(key, missing)
                if value is missing:
                    value = func(*args, **kwargs)
                    self.set(key, value)
                return value

        return wrapper
