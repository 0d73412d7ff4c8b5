"""Right in another way: all is swept, but only once per time to live; makes room by the newest.

scores: full
"""


# %% TTLCache
class TTLCache:
    def __init__(self, ttl_seconds: float = 60, *, maxsize=None, clock=time.monotonic):
        self.ttl = ttl_seconds
        self.maxsize = maxsize
        self.clock = clock
        self.cache = {}
        self.lock = threading.Lock()
        self.next_sweep = clock() + ttl_seconds

    def get(self, key, default=None):
        with self.lock:
            value, expires = self.cache.get(key, (default, float("inf")))
            return value if self.clock() < expires else default

    def sweep(self, now):
        for key in [key for key, (_, expires) in self.cache.items() if expires <= now]:
            del self.cache[key]
        self.next_sweep = now + self.ttl

    def set(self, key, value):
        with self.lock:
            now = self.clock()
            if now >= self.next_sweep:
                self.sweep(now)
            if self.maxsize is not None and key not in self.cache:
                if len(self.cache) >= self.maxsize:
                    self.sweep(now)
                if len(self.cache) >= self.maxsize:
                    self.cache.popitem()
            self.cache[key] = value, now + self.ttl

    def __call__(self, func):
        values = TTLCache(self.ttl, maxsize=self.maxsize, clock=self.clock)

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            key = args, frozenset(kwargs.items())
            marker = values.get(key, values)
            if marker is values:
                marker = func(*args, **kwargs)
                values.set(key, marker)
            return marker

        return wrapper
