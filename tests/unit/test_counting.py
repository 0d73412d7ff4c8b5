"""Counting doubles behave as what they stand for, and miss nothing that is done with them."""

# ruff: noqa: SIM115  (what files left open look like is among what is tested)
import builtins
import collections
import contextlib
import copy
import csv
import doctest
import functools
import gc
import io
import math
import operator
import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import counting

whole = st.integers(-(2**70), 2**70) | st.integers(-3, 3)


def test_the_examples_in_the_docstrings_run():
    assert doctest.testmod(counting).failed == 0


# --- whole numbers -------------------------------------------------------------------------------

BINARY = [
    *(operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge),
    *(operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, divmod),
    *(operator.truediv, operator.and_, operator.or_, operator.xor),
]
UNARY = [
    *(operator.neg, operator.pos, operator.abs, operator.invert, hash, int, bool, repr, str),
    *(math.trunc, math.floor, math.ceil, round, operator.index, "{:+d}".format, "%x".__mod__),
]


def outcome(operation, *operands):
    try:
        return counting.plain(operation(*operands))
    except (ArithmeticError, TypeError, ValueError) as error:
        return type(error)


@given(whole, whole, st.sampled_from(BINARY))
def test_counting_numbers_agree_with_ints_on_either_side(left, right, operation):
    (a, b), _ = counting.integers([left, right])
    expected = outcome(operation, left, right)
    for operands in [(a, b), (a, right), (left, b)]:
        assert outcome(operation, *operands) == expected
        assert type(outcome(operation, *operands)) is type(expected)


@given(whole, st.sampled_from(UNARY))
def test_a_counting_number_agrees_with_its_int(value, operation):
    (number,), _ = counting.integers([value])
    assert outcome(operation, number) == outcome(operation, value)


@given(st.integers(-50, 50), st.integers(0, 20), st.integers(1, 9))
def test_powers_and_shifts_agree_with_ints(base, exponent, modulus):
    (a, b), tally = counting.integers([base, exponent])
    assert pow(a, b) == pow(base, exponent) == pow(base, b)
    assert pow(a, exponent, modulus) == pow(base, exponent, modulus)
    assert (a << b, a >> b, base << b) == (base << exponent, base >> exponent, base << exponent)
    assert tally.arithmetic == 6


@given(st.lists(st.integers(-20, 20)))
def test_lists_of_counting_numbers_sort_search_and_group_as_ints_do(values):
    numbers, _ = counting.integers(values)
    assert counting.plain(sorted(numbers)) == sorted(values)
    assert counting.plain(dict(collections.Counter(numbers))) == dict(collections.Counter(values))
    assert counting.plain(set(numbers)) == set(values)
    assert sum(numbers) == sum(values)
    assert np.array_equal(np.asarray(numbers, dtype=int), np.array(values, dtype=int))


@pytest.mark.parametrize("operation", [operator.eq, operator.ne, operator.lt, operator.ge])
def test_each_comparison_counts_once_whichever_side_the_counting_number_is_on(operation):
    (a, b), tally = counting.integers([1, 2])
    for operands in [(a, b), (a, 2), (1, b)]:
        tally.reset()
        operation(*operands)
        assert dict(tally) == {"comparisons": 1, "hashes": 0, "arithmetic": 0, "conversions": 0}


def test_a_search_of_a_list_counts_every_element_it_passes():
    numbers, tally = counting.integers(range(100))
    assert -1 not in numbers
    assert tally.comparisons == 100
    assert numbers.count(-1) == 0
    assert tally.comparisons == 200
    with pytest.raises(ValueError, match="-1"):
        numbers.index(-1)
    assert tally.comparisons == 300


def test_equal_numbers_are_separate_objects_so_that_identity_hides_no_comparison():
    numbers, tally = counting.integers([7] * 50)
    assert numbers[49] in numbers[:49]
    assert tally.comparisons == 1
    assert len({id(number) for number in numbers}) == 50


@pytest.mark.parametrize("sort", [sorted, lambda numbers: numbers.sort(), min, max])
def test_sorting_takes_no_fast_path_around_the_comparisons(sort):
    values = [(i * 37) % 101 for i in range(101)]

    class Key:  # counts by hand what an object that is no number at all is asked
        asked = 0

        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            Key.asked += 1
            return self.value < other.value

        def __gt__(self, other):
            Key.asked += 1
            return self.value > other.value

    numbers, tally = counting.integers(values)
    sort(numbers)
    sort([Key(value) for value in values])
    assert tally.comparisons == Key.asked > 99


@pytest.mark.parametrize("make", [set, frozenset, dict.fromkeys, collections.Counter])
def test_sets_and_dicts_hash_each_number_and_compare_only_duplicates(make):
    numbers, tally = counting.integers([*range(1_000), *range(1_000)])
    assert len(make(numbers)) == 1_000
    assert tally.hashes == 2_000
    assert 1_000 <= tally.comparisons <= 2_100  # a Counter looks a known number up twice


def test_results_of_arithmetic_go_on_counting():
    (number,), tally = counting.integers([10])
    rest = (5 + number) % 4
    tally.reset()
    assert rest == 3
    assert sorted([rest, -rest], key=lambda x: x * 2) == [-3, 3]
    assert tally.comparisons >= 3
    assert number / 4 == 2.5
    assert type(number / 4) is float


def test_turning_a_number_into_a_plain_int_is_counted_unless_plain_does_it():
    numbers, tally = counting.integers([1, 2, 3])
    assert type(int(numbers[0])) is int
    assert (float(numbers[1]), round(numbers[2])) == (2.0, 3)
    assert tally.conversions == 3
    nested = {"a": [numbers[0], (numbers[1], {numbers[2]})], numbers[0]: "x", "b": None}
    tally.reset()
    found = counting.plain(nested)
    assert found == {"a": [1, (2, {3})], 1: "x", "b": None}
    assert type(found["a"][1][0]) is int
    assert sum(dict(tally).values()) == 0


def test_plain_leaves_what_is_not_a_counting_number_as_it_is():
    array, flag = np.arange(3), True
    assert counting.plain(array) is array
    assert counting.plain(flag) is True
    generator = (x for x in [1])
    assert counting.plain(generator) is generator


def test_numpy_makes_an_array_of_ints_of_them():
    numbers, tally = counting.integers([3, 1, 2])
    assert np.array(numbers).dtype == np.array([3, 1, 2]).dtype
    assert np.unique(numbers).tolist() == [1, 2, 3]
    assert tally.comparisons == 0  # NumPy compares values of its own: the docstring says so


def test_copies_go_on_counting_and_a_pickle_is_a_plain_int():
    numbers, tally = counting.integers([5])
    assert copy.deepcopy(numbers)[0] is numbers[0]
    assert copy.copy(numbers[0]) is numbers[0]
    sent = pickle.loads(pickle.dumps(numbers))
    assert sent == [5]
    assert type(sent[0]) is int
    assert tally.conversions == 0


def test_two_lists_count_on_tallies_of_their_own():
    first, tally_1 = counting.integers([1])
    _, tally_2 = counting.integers([1])
    hash(first[0])
    assert (tally_1.hashes, tally_2.hashes) == (1, 0)


def test_numpy_integers_are_welcome_and_other_values_are_named():
    assert counting.integers(np.array([1, 2]))[0] == [1, 2]
    with pytest.raises(TypeError, match=r"whole numbers, not 2\.5 at \[1\]"):
        counting.integers([1, 2.5])


def test_replacing_builtins_changes_no_count():
    numbers, tally = counting.integers(range(10))
    patched = ("int", "type", "len", "isinstance", "issubclass", "iter", "sum", "dict")
    namespace = vars(builtins)
    originals = {name: namespace[name] for name in patched}
    namespace.update(dict.fromkeys(patched, lambda *args: 0))
    try:
        found = -1 in numbers
        more, _ = counting.integers([1, 2])
        items, drawn = counting.drawn([1, 2])
        next(items)
        turned = counting.plain(more)
    finally:
        namespace.update(originals)
    assert not found
    assert (tally.comparisons, drawn.items, turned) == (10, 1, [1, 2])


# --- iterators, functions, clocks, instances -----------------------------------------------------


def test_only_what_is_drawn_counts():
    source, tally = counting.drawn(i * i for i in range(100))
    assert tally.items == 0
    assert [next(source), next(source)] == [0, 1]
    assert tally.items == 2
    assert list(source) == [i * i for i in range(2, 100)]
    assert tally.items == 100
    with pytest.raises(TypeError, match="not iterable"):
        counting.drawn(5)


def test_a_counted_function_is_the_same_to_its_callers():
    def area(width: int, height: int = 1) -> int:
        """Width times height."""
        return width * height

    double = counting.counted(area)
    assert (double(2, height=3), double(4)) == (6, 4)
    assert double.tally.calls == 2
    assert double.arguments == [((2,), {"height": 3}), ((4,), {})]
    assert (double.__name__, double.__doc__) == ("area", "Width times height.")


def test_calls_that_raise_count_and_the_error_comes_through():
    double = counting.counted(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        double()
    assert double.tally.calls == 1


def test_calls_behind_a_cache_are_counted_through_it():
    @functools.lru_cache
    @counting.counted
    def fibonacci(n):
        return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

    assert fibonacci(30) == 832_040
    assert fibonacci.tally.calls == 31


def test_a_clock_moves_only_when_told_and_only_forward():
    clock = counting.Clock(start=0)
    assert clock() == clock() == 0
    clock.advance(1.5)
    clock.sleep(2)
    assert (clock(), clock.slept) == (3.5, [2])
    for wrong in (-1, math.nan):
        with pytest.raises(ValueError, match="only goes forward"):
            clock.sleep(wrong)
    assert (clock(), clock.slept) == (3.5, [2])


def test_instances_in_a_dropped_cycle_are_not_alive():
    class Chunk:
        pass

    class Special(Chunk):
        pass

    kept, cycle = Special(), Chunk()
    cycle.itself = cycle
    del cycle
    assert counting.alive(Chunk) == 1
    del kept
    assert counting.alive(Chunk) == 0


# --- files ---------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,size\n" + "é,1\n" * 200_000, encoding="utf-8")
    return path


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def test_a_lazy_reader_has_read_little_when_the_first_row_is_out(table):
    with counting.opens() as files:
        reader = rows(table)
        assert files == []
        assert next(reader) == {"name": "é", "size": "1"}
        (file,) = files
        assert file.path == str(table)
        assert 0 < file.bytes_read <= 2**18 < table.stat().st_size
        assert not file.closed
        reader.close()
        assert (file.closed, file.abandoned) == (True, False)


def test_reading_everything_counts_the_size_of_the_file(table):
    size = table.stat().st_size
    ways = [
        lambda: len(open(table, "rb").read()),
        lambda: len(open(table, "rb", buffering=0).read()),
        lambda: len(open(table, "rb", buffering=0).readall()),
        lambda: len(list(open(table, encoding="utf-8"))),
        lambda: len(open(table, "r+", encoding="utf-8").readlines()),
        lambda: len(io.open(table, "rb").read()),  # noqa: UP020
        lambda: len(table.read_bytes()),
        lambda: len(table.read_text(encoding="utf-8")),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        for way in ways:
            with counting.opens() as files:
                assert way() in (size, 200_001, size - 200_000)
            assert [file.bytes_read for file in files] == [size]


def test_reading_a_part_again_counts_again(table):
    with counting.opens() as files, open(table, "rb", buffering=0) as file:
        file.read(100)
        file.seek(0)
        file.read(50)
    assert files[0].bytes_read == 150


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("mode", [{"mode": "r"}, {"mode": "rb"}, {"mode": "rb", "buffering": 0}])
def test_a_file_left_to_the_garbage_collector_is_abandoned_not_closed(table, mode):
    with counting.opens() as files:
        file = open(table, **mode)
        file.read(1)
        assert not files[0].closed
        del file
        gc.collect()
    assert (files[0].closed, files[0].abandoned) == (False, True)


@pytest.mark.parametrize(
    "arguments",
    [
        {"mode": "rb", "encoding": "utf-8"},
        {"mode": "r", "buffering": 0},
        {"mode": "q"},
        {"mode": 3},
        {"encoding": "no such"},
        {"newline": "x"},
        {"file": "no such file"},
        {"file": 2.5},
    ],
)
def test_mistakes_raise_what_open_raises(table, arguments):
    arguments = {"file": table} | arguments
    with pytest.raises(Exception) as expected:  # noqa: PT011
        open(**arguments)
    with counting.opens(), pytest.raises(expected.type):
        open(**arguments)


def test_files_opened_in_a_block_look_as_they_always_do(table):
    usual = open(table, encoding="latin-1", errors="replace", newline="\n")
    with counting.opens():
        file = open(table, encoding="latin-1", errors="replace", newline="\n")
    with usual, file:
        assert type(file) is type(usual)
        for name in ("name", "mode", "encoding", "errors", "line_buffering"):
            assert getattr(file, name) == getattr(usual, name)
        assert file.readline() == usual.readline()
        assert file.buffer.mode == usual.buffer.mode


def test_writing_works_in_a_block_and_reads_nothing(tmp_path):
    with counting.opens() as files:
        (tmp_path / "new").write_text("hello", encoding="utf-8")
    assert (tmp_path / "new").read_text(encoding="utf-8") == "hello"
    assert (files[0].bytes_read, files[0].closed) == (0, True)


def test_open_is_put_back_after_an_error_and_blocks_may_enclose_each_other(table):
    before = (builtins.open, io.open)
    with counting.opens() as outer:
        with contextlib.suppress(ZeroDivisionError), counting.opens() as inner:
            table.read_bytes()
            raise ZeroDivisionError
        table.read_bytes()
    assert (builtins.open, io.open) == before
    assert (len(inner), len(outer)) == (1, 2)
    assert Path(outer[0].path) == table


def test_what_a_notebook_calls_open_is_seen_too(table):
    from IPython.core.interactiveshell import _modified_open  # is `open` in a notebook

    with counting.opens() as files, _modified_open(table) as file:
        file.readline()
    assert files[0].closed


def test_opens_records_the_encoding_that_was_said(tmp_path, monkeypatch):
    (path := tmp_path / "text").write_text("ä\n", encoding="utf-8")
    with counting.opens() as files:
        for arguments in ({"encoding": "utf-8"}, {"mode": "rb"}, {}):
            open(path, **arguments).close()
        with io.TextIOWrapper(io.BufferedReader(io.FileIO(path)), encoding="utf-8") as file:
            assert file.read() == "ä\n"
    said = "utf-8" if sys.flags.utf8_mode else "locale"
    assert [file.encoding for file in files] == ["utf-8", None, said, None]
    assert all(file.closed for file in files)
    assert files[-1].bytes_read == 3
