"""nbval, as the root ``conftest.py`` sets it up, on a tiny worked notebook."""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]

PLAIN = "2 + 2"
STREAM = 'print("found", 3)'
RICH = """
import time

from IPython.display import display

now = time.perf_counter_ns()
display(
    {
        "text/html": f'<p>3 found in <span class="measured">{now} ns</span></p>',
        "application/vnd.performance-practice.checks+json": {"nanoseconds": now},
    },
    raw=True,
)
"""
IGNORED = "print(time.perf_counter_ns())"
WRITES = 'print(open("left.txt", "w").write("abc"))'


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """A notebook of one cell of each sort, executed."""
    cells = [nbformat.v4.new_code_cell(source) for source in (PLAIN, STREAM, RICH, IGNORED, WRITES)]
    cells[3].metadata.tags = ["nbval-ignore-output"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    folder = str(tmp_path_factory.mktemp("worked"))
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": folder}}
    ).execute()
    return notebook


def outcomes(notebook, folder):
    """Cell by cell, whether ``pytest --nbval`` passed it."""
    shutil.copy(ROOT / "conftest.py", folder)
    nbformat.write(notebook, folder / "worked.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval", "--junitxml=out.xml", "worked.ipynb"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    cases = ET.parse(folder / "out.xml").iter("testcase")
    return [case.find("failure") is None for case in cases], run.stdout


def test_what_was_measured_may_differ_and_nothing_is_left_behind(worked, tmp_path):
    passed, said = outcomes(worked, tmp_path)
    assert passed == [True] * 5, said
    assert not (tmp_path / "left.txt").exists()


def test_an_output_that_was_tampered_with_is_noticed_in_its_cell(worked, tmp_path):
    tampered = nbformat.from_dict(worked)
    tampered.cells[0].outputs[0].data["text/plain"] = "5"
    tampered.cells[1].outputs[0].text = "found 4\n"
    html = tampered.cells[2].outputs[0].data["text/html"]
    tampered.cells[2].outputs[0].data["text/html"] = html.replace("3 found", "4 found")
    tampered.cells[4].outputs = []
    passed, said = outcomes(tampered, tmp_path)
    assert passed == [False, False, False, True, False], said
