"""Orders and round trips by column, with words and times for people instead of codes and bar numbers.

What makes a row may come from a result, or be read from where the run is stored, a page at a time.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct

from arbitrax.backtest.excursions import excursions
from arbitrax.backtest.holdings import trade_returns
from arbitrax.domain.orders import (
    ExitReason,
    OrderFlag,
    OrderKind,
    OrderReason,
    OrderRole,
    OrderStatus,
    SizeKind,
    TimeInForce,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.bars import Floats

Columns = dict[str, "NDArray[Any]"]
ORDER_SIDES = {1: "buy", -1: "sell", 0: None}
"""An order that never filled has no side: its target may have needed either."""
TRADE_SIDES = {1: "long", -1: "short"}


class TradeRows(Struct, frozen=True, eq=False):
    """Round trips with what their orders say of them; arrays of shape (rows,) but for the times."""

    spec: RunSpec
    tags: tuple[str, ...]
    timestamp: NDArray[np.int64]
    """Of every bar of the run, ns UTC, shape (bars,)."""
    records: NDArray[np.void]
    entry_kind: NDArray[np.int64]
    """`OrderKind` of the order that opened it."""
    entry_tag: NDArray[np.int64]
    """Place among the tags; -1: none."""
    exit_tag: NDArray[np.int64]
    adverse: Floats
    """As of `arbitrax.backtest.excursions`."""
    favourable: Floats


class OrderRows(Struct, frozen=True, eq=False):
    """Orders; records of shape (rows,), times of shape (bars,), ns UTC."""

    spec: RunSpec
    tags: tuple[str, ...]
    timestamp: NDArray[np.int64]
    records: NDArray[np.void]


def trade_rows(result: Result) -> TradeRows:
    """Return the round trips of a result."""
    records, orders = result.trade_records, result.order_records
    return TradeRows(
        result.spec,
        result.tags,
        result.bars.timestamp,
        records,
        of_order(orders, "kind", records["entry_order"], 0),
        of_order(orders, "tag", records["entry_order"], -1),
        of_order(orders, "tag", records["exit_order"], -1),
        *excursions(result),
    )


def order_rows(result: Result) -> OrderRows:
    """Return the orders of a result."""
    return OrderRows(result.spec, result.tags, result.bars.timestamp, result.order_records)


def trade_columns(rows: TradeRows) -> Columns:
    """Return the columns of `arbitrax.backtest.frames.trades_frame`."""
    records, time = rows.records, rows.timestamp.view("datetime64[ns]")
    entered, left = time[records["entry_bar"]], time[records["exit_bar"]]
    return {
        "symbol": symbols_of(rows.spec, records["symbol"]),
        "side": worded(records["side"], TRADE_SIDES),
        "quantity": records["quantity"].copy(),
        "entry_time": entered,
        "entry_price": records["entry_price"].copy(),
        "entry_order": records["entry_order"].copy(),
        "entry_reason": named(rows.entry_kind, OrderKind),
        "entry_tag": pick(rows.tags, rows.entry_tag),
        "exit_time": left,
        "exit_price": records["exit_price"].copy(),
        "exit_order": records["exit_order"].copy(),
        "exit_reason": named(records["exit_reason"], ExitReason),
        "exit_tag": pick(rows.tags, rows.exit_tag),
        "is_open": records["is_open"] == 1,
        "pnl": records["pnl"].copy(),
        "return": trade_returns(rows.spec, records),
        "mae": rows.adverse,
        "mfe": rows.favourable,
        "fees": records["fees"].copy(),
        "slippage": records["slippage"].copy(),
        "income": records["income"].copy(),
        "duration": left - entered,
    }


def order_columns(rows: OrderRows) -> Columns:
    """Return the columns of `arbitrax.backtest.frames.orders_frame`."""
    records, time = rows.records, rows.timestamp
    return {
        "symbol": symbols_of(rows.spec, records["symbol"]),
        "created_time": times_at(time, records["created_bar"]),
        "accepted_time": times_at(time, records["accepted_bar"]),
        "triggered_time": times_at(time, records["triggered_bar"]),
        "ended_time": times_at(time, records["ended_bar"]),
        "side": worded(records["side"], ORDER_SIDES),
        "kind": named(records["kind"], OrderKind),
        "role": named(records["role"], OrderRole),
        "time_in_force": named(records["time_in_force"], TimeInForce),
        "size": records["size"].copy(),
        "size_unit": named(records["size_kind"], SizeKind),
        "limit": records["limit"].copy(),
        "stop": records["stop"].copy(),
        "trail": records["trail"].copy(),
        "reduce_only": (records["flags"] & OrderFlag.REDUCE_ONLY) != 0,
        "parent": records["parent"].copy(),
        "group": records["group"].copy(),
        "tag": pick(rows.tags, records["tag"]),
        "status": named(records["status"], OrderStatus),
        "reason": named(records["reason"], OrderReason),
        "quantity": records["quantity"].copy(),
        "reference_price": records["reference_price"].copy(),
        "price": records["price"].copy(),
        "fee": records["fee"].copy(),
        "slippage": records["slippage"].copy(),
    }


def of_order(orders: NDArray[np.void], name: str, numbers: NDArray[Any], missing: int) -> NDArray[Any]:
    """Return a field of the numbered orders, ``missing`` where the number is -1."""
    found = np.full(len(numbers), missing, np.int64)
    known = numbers >= 0
    found[known] = orders[name][numbers[known]]
    return found


def times_at(timestamp: NDArray[np.int64], bars: NDArray[Any]) -> NDArray[np.datetime64]:
    """Return the times of bars, missing where the number is -1."""
    found = timestamp[np.maximum(bars, 0)].astype("datetime64[ns]")
    found[bars < 0] = np.datetime64("NaT")
    return found


def symbols_of(spec: RunSpec, columns: NDArray[Any]) -> NDArray[Any]:
    """Return the symbols of columns, None where the number is -1."""
    return pick(spec.symbols, columns)


def pick(texts: Sequence[str], numbers: NDArray[Any]) -> NDArray[Any]:
    """Return the numbered texts, None where the number is -1."""
    return np.array([*texts, None], object)[numbers.astype(np.int64)]


def named(codes: NDArray[Any], kinds: type[IntEnum]) -> NDArray[Any]:
    """Return the names of codes."""
    return worded(codes, {member.value: member.name.lower() for member in kinds})


def worded(codes: NDArray[Any], meant: Mapping[int, str | None]) -> NDArray[Any]:
    """Return what codes mean."""
    lowest = min(meant)
    table = np.full(max(meant) - lowest + 1, None, object)
    for code, word in meant.items():
        table[code - lowest] = word
    return table[codes.astype(np.int64) - lowest]
