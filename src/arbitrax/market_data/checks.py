"""What rows of prices must satisfy before anything is computed on them. Columns have shape (rows,)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from arbitrax.domain.bars import COLUMNS, Bars, PriceBasis
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import nanoseconds
from arbitrax.kernels.bar_columns import closed_within, in_order, sound_prices
from arbitrax.market_data.bar_times import (
    END,
    FIRST,
    nanoseconds_of,
    refuse_outside,
    settle_interval,
    shown,
    strictly_increasing,
)
from arbitrax.market_data.columns import PRICES
from arbitrax.market_data.source import Source, in_all, quoted, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

TOLERANCE = 1e-6
"""Relative; how far open and close may lie outside [low, high] by rounding alone."""


def check_bars(bars: Bars) -> Bars:
    """Return bars that a user made as contiguous int64 and float64 arrays, checked as those of a file are.

    Lists and other number types are converted; rows in messages are counted from 0.

    Raises:
        DataError: what is wrong, and in which row.
    """
    name = f"the bars of {quoted(str(bars.symbol))}" if bars.symbol else "the bars"
    if not isinstance(bars.symbol, str) or not bars.symbol:
        raise refuse(name, "they name no symbol", "set symbol to a text such as 'AAPL'")
    if bars.basis not in get_args(PriceBasis):
        raise refuse(name, f"the basis {quoted(str(bars.basis))} is none", "use 'raw' or 'adjusted'")
    try:
        nanoseconds(str(bars.interval))
    except InputError as error:
        raise DataError(f"{name}: {error}") from None
    given = {role: value for role in COLUMNS if (value := getattr(bars, role)) is not None or role != "adj_close"}
    arrays = {role: _one_dimension(value, role, name) for role, value in given.items()}
    rows = len(arrays["timestamp"])
    for role, array in arrays.items():
        if len(array) != rows:
            raise refuse(name, f"{role} has {len(array)} values and timestamp {rows}", "give every bar one of each")
    if not rows:
        raise refuse(name, "there is not one bar", "pass at least one")
    source = Source(name, {"date": "timestamp"}, "row", range(rows))
    timestamp = _times(arrays.pop("timestamp"), source)
    columns = {role: _numbers(array, role, name) for role, array in arrays.items()}
    check_values(columns, source)
    if "adj_close" in columns:
        check_price("adj_close", columns["adj_close"], source)
    settle_interval(timestamp, bars.interval, name)
    return Bars(
        bars.symbol,
        bars.interval,
        timestamp,
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        close=columns["close"],
        volume=columns["volume"],
        adj_close=columns.get("adj_close"),
        basis=bars.basis,
    )


def bars_notices(bars: Bars) -> tuple[str, ...]:
    """Return what is odd about checked bars and yet kept, as `notice_outside` says it."""
    if closed_within(bars.open, bars.high, bars.low, bars.close, TOLERANCE):
        return ()
    columns = {role: getattr(bars, role) for role in PRICES}
    source = Source(f"the bars of {quoted(bars.symbol)}", {}, "row", range(len(bars)))
    return notice_outside(columns, bars.timestamp, source)


def _one_dimension(value: Any, role: str, name: str) -> "NDArray[Any]":
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        raise refuse(name, f"{role} is no list of numbers", "pass a list or one-dimensional array") from None
    if array.ndim != 1:
        raise refuse(name, f"{role} has {array.ndim} dimensions", "pass a list or one-dimensional array")
    return array


def _times(array: "NDArray[Any]", source: Source) -> "Int64s":
    """Return whole numbers or datetimes as contiguous int64 ns that increase."""
    if array.dtype.kind == "M":
        array = nanoseconds_of(array, source)
    elif array.dtype.kind not in "iu":
        what = f"timestamp holds {array.dtype.name} values"
        raise refuse(source.name, what, "pass whole nanoseconds since 1970 UTC, or datetime64")
    if array.dtype == np.int64 and in_order(np.ascontiguousarray(array), FIRST, END):
        return np.ascontiguousarray(array)
    refuse_outside(array, 1, source)
    timestamp = np.ascontiguousarray(array, dtype=np.int64)
    late = np.flatnonzero(timestamp[1:] <= timestamp[:-1])
    if len(late):
        row = int(late[0]) + 1
        what = f"{shown(int(timestamp[row]))} does not come after {shown(int(timestamp[row - 1]))} in the row before"
        raise source.refuse_row(row, "date", what, len(late), "sort the bars by time and keep one of each")
    return timestamp


def _numbers(array: "NDArray[Any]", role: str, name: str) -> "Floats":
    try:
        if array.dtype.kind in "iufO":
            return np.ascontiguousarray(array, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        pass
    raise refuse(name, f"{role} holds values that are no numbers", "pass numbers")


def check_values(columns: "Mapping[str, Floats]", source: Source) -> None:
    """Refuse prices that are no positive number, a high below its low, and volumes that are no number from 0.

    Adjusted closes are not looked at: whether they may be empty is told symbol by symbol.

    Raises:
        DataError: names the first such row, and how many there are.
    """
    if sound_prices(*(np.ascontiguousarray(columns[role]) for role in (*PRICES, "volume"))):
        return
    for role in PRICES:
        check_price(role, columns[role], source)
    high, low = columns["high"], columns["low"]
    crossed = np.flatnonzero(high < low)
    if len(crossed):
        row = int(crossed[0])
        what = f"the high {_number(high[row])} is below the low {_number(low[row])}"
        raise source.refuse_row(row, "high", what, len(crossed), "correct or remove those rows")
    volume = columns["volume"]
    bad = np.flatnonzero(~(volume >= 0) | np.isinf(volume))
    if len(bad):
        what = f"the volume is {_number(volume[bad[0]])}"
        raise source.refuse_row(int(bad[0]), "volume", what, len(bad), "correct or remove those rows")


def check_price(role: str, prices: "Floats", source: Source) -> None:
    """Refuse a column of prices unless all are finite and above zero.

    Raises:
        DataError: names the first such row, and how many there are.
    """
    if prices.min(initial=1.0) > 0 and np.isfinite(prices).all():
        return
    empty = np.flatnonzero(np.isnan(prices))
    if len(empty):
        advice = "fill those rows from the source or remove them"
        raise source.refuse_row(int(empty[0]), role, "the price is empty", len(empty), advice)
    bad = np.flatnonzero(~(prices > 0) | np.isinf(prices))
    what = f"the price {_number(prices[bad[0]])} is not {'finite' if np.isinf(prices[bad[0]]) else 'above zero'}"
    raise source.refuse_row(int(bad[0]), role, what, len(bad), "correct or remove those rows")


def notice_outside(columns: "Mapping[str, Floats]", timestamp: "Int64s", source: Source) -> tuple[str, ...]:
    """Return a notice if opens or closes lie outside [low, high] beyond rounding; such bars are kept."""
    above, below = columns["high"] * (1 + TOLERANCE), columns["low"] * (1 - TOLERANCE)
    outside = np.zeros(len(timestamp), dtype=np.bool_)
    for role in ("open", "close"):
        outside |= (columns[role] > above) | (columns[role] < below)
    count = int(outside.sum())
    if not count:
        return ()
    first = shown(int(timestamp[outside].min()))
    bars = "1 bar" if count == 1 else f"{count} bars"
    return (
        f"{source.name} has {bars} with an open or close outside low to high (first on {first}), kept as they are.",
    )


def order_of(timestamp: "Int64s") -> tuple["Int64s | slice", int]:
    """Return what sorts the rows by time (stable), and how many stood before an earlier one."""
    if strictly_increasing(timestamp):
        return slice(None), 0
    least_after = np.minimum.accumulate(timestamp[::-1])[::-1]
    moved = int((timestamp[:-1] > least_after[1:]).sum())
    return (np.argsort(timestamp, kind="stable") if moved else slice(None)), moved


def distinct_rows(
    columns: "Mapping[str, Floats]", timestamp: "Int64s", source: Source
) -> "tuple[NDArray[np.bool_] | slice, int]":
    """Return which sorted rows to keep, and how many identical ones are left out.

    Raises:
        DataError: two rows with the same time differ in a value.
    """
    same = timestamp[1:] == timestamp[:-1]
    if not same.any():
        return slice(None), 0
    for role, column in columns.items():
        differs = np.flatnonzero(same & (column[1:] != column[:-1]))
        if len(differs):
            row = int(differs[0])
            values = f"{_number(column[row])} and {_number(column[row + 1])}"
            lines = sorted((int(source.numbers[row]), int(source.numbers[row + 1])))
            raise DataError(
                f"{source.name}, {source.unit}s {lines[0]} and {lines[1]}, column '{source.label(role)}': "
                f"both are for {shown(int(timestamp[row]))} but say {values} ({in_all(len(differs) + 1)}); "
                "keep the right one."
            )
    return np.concatenate(([True], ~same)), int(same.sum())


def _number(value: float) -> str:
    return f"{float(value):.10g}"
