"""Plain values cross a wire unchanged, and nothing forged gets more than a `NotPlain`."""

from __future__ import annotations

import itertools
import math
import struct
import tracemalloc

import msgpack
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers.checks import wire
from helpers.checks.wire import NotPlain, Opaque

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.binary(),
)
HASHABLE = st.recursive(
    SCALARS.filter(lambda value: value == value),  # NaN is found in no set
    lambda inner: st.one_of(
        st.tuples(inner, inner), st.lists(inner).map(tuple), st.frozensets(inner, max_size=4)
    ),
    max_leaves=5,
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner),
        st.lists(inner).map(tuple),
        st.dictionaries(HASHABLE, inner, max_size=4),
        st.sets(HASHABLE, max_size=4),
        st.frozensets(HASHABLE, max_size=4),
    ),
    max_leaves=15,
)
DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(endianness="?"),
    hnp.unsigned_integer_dtypes(endianness="?"),
    hnp.floating_dtypes(endianness="?"),
    hnp.complex_number_dtypes(endianness="?"),
    hnp.datetime64_dtypes(),
    hnp.timedelta64_dtypes(),
    hnp.unicode_string_dtypes(),
    hnp.byte_string_dtypes(),
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0)))


def typed(value):
    """Tells 1, 1.0 and True apart, which are equal as keys."""
    if isinstance(value, (tuple, frozenset)):
        return type(value), type(value)(map(typed, value))
    return type(value), value


def assert_same(one, other):
    """Equal in type and value all the way down; NaN equals NaN."""
    assert type(one) is type(other)
    if isinstance(one, np.ndarray):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_same(a, b)
    elif isinstance(one, (set, frozenset, dict)):
        assert set(map(typed, one)) == set(map(typed, other))
        for key in one if isinstance(one, dict) else ():
            assert_same(one[key], other[key])
    elif isinstance(one, (float, complex, np.generic)):
        assert repr(one) == repr(other)
    else:
        assert one == other


@given(PLAIN)
@example([True, 1, 1.0, "1", b"1", None, (), [], {}, set(), frozenset()])
@example([2**63, 2**64, -(2**63) - 1, -(10**400)])
@example([math.nan, math.inf, -0.0, complex(math.nan, -0.0)])
def test_plain_values_come_back_as_they_were(value):
    assert_same(wire.exact(value), value)


@given(ARRAYS)
def test_arrays_come_back_as_they_were_and_can_be_written_to(array):
    back = wire.exact(array)
    assert_same(back, np.ascontiguousarray(array).reshape(array.shape))
    assert back.flags.writeable
    assert not np.shares_memory(back, array)


@given(DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, 1)))
def test_numpy_scalars_keep_their_type(array):
    assert_same(wire.exact(array[0]), array[0])


@pytest.mark.parametrize(
    "array",
    [np.arange(12).reshape(3, 4).T, np.arange(10)[::-2], np.asfortranarray(np.eye(3))],
)
def test_arrays_laid_out_otherwise_keep_their_values(array):
    assert np.array_equal(wire.exact(array), array)


class Lying(list):
    def __eq__(self, other):
        return True

    __hash__ = None


class Number(int):
    pass


class Text(str):
    pass


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Lying([1]), "test_wire.Lying"),
        (Number(3), "test_wire.Number"),
        (Text("a"), "test_wire.Text"),
        (type("Sub", (dict,), {})(), "test_wire.Sub"),
        (type("Sub", (np.ndarray,), {})(2), "test_wire.Sub"),
        (np.ma.masked_array([1], [True]), "numpy.ma.MaskedArray"),
        (np.array([[]], dtype=object), "numpy.ndarray"),
        (np.zeros(1, dtype=[("a", int)]), "numpy.ndarray"),
        (iter([1]), "list_iterator"),
        (range(3), "range"),
        (len, "builtin_function_or_method"),
        (ValueError("x"), "ValueError"),
        (Ellipsis, "ellipsis"),
    ],
)
def test_what_is_not_plain_arrives_opaque_and_is_equal_to_nothing(value, kind):
    (back,) = wire.exact([value])
    assert isinstance(back, Opaque)
    assert back.kind.endswith(kind)
    assert back != wire.exact([value])[0]
    assert back != [1]
    assert wire.exact(back).kind == back.kind


def test_an_opaque_value_is_shown_shortened_and_whatever_its_repr_does():
    class Rude:
        def __repr__(self):
            raise KeyError

    class Long:
        def __repr__(self):
            return "x" * 10_000

    assert wire.exact(Rude()).text == "its repr raised KeyError"
    assert len(wire.exact(Long()).text) == 200


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("\ud800", "cannot be passed on"),
        (list(itertools.accumulate([[]] * 5000, lambda inner, _: [inner]))[-1], "recursion|levels"),
    ],
)
def test_a_value_that_cannot_be_written_is_said_to_be_none(value, why):
    with pytest.raises(NotPlain, match=why):
        wire.dumps(value)


def test_a_list_that_holds_itself_ends():
    endless = []
    endless.append(endless)
    with pytest.raises(NotPlain):
        wire.dumps(endless)


def reads(payload):
    """Read a payload as far as it goes; anything but `NotPlain` that is raised is passed on."""
    try:
        return wire.loads(payload)
    except NotPlain:
        return None


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(payload):
    reads(payload)


@given(st.one_of(PLAIN, ARRAYS), st.data())
def test_a_message_cut_short_is_refused(value, data):
    payload = wire.dumps(value)
    cut = data.draw(st.integers(0, len(payload) - 1))
    with pytest.raises(NotPlain):
        wire.loads(payload[:cut])


@settings(max_examples=500)
@given(st.one_of(PLAIN, ARRAYS), st.data())
def test_a_message_with_bytes_changed_is_read_or_refused(value, data):
    payload = bytearray(wire.dumps(value))
    for _ in range(data.draw(st.integers(1, 4))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    reads(bytes(payload))


@settings(max_examples=300)
@given(st.integers(-128, 127), st.binary(max_size=80))
def test_an_extension_of_any_kind_is_read_or_refused(code, payload):
    reads(msgpack.packb(msgpack.ExtType(code, payload) if code >= 0 else [code, payload]))
    reads(bytes([0xC7, len(payload), code & 0xFF]) + payload)


def array_message(dtype, shape, content, code=4):
    head = msgpack.packb([dtype, shape])
    return msgpack.packb(msgpack.ExtType(code, struct.pack("<I", len(head)) + head + content))


@pytest.mark.parametrize("code", [4, 5])
@pytest.mark.parametrize(
    ("dtype", "shape", "content"),
    [
        ("<f8", [10**12], b""),
        ("<f8", [2**31, 2**31, 2**31], b"12345678"),
        ("<f8", [-1], b"12345678"),
        ("<f8", [-1, -1], b"12345678"),
        ("<f8", [1.0], b"12345678"),
        ("<f8", ["1"], b"12345678"),
        ("<f8", "1", b"12345678"),
        ("<f8", None, b"12345678"),
        ("O", [1], b"12345678"),
        ("|O8", [1], b"12345678"),
        ("i4,i4", [1], b"12345678"),
        ("(1000000000,)u1", [], b""),
        ("(2,)u1", [1], b"12"),
        ("V1000000000000", [1], b""),
        ("U0", [0], b""),
        ("nonsense", [1], b"1"),
        (["<f8"], [1], b"12345678"),
        ({"names": ["a"], "formats": ["O"]}, [1], b"12345678"),
        (None, [1], b"12345678"),
    ],
)
def test_an_array_whose_bytes_do_not_fit_is_refused_before_it_is_made(dtype, shape, content, code):
    tracemalloc.start()
    try:
        with pytest.raises(NotPlain):
            wire.loads(array_message(dtype, shape, content, code))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "payload",
    [
        b"\xdd\xff\xff\xff\xff",  # a list of four thousand million
        b"\xdf\xff\xff\xff\xff",  # a dict of as many
        b"\xc6\xff\xff\xff\xff",  # as many bytes
        b"\xdb\xff\xff\xff\xff",  # as much text
        b"\xc9\xff\xff\xff\xff\x01",  # an extension of that size
        b"\x91" * 100_000,
        b"\x81" * 100_000,
        b"\xc7\xff\x01" * 1_000,
        b"\xdd\x00\xff\xff\xff" + b"\xc0" * 10,
    ],
)
def test_a_message_that_claims_to_be_large_makes_nothing_large(payload):
    tracemalloc.start()
    try:
        with pytest.raises(NotPlain):
            wire.loads(payload)
        assert tracemalloc.get_traced_memory()[1] < 1_000 * 1_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("empty", [b"\x90", b"\x80", b"\xd5\x01\x00\x90"])
def test_small_messages_cannot_hold_more_containers_than_are_counted(monkeypatch, empty):
    monkeypatch.setattr(wire, "LIMIT_CONTAINERS", 1000)
    count = 2000
    with pytest.raises(NotPlain, match="more than 1,000 lists, tuples, dicts and sets"):
        wire.loads(b"\xdd" + struct.pack(">I", count) + empty * count)
    tuples = wire.dumps([()] * 2000)
    with pytest.raises(NotPlain, match="more than 1,000"):
        wire.loads(tuples)


def test_a_message_over_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(wire, "LIMIT_BYTES", 10)
    with pytest.raises(NotPlain, match="11 bytes are more than the 10 allowed"):
        wire.loads(b"\xc4\x09" + b"x" * 9)


def test_reading_never_runs_code():
    import pickle

    class Runs:
        def __reduce__(self):
            return print, ("ran",)

    with pytest.raises(NotPlain):
        wire.loads(pickle.dumps(Runs()))
