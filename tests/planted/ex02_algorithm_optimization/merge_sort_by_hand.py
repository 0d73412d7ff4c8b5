"""Right but for mixtures: a merge sort written in Python, O(n log n) with a large constant.

scores: test_find_duplicates_optimized=3
"""


# %% find_duplicates_optimized
def merge_sorted(numbers):
    if len(numbers) < 2:
        return numbers
    middle = len(numbers) // 2
    left, right = merge_sorted(numbers[:middle]), merge_sorted(numbers[middle:])
    merged, i, j = [], 0, 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]


def find_duplicates_optimized(numbers):
    in_order = merge_sorted(list(numbers))
    return list({one for one, other in zip(in_order, in_order[1:]) if one == other})
