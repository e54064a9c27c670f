"""How far each trade went against its holder and for him before it ended (MAE and MFE).

Source: J. Sweeney, "Maximum Adverse Excursion", 1996. Only prices known to have been met while the position was held
count: the range of every bar between entry and exit; of the entry's own bar where it filled at the open; of the
exit's where it filled at the close. In a bar entered or left inside, or at its other end, it is the fills' own price,
and the open of the bar that was left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.holdings import last_units, traded_panel
from arbitrax.domain.orders import Phase

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats


def excursions(result: Result) -> tuple[Floats, Floats]:
    """Return (adverse, favourable) of each trade as fractions of its entry price, (trades,); losses are negative.

    NaN where the bars are not at hand, as of stored portfolios. Prices are in units of the trade's exit, as its entry
    price is.
    """
    trades = result.trade_records
    count = len(trades)
    panel = traded_panel(result)
    if panel is None and len(result.spec.symbols) == 1:
        bars = result.bars
        columns = [each[:, None] for each in (bars.open, bars.high, bars.low)]
    elif panel is not None:
        columns = [panel.open, panel.high, panel.low]
    else:
        return np.full(count, np.nan), np.full(count, np.nan)
    units = last_units(result)
    entered = _phases(result, trades["entry_order"], trades["entry_bar"], first=True)
    left = _phases(result, trades["exit_order"], trades["exit_bar"], first=False)
    highest, lowest = np.empty(count), np.empty(count)
    for symbol in np.unique(trades["symbol"]).tolist():
        own = np.flatnonzero(trades["symbol"] == symbol)
        open_, high, low = (np.ascontiguousarray(column[:, symbol]) for column in columns)
        scale = np.ones(len(open_)) if units is None else units[:, symbol]
        part = trades[own]
        first, last = part["entry_bar"], part["exit_bar"]
        unit = scale[last]  # what one share at the exit was, in shares of the last bar
        # Bars held from end to end: the entry's if filled at its open, the exit's if filled at its close.
        start = first + (entered[own] != Phase.OPEN)
        end = np.maximum(last + ((left[own] == Phase.CLOSE) | (part["is_open"] == 1)), start)
        top, bottom = _ranges(high * scale, start, end, most=True), _ranges(low * scale, start, end, most=False)
        prices = [part["entry_price"], part["exit_price"]]
        # Whoever leaves inside a bar held through its open, unless he came later in the same bar.
        held_open = (last > first) & (left[own] == Phase.INSIDE) & (part["is_open"] == 0)
        prices.append(np.where(held_open, open_[last] * scale[last] / unit, np.nan))
        highest[own] = np.fmax.reduce([top / unit, *prices])
        lowest[own] = np.fmin.reduce([bottom / unit, *prices])
    entry = trades["entry_price"]
    up, down = highest / entry - 1, lowest / entry - 1
    long = trades["side"] > 0
    return np.where(long, down, -up), np.where(long, up, -down)


def _phases(result: Result, orders: NDArray[np.int64], bars: NDArray[np.int64], *, first: bool) -> NDArray[np.int8]:
    """Return the phase of each order's first or last fill in a bar; open where it has none, as in cash in lieu."""
    fills, length = result.fill_records, len(result.equity_curve)
    keys = fills["order"].astype(np.int64) * length + fills["bar"]
    place = np.argsort(keys, kind="stable")
    wanted = orders.astype(np.int64) * length + bars
    side = "left" if first else "right"
    at = np.clip(keys[place].searchsorted(wanted, side) - (0 if first else 1), 0, max(len(keys) - 1, 0))
    if not len(keys):
        return np.full(len(orders), Phase.OPEN, np.int8)
    found = place[at]
    return np.where(keys[found] == wanted, fills["phase"][found], Phase.OPEN).astype(np.int8)


def _ranges(values: Floats, start: NDArray[np.int64], end: NDArray[np.int64], *, most: bool) -> Floats:
    """Return the extreme of ``values[start:end]`` of each pair, NaN where it is empty or has no value."""
    reduce = np.fmax if most else np.fmin
    padded = np.append(values, np.nan)
    pairs = np.column_stack((start, end)).ravel()
    found = reduce.reduceat(padded, pairs)[::2] if len(pairs) else np.empty(0)
    return np.where(end > start, found, np.nan)
