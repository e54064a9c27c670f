"""Messages of what a page shows of a backtest beside its tables."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import BacktestId, Interval, Price, Quantity, Symbol
from arbitrax.api.messages.run_models import Money
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text
from arbitrax.services.run_prices import ChartPrices

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

Unit = Literal["percent", "ratio", "money", "days", "count", "probability"]


class FigureMessage(Struct, frozen=True):
    """A metric with how it is computed, and the benchmark's where it has one."""

    name: Annotated[str, Meta(examples=["sharpe"])]
    label: str
    group: str
    formula: str
    sample: str
    """What it is computed over."""
    source: Annotated[str, Meta(examples=["W. Sharpe, The Sharpe Ratio, 1994"])]
    """Paper or book, where it is not common knowledge."""
    unit: Unit
    value: float | None
    undefined_because: Annotated[str | None, Meta(examples=[None])]
    benchmark: float | None


class FactMessage(Struct, frozen=True):
    """A line of what a run rests on; `warning` when it should give pause."""

    label: Annotated[str, Meta(examples=["Fills"])]
    text: Annotated[str, Meta(examples=["Decided at a bar's close, live from the next bar's open"])]
    warning: bool


class HistogramMessage(Struct, frozen=True):
    """Returns counted between edges; the outer bins hold the tails, zeros (no position) are left out."""

    edges: list[float]
    counts: list[int]
    period: Literal["bar", "session"]
    returns: int
    zeros: int
    tails: int


class OrderGroupMessage(Struct, frozen=True):
    """Orders that ended alike."""

    status: Annotated[str, Meta(examples=["filled"])]
    reason: Annotated[str, Meta(examples=["none"])]
    orders: int
    buys: int
    sells: int
    value: Money
    fees: Money
    slippage: Money


class RunFigures(Struct, frozen=True):
    """The figures of a backtest."""

    backtest: BacktestId
    benchmark: Annotated[str, Meta(examples=["Hold AAPL"])]
    """What it is compared with."""
    figures: list[FigureMessage]
    histogram: HistogramMessage | None
    """Null: returns do not vary."""
    orders: list[OrderGroupMessage]
    assumptions: list[FactMessage]


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
    """What the strategy shows over prices; each point has their values in this order."""
    data: list[PricePoint]


class BacktestValidation(Struct, frozen=True):
    """What a backtest would run on."""

    warmup: int
    """Bars before the first decision."""
    bars: int | None
    """Of the shortest of its series, within the range; null: they would be made of finer ones."""
    first: datetime | None
    last: datetime | None


def figures_message(backtest: str, result: Result) -> RunFigures:
    """Return the message of a run's figures."""
    from arbitrax.backtest.report.assumptions import list_assumptions
    from arbitrax.backtest.report.data import benchmark_name, count_returns, group_orders, list_figures

    histogram = count_returns(result)
    return RunFigures(
        backtest,
        benchmark_name(result),
        [
            FigureMessage(
                each.name,
                each.label,
                each.group,
                each.formula,
                each.sample,
                each.source,
                each.unit,
                each.value,
                each.undefined,
                each.benchmark,
            )
            for each in list_figures(result)
        ],
        None
        if histogram is None
        else HistogramMessage(
            histogram.edges,
            histogram.counts,
            "session" if histogram.period == "session" else "bar",
            histogram.returns,
            histogram.zeros,
            histogram.tails,
        ),
        [
            OrderGroupMessage(
                each.status,
                each.reason,
                each.orders,
                each.buys,
                each.sells,
                decimal_text(each.value),
                decimal_text(each.fees),
                decimal_text(each.slippage),
            )
            for each in group_orders(result)
        ],
        [FactMessage(each.label, each.text, each.warning) for each in list_assumptions(result, {})],
    )


def prices_message(backtest: str, prices: ChartPrices) -> RunPrices:
    """Return the message of a run's prices."""
    bars = prices.bars
    columns = [
        [decimal_text(each) if each == each else "" for each in column.tolist()]  # noqa: PLR0124 - NaN
        for column in (bars.open, bars.high, bars.low, bars.close, bars.volume)
    ]
    lines = [
        [each if each == each else None for each in line.tolist()]  # noqa: PLR0124 - NaN
        for line in prices.lines.values()
    ]
    values = zip(*lines, strict=True) if lines else ([] for _ in range(len(bars)))
    rows = zip(bars.timestamp.tolist(), *columns, values, strict=True)
    data = [PricePoint(to_datetime(at), *rest, list(own)) for at, *rest, own in rows]  # type: ignore[call-arg]
    return RunPrices(backtest, bars.symbol, bars.interval, prices.rows, list(prices.lines), data)
