"""Wrong: what an array once had is never let go, however often it is resized.

scores: test_promises=1
"""


# %% + after TypedArray
class Hoarder(TypedArray):
    def __init__(self, format, length):
        super().__init__(format, length)
        self.history = []

    def resize(self, length):
        before = self.numbers
        super().resize(length)
        self.history.append(before)


TypedArray = Hoarder
