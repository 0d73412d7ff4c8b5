"""Right for one thread: there is no lock. And what is looked at lives longer.

scores: test_TTLCache=1 test_TTLCache_at_work=2
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache = OrderedDict()

    def get(self, key, default=None):
        value, since = self.cache.get(key, (default, 0))
        if self.clock() - since >= self.ttl:
            return default
        self.set(key, value)
        return value

    def set(self, key, value):
        now = self.clock()
        self.cache[key] = value, now
        self.cache.move_to_end(key)
        while now - next(iter(self.cache.values()))[1] >= self.ttl:
            self.cache.popitem(last=False)
        if self.maxsize is not None and len(self.cache) > self.maxsize:
            self.cache.popitem(last=False)

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
