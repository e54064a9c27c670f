"""Everything a report shows, as plain data: `build_document` turns a `Result` into a `Document`.

Times are integer milliseconds UTC, so that JavaScript holds them exactly. Columns are lists of equal length.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec.structs import replace

import arbitrax
from arbitrax.backtest.metrics import DEFINITIONS, Sample, Unit
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.sampling import keep_extremes, widen_bars
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.orders import ExitReason, OrderReason, OrderStatus
from arbitrax.strategies.averages import average_scale

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats, Int64s

MILLISECOND = 1_000_000
SHORT_HASH = 12
GROUPS = {
    "Return": ("total_return", "annual_return", "cagr", "benchmark_return", "volatility", "alpha", "beta"),
    "Risk": (
        "sharpe", "sortino", "calmar", "max_drawdown", "max_drawdown_duration",
    ),
    "Tail": (
        "var_95", "var_99", "cvar_95", "cvar_99", "normal_var_95", "normal_var_99", "normal_cvar_95", "normal_cvar_99",
    ),
    "Trading": (
        "trades", "win_rate", "profit_factor", "expectancy", "best_trade", "worst_trade", "average_duration",
        "exposure", "turnover",
    ),
}  # fmt: skip
COMPARED = ("Return", "Risk", "Tail")
"""Groups that hold for the benchmark's curve as well."""
RELATIVE = ("alpha", "beta", "benchmark_return")


FILLS = {
    "next_open": "Decided at a bar's close, live from the next bar's open",
    "same_close": "Market orders at the very close that decided them, which nobody can trade",
}


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One metric: its value or why it has none, and the benchmark's where it has one."""

    name: str
    label: str
    group: str
    formula: str
    unit: Unit
    value: float | None
    undefined: str | None
    benchmark: float | None


class Prices(msgspec.Struct, frozen=True):
    """Candles; number k covers the bars from ``k * stride`` on."""

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
    """Round trips by column; an open one is marked at the last close. ``change`` is the profit per value at entry."""

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
    exit_reason: list[str]


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


class Fact(msgspec.Struct, frozen=True):
    """A line of the assumptions; ``warning`` when it should give pause."""

    label: str
    text: str
    warning: bool = False


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
    trades: Trades
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
        benchmark=clean_text(spec.benchmark) if spec.benchmark else f"Hold {clean_text(bars.symbol)}",
        bankrupt_bar=result.bankrupt_bar,
        decimals=Decimals(
            price=figures.price_decimals(bars.close),
            quantity=figures.quantity_decimals(np.asarray(result.trade_records["quantity"])),
        ),
        notices=[clean_text(notice) for notice in result.notices],
        figures=_figures(result),
        prices=_prices(result),
        curves=_curves(result),
        trades=_trades(result),
        open_trades=int(np.count_nonzero(result.trade_records["is_open"])),
        orders=_orders(result),
        years=_years(result),
        histogram=_histogram(result),
        assumptions=_assumptions(result, facts or {}),
    )


def clean_text(text: str) -> str:
    """Return text that any file can hold: what is no character, or controls the terminal, becomes U+FFFD."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c >= " " and not "\x7f" <= c <= "\x9f" else "\ufffd" for c in text)


def _parameter(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else clean_text(str(value))


def _figures(result: Result) -> list[Figure]:
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    order = {name: place for place, name in enumerate(group_of)}
    # The benchmark as if it were the run: the same formulas, the same bars, no trades.
    compared = replace(
        result,
        equity_curve=result.benchmark_curve,
        order_records=result.order_records[:0],
        fill_records=result.fill_records[:0],
        trade_records=result.trade_records[:0],
        bankrupt_bar=None,
    ).metrics
    undefined = result.metrics.undefined
    return [
        Figure(
            name=name,
            label=DEFINITIONS[name].label,
            group=group_of.get(name, "Trading"),
            formula=DEFINITIONS[name].formula,
            unit=DEFINITIONS[name].unit,
            value=result.metrics[name],
            undefined=undefined.get(name),
            benchmark=compared[name] if group_of.get(name) in COMPARED and name not in RELATIVE else None,
        )
        for name in sorted(result.metrics, key=lambda name: order.get(name, len(order)))
    ]


def _prices(result: Result) -> Prices:
    bars, stride = widen_bars(result.bars)
    return Prices(
        stride,
        (bars.timestamp // MILLISECOND).tolist(),
        bars.open.tolist(),
        bars.high.tolist(),
        bars.low.tolist(),
        bars.close.tolist(),
        bars.volume.tolist(),
    )


def _curves(result: Result) -> Curves:
    equity, benchmark = result.equity_curve, result.benchmark_curve
    columns = (equity, benchmark, drawdown(equity), drawdown(benchmark))
    rows = keep_extremes(columns)
    whole = len(rows) == len(equity)
    return Curves(
        None if whole else rows.tolist(),
        None if whole else (result.bars.timestamp[rows] // MILLISECOND).tolist(),
        *(column[rows].tolist() for column in columns),
    )


def drawdown(curve: Floats) -> Floats:
    """Return each value's distance from the highest so far, as a fraction of that, shape (bars,)."""
    peak = np.maximum.accumulate(curve)
    return np.asarray(curve / peak - 1)


def _trades(result: Result) -> Trades:
    records, time = result.trade_records, result.bars.timestamp
    entry, leave = records["entry_bar"], records["exit_bar"]
    return Trades(
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
        change=(records["pnl"] / (records["quantity"] * records["entry_price"])).tolist(),
        fees=records["fees"].tolist(),
        slippage=records["slippage"].tolist(),
        exit_reason=[ExitReason(reason).name.lower() for reason in records["exit_reason"].tolist()],
    )


def _orders(result: Result) -> list[OrderGroup]:
    records = result.order_records
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
                value=float(np.sum(filled["quantity"] * filled["price"])),
                fees=float(np.sum(filled["fee"])),
                slippage=float(np.sum(filled["slippage"])),
            )
        )
    # Filled orders first, the plain ones before those with a reason.
    return sorted(found, key=lambda group: (group.status != "filled", group.status, group.reason != "none"))


def _years(result: Result) -> list[Year]:
    month = result.bars.timestamp.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    month_ends = np.append(np.flatnonzero(np.diff(month)), len(month) - 1)
    year = month // 12
    year_ends = np.append(np.flatnonzero(np.diff(year)), len(year) - 1)
    monthly, yearly = (
        [
            dict(zip(key[ends].tolist(), _changes(curve, ends), strict=True))
            for curve in (result.equity_curve, result.benchmark_curve)
        ]
        for key, ends in ((month, month_ends), (year, year_ends))
    )
    return [
        Year(
            1970 + number,
            yearly[0].get(number),
            yearly[1].get(number),
            [monthly[0].get(12 * number + place) for place in range(12)],
            [monthly[1].get(12 * number + place) for place in range(12)],
            [int(month[0]) <= 12 * number + place <= int(month[-1]) for place in range(12)],
        )
        for number in range(int(year[0]), int(year[-1]) + 1)
    ]


def _changes(curve: Floats, ends: Int64s) -> list[float | None]:
    """Return the change over each period, the first from the first close; None from nothing or less."""
    points = np.concatenate((curve[:1], curve[ends])).tolist()
    return [after / before - 1 if before > 0 else None for before, after in pairwise(points)]


def _histogram(result: Result) -> Histogram | None:
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


def _assumptions(result: Result, facts: Mapping[str, str]) -> list[Fact]:
    spec, bars = result.spec, result.bars
    orders = result.order_records
    free = spec.commission_bps == 0 and spec.slippage_bps == 0
    first = (
        figures.moment(int(bars.timestamp[orders["created_bar"][0]]), intraday=is_intraday(bars.interval))
        if len(orders)
        else ""
    )
    benchmark = (
        f"{clean_text(spec.benchmark)}, held from the first close, without costs"
        if spec.benchmark
        else f"{clean_text(bars.symbol)} itself, held from the first close, without costs"
    )
    source = spec.strategy.source_hash
    return [
        Fact("Strategy", clean_text(spec.strategy.name)),
        Fact("Fills", FILLS[spec.fill]),
        Fact("Account", f"{spec.account.kind}, leverage {spec.account.leverage:g}".capitalize()),
        Fact(
            "Sizing",
            "Target weight of equity at the fill price after costs; fractions of a unit allowed; no leverage",
        ),
        Fact(
            "Costs",
            f"Commission {spec.commission_bps:g} bps and slippage {spec.slippage_bps:g} bps of each fill's value",
            warning=free,
        ),
        Fact(
            "Prices",
            "Adjusted: scaled by adjusted close / close, so splits and dividends leave no jump"
            if bars.basis == "adjusted"
            else "Raw: as given, splits and dividends show as jumps",
        ),
        Fact("Averages", f"Exact at 1/{average_scale(bars.close):g} of a currency unit"),
        Fact("Starting cash", figures.number(spec.cash, 2)),
        Fact("Annualisation", result.metrics.basis),
        Fact("Risk-free rate", f"{figures.percent(spec.risk_free)} a year"),
        Fact("Benchmark", benchmark),
        Fact(
            "First decision",
            f"{first}, bar {int(orders['created_bar'][0]) + 1:,} of {len(bars):,}"
            if first
            else "None: the strategy never traded",
            warning=not first,
        ),
        *(Fact(clean_text(label), clean_text(text)) for label, text in facts.items()),
        Fact("Times", "UTC; a bar is named by its start" if is_intraday(bars.interval) else "Session dates"),
        Fact("Seed", str(spec.seed)),
        *([] if "Engine" in facts else [Fact("Engine", f"ArbitraX {arbitrax.__version__}")]),
        Fact("Run", spec.hash),
        Fact("Data", result.data_hash),
        Fact("Result", result.hash),
        Fact(
            "Strategy source",
            source or "No file, so the run cannot be reproduced from its source",
            warning=source is None,
        ),
    ]
