"""What goes through the two pipes of the sandbox: frames of a JSON header and the bytes of arrays.

Inside: what the worker sends is trusted. Outside: what comes back may be anything. Its header is decoded into exact
types, and says how many numbers follow; how many there may be is known before.
"""

from __future__ import annotations

import os
import struct
from typing import Any, TypeVar

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import StrategyError
from arbitrax.kernels.ledger import EVENT_DTYPE, FILL_DTYPE, ORDER_DTYPE, TRADE_DTYPE
from arbitrax.strategies.parameters import Value

MOST_HEADER = 4 << 20
MOST_RECORDS = 256 << 20
"""Bytes of orders, fills, events and trades together."""
RECORDS = (ORDER_DTYPE, FILL_DTYPE, EVENT_DTYPE, TRADE_DTYPE)
_LENGTH = struct.Struct("<I")

T = TypeVar("T")


class Series(Struct, frozen=True):
    """Bars or a panel, whose arrays follow in the order of ``columns``."""

    symbols: tuple[str, ...]
    interval: str
    basis: str
    is_panel: bool
    bars: int
    columns: tuple[str, ...]


class Task(Struct, frozen=True):
    """To the sandbox: run this strategy on these bars."""

    spec: RunSpec
    source: str
    raw: Series
    finer: Series | None
    actions: tuple[CorporateAction, ...]


class Ticked(Struct, frozen=True, tag=True):
    """From it: how many bars are done. Their equity follows, and (symbols, 3) positions."""

    done: int


class Said(Struct, frozen=True, tag=True):
    """From the sandbox: lines that the strategy said, each with the place of its bar, -1 before the first one."""

    lines: tuple[tuple[str, int], ...]


class Ran(Struct, frozen=True, tag=True):
    """From it: the end. Curves follow, and so many records."""

    class_name: str
    parameters: dict[str, Value]
    tags: tuple[str, ...]
    notices: tuple[str, ...]
    bankrupt_bar: int | None
    records: tuple[int, int, int, int]


class Failed(Struct, frozen=True, tag=True):
    """From it: why there is no result; ``kind`` is the name of an error."""

    kind: str
    detail: str
    out_of_memory: bool = False


Told = Ticked | Said | Ran | Failed


def write_frame(pipe: int, header: Struct, *arrays: NDArray[Any]) -> None:
    """Write a frame.

    Raises:
        OSError: the other end is gone.
    """
    text = msgspec.json.encode(header)
    _write(pipe, _LENGTH.pack(len(text)) + text)
    for array in arrays:
        _write(pipe, np.ascontiguousarray(array).tobytes())


def read_header(pipe: int, kind: type[T], *, most: int = MOST_HEADER) -> T | None:
    """Return the header of the next frame, None at the end.

    Raises:
        StrategyError: that is no frame.
    """
    head = read_exactly(pipe, _LENGTH.size)
    if head is None:
        return None
    (length,) = _LENGTH.unpack(head)
    text = read_exactly(pipe, length) if length <= most else None
    try:
        return None if text is None and length <= most else msgspec.json.decode(text or b"", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StrategyError("The strategy's process reported what is no report; its result was thrown away.") from None


def read_array(pipe: int, dtype: np.dtype[Any], count: int) -> NDArray[Any] | None:
    """Return so many numbers or records, None when the pipe ends before."""
    data = read_exactly(pipe, count * dtype.itemsize)
    return None if data is None else np.frombuffer(data, dtype)


def read_exactly(pipe: int, size: int) -> bytearray | None:
    """Return so many bytes, None when the pipe ends before."""
    found = bytearray()
    while len(found) < size:
        piece = os.read(pipe, min(size - len(found), 1 << 20))
        if not piece:
            return None
        found += piece
    return found


def _write(pipe: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(pipe, view) :]
