"""Plain values as bytes, so that two processes can exchange them without trusting each other.

`loads` never runs code that came over the wire (it is msgpack, not pickle) and gives back exact
built-in types and NumPy arrays. Whatever else is sent, an instance of a subclass of `list` for
example, arrives as an `Opaque`: it tells its type and is equal to nothing.
"""

from __future__ import annotations

import itertools
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

LIMIT_BYTES = 256 * 1024 * 1024
LIMIT_CONTAINERS = 5_000_000
_NUMPY_SCALARS = frozenset(np.sctypeDict.values())
_NESTED, _INT, _COMPLEX, _ARRAY, _SCALAR, _OPAQUE = range(1, 7)
_CONTAINERS = (tuple, set, frozenset)


class NotPlain(ValueError):
    """A value is too large, too deep or too strange to be sent or read."""


@dataclass(frozen=True, eq=False)
class Opaque:
    """Stands for a value that does not cross: `kind` names its type, `text` shows it, shortened.

    It is equal to nothing, itself excepted.
    """

    kind: str
    text: str

    def __repr__(self) -> str:
        return f"<{self.kind}: {self.text}>"


def dumps(value: Any) -> bytes:
    """`value` as bytes.

    >>> loads(dumps([1, (2.5, "three"), {4: {5}}, 2**100]))
    [1, (2.5, 'three'), {4: {5}}, 1267650600228229401496703205376]
    """
    try:
        return msgpack.packb(value, default=_encode, strict_types=True)
    except (ValueError, OverflowError, RecursionError, UnicodeEncodeError) as error:
        raise NotPlain(f"this value cannot be passed on: {error}") from None


def loads(payload: bytes) -> Any:
    """The value in `payload`; raises `NotPlain` when it was not written by `dumps`."""
    if len(payload) > LIMIT_BYTES:
        raise NotPlain(f"{len(payload):,} bytes are more than the {LIMIT_BYTES:,} allowed")
    return _loads(payload, itertools.count())


def _loads(payload: bytes, containers: Iterator[int]) -> Any:
    # An empty list is one byte to send and sixty to hold: all those of a message are counted.
    def count(container: Any) -> Any:
        if next(containers) > LIMIT_CONTAINERS:
            raise NotPlain(f"more than {LIMIT_CONTAINERS:,} lists, tuples, dicts and sets")
        return container

    try:
        return msgpack.unpackb(
            payload,
            ext_hook=lambda code, data: count(_decode(code, data, containers)),
            list_hook=count,
            object_hook=count,
            strict_map_key=False,
        )
    except NotPlain:
        raise
    except Exception as error:  # whatever a forged message can bring about
        raise NotPlain(f"this message cannot be read: {type(error).__name__}: {error}") from None


def exact(value: Any) -> Any:
    """`value` as the other side of a wire would see it: a deep copy made of plain values."""
    return loads(dumps(value))


def _encode(value: Any) -> msgpack.ExtType:
    kind = type(value)
    if kind in _CONTAINERS:
        return msgpack.ExtType(_NESTED, bytes([_CONTAINERS.index(kind)]) + dumps(list(value)))
    if kind is int:
        return msgpack.ExtType(
            _INT, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
        )
    if kind is complex:
        return msgpack.ExtType(_COMPLEX, struct.pack("<dd", value.real, value.imag))
    if kind is np.ndarray and _crosses(value.dtype):
        return msgpack.ExtType(_ARRAY, _array_bytes(value))
    if kind in _NUMPY_SCALARS and _crosses(value.dtype):
        return msgpack.ExtType(_SCALAR, _array_bytes(np.asarray(value)))
    told = [value.kind, value.text] if kind is Opaque else [_type_name(kind), _short_text(value)]
    return msgpack.ExtType(_OPAQUE, dumps(told))


def _crosses(dtype: np.dtype) -> bool:
    return not dtype.hasobject and dtype.names is None and dtype.subdtype is None


def _decode(code: int, payload: bytes, containers: Iterator[int]) -> Any:
    if code == _NESTED:
        return _CONTAINERS[payload[0]](_loads(payload[1:], containers))
    if code == _INT:
        return int.from_bytes(payload, "big", signed=True)
    if code == _COMPLEX:
        return complex(*struct.unpack("<dd", payload))
    if code == _ARRAY:
        return _array(payload)
    if code == _SCALAR:
        return _array(payload)[()]
    if code == _OPAQUE:
        kind, text = _loads(payload, containers)
        return Opaque(str(kind)[:200], str(text)[:200])
    raise NotPlain(f"unknown code {code}")


def _array_bytes(array: np.ndarray) -> bytes:
    head = dumps([array.dtype.str, list(array.shape)])
    return struct.pack("<I", len(head)) + head + array.tobytes()


def _array(payload: bytes) -> np.ndarray:
    (length,) = struct.unpack_from("<I", payload)
    name, shape = loads(payload[4 : 4 + length])
    dtype = np.dtype(str(name))
    if not _crosses(dtype) or dtype.itemsize * math.prod(shape) != len(payload) - 4 - length:
        raise NotPlain("an array's bytes do not fit its shape")
    return np.frombuffer(payload, dtype, offset=4 + length).reshape(shape).copy()


def _type_name(kind: type) -> str:
    name, module = str(kind.__qualname__), str(kind.__module__)
    return name if module in ("builtins", "__main__") else f"{module}.{name}"


def _short_text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:
        text = f"its repr raised {type(error).__name__}"
    return text if len(text) <= 200 else text[:197] + "..."
