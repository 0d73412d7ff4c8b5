"""Does `helpers.timing.compare` find the ratios that pyperf finds, and in what part of the time?

    python benchmarks/against_pyperf.py              # pyperf's usual 20 processes a function
    python benchmarks/against_pyperf.py --fast       # pyperf with 10
    python benchmarks/against_pyperf.py sum counter --rounds 3 --clock wall

Prints a Markdown table; `--keep` puts it into docs/evidence.md. pyperf gets the same functions, and
for each call data of its own, made and freed while its clock stands, as ours does. It is read by
its medians. It measures wall time unless told otherwise; with the clock "cpu", the default here as
in `compare`, it is told to count processor time, or what else runs on the machine decides. Its 20
processes a function come in 4 blocks, candidate and baseline in turn, and before each block we
measure for a second: a shared machine has spells in which one kind of code is a third slower and
another is not, so both must meet the same ones. How far the ratios of the blocks lie apart,
pyperf's and ours, tells how well either can know. "Of the least" is the difference if both are read
by their least timings, which load disturbs less. The goal: within 5 %, in a tenth of the time.

What differs: pyperf takes many processes, we take one, and where the memory of one happens to lie
can move the time of a quick call by a tenth.
"""

import argparse
import itertools
import math
import operator
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pyperf  # noqa: E402

from course import findings  # noqa: E402
from helpers import evidence, timing  # noqa: E402


@cache
def drawn(count):
    source = random.Random(count)
    return tuple(source.randrange(2 * count) for _ in range(count))


def numbers(count):
    """The same numbers each time, quickly, but new objects."""
    return [number + 0 for number in drawn(count)]


def key_operator(rows):
    return sorted(rows, key=operator.itemgetter(1))[0]


def key_lambda(rows):
    return sorted(rows, key=lambda row: row[1])[0]


def comprehension(values):
    return max([value * 2 for value in values])


def mapped(values):
    return max(list(map(lambda value: value * 2, values)))  # noqa: C417  slow on purpose


def counter(values):
    return Counter(values)[7]


def count_by_get(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts.get(7, 0)


def in_dictionary(values):
    places = {value: place for place, value in enumerate(values)}
    return sum(places[value] for value in values)


def in_sorted_list(values):
    ordered = sorted(set(values))
    last = {value: place for place, value in enumerate(values)}
    places = [last[value] for value in ordered]
    return sum(places[bisect_left(ordered, value)] for value in values)


def builtin_sum(values):
    return sum(values)


def loop_sum(values):
    total = 0
    for value in values:
        total += value
    return total


def vectorised(array):
    return float(np.sqrt(array).sum())


def one_by_one(array):
    return math.fsum(math.sqrt(value) for value in array)


def by_set(values):
    return len({value for value, times in Counter(values).items() if times > 1})


def by_list(values):
    seen, duplicates = [], []
    for value in values:
        if value in seen and value not in duplicates:
            duplicates.append(value)
        seen.append(value)
    return len(duplicates)


def rounded(value):
    return round(value, 6)


# name: candidate, baseline, data, key of the outputs
PAIRS = {
    "sort": (key_operator, key_lambda, lambda: [(n, -n) for n in numbers(1000)], None),
    "list": (comprehension, mapped, lambda: numbers(5000), None),
    "counter": (counter, count_by_get, lambda: numbers(5000), None),
    "lookup": (in_dictionary, in_sorted_list, lambda: numbers(5000), None),
    "sum": (builtin_sum, loop_sum, lambda: numbers(5000), None),
    "numpy": (vectorised, one_by_one, lambda: np.arange(20000) / 7, rounded),
    "duplicates": (by_set, by_list, lambda: numbers(3000), None),
}


def by_us(pair, clock):
    """The pairs of timings that `compare` takes, and the seconds it takes."""
    candidate, baseline, data, same = PAIRS[pair]
    begin = time.perf_counter()
    found = timing.compare(
        candidate, baseline, lambda: (data(),), same=same, clock=clock, progress=False
    )
    return found.pairs, time.perf_counter() - begin


def by_pyperf(pair, clock):
    """Seconds per call as a block of pyperf finds them, candidate's and baseline's, and its own."""
    begin, values = time.perf_counter(), []
    for side in ("candidate", "baseline"):
        with tempfile.TemporaryDirectory() as folder:
            output = os.path.join(folder, "result.json")
            command = [sys.executable, __file__, "--measure", pair, side, clock]
            command += ["--quiet", "-o", output, "--processes", "5"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            values.append(pyperf.Benchmark.load(output).get_values())
    return values, time.perf_counter() - begin


def speedup(sides, statistic):
    """Ratio of the baseline's seconds to the candidate's."""
    candidate, baseline = map(statistic, sides)
    return baseline / candidate


def spread(ratios):
    """From the least to the greatest."""
    return f"{min(ratios):.3g}–{max(ratios):.3g}"


def run_pyperf():
    """Be the process that pyperf runs its workers from, or one of them."""

    def pass_on(command, args):
        command += ["--measure", *args.measure]

    runner = pyperf.Runner(add_cmdline_args=pass_on)
    runner.argparser.add_argument("--measure", nargs=3)
    pair, side, clock = runner.parse_args().measure
    candidate, baseline, data, _ = PAIRS[pair]
    function = candidate if side == "candidate" else baseline
    now = {"cpu": time.process_time, "wall": time.perf_counter}[clock]

    def seconds(loops, function):
        total = 0.0
        for _ in range(loops):
            own = data()
            begin = now()
            result = function(own)
            total += now() - begin
            del result, own
        return total

    runner.bench_time_func(f"{pair}, {side}", seconds, function)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pairs", nargs="*", metavar="pair", help=f"of {', '.join(PAIRS)}")
    parser.add_argument("--fast", action="store_true", help="pyperf with 10 processes, not 20")
    parser.add_argument("--clock", choices=["cpu", "wall"], default="cpu")
    parser.add_argument("--rounds", type=int, default=1, help="how often each pair is measured")
    parser.add_argument("--keep", action="store_true", help="put the table into docs/evidence.md")
    options = parser.parse_args()
    if unknown := set(options.pairs) - set(PAIRS):
        parser.error(f"no such pair: {', '.join(unknown)}; there are {', '.join(PAIRS)}")

    blocks_each = 2 if options.fast else 4
    say = findings.Told()
    say(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} CPUs;")
    say(f"pyperf {pyperf.__version__}, {blocks_each} × 5 processes, {options.clock} time.\n")
    say(
        "| pair | here | its blocks | pyperf | its blocks | difference"
        " | of the least | s here | s pyperf | of its time |"
    )
    say("|---" + "|---:" * 9 + "|")
    usual, least, ours, theirs = [], [], 0.0, 0.0
    for pair in list(options.pairs or PAIRS) * options.rounds:
        blocks, seconds, pyperf_blocks, pyperf_seconds = [], 0.0, [], 0.0
        for _ in range(blocks_each):
            pairs, taken = by_us(pair, options.clock)
            blocks, seconds = [*blocks, pairs], seconds + taken
            sides, taken = by_pyperf(pair, options.clock)
            pyperf_blocks, pyperf_seconds = [*pyperf_blocks, sides], pyperf_seconds + taken
        together = list(itertools.chain(*blocks))
        pooled = [list(itertools.chain(*side)) for side in zip(*pyperf_blocks, strict=True)]
        here, there = evidence.ratio(together), speedup(pooled, statistics.median)
        usual.append(here / there - 1)
        least.append(speedup(zip(*together, strict=True), min) / speedup(pooled, min) - 1)
        ours, theirs = ours + seconds, theirs + pyperf_seconds
        range_here = spread([evidence.ratio(pairs) for pairs in blocks])
        range_there = spread([speedup(sides, statistics.median) for sides in pyperf_blocks])
        say(
            f"| {pair} | {here:.3g} | {range_here} | {there:.3g} | {range_there} | "
            f"{usual[-1]:+.1%} | {least[-1]:+.1%} | "
            f"{seconds:.1f} | {pyperf_seconds:.1f} | {seconds / pyperf_seconds:.0%} |"
        )
    say()
    for what, differences in {"medians": usual, "least timings": least}.items():
        within = sum(abs(difference) <= 0.05 for difference in differences)
        middle = statistics.median(map(abs, differences))
        say(f"By the {what}, {within} of {len(differences)} within 5 %, half within {middle:.1%}.")
    say(f"All in {ours / theirs:.1%} of pyperf's time.")
    if options.keep:
        findings.keep(ROOT / "docs" / "evidence.md", "benchmark", "Against pyperf", say.text)


if __name__ == "__main__":
    run_pyperf() if "--measure" in sys.argv else main()
