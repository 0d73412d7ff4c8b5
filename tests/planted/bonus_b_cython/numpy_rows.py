"""Right within limits, and a row at a time by NumPy: some times as fast, but no loop in C.

The trick: what comes from the left is a running maximum once the gaps are added back. It overflows
where the loop does not.

scores: test_local_score_typed=2
"""

# %% typed_source
typed_source = """
import numpy as np

def local_score(first, second, scores, gap):
    if not first or not second:
        return 0
    if int(np.max(scores)) * min(len(first), len(second)) + gap * len(second) > 2**63 - 1:
        raise OverflowError("too large")
    letters = np.frombuffer(second, dtype=np.uint8)
    gaps = gap * np.arange(len(second) + 1)
    row = np.zeros(len(second) + 1, dtype=np.int64)
    best = 0
    for values in scores[np.frombuffer(first, dtype=np.uint8)][:, letters]:
        new = np.maximum(row[:-1] + values, row[1:] - gap)
        row[1:] = np.maximum(new, 0)
        row = np.maximum.accumulate(row + gaps) - gaps
        best = max(best, int(row.max()))
    return best
"""
