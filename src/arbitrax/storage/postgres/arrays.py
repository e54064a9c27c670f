"""NumPy arrays to and from PostgreSQL arrays, in the binary format: no Python object a value."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.pq import Format

from arbitrax.domain.errors import StoreError
from arbitrax.kernels.numeric_codec import decode_array

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from psycopg import Cursor

    from arbitrax.storage.postgres.connection import Connection


class Floats(Struct, frozen=True):
    """``float8[]``; values of shape (rows,)."""

    values: NDArray[np.float64]


class Integers(Struct, frozen=True):
    """``int8[]``; values of shape (rows,)."""

    values: NDArray[np.int64]


class Times(Struct, frozen=True):
    """``timestamptz[]``; values in microseconds since 2000-01-01, shape (rows,)."""

    values: NDArray[np.int64]


class Uuids(Struct, frozen=True):
    """``uuid[]``; values of shape (rows, 16), uint8."""

    values: NDArray[np.uint8]


# PostgreSQL's numbers of the array types, of their elements, and the elements' form.
_FORMS: dict[type, tuple[int, int, str]] = {
    Floats: (1022, 701, ">f8"),
    Integers: (1016, 20, ">i8"),
    Times: (1185, 1184, ">i8"),
    Uuids: (2951, 2950, "V16"),
}


class _ArrayDumper(Dumper):
    format = Format.BINARY
    element = 0
    form = ""

    def dump(self, obj: Any) -> Buffer | None:
        values = np.ascontiguousarray(obj.values)
        cells = np.empty(len(values), [("size", ">i4"), ("value", self.form)])
        cells["size"] = cells.dtype["value"].itemsize
        cells["value"] = values.view("V16")[:, 0] if self.form == "V16" else values
        # Dimensions (none when empty), no NULLs, element type, length, lower bound.
        shape = struct.pack(">ii", len(values), 1) if len(values) else b""
        return struct.pack(">iii", bool(len(values)), 0, self.element) + shape + cells.tobytes()


_DUMPERS = {
    kind: type(f"{kind.__name__}Dumper", (_ArrayDumper,), {"oid": oid, "element": element, "form": form})
    for kind, (oid, element, form) in _FORMS.items()
}


def accept_arrays(connection: Connection) -> None:
    """Let a connection's statements take the classes above as parameters."""
    for kind, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(kind, dumper)


_COLUMNS = {1000: ("Bool", "?"), 1185: ("Time", ">i8")}
"""Array types that are read, by number: name, and form of their elements."""


class _ArrayLoader(Loader):
    format = Format.BINARY
    cell = np.dtype([])

    def load(self, data: Buffer) -> Any:
        if len(data) <= _ARRAY_HEAD:
            return np.empty(0, self.cell["value"])
        cells = np.frombuffer(data, self.cell, offset=_ARRAY_HEAD)
        return cells["value"].astype(self.cell["value"].newbyteorder("="))


class _NumericLoader(Loader):
    format = Format.BINARY

    def load(self, data: Buffer) -> Any:
        elements = int.from_bytes(bytes(data[12:16])) if len(data) > _ARRAY_HEAD else 0
        values = np.empty(elements, np.float64)
        if decode_array(np.frombuffer(data, np.uint8)[_ARRAY_HEAD:], values) < 0:
            raise StoreError("PostgreSQL sent an array of another shape than this release expects; upgrade arbitrax.")
        return values


_ARRAY_HEAD = 20
"""Dimensions, whether there are NULLs, element type, length, lower bound; an array of none ends after the third."""
_LOADERS: dict[int, type[Loader]] = {1231: _NumericLoader} | {
    oid: type(f"{name}Loader", (_ArrayLoader,), {"cell": np.dtype([("size", ">i4"), ("value", form)])})
    for oid, (name, form) in _COLUMNS.items()
}


def return_arrays(cursor: Cursor[Any]) -> None:
    """Let a binary cursor give arrays as NumPy's, of one dimension and without NULLs, which NUMERIC alone may have.

    NUMERIC comes as the nearest float64, NULL as NaN; times as microseconds since 2000-01-01.
    """
    for oid, loader in _LOADERS.items():
        cursor.adapters.register_loader(oid, loader)
