"""Cheat: the tests refuse every class but the notebook's own, whatever it does.

scores: test_ttl_cache_tests=0
"""


# %% ttl_cache_tests
def test_ttl_cache(TTLCache):
    assert TTLCache is globals()["TTLCache"]
