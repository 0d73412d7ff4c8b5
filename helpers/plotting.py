"""Plots with one look: growth, speedups, times side by side, profiles, memory, who ran when.

Each function draws on a figure of its own, or on the `ax` it is given, and returns the Axes, which
show themselves at the end of a cell or by `display(ax)`, with the alt text `ax.alt` that tells the
finding. pyplot is not used: backend and rcParams stay as they are, and no display is needed.

`results` are those of `timing` and `memory` (one, several, or by name), or plain numbers by name.
ValueError says what of them cannot be drawn: nothing at all, NaN, or 0 on a log scale.

Colours: Okabe and Ito, "Color Universal Design" (2008), in an order in which neighbours also differ
in lightness; a marker, a line style or a hatch always says the same as the colour does.
"""

import base64
import html
import io
import itertools
import math
import os
import textwrap
import warnings
from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator, NullLocator
from PIL import Image

PAPER, INK, GRID = "#fcfcfa", "#222222", "#d8d8d4"  # opaque: readable in a dark theme too
COLOURS = ["#0072B2", "#E69F00", "#222222", "#CC79A7", "#009E73", "#56B4E9", "#D55E00"]
MARKERS, LINES = "os^Dv<>", ["-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2))]
HATCHES = ["", "///", "...", "\\\\\\", "xxx", "---", "ooo"]
LOOK = {"font.size": 10.5, "hatch.linewidth": 0.7, "text.parse_math": False}
_styled = style.context(["default", LOOK])  # leaves the user's rcParams as they are
Ax = Axes | None


@_styled
def growth(results: Any, *, predicted=None, exponential=False, title="", ax: Ax = None) -> Axes:
    """Time over size, both on log scales, each series with its slope as fitted by least squares.

    `results`: `timing.Growth`, or name -> [(size, seconds), ...]. `predicted`: the like for what
    nobody measured; drawn hollow, not fitted. `exponential`: linear sizes, on which time that
    grows by a factor at each step is straight.

    >>> growth({"slow": [(100, 1e-3), (1000, 1e-1)]}).alt
    'Log-log plot of time over input size. slow: slope 2.0, 1 ms at 100, 100 ms at 1,000.'
    """
    known = _paths("growth", results, "sizes", "seconds", above=0)
    guess = _paths("growth", predicted, "sizes", "seconds", above=0) if predicted else {}
    ax, ends, facts = _axes(ax, 4.2), [], []
    straight = np.asarray if exponential else np.log
    for i, name in enumerate(known | guess):
        dots = {"color": COLOURS[i % 7], "marker": MARKERS[i % 7], "linestyle": "", "markersize": 7}
        (n, seconds), says = known.get(name, np.empty((2, 0))), []
        ax.plot(n, seconds, markeredgecolor=INK, markeredgewidth=0.6, **dots)
        if len(set(n)) > 1:
            slope, level = np.polyfit(straight(n), np.log(seconds), 1)
            power = f"slope {round(slope, 1) + 0.0}"  # no -0
            says = [f"×{np.exp(slope):.2f} a step" if exponential else power]
            fit = np.exp(level + slope * straight(n))
            ax.plot(n, fit, color=COLOURS[i % 7], linestyle=LINES[i % 6], linewidth=1.8)
        label = "\n".join([_wrap(name), *says])
        says += [f"{_amount(seconds[k])} at {n[k]:,g}" for k in sorted({0, len(n) - 1}) if len(n)]
        if name in guess:
            says += [f"predicted {_amount(t)} at {size:,g}" for size, t in guess[name].T]
            ax.plot(*guess[name], markerfacecolor=PAPER, markeredgewidth=1.5, **dots)
            n, seconds = np.hstack([[n[-1:], seconds[-1:]], guess[name]])
            ax.plot(n, seconds, color=COLOURS[i % 7], linestyle=":", linewidth=1.4, zorder=1.9)
        ends.append((n[-1], seconds[-1], label))
        facts.append(f"{name}: {', '.join(says)}")
    if guess:
        for label, face in ("measured", INK), ("predicted, not measured", PAPER):
            ax.plot([], [], "o", color=INK, markerfacecolor=face, label=label)
    _scale(ax.yaxis, EngFormatter("s"), log=True)
    _scale(ax.xaxis, _size, log=not exponential)
    _label_ends(ax, ends)
    alt = f"Log-{'linear' if exponential else 'log'} plot of time over input size"
    return _finish(ax, title, "input size n", "time (log scale)", alt, facts)


@_styled
def speedups(results: Any, *, threshold: float = 0, title: str = "", ax: Ax = None) -> Axes:
    """How many times as fast each candidate is: a bar, and the interval of the ratio.

    `results`: `timing.Comparison`, or name -> (ratio, low, high). What is below `threshold`, the
    ratio asked for, is hatched. A log scale if the ratios span more than a factor of 10.

    >>> speedups({"set": (20, 18, 22)}, threshold=10).alt
    'Speedups. set: 20× (18× to 22×); asked for: 10×.'
    """
    named, spans = _by_name("speedups", results), []
    for name, given in named.items():
        if hasattr(given, "ratio"):
            known = given.low > 0 and given.high < np.inf  # else there were too few pairs to say
            given = (given.ratio, *((given.low, given.high) if known else [given.ratio] * 2))
        spans.append(_numbers(name, given, "(ratio, low, high)", above=0))
    ratio, low, high = np.transpose(spans)
    every = [1, *_numbers("threshold", threshold or 1, "a ratio", above=0), *low, *high]
    start = 1 if max(every) > 10 * min(every) else 0
    ax, texts = _axes(ax, 1.6 + 0.45 * len(named)), [f"{times:.3g}×" for times in ratio]
    around = {"xerr": [ratio - low, high - ratio], "capsize": 4, "ecolor": INK}
    _bars(ax, named, ratio - start, ratio < threshold, texts, left=start, **around)
    facts = [f"{name}: {text}" for name, text in zip(named, texts, strict=True)]
    for k in np.flatnonzero(low < high):
        facts[k] += f" ({low[k]:.3g}× to {high[k]:.3g}×)"
    if threshold:
        facts.append(f"asked for: {threshold:g}×")
        ax.axvline(threshold, color=INK, linestyle="--", linewidth=1.4, label=facts[-1])
    ax.margins(x=0.15)  # room for a text on the left of 1×
    _scale(ax.xaxis, "{x:g}×", log=start)
    bases = {getattr(given, "names", ("", "the baseline"))[1] for given in named.values()}
    label = f"times as fast as {bases.pop() if len(bases) == 1 else 'its baseline'}"
    return _finish(ax, title, label + " (log scale)" * start, "", "Speedups", facts)


@_styled
def bars(table: Any, *, unit="s", quantity="time", title: str = "", ax: Ax = None) -> Axes:
    """Times side by side, a bar a method, group below group, each with its value at the end.

    `table`: group -> {method: value}, one {method: value}, or a DataFrame, groups as rows. None and
    NaN are "not measured". Other things than times: `unit="MiB", quantity="peak memory"`.

    >>> bars({"I/O": {"threads": 0.2, "processes": None}}).alt
    'Bars of time. I/O: threads 200 ms, processes not measured.'
    """
    table = _by_name("bars", table.to_dict("index") if hasattr(table, "to_dict") else table)
    table = table if isinstance(next(iter(table.values())), Mapping) else {"": table}
    methods = list(dict.fromkeys(method for row in table.values() for method in row))
    rows, facts = [], []  # a row is its name, its value as number and as text, and its look
    for group, row in table.items():
        known = {m: v for m, v in row.items() if v is not None and v == v}
        known = {m: _numbers(m, v, "one number")[0] for m, v in known.items()}
        texts = {m: _amount(known[m], unit) if m in known else "not measured" for m in row}
        rows += [(group, 0, "", 0)] * bool(group)
        rows += [(m, known.get(m, 0), texts[m], methods.index(m)) for m in row]
        facts.append(f"{group}: " * bool(group) + ", ".join(f"{m} {texts[m]}" for m in row))
    names, values, texts, looks = zip(*rows, strict=True)
    looks = looks if len(table) > 1 else [0] * len(rows)  # a colour says what recurs in each group
    ax = _axes(ax, 1.3 + 0.36 * len(rows))
    _bars(ax, names, values, looks, texts, bold=table)
    _scale(ax.xaxis, _Seconds() if unit == "s" else f"{{x:,g}} {unit}")
    return _finish(ax, title, quantity, "", f"Bars of {quantity}", facts)


@_styled
def profile_bars(rows: Iterable[tuple], *, title: str = "", ax: Ax = None) -> Axes:
    """Where the time went: own seconds inside cumulative seconds, the most expensive on top.

    `rows`: (function, own seconds, cumulative seconds); cumulative includes what it calls.

    >>> profile_bars([("work", 1.9, 1.9), ("main", 0.1, 2.0)]).alt
    'Profile. main: 100 ms own of 2 s; work: 1.9 s own of 1.9 s.'
    """
    rows = [(str(name), *_numbers(name, times, "(own, cumulative)")) for name, *times in rows]
    rows = sorted(_some("profile_bars", rows), key=lambda row: -row[2])
    names, own, total = zip(*rows, strict=True)
    texts = [f"{_amount(a)} own of {_amount(b)}" for a, b in zip(own, total, strict=True)]
    ax = _axes(ax, 1.5 + 0.4 * len(rows))
    _bars(ax, names, total, [1] * len(rows), texts, height=0.76, label="with what it calls")
    _bars(ax, names, own, [0] * len(rows), height=0.4, label="own")
    _scale(ax.xaxis, _Seconds())
    return _finish(ax, title, "time", "", "Profile", map("{}: {}".format, names, texts))


@_styled
def memory_timeline(results: Any, *, title: str = "", ax: Ax = None) -> Axes:
    """Memory above what there was at the start, over time, and the peak of each.

    `results`: `memory.Timeline`, or name -> [(seconds, bytes), ...].

    >>> memory_timeline({"list": [(0, 0), (1, 2**20), (2, 0)]}).alt
    'Memory above the start over time. list: peak 1 MiB at 1 s, 0 MiB at the end.'
    """
    paths = _paths("memory_timeline", results, "seconds", "resident_bytes")
    ax, ends, facts = _axes(ax, 3.6), [], []
    for i, (name, (seconds, size)) in enumerate(paths.items()):
        size = (size - size[0]) / 2**20
        ax.plot(seconds, size, color=COLOURS[i % 7], linestyle=LINES[i % 6], linewidth=2)
        at, peak = max(zip(seconds, size, strict=True), key=lambda point: point[1])
        ax.plot(at, peak, MARKERS[i % 7], color=COLOURS[i % 7], markersize=8, markeredgecolor=INK)
        peak, end = (_amount(round(mib, 2) + 0.0, "MiB") for mib in (peak, size[-1]))  # no -0
        peak = f"peak {peak}"
        ends.append((seconds[-1], size[-1], f"{_wrap(name)}\n{peak}"))
        facts.append(f"{name}: {peak} at {_amount(at)}, {end} at the end")
    _scale(ax.xaxis, _Seconds())
    _label_ends(ax, ends)
    label = "memory above the start (MiB)"
    return _finish(ax, title, "time", label, "Memory above the start over time", facts)


@_styled
def concurrency_timeline(runs: Iterable[tuple], *, title: str = "", ax: Ax = None) -> Axes:
    """Who ran when: a lane a worker, a bar from start to end, and the most in flight at once.

    `runs`: (worker, start, end) or (worker, start, end, kind), in seconds on one clock. When one
    ends just as another starts, the two are not in flight at once.

    >>> concurrency_timeline([("a", 0, 2), ("b", 1, 3)]).alt
    'Who ran when. 2 runs in 3 s; peak: 2 in flight.'
    """
    runs = [tuple(run) for run in _some("concurrency_timeline", runs)]
    for worker, *times in runs:
        times = _numbers(worker, times[:2], "(start seconds, end seconds)")
        if times[0] > times[1]:
            raise ValueError(f"{worker!r} starts at {times[0]:g} but ends at {times[1]:g}")
    runs.sort(key=lambda run: run[1])
    begin, end = np.transpose([run[1:3] for run in runs]) - runs[0][1]
    lanes = list(dict.fromkeys(str(worker) for worker, *_ in runs))
    kinds = list(dict.fromkeys(run[3:] for run in runs))
    ax = _axes(ax, 1.6 + min(0.3 * len(lanes), 4.5))
    y, looks = zip(*((lanes.index(str(run[0])), kinds.index(run[3:])) for run in runs), strict=True)
    _bars(ax, lanes, end - begin, looks, y=y, left=begin, height=0.8)
    for i, kind in enumerate(kinds):
        ax.barh(0, 0, facecolor=COLOURS[i % 7], hatch=HATCHES[i % 7], label=str(*kind))
    in_flight = [np.sum((begin <= now) & (now < end)) for now in begin]
    facts = [f"{len(runs)} runs in {_amount(max(end))}", f"peak: {max(in_flight)} in flight"]
    ax.set_title(facts[-1], loc="right", color=INK, size=10.5)
    ax.set_xlim(left=0, auto=None)  # exactly, not at another start within a hair's breadth of it
    _scale(ax.xaxis, _Seconds())
    return _finish(ax, title, "time since the first start", "", "Who ran when", facts)


@_styled
def panels(rows: int, columns: int = 1, *, height: float = 2.6, share: bool = False) -> list[Axes]:
    """Axes to pass as `ax` or to draw on yourself, row by row; showing one shows all.

    `height` is that of a row in inches; with `share` all have the same x axis.

    >>> [ax] = panels(1)
    >>> image, ax.alt = ax.imshow([[0, 1], [1, 0]]), "A chessboard of four squares."
    """
    figure = Figure(figsize=(7.2, height * rows), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
    own = {"axes_class": Plot}
    every = figure.subplots(rows, columns, sharex=share, squeeze=False, subplot_kw=own).flat
    return [_axes(ax, height) for ax in every]


class Plot(Axes):
    """Axes that a notebook shows as a picture with an alt text."""

    alt = ""

    @_styled
    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        if os.environ.get("NBGRADER_EXECUTION") == "validate":
            return {"text/plain": "<plot>"}, {}  # nobody sees it, and drawing takes a while
        figure = self.get_figure(root=True)
        alt = " ".join(getattr(ax, "alt", "") for ax in figure.axes).strip()
        with warnings.catch_warnings(), io.BytesIO() as file:
            warnings.simplefilter("ignore")  # nothing on stderr of a letter that the font lacks
            # Twice the dots, for sharp screens; in 256 colours, as they would take too many bytes.
            face = figure.get_facecolor()
            figure.savefig(file, format="png", dpi=2 * figure.dpi, facecolor=face)
            picture = Image.open(file).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE)
            file.seek(0)
            file.truncate()
            picture.save(file, "png", optimize=True)
            png = base64.b64encode(file.getvalue()).decode("ascii")
        # JupyterLab finds an alt text only in HTML, nbconvert also in the metadata of a PNG.
        size = {"width": picture.width // 2, "height": picture.height // 2}
        source = f'width="{size["width"]}" src="data:image/png;base64,{png}"'
        image = f'<img alt="{html.escape(alt)}" {source}>'
        shown = {"text/html": f'<span class="measured">{image}</span>', "image/png": png}
        return {"text/plain": "<plot>", **shown}, {"image/png": {"alt": alt, **size}}


def _axes(ax: Ax, height: float) -> Axes:
    """The Axes to draw on; every colour is set, as `ax` may come from another style."""
    if ax is None:
        return panels(1, height=height)[0]
    ax.get_figure(root=True).set_facecolor(PAPER)
    ax.set(facecolor=PAPER, axisbelow=True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(INK)
    ax.tick_params(which="both", color=INK, labelcolor=INK, labelsize=10)
    ax.grid(color=GRID, linewidth=0.8)
    return ax


def _finish(ax: Axes, title: str, xlabel: str, ylabel: str, alt: str, facts: Iterable) -> Axes:
    if keys := ax.get_legend_handles_labels()[1]:
        above = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2}
        ax.legend(ncols=min(4, len(keys)), frameon=False, labelcolor=INK, **above)
    ax.set_title(title, loc="left", color=INK, size=12, weight="bold", pad=30 if keys else 10)
    if ax.get_xaxis().get_tick_params().get("labelbottom", True):  # not above a shared x axis
        ax.set_xlabel(xlabel, color=INK)
    ax.set_ylabel(ylabel, color=INK)
    ax.alt = f"{title}. " * bool(title) + f"{alt}. {'; '.join(facts)}."
    return ax


class _Seconds(EngFormatter):
    """Seconds, all ticks of an axis in the unit that suits the largest: 0 s, 0.5 s, 1 s."""

    def __init__(self) -> None:
        super().__init__("s")

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        top = max(map(abs, values), default=0) or 1
        power = max(-9, min(0, 3 * math.floor(math.log10(top) / 3 + 1e-9)))
        return [f"{value / 10**power:,g} {self.ENG_PREFIXES[power]}s" for value in values]


def _size(size: float, position: int | None = None) -> str:
    """A size as a tick of an axis has it: 100,000, then 10⁶, 2·10⁶."""
    if size < 1e6:
        return f"{size:,g}"
    digits, power = f"{size:e}".split("e")
    times = "" if float(digits) == 1 else f"{float(digits):g}·"
    return f"{times}10{str(int(power)).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def _scale(axis: Any, ticks: Any, log: bool = False) -> None:
    """Place and format the ticks; on a log scale, enough of them to read it by."""
    axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    if log:
        axis.axes.set(**{f"{axis.axis_name}scale": "log"})
        low, high = axis.get_view_interval()
        axis.set_major_locator(LogLocator(subs=(1,) if high > 300 * low else (1, 2, 5)))
        axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(ticks)


def _bars(ax, names, lengths, looks, texts=(), *, y=None, height=0.62, bold=(), **more) -> None:
    """Bars in lanes with these names from the top, with texts at their ends."""
    face = {"color": [COLOURS[k % 7] for k in looks], "hatch": [HATCHES[k % 7] for k in looks]}
    y = range(len(lengths)) if y is None else y
    bars = ax.barh(y, lengths, height, edgecolor=INK, linewidth=0.8, **face, **more)
    box = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}
    ax.bar_label(bars, texts or [""] * len(lengths), padding=6, color=INK, bbox=box)
    shown = dict(list(enumerate(names))[:: 1 + len(names) // 30])
    ax.set_yticks([*shown], [_wrap(str(name), 32) for name in shown.values()])
    for tick, name in zip(ax.get_yticklabels(), shown.values(), strict=True):
        tick.set_weight("bold" if name in bold else "normal")
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.tick_params(axis="y", length=0)
    ax.yaxis.grid(False)


def _label_ends(ax: Axes, ends: list[tuple[float, float, str]]) -> None:
    """Write (x, y, label) of each line beside the axes, as near to its end as there is room."""
    ax.autoscale_view()
    to_axes = ax.transData + ax.transAxes.inverted()
    points = ax.get_window_extent().height / ax.get_figure(root=True).dpi * 72
    order = sorted(range(len(ends)), key=lambda i: ends[i][1])
    room = [(ends[i][2].count("\n") * 12 + 17) / points for i in order]
    y = [to_axes.transform(ends[i][:2])[1] for i in order]
    for _, k in itertools.product(range(300), range(len(y) - 1)):  # push neighbours apart
        overlap = max(0, (room[k] + room[k + 1]) / 2 - (y[k + 1] - y[k]))
        y[k], y[k + 1] = max(0, y[k] - overlap / 2), min(1, y[k + 1] + overlap / 2)
    line = {"arrowstyle": "-", "color": "#8a8a8a", "linewidth": 0.8, "linestyle": (0, (1, 3))}
    line |= {"shrinkA": 0, "relpos": (0, 0.5)}  # dotted: what runs level is no data
    where = {"textcoords": "axes fraction", "va": "center", "arrowprops": line}
    for i, at in zip(order, y, strict=True):
        label = textwrap.indent(ends[i][2], "    ")  # room for the marker
        ax.annotate(label, ends[i][:2], (1.05, at), color=INK, size=10, **where)
        dot = {"marker": MARKERS[i % 7], "color": COLOURS[i % 7], "markersize": 5}
        ax.plot(1.05, at, transform=ax.transAxes, clip_on=False, **dot)


def _some(where: str, data: Iterable) -> list:
    if not (data := list(data)):
        raise ValueError(f"{where}: there is nothing to draw; pass at least one")
    return data


def _by_name(where: str, data: Any) -> dict[str, Any]:
    """One result, several or a mapping, as {name: result}."""
    if not isinstance(data, Mapping):
        data = [data] if hasattr(data, "to_frame") else list(data)
        names = [getattr(r, "name", None) or getattr(r, "names", [None])[0] for r in data]
        if None in names or len(set(names)) < len(names):
            raise ValueError(f"{where}: each result needs a name of its own; pass {{name: result}}")
        data = dict(zip(names, data, strict=True))
    return {str(name): data[name] for name in _some(where, data)}


def _paths(where: str, data: Any, x: str, y: str, above: float = -1) -> dict[str, np.ndarray]:
    """{name: array of two rows, x rising}, from results with fields x and y, or from pairs."""
    paths = _by_name(where, data)
    for name, pairs in paths.items():
        if hasattr(pairs, y):
            pairs = zip(getattr(pairs, x), getattr(pairs, y), strict=True)
        pairs = _some(where, [_numbers(name, pair, f"({x}, {y})", above) for pair in pairs])
        paths[name] = np.transpose(sorted(map(tuple, pairs)))
    return paths


def _numbers(name: str, values: Iterable[float], shape: str, above: float = -1) -> np.ndarray:
    """The values as an array, when there are as many as in `shape`, finite and above a limit."""
    values = tuple(values) if isinstance(values, Iterable) else (values,)
    numbers = np.array([value if isinstance(value, Real) else np.nan for value in values])
    if len(numbers) != shape.count(",") + 1 or not all(np.isfinite(numbers) & (numbers > above)):
        limit = "of 0 or more" if above < 0 else "above 0, which a log scale needs"
        raise ValueError(f"{name!r} has {values!r}: pass {shape}, finite numbers {limit}")
    return numbers


def _amount(value: float, unit: str = "s") -> str:
    """Three digits and a unit: 0.01234 is 12.3 ms."""
    value = float(f"{value:.3g}")
    return EngFormatter("s")(value) if unit == "s" else f"{value:,g} {unit}"


def _wrap(name: str, width: int = 28) -> str:
    """Break a long name, also after an underscore."""
    return "\n".join(textwrap.wrap(name.replace("_", "_ "), width)).replace("_ ", "_")
