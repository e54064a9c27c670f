"""Prices as a run saw them, with what its strategy shows with them, in as many points as a chart has."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.backtest.documents.fields import BacktestId, Interval, Price, Quantity, Symbol
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    from arbitrax.backtest.chart_prices import ChartPrices


class PricePoint(Struct, frozen=True):
    """Neighbouring bars, joined: the time of the first of them; of lines the value at the last."""

    timestamp: datetime
    open: Price
    high: Price
    low: Price
    close: Price
    volume: Quantity
    lines: list[float | None]


class RunPrices(Struct, frozen=True):
    """Prices as a backtest saw them, for a chart."""

    backtest: BacktestId
    symbol: Symbol
    interval: Interval
    bars: int
    """Of the range, before they were joined."""
    lines: list[str]
    """What the strategy shows with prices; each point has their values in this order."""
    panes: list[str | None]
    """Of each line: the pane beneath prices where it is drawn, in units of its own; null: over prices."""
    data: list[PricePoint]


def prices_message(backtest: str, prices: ChartPrices) -> RunPrices:
    """Return the message of a run's prices."""
    bars = prices.bars
    columns = [
        [decimal_text(each) if each == each else "" for each in column.tolist()]  # noqa: PLR0124 - NaN
        for column in (bars.open, bars.high, bars.low, bars.close, bars.volume)
    ]
    lines = [
        [each if each == each else None for each in line.values.tolist()]  # noqa: PLR0124 - NaN
        for line in prices.lines
    ]
    values = zip(*lines, strict=True) if lines else ([] for _ in range(len(bars)))
    rows = zip(bars.timestamp.tolist(), *columns, values, strict=True)
    data = [PricePoint(to_datetime(at), *rest, list(own)) for at, *rest, own in rows]  # type: ignore[call-arg]
    names, panes = [each.name for each in prices.lines], [each.pane for each in prices.lines]
    return RunPrices(backtest, bars.symbol, bars.interval, prices.rows, names, panes, data)
