"""Wrong: the given class is measured under both names. The class itself is right.

scores: test_peaks=0
"""

# %% peaks
peaks = {}
for chunks in (10, 40):
    used = memory.allocations(DataProcessor().process_large_dataset, chunks)
    peaks[chunks] = dict.fromkeys(["DataProcessor", "OptimizedDataProcessor"], used.peak_bytes)
