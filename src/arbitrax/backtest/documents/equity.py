"""The equity of a run in as many points as a chart has."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from arbitrax.backtest.documents.fields import BacktestId
from arbitrax.backtest.documents.run_models import Money
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.decimals import decimal_text

if TYPE_CHECKING:
    from arbitrax.backtest.chart_curve import ChartCurve

MaybeMoney = Annotated[str | None, Meta(examples=["100000"])]


class CurvePoint(Struct, frozen=True):
    """Neighbouring bars of a curve, joined: the time of the first of them, and their equity."""

    timestamp: datetime
    open: Money
    high: Money
    low: Money
    close: Money
    benchmark: MaybeMoney
    """Of the last of them."""
    drawdown: float
    """The deepest, of all equity before: from 0 down to -1."""


class EquityCurve(Struct, frozen=True):
    """The equity of a backtest for a chart."""

    backtest: BacktestId
    bars: int
    """Of the range, before they were joined."""
    data: list[CurvePoint]


def equity_message(backtest: str, curve: ChartCurve) -> EquityCurve:
    """Return the message of a curve."""
    prices = (curve.open, curve.high, curve.low, curve.close)
    columns = [[decimal_text(each) for each in column.tolist()] for column in prices]
    held = [None if each != each else decimal_text(each) for each in curve.benchmark.tolist()]  # noqa: PLR0124 - NaN
    rows = zip(curve.timestamp.tolist(), *columns, held, curve.drawdown.tolist(), strict=True)
    return EquityCurve(backtest, curve.bars, [CurvePoint(to_datetime(at), *rest) for at, *rest in rows])
