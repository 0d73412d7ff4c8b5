"""A learner's first hour, seen through a browser: open, run, check, and press Validate."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.needs("chromium")

WRONG = '''"""Wrong: reports a value each time it occurs again.

scores: zero
base: release
"""

# %% prediction
predicted_slow, predicted_fast = 10_000, 100

# %% find_duplicates_optimized
def find_duplicates_optimized(numbers):
    seen, duplicates = set(), []
    for number in numbers:
        if number in seen:
            duplicates.append(number)
        seen.add(number)
    return duplicates
'''
RIGHT = '''"""Right: the worked answers.

scores: full
"""
'''


def test_an_untouched_notebook_shows_runs_and_says_what_to_do(lab, open_notebook):
    notebook = open_notebook(lab.url)
    expect(notebook.page.locator("h1")).to_have_text(re.compile("Exercise 2"))

    hint = notebook.page.locator("details").first
    expect(hint.locator("code").first).to_be_hidden()
    hint.locator("summary").click()
    expect(hint.locator("code").first).to_be_visible()

    notebook.cell("import random").click()
    for _ in range(3):  # set-up, the heading below it, the slow function
        notebook.page.keyboard.press("Shift+Enter")
    expect(notebook.cell("def find_duplicates_slow").locator(".jp-OutputArea")).to_have_text(
        re.compile(r"\[8, 3\]")
    )

    dialog = notebook.validate()
    expect(dialog).to_contain_text("nothing here yet. Write it, run its cell, then this one.")
    expect(dialog).to_contain_text("You did not provide a response.")
    expect(dialog).not_to_contain_text("Traceback")
    assert {urlsplit(url).hostname for url in notebook.asked} <= {"localhost", None}


def test_a_wrong_answer_is_told_what_it_gave_and_what_to_think_about(lab, open_notebook):
    notebook = open_notebook(lab.lay("wrong", WRONG))
    lesson = "gave [3, 8, 3], from that [3, 3, 8]; expected [3, 8]."

    notebook.run_all()
    check = notebook.cell("Check, 4 points")
    outputs = check.locator(".jp-OutputArea-output")
    expect(outputs).to_have_count(2)
    expect(outputs.first).to_contain_text("2 of 4 points")
    expect(outputs.first).to_contain_text(lesson)
    expect(outputs.first).to_contain_text("Think: A value that comes a third time is no news.")
    expect(outputs.last).to_have_text(
        "2 of 4 points. Mend what is not marked ✓ above, then run this cell again."
    )

    dialog = notebook.validate()
    verdict = dialog.get_by_text("✗ Each duplicated value is reported, once (failed)")
    expect(verdict).to_be_in_viewport()  # not below the source of the check
    expect(dialog).to_contain_text(lesson)
    expect(dialog).to_contain_text("Think: A value that comes a third time is no news.")
    expect(dialog).not_to_contain_text("Traceback")


def test_right_answers_pass_all_checks_and_draw_a_plot_that_can_be_read_out(lab, open_notebook):
    notebook = open_notebook(lab.lay("right", RIGHT))

    notebook.run_all()
    expect(notebook.outputs("your function on colliding numbers:")).to_be_visible()  # the last
    for points, times in {4: 2, 3: 1, 2: 1, 1: 2}.items():
        expect(notebook.outputs(f"{points} of {points} points")).to_have_count(times)
    slopes = re.compile(r"slow: slope \d\.\d.*optimized: slope \d\.\d")
    plot = notebook.page.get_by_role("img", name=slopes)
    expect(plot).to_be_visible()
    for trouble in ("application/vnd.jupyter.stderr", "application/vnd.jupyter.error"):
        expect(notebook.page.locator(f"[data-mime-type='{trouble}']")).to_have_count(0)

    dialog = notebook.validate()
    expect(dialog).to_contain_text("Success! Your notebook passes all the tests.")
