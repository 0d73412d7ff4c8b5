"""The key is the text of the arguments, which may be the same for different ones.

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
        missing = object()

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = f"{id(func)} {args} {sorted(kwargs.items())}"
            value = self.get(key, missing)
            if value is missing:
                value = func(*args, **kwargs)
                self.set(key, value)
            return value

        return wrapper
