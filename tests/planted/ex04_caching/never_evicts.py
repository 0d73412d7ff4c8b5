"""Asks when a value is looked at, and only then: what nobody asks for stays. maxsize is forgotten.

scores: test_TTLCache_at_work=2
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.clock = ttl_seconds, clock
        self.cache, self.lock = {}, threading.Lock()

    def get(self, key, default=None):
        with self.lock:
            value, expires = self.cache.get(key, (default, 0))
            if self.clock() < expires:
                return value
            self.cache.pop(key, None)
            return default

    def set(self, key, value):
        with self.lock:
            self.cache[key] = value, self.clock() + self.ttl

    def __call__(self, func):
        missing = object()

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = func, args, frozenset(kwargs.items())
            value = self.get(key, missing)
            if value is missing:
                value = func(*args, **kwargs)
                self.set(key, value)
            return value

        return wrapper
