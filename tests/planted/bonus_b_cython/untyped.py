"""Right, but the text of the given function with not a type in it.

scores: test_local_score_typed=3
"""

# %% typed_source
typed_source = inspect.getsource(local_score)
