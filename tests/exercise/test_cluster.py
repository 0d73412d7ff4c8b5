"""Exercise 10 beyond one machine: on a cluster that others have started, by its address."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time

import pytest

from course import exercise

PARTS = ("given_setup", "given_columns", "given_pipeline", "given_figures", "given_dask")
# What the notebook has measured by then, of a file that is quicker to make and to go through.
BEFORE = """
files = {200_000: str(data.write_messy_csv(notebook_folder / "few.csv", 20_000, seed=1).path)}
outcomes = {("given", files[200_000]): DataAnalysisPipeline(files[200_000]).run()}
seconds = pd.DataFrame({200_000: {"optimized": 0.1}})
"""


@pytest.fixture
def address(tmp_path):
    """The address of a scheduler with three workers, each a process of its own."""
    told = tmp_path / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    with contextlib.ExitStack() as started:

        def start(*arguments):
            command = [*dask, *arguments, "--scheduler-file", str(told)]
            process = started.enter_context(
                subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.DEVNULL)
            )
            started.callback(process.terminate)

        start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        for _ in range(3):
            start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard")
        deadline = time.monotonic() + 60
        while not told.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield json.loads(told.read_text())["address"]


def test_the_pipeline_finds_the_same_on_a_cluster_that_has_an_address(address, tmp_path):
    cells = exercise.read("ex10_pipeline_project").cells
    given = [cell.source for name in PARTS for cell in cells if exercise.grade_id(cell) == name]
    (run,) = (cell.source for cell in cells if "from dask.distributed import" in cell.source)
    assert "ADDRESS = None" in run
    wait = f'Client("{address}").wait_for_workers(3, timeout=60)'
    run = run.replace("ADDRESS = None", f'ADDRESS = "{address}"\n{wait}')
    script = tmp_path / "notebook.py"
    script.write_text("\n\n".join([*given, BEFORE, run]), encoding="utf-8")
    found = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=180)
    assert found.returncode == 0, found.stderr[-2000:]
    assert found.stdout.startswith("3 workers, ready after")
    assert "and the same result" in found.stdout
