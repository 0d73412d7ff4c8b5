"""Keeps what a function raised and raises it again; name and docstring get lost.

scores: test_TTLCache=2
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds=60, *, maxsize=None, clock=time.monotonic):
        self.ttl, self.maxsize, self.clock = ttl_seconds, maxsize, clock
        self.cache, self.lock = OrderedDict(), threading.Lock()

    def get(self, key, default=None):
        with self.lock:
            value, since = self.cache.get(key, (default, 0))
            return value if self.clock() - since < self.ttl else default

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
        def wrapper(*args, **kwargs):
            key = func, args, tuple(sorted(kwargs.items()))
            found = self.get(key)
            if found is None:
                try:
                    found = func(*args, **kwargs), None
                except Exception as error:
                    found = None, error
                self.set(key, found)
            if found[1]:
                raise found[1]
            return found[0]

        return wrapper
