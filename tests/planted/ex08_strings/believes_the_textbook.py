"""Wrong: takes `result = result + s` for quadratic, and an attribute for as good as a variable.

scores: test_plus=1 test_recommendation=1
"""


# %% plus_is_linear
def plus_is_linear(strings):
    page = SimpleNamespace(text="")
    for s in strings:
        page.text += s
    return page.text


# %% plus_is_quadratic
def plus_is_quadratic(strings):
    result = ""
    for s in strings:
        result = result + s
    return result


# %% recommendation
recommendation = {
    "two or three pieces": "f-string",
    "a list of strings": "join",
    "made in a loop": "list and join",
    "call by call": "+= on an attribute",
    "bytes, piece by piece": "+=",
}

# %% report_answer [markdown]
# Strings are immutable so += is slow, always use join, it was faster in my table.
