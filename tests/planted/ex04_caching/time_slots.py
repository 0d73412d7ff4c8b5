"""A recipe often seen: lru_cache with the number of the time slot among the arguments. A value that
was computed late in its slot is dropped long before it is as old as the time to live.

scores: test_TTLCache=2
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache, self.lock = OrderedDict(), threading.Lock()

    def get(self, key, default=None):
        with self.lock:
            value, since = self.cache.get(key, (default, None))
            return value if since is None or self.clock() - since < self.ttl else default

    def set(self, key, value):
        with self.lock:
            now = self.clock()
            self.cache[key] = value, now
            self.cache.move_to_end(key)
            while now - next(iter(self.cache.values()))[1] >= self.ttl:
                self.cache.popitem(last=False)
            if self.maxsize is not None and len(self.cache) > self.maxsize:
                self.cache.popitem(last=False)

    def __call__(self, func):
        @lru_cache(maxsize=self.maxsize or 128)
        def in_slot(slot, *args, **kwargs):
            return func(*args, **kwargs)

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            return in_slot(self.clock() // self.ttl, *args, **kwargs)

        return wrapper
