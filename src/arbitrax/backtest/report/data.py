"""Everything a report shows, as plain data: `build_document` turns a `Result` into a `Document`.

Times are integer milliseconds UTC, so that JavaScript holds them exactly. Columns are lists of equal length.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace

from arbitrax.backtest.actions import in_last_units
from arbitrax.backtest.calendar_returns import monthly_returns, yearly_returns
from arbitrax.backtest.holdings import last_units, multipliers, trade_returns, traded_panel
from arbitrax.backtest.metrics import DEFINITIONS, Sample, Unit
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.assumptions import Fact, list_assumptions
from arbitrax.backtest.report.portfolio import (
    DRAWN_SYMBOLS,
    POINTS,
    Portfolio,
    build_portfolio,
    candles_each,
)
from arbitrax.backtest.report.sampling import LIMIT, keep_extremes, widen_bars
from arbitrax.backtest.report.text import clean_text
from arbitrax.backtest.wording import spoken
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.orders import ExitReason, OrderKind, OrderReason, OrderStatus

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s

MILLISECOND = 1_000_000
ROW_LIMIT = 2_000
"""Trades written as rows of the table."""
DRAWN_TRADES = 10_000
"""Trades in the charts of a few symbols together."""
SHORT_HASH = 12
COMPARED = ("Return", "Ratios", "Drawdown", "Confidence", "Distribution", "Tail")
"""Groups that hold for the benchmark's curve as well."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One metric: its value or why it has none, and the benchmark's where it has one."""

    name: str
    label: str
    group: str
    formula: str
    sample: str
    source: str
    unit: Unit
    value: float | None
    undefined: str | None
    benchmark: float | None


class Prices(msgspec.Struct, frozen=True):
    """Candles; number k covers the bars from ``k * stride`` on. A portfolio's have times alone."""

    stride: int
    time: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]


class Curves(msgspec.Struct, frozen=True):
    """Curves at closes; ``bar`` and ``time`` are None when there is a point for each bar."""

    bar: list[int] | None
    time: list[int] | None
    equity: list[float]
    benchmark: list[float]
    drawdown: list[float]
    benchmark_drawdown: list[float]


class Trades(msgspec.Struct, frozen=True):
    """Round trips by column; an open one is marked at the last close. ``change`` is the profit per value at entry.

    ``symbol`` is the place of the symbol in the run; tags are None where the order had none. ``unit`` is that of a
    trade's prices in units of the last bar, by which charts draw them; None when nothing was split.
    """

    symbol: list[int]
    side: list[str]
    entry_bar: list[int]
    exit_bar: list[int]
    entry_time: list[int]
    exit_time: list[int]
    duration: list[int]
    quantity: list[float]
    entry_price: list[float]
    exit_price: list[float]
    pnl: list[float]
    change: list[float]
    fees: list[float]
    slippage: list[float]
    income: list[float]
    entry_reason: list[str]
    entry_tag: list[str | None]
    exit_reason: list[str]
    exit_tag: list[str | None]
    unit: list[float] | None


class OrderGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Orders that ended alike."""

    status: str
    reason: str
    orders: int
    buys: int
    sells: int
    value: float
    fees: float
    slippage: float


class Year(msgspec.Struct, frozen=True):
    """Returns of a calendar year and its months; None outside the run or where the account had nothing left."""

    year: int
    total: float | None
    benchmark_total: float | None
    months: list[float | None]
    benchmark_months: list[float | None]
    inside: list[bool]
    """Which months the run touches."""


class Histogram(msgspec.Struct, frozen=True):
    """Returns counted between edges; the outer bins hold the tails beyond them, zeros (no position) are left out."""

    edges: list[float]
    counts: list[int]
    period: str
    returns: int
    zeros: int
    tails: int


class Decimals(msgspec.Struct, frozen=True):
    """How many decimals figures of the instrument have."""

    price: int
    quantity: int


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """The report as data. ``format`` changes when a reader would have to."""

    format: str = "arbitrax-report/1"
    title: str
    strategy: str
    parameters: list[tuple[str, str]]
    symbol: str
    interval: str
    intraday: bool
    basis: str
    bars: int
    first: int
    last: int
    cash: float
    run: str
    run_is_id: bool
    result_hash: str
    data_hash: str
    benchmark: str
    bankrupt_bar: int | None
    decimals: Decimals
    notices: list[str]
    figures: list[Figure]
    prices: Prices
    curves: Curves
    portfolio: Portfolio | None
    """Of a run with several symbols."""
    trades: Trades
    trade_count: int
    """How many there were; ``trades`` holds the first ones where nothing but the table needs them."""
    open_trades: int
    orders: list[OrderGroup]
    years: list[Year]
    histogram: Histogram | None
    assumptions: list[Fact]

    def figure(self, name: str) -> Figure:
        """Return a metric by name."""
        return next(figure for figure in self.figures if figure.name == name)


def build_document(
    result: Result,
    *,
    title: str | None = None,
    run_id: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> Document:
    """Collect what the report of a result shows.

    title: instead of the strategy's name. run_id: shown instead of the run's hash. facts: more lines for the
    assumptions, label to text, such as the strategy's warm-up.
    """
    spec, bars = result.spec, result.bars
    strategy = clean_text(spec.strategy.class_name)
    several = len(spec.symbols) > 1
    rows = _drawn_rows(result, POINTS if several else LIMIT)
    units = last_units(result)
    prices = _times(result) if several else _prices(result, units)
    count = len(result.trade_records)
    return Document(
        title=clean_text(title) if title else strategy,
        strategy=strategy,
        parameters=[(clean_text(name), _parameter(value)) for name, value in spec.strategy.parameters.items()],
        symbol=clean_text(bars.symbol),
        interval=bars.interval,
        intraday=is_intraday(bars.interval),
        basis=bars.basis,
        bars=len(bars),
        first=int(bars.timestamp[0]) // MILLISECOND,
        last=int(bars.timestamp[-1]) // MILLISECOND,
        cash=spec.cash,
        run=clean_text(run_id) if run_id else spec.hash,
        run_is_id=bool(run_id),
        result_hash=result.hash,
        data_hash=result.data_hash,
        benchmark=benchmark_name(result),
        bankrupt_bar=result.bankrupt_bar,
        decimals=Decimals(
            price=_price_decimals(result),
            quantity=figures.quantity_decimals(np.asarray(result.trade_records["quantity"])),
        ),
        notices=[clean_text(notice) for notice in result.notices],
        figures=list_figures(result),
        prices=prices,
        curves=_curves(result, rows),
        portfolio=build_portfolio(result, rows, prices.stride, units) if several else None,
        trades=_trades(result, _kept_trades(result), units),
        trade_count=count,
        open_trades=int(np.count_nonzero(result.trade_records["is_open"])),
        orders=group_orders(result),
        years=_years(result),
        histogram=count_returns(result),
        assumptions=list_assumptions(result, facts or {}),
    )


def benchmark_name(result: Result) -> str:
    """Return what a run is compared with, in words."""
    if result.spec.benchmark:
        return clean_text(result.spec.benchmark)
    return f"Hold {clean_text(result.bars.symbol)}" if len(result.spec.symbols) == 1 else "Hold all equally"


def _price_decimals(result: Result) -> int:
    """Return the decimals of prices; where a portfolio's are not at hand, of those its fills were made at."""
    if len(result.spec.symbols) == 1:
        return figures.price_decimals(result.bars.close)
    panel = traded_panel(result)
    return figures.price_decimals(result.fill_records["reference_price"] if panel is None else panel.close)


def _parameter(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else clean_text(str(value))


def list_figures(result: Result) -> list[Figure]:
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
        Figure(
            name=name,
            label=DEFINITIONS[name].label,
            group=DEFINITIONS[name].group,
            formula=DEFINITIONS[name].formula,
            sample=samples[DEFINITIONS[name].basis],
            source=DEFINITIONS[name].source,
            unit=DEFINITIONS[name].unit,
            value=result.metrics[name],
            undefined=undefined.get(name),
            benchmark=compared[name] if DEFINITIONS[name].group in COMPARED else None,
        )
        for name in result.metrics
    ]


def _prices(result: Result, units: Floats | None) -> Prices:
    bars, stride = widen_bars(result.bars if units is None else in_last_units(result.bars, units[:, 0]))
    return Prices(
        stride,
        (bars.timestamp // MILLISECOND).tolist(),
        bars.open.tolist(),
        bars.high.tolist(),
        bars.low.tolist(),
        bars.close.tolist(),
        bars.volume.tolist(),
    )


def _times(result: Result) -> Prices:
    bars, stride = widen_bars(result.bars, candles_each(result))
    return Prices(stride, (bars.timestamp // MILLISECOND).tolist(), [], [], [], [], [])


def _drawn_rows(result: Result, limit: int) -> Int64s:
    """Return the rows at which curves are drawn."""
    curves = [*_columns(result), *([result.exposure_curve] if len(result.spec.symbols) > 1 else [])]
    return keep_extremes(curves, limit)


def _columns(result: Result) -> tuple[Floats, ...]:
    equity, benchmark = result.equity_curve, result.benchmark_curve
    return equity, benchmark, drawdown(equity), drawdown(benchmark)


def _curves(result: Result, rows: Int64s) -> Curves:
    whole = len(rows) == len(result.equity_curve)
    return Curves(
        None if whole else rows.tolist(),
        None if whole else (result.bars.timestamp[rows] // MILLISECOND).tolist(),
        *(column[rows].tolist() for column in _columns(result)),
    )


def drawdown(curve: Floats) -> Floats:
    """Return each value's distance from the highest so far, as a fraction of that, shape (bars,)."""
    peak = np.maximum.accumulate(curve)
    return np.asarray(curve / peak - 1)


def _kept_trades(result: Result) -> int:
    """Return how many trades the page needs: all of one symbol, those drawn of a few, and of many those in rows."""
    symbols, count = len(result.spec.symbols), len(result.trade_records)
    return count if symbols == 1 else min(count, DRAWN_TRADES if symbols <= DRAWN_SYMBOLS else ROW_LIMIT)


def _trades(result: Result, limit: int, units: Floats | None) -> Trades:
    records, orders, time = result.trade_records[:limit], result.order_records, result.bars.timestamp
    entry, leave = records["entry_bar"], records["exit_bar"]

    def tags(numbers: Int64s) -> list[str | None]:
        found = [int(orders["tag"][number]) if number >= 0 else -1 for number in numbers.tolist()]
        return [clean_text(result.tags[number]) if number >= 0 else None for number in found]

    return Trades(
        symbol=records["symbol"].tolist(),
        side=["long" if side > 0 else "short" for side in records["side"].tolist()],
        entry_bar=entry.tolist(),
        exit_bar=leave.tolist(),
        entry_time=(time[entry] // MILLISECOND).tolist(),
        exit_time=(time[leave] // MILLISECOND).tolist(),
        duration=((time[leave] - time[entry]) // MILLISECOND).tolist(),
        quantity=records["quantity"].tolist(),
        entry_price=records["entry_price"].tolist(),
        exit_price=records["exit_price"].tolist(),
        pnl=records["pnl"].tolist(),
        change=trade_returns(result.spec, records).tolist(),
        fees=records["fees"].tolist(),
        slippage=records["slippage"].tolist(),
        income=records["income"].tolist(),
        entry_reason=[spoken(OrderKind(kind)) for kind in orders["kind"][records["entry_order"]].tolist()],
        entry_tag=tags(records["entry_order"]),
        exit_reason=[ExitReason(reason).name.lower() for reason in records["exit_reason"].tolist()],
        exit_tag=tags(records["exit_order"]),
        unit=None if units is None else units[leave, records["symbol"]].tolist(),
    )


def group_orders(result: Result) -> list[OrderGroup]:
    """Return the orders by how they ended."""
    records, size = result.order_records, multipliers(result.spec)
    found = []
    for status, reason in sorted({*zip(records["status"].tolist(), records["reason"].tolist(), strict=True)}):
        group = records[(records["status"] == status) & (records["reason"] == reason)]
        filled = group[group["quantity"] > 0]
        found.append(
            OrderGroup(
                status=OrderStatus(status).name.lower(),
                reason=OrderReason(reason).name.lower(),
                orders=len(group),
                buys=int(np.count_nonzero(group["side"] > 0)),
                sells=int(np.count_nonzero(group["side"] < 0)),
                value=float(np.sum(filled["quantity"] * filled["price"] * size[filled["symbol"]])),
                fees=float(np.sum(filled["fee"])),
                slippage=float(np.sum(filled["slippage"])),
            )
        )
    # What was refused first, then what filled; plain ends before those with a reason.
    return sorted(
        found,
        key=lambda group: (group.status != "refused", group.status != "filled", group.status, group.reason != "none"),
    )


def _years(result: Result) -> list[Year]:
    months, years = monthly_returns(result), yearly_returns(result)
    monthly, benchmark_monthly, yearly, benchmark_yearly = (
        dict(zip(made.period.tolist(), (None if math.isnan(value) else value for value in line.tolist()), strict=True))
        for made in (months, years)
        for line in (made.run, made.benchmark)
    )
    first, last = int(months.period[0]), int(months.period[-1])
    return [
        Year(
            year,
            yearly.get(year),
            benchmark_yearly.get(year),
            [monthly.get(month) for month in _months_of(year)],
            [benchmark_monthly.get(month) for month in _months_of(year)],
            [first <= month <= last for month in _months_of(year)],
        )
        for year in range(int(years.period[0]), int(years.period[-1]) + 1)
    ]


def _months_of(year: int) -> range:
    """Return the months of a year, counted from January 1970."""
    return range(12 * (year - 1970), 12 * (year - 1969))


def count_returns(result: Result) -> Histogram | None:
    """Return the returns counted; None when they do not vary."""
    sample = Sample(result)
    every = sample.returns[np.isfinite(sample.returns)]
    # Bars without a position would pile up at zero and flatten all the rest.
    returns = every[every != 0]
    if len(returns) < 2 or float(np.ptp(returns)) == 0:
        return None
    low, high = (float(edge) for edge in np.quantile(returns, (0.002, 0.998)))
    spread = float(np.subtract(*np.quantile(returns, (0.75, 0.25))))
    # Freedman and Diaconis (1981), within 16 to 80 bins, at a round width with an edge at zero.
    rough = min(max(2 * spread / len(returns) ** (1 / 3), (high - low) / 80), (high - low) / 16)
    width = _round_width(rough if rough > 0 else float(np.ptp(returns)) / 16)
    first, last = int(np.floor(low / width)), int(np.ceil(high / width))
    edges = np.arange(first, max(last, first + 1) + 1) * width
    counts, _ = np.histogram(np.clip(returns, edges[0], edges[-1]), edges)
    return Histogram(
        edges.tolist(),
        counts.tolist(),
        "session" if sample.year.by_session else "bar",
        len(every),
        len(every) - len(returns),
        int(np.count_nonzero((returns < edges[0]) | (returns > edges[-1]))),
    )


def _round_width(width: float) -> float:
    power = 10.0 ** np.floor(np.log10(width))
    return float(power * min((1, 2, 2.5, 5, 10), key=lambda step: abs(step - width / power)))
