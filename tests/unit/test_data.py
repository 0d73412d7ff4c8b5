"""The data makers: what they promise about their output, and that a seed decides all of it."""

import csv
import doctest
import hashlib
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import helpers.data
from helpers import data

seeds = st.integers(0, 2**64)
unhurried = settings(deadline=None)  # how long an example takes is not what is tested


def read_csv(path, nasty=True):
    """(good, bad, blank): what the csv module makes of a file, by the rules of `write_csv`."""
    good, bad, blank = [], 0, 0
    with open(path, newline="", encoding="utf-8-sig" if nasty else "ascii") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader)
        for row in reader:
            if not row:
                blank += 1
            elif len(row) != len(header) or not row[4].isdigit():
                bad += 1
            else:
                good.append(row)
    return good, bad, blank


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(helpers.data).failed == 0


# the seed decides


def everything(seed, folder):
    """A digest of a small sample of each maker."""
    data.write_csv(folder / "nasty.csv", 300, seed=seed)
    data.write_csv(folder / "plain.csv", size_bytes=9000, nasty=False, seed=seed)
    data.write_messy_csv(folder / "messy.csv", 3000, seed=seed)
    made = {
        "integers": repr(data.integers(500, seed=seed)),
        "matrix": repr(data.matrix(20, 5, offset=1e8, seed=seed)),
        "strings": repr([data.strings(9, 20, kind, seed) for kind in data._ALPHABETS_OF]),
        **{path.name: path.read_bytes().hex() for path in folder.iterdir()},
    }
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in made.items()}


def test_a_seed_gives_the_same_data_on_every_platform(tmp_path):
    """PCG64's doubles and exact arithmetic alone: a change here changes what was once graded."""
    assert everything(1, tmp_path) == {
        "integers": "8a3d7f7718d3",
        "matrix": "527a12745bd0",
        "strings": "86d3e84bf7a0",
        "nasty.csv": "f8f4fdc617b4",
        "plain.csv": "239c3ab07399",
        "messy.csv": "49784abd73eb",
    }


def test_another_seed_and_no_seed_give_other_data(tmp_path):
    digests = [everything(seed, tmp_path).values() for seed in (1, 2, None, None)]
    assert len(set().union(*digests)) == sum(map(len, digests))


# integers


@unhurried
@given(n=st.integers(0, 400), share=st.floats(0, 1), seed=seeds)
def test_integers_repeat_exactly_the_share_asked_for(n, share, seed):
    numbers = data.integers(n, duplicates=share, seed=seed)
    assert len(numbers) == n
    assert len(set(numbers)) == max(n - round(n * share), min(n, 1))
    assert all(type(number) is int for number in numbers)


def test_integers_are_wide_apart_negative_too_and_out_of_order():
    numbers = data.integers(1000, seed=1)
    assert max(numbers) - min(numbers) > 1000 * 100_000
    assert min(numbers) < 0 < max(numbers)
    assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))
    seen = sorted(numbers.index(number) for number in set(numbers))
    assert seen != list(range(len(seen))), "duplicates all stand at the end"


# matrices


@unhurried
@given(rows=st.integers(0, 9), columns=st.integers(0, 9), seed=seeds)
def test_a_matrix_is_rows_of_floats_and_equals_the_array(rows, columns, seed):
    matrix, array = data.matrix(rows, columns, seed=seed), data.array(rows, columns, seed=seed)
    assert array.shape == (rows, columns)
    assert array.dtype == np.float64
    assert matrix == array.tolist()
    assert [len(row) for row in matrix] == [columns] * rows
    assert all(type(number) is float and 0 <= number < 1 for row in matrix for number in row)


def test_an_offset_moves_the_numbers_and_keeps_their_spread():
    array = data.array(2000, 3, offset=1e8, seed=1)
    assert array.min() >= 1e8
    assert array.var(axis=0) == pytest.approx([1 / 12] * 3, rel=0.1)


# strings


def bytes_per_character(text):
    """What CPython stores: 1 up to U+00FF, 2 up to U+FFFF, 4 above."""
    return 1 if ord(max(text)) < 0x100 else 2 if ord(max(text)) < 0x10000 else 4


@pytest.mark.parametrize(
    ("kind", "widths"), [("ascii", [1, 1, 1]), ("unicode", [2, 2, 2]), ("mixed", [1, 2, 4])]
)
@unhurried
@given(count=st.integers(0, 20), length=st.integers(0, 20), seed=seeds)
def test_strings_have_the_width_of_their_kind(kind, widths, count, length, seed):
    texts = data.strings(count, length, kind, seed)
    assert [len(text) for text in texts] == [length] * count
    assert all(type(text) is str and text.isprintable() for text in texts)
    if length:
        assert [bytes_per_character(text) for text in texts] == (widths * count)[:count]


def test_strings_of_bytes_are_bytes():
    texts = data.strings(50, 100, "bytes", seed=1)
    assert {type(text) for text in texts} == {bytes}
    assert {len(text) for text in texts} == {100}
    assert len(set(b"".join(texts))) == 256


# CSV files


@settings(unhurried, max_examples=40)
@given(rows=st.integers(0, 160), seed=seeds)
def test_a_csv_file_holds_what_its_summary_says(tmp_path_factory, rows, seed):
    path = tmp_path_factory.getbasetemp() / "rows.csv"
    summary = data.write_csv(path, rows, seed=seed)
    good, bad, blank = read_csv(path)
    assert (len(good), bad, blank) == (rows, summary.bad_rows, summary.blank_lines)
    assert summary.rows == rows
    assert summary.bad_rows == summary.blank_lines == -(-rows // 25)
    assert summary.bytes == path.stat().st_size
    assert summary.quantity == sum(int(row[4]) for row in good)
    assert [int(row[0]) for row in good] == list(range(1, rows + 1))


@settings(unhurried, max_examples=20)
@given(size=st.integers(0, 400_000), nasty=st.booleans(), seed=seeds)
def test_a_csv_file_of_a_size_is_no_more_than_a_row_above_it(tmp_path_factory, size, nasty, seed):
    path = tmp_path_factory.getbasetemp() / "size.csv"
    summary = data.write_csv(path, size_bytes=size, nasty=nasty, seed=seed)
    assert size <= summary.bytes == path.stat().st_size <= size + 250
    good, bad, blank = read_csv(path, nasty)
    assert (len(good), bad, blank) == (summary.rows, summary.bad_rows, summary.blank_lines)
    assert summary.quantity == sum(int(row[4]) for row in good)


@pytest.mark.parametrize("nasty", [True, False])
def test_pandas_reads_the_same_rows(tmp_path, nasty):
    summary = data.write_csv(tmp_path / "x.csv", 5000, nasty=nasty, seed=1)
    table = pd.read_csv(tmp_path / "x.csv", encoding="utf-8-sig", on_bad_lines="skip")
    quantity = pd.to_numeric(table["quantity"], errors="coerce")
    assert quantity.notna().sum() == summary.rows == 5000
    assert quantity.sum() == summary.quantity
    good, _, _ = read_csv(tmp_path / "x.csv")
    kept = table[quantity.notna()]
    for column in ("name", "note"):
        assert kept[column].fillna("").tolist() == [
            row[table.columns.get_loc(column)] for row in good
        ]


def test_a_nasty_file_has_every_nasty_case_within_75_rows(tmp_path):
    data.write_csv(tmp_path / "x.csv", 75, seed=1)
    raw = (tmp_path / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfid,")
    assert b"\r\n\r\n" in raw
    with open(tmp_path / "x.csv", newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if row]
    assert {len(row) for row in rows} == {3, 7, 8}
    assert "many" in {row[4] for row in rows if len(row) == 7}
    fields = [field for row in rows for field in row]
    for part in ("\n", "\n\n", '"', ",", "ö", "見", "😀"):
        assert any(part in field for field in fields), repr(part)
    assert "" in fields
    assert any(field != field.strip() for field in fields)


def test_a_plain_file_is_plain(tmp_path):
    summary = data.write_csv(tmp_path / "x.csv", 200, nasty=False, seed=1)
    text = (tmp_path / "x.csv").read_bytes().decode("ascii")
    assert (summary.bad_rows, summary.blank_lines) == (0, 0)
    assert not set('"\r') & set(text)
    assert {line.count(",") for line in text.splitlines()} == {6}
    assert text.count("\n") == 201


@pytest.mark.parametrize(
    "write",
    [
        lambda path, rows: data.write_csv(path, rows, seed=1),
        lambda path, rows: data.write_csv(path, size_bytes=60 * rows, seed=1),
        lambda path, rows: data.write_messy_csv(path, rows, seed=1),
    ],
    ids=["rows", "size", "messy"],
)
def test_memory_stays_flat_however_large_the_file(tmp_path, write):
    def peak(rows):
        tracemalloc.start()
        try:
            write(tmp_path / "x.csv", rows)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2000)  # what is allocated once
    assert peak(40_000) < 1.5 * peak(5000)


def test_a_file_appears_only_when_it_is_complete(tmp_path, monkeypatch):
    path = tmp_path / "x.csv"
    path.write_text("what was there")
    monkeypatch.setattr(data, "_csv_block", None)
    with pytest.raises(TypeError):
        data.write_csv(path, 10)
    assert path.read_text() == "what was there"
    assert list(tmp_path.iterdir()) == [path]


# the messy table


def test_the_messy_table_is_what_pandas_reads_of_the_messy_file(tmp_path):
    summary = data.write_messy_csv(tmp_path / "x.csv", 5000, seed=1)
    table = pd.read_csv(tmp_path / "x.csv")
    pd.testing.assert_frame_equal(table, data.messy_table(5000, seed=1))
    assert (len(table), (tmp_path / "x.csv").stat().st_size) == (summary.rows, summary.bytes)
    assert len(table.drop_duplicates()) == summary.rows - summary.duplicates


def test_the_messy_table_is_as_messy_as_promised():
    table = data.messy_table(20_000, seed=1)
    assert table.duplicated().mean() == pytest.approx(0.05, abs=0.01)
    missing = table.isna().mean()
    assert missing[["id", "day"]].tolist() == [0, 0]
    assert missing.drop(["id", "day"]).tolist() == pytest.approx([0.03] * 7, abs=0.01)
    shares = table["category"].value_counts(normalize=True)
    assert shares.index[0] == "standard"
    assert shares["standard"] > 0.45
    assert 0 < shares["legacy"] < 0.02
    assert 0.2 < (table["value"] > 100).mean() < 0.4
    assert (table["value"] == 100).any()
    assert (table.loc[table["category"] == "returns", "value"].dropna() <= 0).all()
    assert table["balance"].max() > 2**24
    assert pd.to_datetime(table["day"]).is_unique is False


def test_duplicates_reach_across_chunks_and_back_to_the_start():
    table = data.messy_table(30_000, seed=1)
    duplicated = table["id"][table.duplicated()]
    distance = duplicated.index - duplicated + 1
    assert distance.min() < 100
    assert distance.max() > 20_000


@pytest.mark.parametrize("seed", range(5))
def test_edge_cases_of_the_messy_table_are_within_reach(seed):
    empty, one = data.messy_table(0, seed=seed), data.messy_table(1, seed=seed)
    assert (len(empty), len(one), list(empty)) == (0, 1, list(one))
    capped = data.messy_table(2500, largest_value=100, seed=seed)
    assert capped["value"].max() == 100
    same = data.messy_table(2500, duplicates=1, seed=seed)
    assert (len(same), len(same.drop_duplicates())) == (2500, 1)
    assert not data.messy_table(2500, duplicates=0, seed=seed).duplicated().any()
    nothing = data.messy_table(50, missing=1, seed=seed)
    assert nothing.drop(columns=["id", "day"]).isna().all(axis=None)
    assert not data.messy_table(500, missing=0, seed=seed).isna().any(axis=None)


# bad input


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda path: data.integers(-1), "n is -1: pass a whole number, 0 or more"),
        (lambda path: data.integers(2.5), "n is 2.5: pass a whole number"),
        (lambda path: data.integers(5, duplicates=1.5), "duplicates is 1.5: pass a share"),
        (lambda path: data.integers(5, seed=-1), "seed is -1"),
        (lambda path: data.matrix(-1, 2), "rows is -1"),
        (lambda path: data.array(1, "2"), "columns is '2'"),
        (lambda path: data.strings(1, -2), "length is -2"),
        (lambda path: data.strings(1, 2, "utf8"), "ascii, unicode, mixed, bytes"),
        (lambda path: data.write_csv(path), "either rows or size_bytes"),
        (lambda path: data.write_csv(path, 5, size_bytes=5), "either rows or size_bytes"),
        (lambda path: data.write_csv(path, size_bytes=-5), "size_bytes is -5"),
        (lambda path: data.write_messy_csv(path, -5), "rows is -5"),
        (lambda path: data.write_messy_csv(path, 5, missing=-0.1), "missing is -0.1"),
        (lambda path: data.messy_table(5, largest_value=-1), "largest_value is -1"),
        (lambda path: data.messy_table(5, duplicates=float("nan")), "duplicates is nan"),
    ],
)
def test_bad_input_is_named_with_what_to_pass(tmp_path, wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong(tmp_path / "x.csv")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere: make it first"):
        data.write_csv(tmp_path / "nowhere" / "x.csv", 5)
