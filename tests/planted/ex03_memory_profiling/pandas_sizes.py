"""Right: sizes are compared with pandas, so that the bytes are NumPy numbers.

scores: full
"""


# %% leak_sources
def leak_sources(obj, work):
    def sizes():
        return pd.Series({name: memory.deep_size(value) for name, value in vars(obj).items()})

    before = sizes()
    work()
    after = sizes()
    grown = after - before.reindex(after.index).fillna(0).astype(int)
    return dict(grown[grown > 0])
