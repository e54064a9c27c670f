"""What a run held at each close, told from its fills and events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.actions import split_factors
from arbitrax.domain.bars import Bars
from arbitrax.domain.orders import EventKind
from arbitrax.domain.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.bars import Floats

CASH_EVENTS = (EventKind.DIVIDEND, EventKind.CASH_IN_LIEU, EventKind.BORROW_FEE, EventKind.INTEREST)
"""Events whose amount is the account's; a dividend from its ex-date on, not again when it is paid."""


def traded_panel(result: Result) -> Panel | None:
    """Return the prices of each symbol as the run saw them; None where only the result was kept."""
    raw = result.raw
    if raw is None or isinstance(raw, Bars):
        return None if raw is None else Panel.from_bars([result.bars])
    panel = raw if isinstance(raw, Panel) else Panel.from_bars(raw)
    return panel.adjusted() if result.spec.prices == "adjusted" else panel


def last_units(result: Result) -> Floats | None:
    """Return the unit of each bar in units of the last one, (bars, symbols): a half before a split of 2 for 1.

    None without splits that the run applied.
    """
    if not result.actions or result.spec.prices == "adjusted":
        return None
    panel = traded_panel(result)
    factors = None if panel is None else split_factors(result.actions, panel)
    return None if factors is None else np.asarray(factors / factors[-1])


def multipliers(spec: RunSpec) -> Floats:
    """Return the contract multiplier of each symbol, (symbols,)."""
    if not spec.instruments:
        return np.ones(len(spec.symbols))
    return np.array([spec.instrument(symbol).multiplier for symbol in spec.symbols])


def trade_returns(spec: RunSpec, trades: NDArray[np.void]) -> Floats:
    """Return the profit of each trade as a fraction of the value put in."""
    value = trades["quantity"] * trades["entry_price"] * multipliers(spec)[trades["symbol"]]
    return np.asarray(trades["pnl"] / value)


def net_values(result: Result) -> Floats:
    """Return the value of longs less that of shorts at each close, quote currency, (bars,).

    It is equity less cash, so no prices are needed.
    """
    fills, events = result.fill_records, result.event_records
    paid = fills["quantity"] * fills["price"] * multipliers(result.spec)[fills["symbol"]] + fills["fee"]
    own = events[np.isin(events["kind"], CASH_EVENTS)]
    bars = len(result.equity_curve)
    flow = np.bincount(own["bar"], own["amount"], minlength=bars) - np.bincount(fills["bar"], paid, minlength=bars)
    return np.asarray(result.equity_curve - result.spec.cash - np.cumsum(flow))


def position(fills: NDArray[np.void], events: NDArray[np.void], bars: int) -> Floats:
    """Return the signed units held at each close, (bars,), from the fills and events of one symbol."""
    changes = np.bincount(fills["bar"], fills["quantity"], minlength=bars)
    splits = events[np.isin(events["kind"], (EventKind.SPLIT, EventKind.CASH_IN_LIEU))]
    held = np.cumsum(changes)
    # Actions come before the fills of their bar. A split states what is held after it, the fraction what left.
    for event in splits:
        bar = int(event["bar"])
        before = held[bar] - changes[bar]
        step = event["quantity"] - (before if event["kind"] == EventKind.SPLIT else 0.0)
        held[bar:] += step
    return np.asarray(held)


def weights(result: Result, panel: Panel) -> Iterator[tuple[str, Floats]]:
    """Give each symbol that was ever held with its value / equity at each close, (bars,).

    Where a symbol has no bar its last close counts; where nothing is left of the account the weight is 0.
    """
    equity = result.equity_curve
    bars, multiplier = len(equity), multipliers(result.spec)
    fills, events = result.fill_records, result.event_records
    by_symbol = np.argsort(fills["symbol"], kind="stable")
    columns = fills["symbol"][by_symbol]
    for column in np.unique(columns).tolist():
        first, last = np.searchsorted(columns, (column, column + 1))
        held = position(fills[by_symbol[first:last]], events[events["symbol"] == column], bars)
        value = held * last_known(panel.close[:, column]) * multiplier[column]
        yield result.spec.symbols[column], share_of_equity(value, equity)


def share_of_equity(values: Floats, equity: Floats) -> Floats:
    """Return values / equity at each close, 0 where nothing is left of the account; (bars,)."""
    return np.divide(values, equity, out=np.zeros(len(equity)), where=equity > 0)


def last_known(close: Floats) -> Floats:
    """Return each close or the last before it, 0 before the first; (bars,)."""
    rows = np.where(np.isnan(close), 0, np.arange(len(close)))
    return np.nan_to_num(close[np.maximum.accumulate(rows)], nan=0.0)
