"""Makers of test data: the same seed gives the same data everywhere, no seed gives fresh data.

All is drawn as doubles of NumPy's PCG64 and turned into values by exact arithmetic alone, so that
platforms and NumPy versions agree on every byte.
"""

from __future__ import annotations

import bisect
import contextlib
import datetime
import io
import itertools
import operator
import os
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class CsvSummary:
    """What a reader must find in a file that was written here."""

    path: Path
    bytes: int
    rows: int  # good ones, without the header; duplicates are good rows
    bad_rows: int = 0  # too few fields, too many, or a quantity that is no number
    blank_lines: int = 0  # between rows; those inside quotes belong to a field
    duplicates: int = 0  # rows equal to an earlier one: `rows - duplicates` differ
    quantity: int = 0  # sum of that column over the good rows (`write_csv` only)


def integers(n: int, *, duplicates: float = 0.2, seed: int | None = None) -> list[int]:
    """`n` integers in random order, of which the share `duplicates` repeats another one.

    Exactly `n - round(n * duplicates)` values differ (one at least). They lie about a million
    apart on both sides of zero: neither range nor order gives anything away.

    >>> numbers = integers(1000, duplicates=0.25, seed=1)
    >>> len(numbers), len(set(numbers))
    (1000, 750)
    """
    n, rng = _count("n", n), _generator(seed)
    distinct = max(n - round(n * _share("duplicates", duplicates)), min(n, 1))
    values = (np.arange(distinct) - distinct // 2) * 2**20 + _draw(rng, 2**20, distinct)
    repeated = values[_draw(rng, distinct, n - distinct)]
    order = np.argsort(rng.random(n), kind="stable")
    return np.concatenate([values, repeated])[order].tolist()


def array(rows: int, columns: int, *, offset: float = 0.0, seed: int | None = None) -> np.ndarray:
    """A float64 array of shape (rows, columns), uniform from `offset` to `offset + 1`.

    A large offset brings out formulas that cancel: the variance of a column stays about 1/12.
    """
    return _generator(seed).random((_count("rows", rows), _count("columns", columns))) + offset


def matrix(
    rows: int, columns: int, *, offset: float = 0.0, seed: int | None = None
) -> list[list[float]]:
    """The numbers of `array` as `rows` lists of `columns` floats."""
    return array(rows, columns, offset=offset, seed=seed).tolist()


def strings(
    count: int, length: int, kind: str = "ascii", seed: int | None = None
) -> list[str] | list[bytes]:
    """`count` random strings of `length` characters each.

    Kinds, by the bytes that CPython stores for a character: "ascii" (1), "unicode" (2: Cyrillic),
    "mixed" (1, 2 and, with emoji, 4, one string after the other); and "bytes", which is no text.

    >>> [text.isascii() for text in strings(3, 10, "mixed", seed=1)]
    [True, False, False]
    """
    count, length, rng = _count("count", count), _count("length", length), _generator(seed)
    if kind not in _ALPHABETS_OF:
        raise ValueError(f"kind is {kind!r}: pass one of {', '.join(_ALPHABETS_OF)}")
    if kind == "bytes":
        text = _draw(rng, 256, count * length).astype(np.uint8).tobytes()
    else:
        alphabet = np.resize(_ALPHABETS_OF[kind], count)[:, np.newaxis]
        letters = _draw(rng, 64, count * length).reshape(count, length)
        text = _ALPHABETS[alphabet, letters].astype("<u4").tobytes().decode("utf-32-le")
    return [text[i * length : (i + 1) * length] for i in range(count)]


def write_csv(
    path: str | os.PathLike,
    rows: int | None = None,
    *,
    size_bytes: int | None = None,
    nasty: bool = True,
    seed: int | None = None,
) -> CsvSummary:
    """Write a CSV file of `rows` good rows, or of `size_bytes` and at most one row more.

    Columns: id (1, 2, …), day (ISO), name, city, quantity (0 to 999), price (two decimals), note. A
    nasty file is UTF-8 with a BOM and CRLF ends of line. Nine rows running hold notes with a quoted
    newline, a blank line, quotes, a delimiter, outer blanks, nothing, and characters of 1 to 4
    bytes. Every 25 good rows come with a blank line and a bad row: id negative, and in turn too few
    fields, too many, or "many" for a quantity. The file appears only when it is complete.
    """
    if (rows is None) == (size_bytes is None):
        raise ValueError("pass either rows or size_bytes")
    most_rows = float("inf") if rows is None else _count("rows", rows)
    most_bytes = float("inf") if size_bytes is None else _count("size_bytes", size_bytes)
    rng = _generator(seed)
    written = bad = blank = quantity = 0
    with _complete_or_absent(path) as file:
        header = b"id,day,name,city,quantity,price,note"
        size = file.write(b"\xef\xbb\xbf" + header + b"\r\n" if nasty else header + b"\n")
        while written < most_rows and size < most_bytes:
            count = min(_BLOCK, most_rows - written)
            lines, quantities, bad_at, blank_at = _csv_block(rng, written, count, nasty)
            ends = list(itertools.accumulate(map(len, lines)))
            if size + ends[-1] > most_bytes:
                count = bisect.bisect_left(ends, most_bytes - size) + 1
            size += file.write(b"".join(lines[:count]))
            written += count
            bad += int((bad_at < count).sum())
            blank += int((blank_at < count).sum())
            quantity += int(quantities[:count].sum())
    return CsvSummary(Path(path), size, written, bad, blank, quantity=quantity)


def write_messy_csv(
    path: str | os.PathLike,
    rows: int,
    *,
    duplicates: float = 0.05,
    missing: float = 0.03,
    largest_value: float = 500.0,
    seed: int | None = None,
) -> CsvSummary:
    """Write the table that a data analysis has to clean: `rows` rows of sales, as CSV.

    Columns: id, day (ISO), category (half "standard", 1 in 200 "legacy"), value, quantity (1 to
    100), price, discount (0 to 0.5), balance (ten digits: more than float32 holds), comment. Of
    each but id and day the share `missing` is left empty; the share `duplicates` of rows, on
    average, repeats an earlier row, near or far back. Most values are small, 1 in 100 is 100.00
    (where that is in reach), none is above `largest_value`, and those of "returns" are negative.

    Edge cases: `rows=0` writes the header, `largest_value=100` no row above 100, `duplicates=1` one
    row again and again, `missing=1` ids and days only.
    """
    repeated = 0
    with _complete_or_absent(path) as file:
        size = file.write(_MESSY_HEADER)
        for block, repeats in _messy_blocks(rows, seed, duplicates, missing, largest_value):
            size += file.write(block)
            repeated += repeats
    return CsvSummary(Path(path), size, rows, duplicates=repeated)


def messy_table(rows: int, *, seed: int | None = None, **shape: float) -> pd.DataFrame:
    """What `pandas.read_csv` makes of the file that `write_messy_csv` writes with these arguments.

    >>> table = messy_table(1000, duplicates=1.0, seed=1)
    >>> len(table), len(table.drop_duplicates())
    (1000, 1)
    """
    import pandas as pd

    blocks = _messy_blocks(rows, seed, **shape)
    return pd.read_csv(io.BytesIO(_MESSY_HEADER + b"".join(block for block, _ in blocks)))


def _fields(text: str) -> list[bytes]:
    return text.encode().split(b"|")


_BLOCK = 2_000  # rows made at a time: few enough for the processor's cache
_ALPHABETS_OF = {"ascii": [0], "unicode": [1], "mixed": [0, 1, 2], "bytes": []}
_ALPHABETS = np.array(
    [
        [ord(letter) for letter in string.ascii_letters + string.digits + " ."],
        range(ord("А"), ord("А") + 64),  # Cyrillic
        range(0x1F600, 0x1F600 + 64),  # emoji
    ]
)
# Fields are picked from tables of bytes: text would be widened to four bytes a character and back.
_NUMBERS = [b"%d" % number for number in range(1000)]
_AMOUNTS = [b"%d.%02d" % divmod(cents, 100) for cents in range(10_000)]
_DAYS = [str(datetime.date.fromordinal(738_521 + n)).encode() for n in range(730)]  # from 2023
_CITIES = _fields("Accra|Bergen|Cusco|Delhi|Essen|Fukuoka|Graz|Hanoi")
_NAMES = _fields("Ann Lee|Bob Stone|Cem Kaya|Dora Diaz|Eve Adams|Finn Berg")
_NASTY_NAMES = _NAMES + _fields('Zoë Ångström|"O\'Neill, Tess"|"Al ""Ace"" Moe"|東 京子')
_NOTES = _fields("paid on delivery|sent back unopened|call before noon please|gift wrapped")
_NASTY_NOTES = _fields(
    'paid on delivery|"rang twice\nleft it with the porter"|"left, then right"||  outer blanks  '
    '|"said ""yes"", then ""no"""|größer als 3 × ½ m|見本 😀|"""\n\n,"" was all it said"'
)
_BAD_ENDS = _fields("|,Graz,1,2.50,paid,extra|,Graz,many,2.50,paid")
_CATEGORIES = _fields("standard|" * 100 + "premium|" * 40 + "bulk|" * 30 + "export|" * 15)[:-1]
_CATEGORIES += _fields("sample|" * 8 + "repair|" * 4 + "returns|" * 2 + "legacy")
_COMMENTS = _fields('ok|checked twice|see ticket|größer als sonst|"late, but whole"')
_MESSY_HEADER = b"id,day,category,value,quantity,price,discount,balance,comment\n"


def _csv_block(
    rng: np.random.Generator, written: int, count: int, nasty: bool
) -> tuple[list[bytes], np.ndarray, np.ndarray, np.ndarray]:
    """The next `count` rows as lines, their quantities, and where bad rows and blank lines are."""
    end = b"\r\n" if nasty else b"\n"
    names, notes = (_NASTY_NAMES, _NASTY_NOTES) if nasty else (_NAMES, _NOTES)
    turn = written % len(notes)
    quantities = _draw(rng, len(_NUMBERS), count)
    columns = [
        [b"%d" % number for number in range(written + 1, written + count + 1)],
        _pick(rng, _DAYS, count),
        _pick(rng, names, count),
        _pick(rng, _CITIES, count),
        [_NUMBERS[quantity] for quantity in quantities.tolist()],
        _pick(rng, _AMOUNTS, count),
        itertools.islice(itertools.cycle(notes), turn, turn + count),
    ]
    lines = [b",".join(row) + end for row in zip(*columns, strict=True)]
    starts = np.arange(0, count if nasty else 0, 25)
    lengths = np.minimum(count - starts, 25)
    bad_at, blank_at = (starts + _draw(rng, lengths, len(starts)) for _ in range(2))
    for at, rest in zip(bad_at.tolist(), itertools.cycle(_BAD_ENDS), strict=False):
        lines[at] = b"-%d,2024-02-29,Cem Kaya%b\r\n%b" % (written + at + 1, rest, lines[at])
    for at in blank_at.tolist():
        lines[at] = end + lines[at]
    return lines, quantities, bad_at, blank_at


def _messy_blocks(
    rows: int, seed: int | None, duplicates=0.05, missing=0.03, largest_value=500.0
) -> Iterator[tuple[bytes, int]]:
    """Blocks of rows as CSV, each with how many of its rows repeat an earlier one."""
    rows, rng = _count("rows", rows), _generator(seed)
    duplicates, missing = _share("duplicates", duplicates), _share("missing", missing)
    if not 0 <= largest_value <= 1e9:
        raise ValueError(f"largest_value is {largest_value!r}: pass a number from 0 to 1e9")
    earlier: list[bytes] = []  # what may be repeated: a sample of the first and of the last blocks
    for first in range(0, rows, _BLOCK):
        count = min(_BLOCK, rows - first)
        categories = _pick(rng, _CATEGORIES, count)
        cents = ((rng.random(count) ** 2) ** 2 * (100 * largest_value)).astype(np.int64)
        cents[rng.random(count) < 0.01] = 100 * min(100, largest_value)
        values = _decimals(cents)
        for at, category in enumerate(categories):
            if category == b"returns":
                values[at] = b"-" + values[at]
        columns = [
            categories,
            values,
            _pick(rng, _NUMBERS[1:101], count),
            _pick(rng, _AMOUNTS, count),
            _pick(rng, _AMOUNTS[:51], count),
            _decimals(_draw(rng, 9 * 10**9, count) + 10**9),
            _pick(rng, _COMMENTS, count),
        ]
        for column in columns:
            for at in np.flatnonzero(rng.random(count) < missing).tolist():
                column[at] = b""
        ids = [b"%d" % number for number in range(first + 1, first + count + 1)]
        rows_of = zip(ids, _pick(rng, _DAYS, count), *columns, strict=True)
        lines = [b",".join(row) + b"\n" for row in rows_of]
        repeats = np.flatnonzero(rng.random(count) < duplicates).tolist()
        repeats = [at for at in repeats if first + at > 0]  # nothing is earlier than the first row
        for at, share in zip(repeats, rng.random(len(repeats)).tolist(), strict=True):
            chosen = int(share * (at + len(earlier)))
            lines[at] = lines[chosen] if chosen < at else earlier[chosen - at]
        earlier = earlier[:2000] + lines[::10]
        yield b"".join(lines), len(repeats)


def _draw(rng: np.random.Generator, below: int | np.ndarray, count: int) -> np.ndarray:
    """`count` integers from 0 up to, not including, `below`."""
    return (rng.random(count) * below).astype(np.int64)


def _pick(rng: np.random.Generator, pool: list[bytes], count: int) -> list[bytes]:
    return [pool[i] for i in _draw(rng, len(pool), count).tolist()]


def _decimals(cents: np.ndarray) -> list[bytes]:
    return [b"%d.%02d" % divmod(amount, 100) for amount in cents.tolist()]


@contextlib.contextmanager
def _complete_or_absent(path: str | os.PathLike) -> Iterator[IO[bytes]]:
    """A file that gets its name when all is written: nobody takes half a file for a whole one."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"no folder {path.parent}: make it first, or pass another path")
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _generator(seed: int | None) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(None if seed is None else _count("seed", seed)))


def _count(name: str, value: int) -> int:
    try:
        if operator.index(value) >= 0:
            return operator.index(value)
    except TypeError:
        pass
    raise ValueError(f"{name} is {value!r}: pass a whole number, 0 or more")


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value!r}: pass a share from 0 to 1")
    return value
