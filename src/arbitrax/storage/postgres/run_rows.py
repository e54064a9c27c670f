"""The records of a run as statement parameters, and back from binary COPY.

NUMERIC has neither -0.0 nor a second NaN. ``negative_zeros`` marks the former, bit i for the i-th float of a record;
only an order's size and prices may be NaN, which is NULL in the table.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from arbitrax.domain.errors import StoreError
from arbitrax.domain.orders import (
    EventKind,
    ExitReason,
    OrderKind,
    OrderReason,
    OrderRole,
    OrderStatus,
    Phase,
    SizeKind,
    TimeInForce,
)
from arbitrax.kernels.ledger import EVENT_DTYPE, FILL_DTYPE, ORDER_DTYPE, TRADE_DTYPE
from arbitrax.services.ports import StoredRun
from arbitrax.services.run_parts import StoredTrades
from arbitrax.storage.postgres.arrays import Floats, Integers, Times, Uuids
from arbitrax.storage.postgres.bar_rows import rows
from arbitrax.storage.postgres.times import POSTGRES_EPOCH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Parameters = dict[str, Floats | Integers | Times | Uuids | UUID | list[str]]


def _names(codes: type[IntEnum]) -> list[str]:
    """Return the names in the order of their codes, which count from 0."""
    return [code.name.lower() for code in sorted(codes)]


NAMES = {
    "kinds": _names(OrderKind),
    "statuses": _names(OrderStatus),
    "reasons": _names(OrderReason),
    "exit_reasons": _names(ExitReason),
    "times_in_force": _names(TimeInForce),
    "size_units": _names(SizeKind),
    "roles": _names(OrderRole),
    "phases": _names(Phase),
    "event_kinds": _names(EventKind),
}
"""What the codes are called in the tables, for the statements."""


def _fields(dtype: np.dtype[np.void], kind: str) -> tuple[str, ...]:
    """Return the fields of a record that are floats (``f``) or integers (``i``), in their order."""
    return tuple(name for name in dtype.names or () if dtype[name].kind == kind and name != "unused")


def _copied(dtype: np.dtype[np.void]) -> np.dtype[np.void]:
    """Return the rows that the ``*_find.sql`` send: int2 where the record has one byte."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name in (*(each for each in dtype.names or () if each != "unused"), "negative_zeros"):
        kind = dtype[name].str[1:] if name != "negative_zeros" else "i2"
        fields += [(f"{name}_size", ">i4"), (name, ">i2" if kind == "i1" else f">{kind}")]
    return np.dtype(fields)


_ORDER_ROW = _copied(ORDER_DTYPE)
_TRADE_ROW = _copied(TRADE_DTYPE)
_FILL_ROW = _copied(FILL_DTYPE)
_OF_ORDERS = (("entry_kind", ">i2"), ("entry_tag", ">i4"), ("exit_tag", ">i4"))
_TRADE_OF_ORDERS_ROW = np.dtype(
    [*_TRADE_ROW.descr, *(each for name, form in _OF_ORDERS for each in ((f"{name}_size", ">i4"), (name, form)))]
)
_EVENT_ROW = _copied(EVENT_DTYPE)


def order_parameters(run: StoredRun) -> Parameters:
    """Return the parameters of ``orders_add.sql``."""
    given = _parameters(run, run.orders, "orders")
    return given | {
        "tags": list(run.tags),
        "created_at": _times(run, run.orders["created_bar"]),
        "ended_at": _times(run, np.maximum(run.orders["ended_bar"], 0)),
    }


def trade_parameters(run: StoredRun) -> Parameters:
    """Return the parameters of ``trades_add.sql``."""
    given = _parameters(run, run.trades, "trades")
    return given | {
        "entry_at": _times(run, run.trades["entry_bar"]),
        "exit_at": _times(run, run.trades["exit_bar"]),
    }


def fill_parameters(run: StoredRun) -> Parameters:
    """Return the parameters of ``fills_add.sql``."""
    given = _parameters(run, run.fills, "fills")
    orders = row_ids(run.id, "orders", len(run.orders))
    return given | {"order_id": Uuids(orders[run.fills["order"]]), "filled_at": _times(run, run.fills["bar"])}


def event_parameters(run: StoredRun) -> Parameters:
    """Return the parameters of ``account_events_add.sql``."""
    given = _parameters(run, run.events, "account_events", lowest=-1)
    return given | {"happened_at": _times(run, run.events["bar"])}


def _parameters(run: StoredRun, records: NDArray[np.void], kind: str, lowest: int = 0) -> Parameters:
    integers, floats = _fields(records.dtype, "i"), _fields(records.dtype, "f")
    traded = np.array([place for place, asset in enumerate(run.assets) if asset.role == "traded"], np.int64)
    symbols = records["symbol"]
    if len(records) and not lowest <= int(symbols.min()) <= int(symbols.max()) < len(traded):
        raise StoreError(
            f"The {kind} of the run name a symbol outside its {len(traded)} traded; this is a fault of ours."
        )
    zeros = np.zeros(len(records), np.int64)
    for bit, name in enumerate(floats):
        zeros |= ((records[name] == 0.0) & np.signbit(records[name])).astype(np.int64) << bit
    given: Parameters = {
        **NAMES,
        "run": run.id,
        "id": Uuids(row_ids(run.id, kind, len(records))),
        "position": Integers(np.arange(len(records), dtype=np.int64)),
        "asset": Integers(np.where(symbols >= 0, traded[symbols], -1)),
        "negative_zeros": Integers(zeros),
    }
    return (
        given
        | {name: Integers(records[name].astype(np.int64)) for name in integers}
        | {name: Floats(records[name].astype(np.float64)) for name in floats}
    )


def _times(run: StoredRun, bars: NDArray[np.int64]) -> Times:
    return Times(run.curves["timestamp"][bars].astype(np.int64) // 1000 - POSTGRES_EPOCH)


def row_ids(run: UUID, kind: str, count: int) -> NDArray[np.uint8]:
    """Return UUIDv8s (RFC 9562, 5.8), shape (count, 16): 82 bits hash the run and kind, 40 are the position."""
    digest = np.frombuffer(hashlib.sha256(run.bytes + kind.encode()).digest()[:16], np.uint8).copy()
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    ids = np.tile(digest, (count, 1))
    ids[:, 11:] = np.arange(count, dtype=">u8")[:, None].view(np.uint8).reshape(count, 8)[:, 3:]
    return ids


def orders_of(data: bytes) -> NDArray[np.void]:
    """Return the order records of a COPY made by ``orders_find.sql``."""
    return _records(rows(data, _ORDER_ROW), ORDER_DTYPE)


def trades_of(data: bytes) -> NDArray[np.void]:
    """Return the trade records of a COPY made by ``trades_find.sql``."""
    return _records(rows(data, _TRADE_ROW), TRADE_DTYPE)


def trades_and_orders_of(data: bytes) -> StoredTrades:
    """Return the trades of a COPY made by ``trades_page.sql``."""
    table = rows(data, _TRADE_OF_ORDERS_ROW)
    return StoredTrades(_records(table, TRADE_DTYPE), *(table[name].astype(np.int64) for name, _ in _OF_ORDERS))


def fills_of(data: bytes) -> NDArray[np.void]:
    """Return the fill records of a COPY made by ``fills_find.sql``."""
    return _records(rows(data, _FILL_ROW), FILL_DTYPE)


def events_of(data: bytes) -> NDArray[np.void]:
    """Return the event records of a COPY made by ``account_events_find.sql``."""
    return _records(rows(data, _EVENT_ROW), EVENT_DTYPE)


def _records(table: NDArray[np.void], dtype: np.dtype[np.void]) -> NDArray[np.void]:
    records = np.zeros(len(table), dtype)
    for name in table.dtype.names or ():
        if name in (dtype.names or ()):
            records[name] = table[name]
    for bit, name in enumerate(_fields(dtype, "f")):
        records[name][(table["negative_zeros"] >> bit & 1).astype(bool)] = -0.0
    return records
