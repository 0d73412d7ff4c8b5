"""helpers.plotting: what is on the axes, what the alt text tells, what is left untouched."""

import io
import subprocess
import sys
from base64 import b64decode
from itertools import pairwise
from textwrap import dedent

import matplotlib
import numpy as np
import pytest
from IPython.core.formatters import DisplayFormatter
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from helpers import memory, plotting, timing

SLOW = [(100, 0.001), (1000, 0.1), (10_000, 10.0)]
FAST = [(100, 1e-5), (1000, 1e-4), (10_000, 1e-3)]
RUNS = [("a", 5.0, 5.2), ("b", 5.1, 5.3), ("a", 5.2, 5.4)]
EVERY_PLOT = {
    "growth": lambda **more: plotting.growth({"slow": SLOW, "fast": FAST}, **more),
    "speedups": lambda **more: plotting.speedups({"fast": (20, 18, 22)}, threshold=10, **more),
    "bars": lambda **more: plotting.bars({"I/O": {"threads": 0.2, "async": None}}, **more),
    "profile_bars": lambda **more: plotting.profile_bars([("main", 0.1, 2.0)], **more),
    "memory_timeline": lambda **more: plotting.memory_timeline({"list": [(0, 0), (1, 9)]}, **more),
    "concurrency_timeline": lambda **more: plotting.concurrency_timeline(RUNS, **more),
}
every_plot = pytest.mark.parametrize("plot", EVERY_PLOT.values(), ids=EVERY_PLOT)


def compared(names, ratio, low, high):
    return timing.Comparison(names, ((1.0, ratio),), "cpu", None, ratio, low, high, "")


def texts(ax):
    return [dedent(text.get_text()) for text in ax.texts]


def tick_labels(axis):
    axis.axes.get_figure(root=True).draw_without_rendering()
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label.get_text() for at, label in ticks if low <= at <= high]


def shown(ax):
    """What a notebook is sent: MIME bundle and metadata."""
    formatter = DisplayFormatter()
    formatter.active_types = formatter.format_types
    return formatter.format(ax)


# Every plot ---------------------------------------------------------------------------------------


@every_plot
def test_a_plot_shows_itself_as_a_picture_with_an_alt_text_in_html_and_in_png_metadata(plot):
    ax = plot(title="A <title>")  # of which nothing measured is in the plain text
    data, metadata = shown(ax)
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == ax.alt
    assert ax.alt.startswith("A <title>. ")
    assert data["text/html"].startswith('<span class="measured"><img alt="A &lt;title&gt;. ')
    assert data["text/html"].endswith(f'{data["image/png"]}"></span>')
    assert data["text/plain"] == "<plot>"


@every_plot
def test_a_picture_has_twice_the_dots_of_its_size_on_the_page_and_few_bytes(plot):
    data, metadata = shown(plot())
    png = b64decode(data["image/png"])
    height, width, _ = imread(io.BytesIO(png)).shape
    page = metadata["image/png"]
    assert (width, height) == (2 * page["width"], 2 * page["height"])
    assert f'width="{page["width"]}"' in data["text/html"]
    assert len(png) < 100_000


@every_plot
def test_the_look_does_not_depend_on_the_users_rcparams_which_stay_as_they_are(plot):
    ours = shown(plot(title="Same"))[0]["image/png"]
    with matplotlib.style.context("dark_background"), matplotlib.rc_context({"font.size": 30}):
        before = matplotlib.rcParams.copy()
        assert shown(plot(title="Same"))[0]["image/png"] == ours
        assert matplotlib.rcParams.copy() == before


@every_plot
def test_axes_from_a_dark_style_get_our_paper_and_our_ink(plot):
    with matplotlib.style.context("dark_background"):
        figure = Figure()
        ax = figure.subplots()
        assert plot(ax=ax, title="Readable") is ax
    assert to_hex(figure.get_facecolor()) == to_hex(ax.get_facecolor()) == plotting.PAPER
    ink = [ax.title, ax._left_title, ax.xaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels()]
    ink += ax.texts + (ax.get_legend().get_texts() if ax.get_legend() else [])
    assert {to_hex(text.get_color()) for text in ink if text.get_text()} == {plotting.INK}


@every_plot
def test_the_paper_is_opaque_even_if_pictures_are_saved_transparent(plot):
    with matplotlib.rc_context({"savefig.transparent": True, "savefig.facecolor": "none"}):
        pixels = imread(io.BytesIO(b64decode(shown(plot())[0]["image/png"])))
    assert pixels[..., 3:].min() == 1


@every_plot
def test_nothing_sticks_out_of_the_picture(plot):
    name = "a_function_with_quite_a_long_name_that_says_what_it_does"
    ax = plot(title=name)
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    box = ax.get_tightbbox()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.y1 <= figure.bbox.y1


@every_plot
def test_the_last_of_several_plots_of_a_figure_shows_all_with_the_alt_texts_of_all(plot):
    left, right = plotting.panels(1, 2)
    plot(ax=left, title="before")
    plot(ax=right, title="after")
    data, metadata = shown(right)
    assert metadata["image/png"]["alt"] == f"{left.alt} {right.alt}"
    assert data["text/html"].count("<img") == 1


def test_panels_that_share_an_x_axis_name_it_once():
    axes = plotting.panels(3, share=True)
    for ax in axes:
        plotting.concurrency_timeline([("a", 0, 2), ("b", 1, 3)], ax=ax)
    assert [bool(ax.get_xlabel()) for ax in axes] == [False, False, True]


@pytest.mark.parametrize(
    ("end", "last"),
    [(2e-9, "2 ns"), (4e-4, "400 µs"), (0.4, "400 ms"), (4.0, "4 s"), (4e3, "4,000 s")],
)
def test_seconds_along_an_axis_have_one_unit(end, last):
    ax = plotting.concurrency_timeline([("a", 0, end)])
    ax.get_figure(root=True).draw_without_rendering()
    texts = [label.get_text() for label in ax.get_xticklabels()]
    assert last in texts
    assert {text.split()[1] for text in texts} == {last.split()[1]}


@every_plot
def test_a_title_in_letters_the_font_lacks_and_with_dollar_signs_says_nothing_on_stderr(
    plot, recwarn, capfd
):
    shown(plot(title="測 $ 5 for $x^"))
    assert not recwarn.list
    assert capfd.readouterr() == ("", "")


def test_importing_it_touches_neither_backend_nor_pyplot():
    code = (
        "import matplotlib, sys; before = matplotlib.get_backend(auto_select=False);"
        "from helpers import plotting; plotting.growth({'f': [(1, 1)]})._repr_mimebundle_();"
        "assert matplotlib.get_backend(auto_select=False) == before;"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_matplotlib_is_loaded_when_something_is_drawn_and_not_before():
    code = (
        "import inspect, sys; from helpers import memory, plotting, timing;"
        "inspect.getmodule(sys._getframe());"  # asks every module that there is for its file
        "assert 'matplotlib' not in sys.modules; assert 'growth' in dir(plotting);"
        "import helpers.plotting as same; assert same is plotting;"
        "print(same.growth({'f': [(1, 1)]}).alt, same.COLOURS[0], getattr(same, 'no', 'none'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split(". ", 1)[1] == "f: 1 s at 1. #0072B2 none\n"


def test_own_drawings_get_the_look_and_an_alt_text_too():
    [ax] = plotting.panels(1)
    ax.imshow(np.eye(3))
    ax.alt = "A diagonal."
    assert 'alt="A diagonal."' in shown(ax)[0]["text/html"]


# growth -------------------------------------------------------------------------------------------


def test_growth_is_log_log_with_units_on_the_ticks():
    ax = plotting.growth({"slow": SLOW})
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("input size n", "time (log scale)")
    assert tick_labels(ax.xaxis) == ["100", "200", "500", "1,000", "2,000", "5,000", "10,000"]
    assert {"1 ms", "100 ms", "1 s"} <= set(tick_labels(ax.yaxis))


def test_growth_writes_the_fitted_slope_beside_each_line_and_into_the_alt_text():
    ax = plotting.growth({"slow": SLOW, "fast": FAST})
    assert sorted(texts(ax)) == ["fast\nslope 1.0", "slow\nslope 2.0"]
    assert "slow: slope 2.0, 1 ms at 100, 10 s at 10,000" in ax.alt
    assert "fast: slope 1.0, 10 µs at 100, 1 ms at 10,000" in ax.alt


def test_growth_tells_series_apart_without_colour():
    lines = plotting.growth(dict.fromkeys("abcdef", SLOW)).get_lines()
    markers = [line.get_marker() for line in lines if line.get_linestyle() == "None"]
    dashes = [str(line._dash_pattern) for line in lines if line.get_marker() == "None"]
    assert len(set(markers)) == len(set(dashes)) == 6


def test_neighbouring_colours_differ_in_lightness():
    rgb = np.array([matplotlib.colors.to_rgb(colour) for colour in plotting.COLOURS])
    grey = rgb @ [0.299, 0.587, 0.114]
    assert min(abs(np.diff(grey[:4]))) > 0.2


def test_growth_takes_results_with_names_one_or_several():
    slow = timing.fit_growth(*zip(*SLOW, strict=True), name="slow")
    fast = timing.fit_growth(*zip(*FAST, strict=True), name="fast")
    assert plotting.growth(slow).alt == plotting.growth({"slow": SLOW}).alt
    assert plotting.growth([slow, fast]).alt == plotting.growth({"slow": SLOW, "fast": FAST}).alt
    assert plotting.growth({"other": slow}).alt == plotting.growth({"other": SLOW}).alt


def test_growth_puts_sizes_in_order():
    assert plotting.growth({"slow": SLOW[::-1]}).alt == plotting.growth({"slow": SLOW}).alt


def test_growth_of_a_single_size_has_no_slope():
    ax = plotting.growth({"slow": SLOW[:1]})
    assert texts(ax) == ["slow"]
    assert ax.alt.endswith("slow: 1 ms at 100.")


def test_predicted_points_are_hollow_not_fitted_and_named_in_the_legend_and_the_alt_text():
    ax = plotting.growth({"slow": SLOW}, predicted={"slow": [(20_000, 1e6)]})
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["measured", "predicted, not measured"]
    [hollow] = [line for line in ax.get_lines() if list(line.get_xdata()) == [20_000]]
    assert hollow.get_markerfacecolor() == plotting.PAPER
    assert texts(ax) == ["slow\nslope 2.0"]
    assert "predicted 1 Ms at 20,000" in ax.alt


def test_what_was_only_predicted_is_drawn_as_well():
    ax = plotting.growth({"fast": FAST}, predicted={"slow": SLOW})
    assert sorted(texts(ax)) == ["fast\nslope 1.0", "slow"]


def test_exponential_growth_is_told_by_its_factor_on_linear_sizes():
    ax = plotting.growth({"fib": [(n, 1e-6 * 1.6**n) for n in range(20, 36)]}, exponential=True)
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "log")
    assert texts(ax) == ["fib\n×1.60 a step"]
    assert ax.alt.startswith("Log-linear plot")


@pytest.mark.parametrize("count", [2, 3, 6])
def test_labels_of_lines_that_end_together_do_not_overlap(count):
    ax = plotting.growth({f"{'long_name_' * 4}{k}": SLOW for k in range(count)})
    ax.get_figure(root=True).draw_without_rendering()
    boxes = [Text.get_window_extent(text) for text in ax.texts]
    boxes.sort(key=lambda box: box.y0)
    assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
    assert max(box.x1 for box in boxes) <= ax.get_figure(root=True).bbox.x1


# speedups -----------------------------------------------------------------------------------------


def test_speedups_write_each_ratio_and_hatch_what_is_below_the_threshold():
    ax = plotting.speedups({"set": (20, 18, 22), "sort": (3, 2.5, 4)}, threshold=10)
    assert texts(ax) == ["20×", "3×"]
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, True]
    assert ax.get_legend().get_texts()[0].get_text() == "asked for: 10×"
    assert tick_labels(ax.yaxis) == ["set", "sort"]
    assert ax.yaxis_inverted()


def test_speedups_use_a_log_scale_from_1_only_when_they_span_more_than_a_factor_of_10():
    narrow, wide = plotting.speedups({"a": (3, 2, 4)}), plotting.speedups({"a": (300, 200, 400)})
    assert (narrow.get_xscale(), wide.get_xscale()) == ("linear", "log")
    assert (narrow.patches[0].get_x(), wide.patches[0].get_x()) == (0, 1)
    assert wide.get_xlabel() == "times as fast as the baseline (log scale)"
    assert "100×" in tick_labels(wide.xaxis)


def test_a_comparison_gives_its_names_and_its_interval():
    ax = plotting.speedups([compared(("set", "list"), 20, 18, 22)])
    assert ax.get_xlabel() == "times as fast as list (log scale)"
    assert ax.alt == "Speedups. set: 20× (18× to 22×)."


def test_an_interval_that_nobody_knows_is_not_made_up():
    ax = plotting.speedups([compared(("set", "list"), 20, 0, np.inf)])
    assert ax.alt == "Speedups. set: 20×."


# bars and profiles --------------------------------------------------------------------------------


def test_bars_name_every_group_and_every_method_and_say_what_was_not_measured():
    ax = plotting.bars({"I/O": {"a": 0.25, "b": None}, "CPU": {"a": 2, "b": float("nan")}})
    assert tick_labels(ax.yaxis) == ["I/O", "a", "b", "CPU", "a", "b"]
    assert texts(ax) == ["", "250 ms", "not measured", "", "2 s", "not measured"]
    assert ax.alt == "Bars of time. I/O: a 250 ms, b not measured; CPU: a 2 s, b not measured."


def test_bars_give_a_method_the_same_look_in_every_group():
    ax = plotting.bars({"I/O": {"a": 1, "b": 1}, "CPU": {"b": 1, "a": 1}})
    looks = [(to_hex(bar.get_facecolor()), bar.get_hatch()) for bar in ax.patches]
    assert looks[1] == looks[5] != looks[2] == looks[4]


def test_bars_take_one_row_and_other_units():
    ax = plotting.bars({"before": 412.34, "after": 38}, unit="MiB", quantity="peak memory")
    assert texts(ax) == ["412 MiB", "38 MiB"]
    assert ax.get_xlabel() == "peak memory"
    assert "100 MiB" in tick_labels(ax.xaxis)


def test_bars_take_a_table():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1, 2], "b": [3, None]}, index=["I/O", "CPU"])
    assert plotting.bars(table).alt == (
        "Bars of time. I/O: a 1 s, b 3 s; CPU: a 2 s, b not measured."
    )


def test_large_sizes_are_written_as_powers_of_ten():
    ax = plotting.growth({"slow": [(10_000, 0.1), (100_000, 1)]}, predicted={"slow": [(1e9, 9)]})
    assert {"10,000", "100,000", "10⁶", "10⁹"} <= set(tick_labels(ax.xaxis))


def test_a_profile_has_the_most_expensive_function_on_top_and_own_time_inside():
    ax = plotting.profile_bars([("work", 1.9, 1.9), ("main", 0.1, 2.0)])
    assert tick_labels(ax.yaxis) == ["main", "work"]
    assert [bar.get_width() for bar in ax.patches] == [2.0, 1.9, 0.1, 1.9]
    assert [text for text in texts(ax) if text] == ["100 ms own of 2 s", "1.9 s own of 1.9 s"]


# timelines ----------------------------------------------------------------------------------------


def test_memory_is_drawn_above_its_start_and_the_peak_is_marked():
    ax = plotting.memory_timeline({"list": [(0, 2**30), (1, 2**30 + 2**20), (2, 2**30)]})
    assert ax.get_ylabel() == "memory above the start (MiB)"
    assert list(ax.get_lines()[0].get_ydata()) == [0, 1, 0]
    assert texts(ax) == ["list\npeak 1 MiB"]
    assert "s" in tick_labels(ax.xaxis)[0]


def test_results_plot_themselves_on_the_axes_they_are_given():
    left, middle, right = plotting.panels(1, 3)
    assert timing.fit_growth((1, 2), (1, 2), name="linear").plot(ax=left) is left
    assert compared(("set", "list"), 20, 18, 22).plot(ax=middle) is middle
    timeline = memory.Timeline("list", (0.0, 1.0), (0, 2**20), None)
    assert plotting.memory_timeline([timeline], ax=right) is right
    assert timeline.plot().alt == right.alt


def test_a_timeline_has_a_lane_for_every_worker_from_the_first_start():
    ax = plotting.concurrency_timeline(RUNS)
    assert tick_labels(ax.yaxis) == ["a", "b"]
    assert [bar.get_y() + 0.4 for bar in ax.patches[:3]] == pytest.approx([0, 1, 0])
    assert [bar.get_x() for bar in ax.patches[:3]] == pytest.approx([0, 0.1, 0.2])
    assert ax.get_xlabel() == "time since the first start"


def test_the_peak_in_flight_counts_overlap_and_not_touching():
    touching = [("a", 0, 1), ("b", 1, 2)]
    overlapping = [("a", 0, 1.5), ("b", 1, 2), ("c", 1.25, 3)]
    assert "peak: 1 in flight" in plotting.concurrency_timeline(touching).alt
    assert "peak: 3 in flight" in plotting.concurrency_timeline(overlapping).alt


def test_kinds_of_work_are_named_in_the_legend():
    ax = plotting.concurrency_timeline([("a", 0, 1, "fetch"), ("a", 1, 2, "parse")])
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["fetch", "parse"]
    assert ax.get_title(loc="right") == "peak: 1 in flight"
    assert ax.patches[0].get_hatch() != ax.patches[1].get_hatch()


def test_many_lanes_are_not_all_named():
    ax = plotting.concurrency_timeline([(f"task {k}", 0, 1) for k in range(100)])
    assert len(tick_labels(ax.yaxis)) <= 30
    assert ax.get_figure(root=True).get_figheight() < 8


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plot",
    [
        lambda: plotting.growth({}),
        lambda: plotting.growth([]),
        lambda: plotting.growth({"slow": []}),
        lambda: plotting.speedups([]),
        lambda: plotting.bars({}),
        lambda: plotting.profile_bars(iter([])),
        lambda: plotting.memory_timeline({}),
        lambda: plotting.concurrency_timeline([]),
    ],
)
def test_nothing_to_draw_is_said(plot):
    with pytest.raises(ValueError, match="nothing to draw"):
        plot()


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), None, "1"])
@pytest.mark.parametrize(
    "plot",
    [
        lambda wrong: plotting.growth({"slow": [(100, 0.1), (200, wrong)]}),
        lambda wrong: plotting.growth({"slow": [(wrong, 0.1)]}),
        lambda wrong: plotting.speedups({"slow": (wrong, 1, 2)}),
        lambda wrong: plotting.speedups({"slow": (2, 1, wrong)}),
    ],
)
def test_what_a_log_scale_cannot_show_is_named_with_its_series(plot, wrong):
    with pytest.raises(ValueError, match=r"'slow' has .*finite numbers above 0.*log scale"):
        plot(wrong)


@pytest.mark.parametrize("wrong", [-1, float("inf"), "1"])
@pytest.mark.parametrize(
    "plot",
    [
        lambda wrong: plotting.bars({"slow": wrong}),
        lambda wrong: plotting.profile_bars([("slow", 0, wrong)]),
        lambda wrong: plotting.memory_timeline({"slow": [(0, wrong)]}),
        lambda wrong: plotting.concurrency_timeline([("a", 0, 1), ("slow", wrong, 1)]),
    ],
)
def test_what_no_axis_can_show_is_named_with_its_series(plot, wrong):
    with pytest.raises(ValueError, match=r"'slow' has .*finite numbers of 0 or more"):
        plot(wrong)


@pytest.mark.parametrize("wrong", [-1, float("nan"), "10"])
def test_a_threshold_is_a_ratio(wrong):
    with pytest.raises(ValueError, match=r"'threshold' has .*pass a ratio"):
        plotting.speedups({"fast": (20, 18, 22)}, threshold=wrong)


def test_the_shape_asked_for_is_said():
    with pytest.raises(ValueError, match=r"pass \(sizes, seconds\)"):
        plotting.growth({"slow": [0.1, 0.2]})
    with pytest.raises(ValueError, match=r"pass \(ratio, low, high\)"):
        plotting.speedups({"slow": 20})
    with pytest.raises(ValueError, match=r"pass \(start seconds, end seconds\)"):
        plotting.concurrency_timeline([("slow", 1)])


def test_results_without_a_name_of_their_own_are_refused():
    with pytest.raises(ValueError, match=r"needs a name of its own; pass {name: result}"):
        plotting.growth(SLOW)
    twice = timing.fit_growth((1, 2), (1, 2), name="slow")
    with pytest.raises(ValueError, match="needs a name of its own"):
        plotting.growth([twice, twice])


def test_a_run_that_ends_before_it_starts_is_named():
    with pytest.raises(ValueError, match="'b' starts at 3 but ends at 2"):
        plotting.concurrency_timeline([("a", 0, 1), ("b", 3, 2)])


def test_nothing_is_drawn_while_a_notebook_is_validated(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert plotting.growth({"slow": SLOW})._repr_mimebundle_() == ({"text/plain": "<plot>"}, {})
