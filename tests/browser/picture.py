"""Makes docs/notebook.png, the picture in the README: ``make test ARGS=tests/browser/picture.py``.

Not collected with the tests: the picture changes with every run, as times and plots do.
"""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from course.exercise import ROOT

pytestmark = pytest.mark.needs("chromium")

PICTURE = ROOT / "docs" / "notebook.png"
RIGHT = '"""Right: the worked answers.\n\nscores: full\n"""\n'


def test_picture(lab, open_notebook):
    """The counts and the verdict of section 3, and below them the plot of section 7."""
    view = {"viewport": {"width": 960, "height": 1160}, "device_scale_factor": 2}
    notebook = open_notebook(lab.lay("solved", RIGHT), **view)
    page = notebook.page
    page.keyboard.press("Control+b")  # without the file browser
    notebook.run_all()
    expect(notebook.outputs("your function on colliding numbers:")).to_be_visible()

    plot = notebook.cell("def plot_growth").locator(".jp-OutputArea-output")
    plot.click(button="right")
    page.get_by_role("menuitem", name="Create New View for Cell Output").click()
    expect(page.locator(".jp-LinkedOutputView img")).to_be_visible()
    handle = page.locator(".lm-DockPanel-handle:visible")
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 95)
    page.mouse.up()

    notebook.cell("What to remember").click()  # so that no cell in view is marked as selected
    notebook.cell("for row in counted").evaluate("cell => cell.scrollIntoView({block: 'start'})")
    page.mouse.move(5, 5)
    expect(notebook.outputs("The work grows in proportion")).to_be_in_viewport()

    shot = Image.open(io.BytesIO(page.locator("#jp-main-dock-panel").screenshot())).convert("RGB")
    PICTURE.parent.mkdir(exist_ok=True)
    shot.quantize(256, Image.Quantize.MEDIANCUT).save(PICTURE, optimize=True)
    assert PICTURE.stat().st_size < 300_000
