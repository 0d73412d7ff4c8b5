"""Tests for get and set only, with a sleep: right ones pass, about half of the broken ones too.

scores: test_ttl_cache_tests=1
"""


# %% ttl_cache_tests
def test_ttl_cache(TTLCache):
    clock = counting.Clock()
    cache = TTLCache(10, maxsize=2, clock=clock)
    cache.set("a", 1)
    clock.advance(6)
    assert cache.get("a") == 1
    clock.advance(4)
    assert cache.get("a") is None
    cache.set("a", 1)
    cache.set("b", 2)
    cache.set("c", 3)
    assert None in [cache.get(key) for key in "abc"]
    short = TTLCache(0.02)
    short.set("a", 1)
    time.sleep(0.03)
    assert short.get("a") is None
