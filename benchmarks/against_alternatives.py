"""How do the worked solutions stand beside the best that a user could reach for instead?

    python benchmarks/against_alternatives.py                    # all of it
    python benchmarks/against_alternatives.py product rows       # these tasks

Prints a Markdown table; `--keep` puts it into docs/evidence.md. Each alternative is timed in pairs
with our solution, in wall time, which is what a user waits for: a ratio above 1 says that the
alternative is faster. Some use several cores where ours uses one: the ratio of CPU times tells.
What they give is compared first. The loops in C are made by Cython, typed and without bounds
checks, and want a C compiler.
"""

import argparse
import ast
import contextlib
import csv
import importlib.util
import io
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
import polars as pl  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.compute as pc  # noqa: E402
import pyarrow.csv  # noqa: E402

from course import exercise, findings  # noqa: E402
from helpers import data, timing  # noqa: E402

CYTHON = """# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True
import numpy as np
from libc.math cimport sqrt

def stats(const double[:, :] values):
    cdef Py_ssize_t row, column, rows = values.shape[0], columns = values.shape[1]
    means, sums, deviations = np.zeros(columns), np.zeros(rows), np.zeros(columns)
    cdef double[:] mean = means, total = sums, squares = deviations
    for row in range(rows):
        for column in range(columns):
            mean[column] += values[row, column]
            total[row] += values[row, column]
    for column in range(columns):
        mean[column] /= rows
    for row in range(rows):
        for column in range(columns):
            squares[column] += (values[row, column] - mean[column]) ** 2
    for column in range(columns):
        squares[column] = sqrt(squares[column] / rows)
    return {"col_means": means, "row_sums": sums, "col_stds": deviations}

def product(const double[:, :] a, const double[:, :] b):
    cdef Py_ssize_t i, j, k, rows = a.shape[0], inner = a.shape[1], columns = b.shape[1]
    result = np.zeros((rows, columns))
    cdef double[:, :] c = result
    for i in range(rows):
        for k in range(inner):
            for j in range(columns):
                c[i, j] += a[i, k] * b[k, j]
    return result

def mandelbrot(int width, int height, int max_iter):
    image = np.zeros((height, width))
    cdef double[:, :] pixels = image
    cdef int row, column, step
    cdef double x, y, real, imaginary, old
    for row in range(height):
        y = (row - height / 2.0) / (height / 4.0)
        for column in range(width):
            x = (column - width / 2.0) / (width / 4.0)
            real = imaginary = 0
            for step in range(max_iter):
                if real * real + imaginary * imaginary > 4:
                    pixels[row, column] = step
                    break
                old = real
                real = real * real - imaginary * imaginary + x
                imaginary = 2 * old * imaginary + y
    return image
"""


def worked(name: str, folder: str) -> dict:
    """What the given cells of an exercise set up, and the functions and classes of the worked."""
    lines = []
    for cell in exercise.read(name).cells:
        kind = exercise.kind(cell) if cell.cell_type == "code" else ""
        if kind in (exercise.GIVEN, exercise.TODO):
            made = ast.parse(exercise.answer(cell)).body
            defined = [part for part in made if hasattr(part, "decorator_list")]
            lines += [ast.unparse(part) for part in (made if kind == exercise.GIVEN else defined)]
    program = Path(folder, f"{name}.py")  # a file, for Numba keeps its cache by that
    program.write_text("\n\n".join(lines), encoding="utf-8")
    space = {"__name__": name}
    with contextlib.redirect_stdout(None):
        exec(compile(program.read_text(encoding="utf-8"), program, "exec"), space)
    return space


def compiled(folder: str):
    """CYTHON as a module; None where there is no C compiler."""
    from Cython.Build import cythonize
    from setuptools import Distribution, Extension

    path = Path(folder, "in_c.pyx")
    path.write_text(CYTHON)
    flags = [] if os.name == "nt" else ["-O3"]
    extension = Extension("in_c", [str(path)], extra_compile_args=flags)
    build = Distribution({"ext_modules": cythonize([extension], quiet=True)})
    command = build.get_command_obj("build_ext")
    command.build_lib = command.build_temp = folder
    command.ensure_finalized()
    try:
        command.run()
    except Exception as error:
        print(f"No loops in C: {error}", file=sys.stderr)
        return None
    spec = importlib.util.spec_from_file_location("in_c", command.get_ext_fullpath("in_c"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# The tasks: our solution, the alternatives, the arguments, and when two outputs are the same ------


def near(one, other) -> bool:
    """Equal numbers, as far as a different order of additions lets them be."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(near(one[key], other[key]) for key in one)
    return np.allclose(one, other, rtol=1e-9, atol=1e-9)


def statistics(c, folder) -> tuple:
    """Means, deviations and sums of a table of 4,000 × 500"""
    table = data.array(4000, 500, seed=1)
    frame, arrow = pd.DataFrame(table), pl.DataFrame(table)

    def pandas(_):
        means, deviations = frame.mean().to_numpy(), frame.std(ddof=0).to_numpy()
        sums = frame.sum(axis=1).to_numpy()
        return {"col_means": means, "row_sums": sums, "col_stds": deviations}

    def polars(_):
        means = arrow.select(pl.all().mean()).to_numpy()[0]
        deviations = arrow.select(pl.all().std(ddof=0)).to_numpy()[0]
        sums = arrow.sum_horizontal().to_numpy()
        return {"col_means": means, "row_sums": sums, "col_stds": deviations}

    others = {"pandas, from its own frame": pandas, "Polars, from its own frame": polars}
    if c:
        others["C loop"] = c.stats
    return worked("ex06_numpy", folder)["calculate_stats_numpy"], others, (table,), near


def product(c, folder) -> tuple:
    """The product of two matrices of 400 × 400"""
    names = worked("ex07_numba", folder)
    others = {"NumPy (BLAS)": np.matmul, "ours with prange": names["matrix_multiply_parallel"]}
    if c:
        others["C loop"] = c.product
    pair = data.array(400, 400, seed=1), data.array(400, 400, seed=2)
    return names["matrix_multiply_numba"], others, pair, near


def mandelbrot(c, folder) -> tuple:
    """A Mandelbrot picture of 600 × 400 points, 100 steps"""
    names = worked("ex07_numba", folder)
    others = {"NumPy, escaped points leave": names["mandelbrot_numpy"]}
    if c:
        others["C loop"] = c.mandelbrot

    def same(one, other):
        # A rounding decides what becomes of a point on the edge.
        return np.mean(one != other) < 0.01

    return names["mandelbrot_numba"], others, (600, 400, 100), same


def pi(c, folder) -> tuple:
    """π from 2,000,000 random points"""

    def numpy(points):
        x, y = np.random.random((2, points))
        return 4 * np.count_nonzero(x * x + y * y <= 1) / points

    def generator(points):
        x, y = np.random.default_rng().random((2, points))
        return 4 * np.count_nonzero(x * x + y * y <= 1) / points

    def same(one, other):
        return abs(one - other) < 0.05

    others = {"NumPy (Mersenne Twister)": numpy, "NumPy (PCG64)": generator}
    return worked("ex07_numba", folder)["monte_carlo_pi_numba"], others, (2_000_000,), same


def text(c, folder) -> tuple:
    """A text made of 100,000 strings, one by one"""
    builder = worked("ex08_strings", folder)["StringBuilder"]

    def ours(strings):
        whole = builder()
        for string in strings:
            whole.append(string)
        return whole.to_string()

    def stringio(strings):
        whole = io.StringIO()
        for string in strings:
            whole.write(string)
        return whole.getvalue()

    def octets(strings):
        whole = bytearray()
        for string in strings:
            whole += string.encode()
        return whole.decode()

    others = {"io.StringIO": stringio, "bytearray": octets, "join, all at hand": "".join}
    return ours, others, (data.strings(100_000, 20, seed=1),), str.__eq__


def rows(c, folder) -> tuple:
    """The sum of a column of a CSV file of 20 MB"""
    path = Path(folder, "large.csv")
    data.write_csv(path, size_bytes=20 * 10**6, nasty=False, seed=1)
    process = worked("ex09_generators", folder)["process_large_csv_file"]

    def ours():
        return sum(row["quantity"] for row in process(path))

    def reader():
        with open(path, encoding="utf-8", newline="") as file:
            return sum(int(row["quantity"]) for row in csv.DictReader(file))

    def pandas():
        chunks = pd.read_csv(path, usecols=["quantity"], chunksize=50_000)
        return int(sum(chunk["quantity"].sum() for chunk in chunks))

    def polars():
        return pl.scan_csv(path).select(pl.col("quantity").sum()).collect(engine="streaming").item()

    def arrow():
        column = pa.csv.ConvertOptions(include_columns=["quantity"])
        with pa.csv.open_csv(path, convert_options=column) as batches:
            return sum(pc.sum(batch[0]).as_py() for batch in batches)

    others = {
        "csv.DictReader, one column converted": reader,
        "pandas, in chunks": pandas,
        "Polars, streaming": polars,
        "pyarrow, in batches": arrow,
    }
    return ours, others, (), int.__eq__


TASKS: dict[str, Callable] = {
    "statistics": statistics,
    "product": product,
    "mandelbrot": mandelbrot,
    "pi": pi,
    "text": text,
    "rows": rows,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="task", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--keep", action="store_true", help="put the table into docs/evidence.md")
    options = parser.parse_args()
    if unknown := set(options.tasks) - set(TASKS):
        parser.error(f"no such task: {', '.join(unknown)}; there are {', '.join(TASKS)}")
    say = findings.Told()
    say(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs.\n")
    say("| task | way | time | times as fast as ours | 95 % interval | in CPU time |")
    say("|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        c = compiled(folder)
        for task in options.tasks or TASKS:
            make = TASKS[task]
            ours, others, args, same = make(c, folder)
            expected = ours(*args)  # compiles, where there is something to compile
            rows = []
            for name, other in others.items():
                if not same(other(*args), expected):
                    raise SystemExit(f"{make.__doc__}: {name} gives something else than ours")
                wall, cpu = (
                    timing.compare(
                        *(other, ours, lambda args=args: args),
                        same=lambda _: None,  # compared above
                        clock=clock,
                        progress=False,
                    )
                    for clock in ("wall", "cpu")
                )
                time = timing.format_seconds(min(seconds for seconds, _ in wall.pairs))
                between = f"{timing.format_figure(wall.low)}–{timing.format_figure(wall.high)}"
                ratios = map(timing.format_figure, (wall.ratio, cpu.ratio))
                rows.append((name, time, *ratios, between, wall))
            best = min(seconds for *_, wall in rows for _, seconds in wall.pairs)
            say(f"| {make.__doc__} | **ours** | {timing.format_seconds(best)} | 1 | | 1 |")
            for name, time, ratio, cpu, between, _ in rows:
                say(f"| | {name} | {time} | {ratio} | {between} | {cpu} |")
    if options.keep:
        findings.keep(ROOT / "docs" / "evidence.md", "benchmark", "Alternatives", say.text)


if __name__ == "__main__":
    main()
