"""Every metric of a run with its formula, and what else is told in one piece: returns counted, orders, assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from arbitrax.backtest.clean_text import clean_text
from arbitrax.backtest.documents.fields import BacktestId
from arbitrax.backtest.documents.histogram import HistogramMessage, count_returns
from arbitrax.backtest.documents.order_groups import OrderGroupMessage, group_orders
from arbitrax.backtest.metrics import DEFINITIONS

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

COMPARED = ("Return", "Ratios", "Drawdown", "Confidence", "Distribution", "Tail")
"""Groups that hold for the benchmark's curve as well."""
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


def figures_message(backtest: str, result: Result, engine: str) -> RunFigures:
    """Return the message of a run's figures; engine: the version that made it."""
    from arbitrax.backtest.documents.assumptions import list_assumptions

    return RunFigures(
        backtest,
        benchmark_name(result),
        list_figures(result),
        count_returns(result),
        group_orders(result),
        list_assumptions(result, engine),
    )


def benchmark_name(result: Result) -> str:
    """Return what a run is compared with, in words."""
    if result.spec.benchmark:
        return clean_text(result.spec.benchmark)
    return f"Hold {clean_text(result.bars.symbol)}" if len(result.spec.symbols) == 1 else "Hold all equally"


def list_figures(result: Result) -> list[FigureMessage]:
    """Return every metric, with the benchmark's."""
    # The benchmark as if it were the run: the same formulas, the same bars, no trades.
    compared = replace(
        result,
        equity_curve=result.benchmark_curve,
        order_records=result.order_records[:0],
        fill_records=result.fill_records[:0],
        trade_records=result.trade_records[:0],
        bankrupt_bar=None,
    ).metrics
    undefined, samples = result.metrics.undefined, result.metrics.samples
    return [
        FigureMessage(
            name=name,
            label=DEFINITIONS[name].label,
            group=DEFINITIONS[name].group,
            formula=DEFINITIONS[name].formula,
            sample=samples[DEFINITIONS[name].basis],
            source=DEFINITIONS[name].source,
            unit=DEFINITIONS[name].unit,
            value=result.metrics[name],
            undefined_because=undefined.get(name),
            benchmark=compared[name] if DEFINITIONS[name].group in COMPARED else None,
        )
        for name in result.metrics
    ]
