"""Right but slow, and hidden from the counts: scans a list of the elements' texts.

scores: test_find_duplicates_growth=0
"""


# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    texts = [repr(number) for number in numbers]
    first = {text: number for text, number in zip(reversed(texts), reversed(numbers))}
    return [first[text] for text in first if texts.count(text) > 1]
