"""What a run rests on, line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from arbitrax.backtest.clean_text import clean_text
from arbitrax.backtest.documents.figures import FactMessage
from arbitrax.backtest.figure_text import moment, number, percent
from arbitrax.backtest.models import Costs
from arbitrax.domain.intervals import is_intraday
from arbitrax.domain.orders import SizeKind
from arbitrax.indicators.crossings import average_scale

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Floats

FILLS = {
    "next_open": "Decided at a bar's close, live from the next bar's open",
    "same_close": "Market orders at the very close that decided them, which nobody can trade",
}
NAMED = 24
"""Symbols of a portfolio that are named."""


def list_assumptions(result: Result, engine: str) -> list[FactMessage]:
    """Return the lines; engine: the version that made the run."""
    spec, bars = result.spec, result.bars
    orders = result.order_records
    several = len(spec.symbols) > 1
    first = (
        moment(int(bars.timestamp[orders["created_bar"][0]]), intraday=is_intraday(bars.interval))
        if len(orders)
        else ""
    )
    source = spec.strategy.source_hash
    return [
        _fact("Strategy", clean_text(spec.strategy.title)),
        *([_fact("Symbols", _symbols(result))] if several else []),
        _fact("Fills", FILLS[spec.fill]),
        _fact("Account", _account(result)),
        _fact("Sizing", _sizing(result)),
        _costs(result),
        _fact("Prices", _prices(result)),
        # A portfolio's strategy sees prices of many scales; the index drawn for it is none of them.
        *([] if several else [_fact("Averages", _averages(bars.close))]),
        _fact("Starting cash", number(spec.cash, 2)),
        _fact("Annualisation", result.metrics.basis),
        _fact("Risk-free rate", f"{percent(spec.risk_free)} a year"),
        _fact("Benchmark", _benchmark(result)),
        _fact(
            "First decision",
            f"{first}, bar {int(orders['created_bar'][0]) + 1:,} of {len(bars):,}"
            if first
            else "None: the strategy never traded",
            warning=not first,
        ),
        _fact("Times", "UTC; a bar is named by its start" if is_intraday(bars.interval) else "Session dates"),
        _fact("Seed", str(spec.seed)),
        _fact("Engine", f"ArbitraX {engine}"),
        _fact("Run", spec.hash),
        _fact("Data", result.data_hash),
        _fact("Result", result.hash),
        _fact(
            "Strategy source",
            source or "No file, so the run cannot be reproduced from its source",
            warning=source is None,
        ),
    ]


def _symbols(result: Result) -> str:
    symbols = [clean_text(symbol) for symbol in result.spec.symbols]
    more = f" and {len(symbols) - NAMED:,} more" if len(symbols) > NAMED else ""
    return f"{len(symbols):,} on one account: {', '.join(symbols[:NAMED])}{more}"


def _account(result: Result) -> str:
    account = result.spec.account
    parts = [account.kind, f"leverage {account.leverage:g}"]
    if account.kind == "margin":
        parts.append(f"margin call below {percent(account.maintenance)} of gross position value")
    for name, label in (("credit_rate", "on cash"), ("debit_rate", "on debt"), ("borrow_rate", "on shorts")):
        rate = getattr(account, name)
        if rate:
            parts.append(f"{percent(rate)} a year {label}")
    return ", ".join(parts).capitalize()


def _sizing(result: Result) -> str:
    kinds = {*result.order_records["size_kind"].tolist()} - {SizeKind.WHOLE_POSITION}
    asked = (
        "Target weight of equity at the fill price after costs"
        if kinds <= {SizeKind.TARGET_WEIGHT}
        else "As each order asks, in units, value or weight of equity"
    )
    spec = result.spec
    lots = any(spec.instrument(symbol).lot for symbol in spec.symbols)
    return f"{asked}; {'whole lots' if lots else 'fractions of a unit allowed'}"


def _costs(result: Result) -> FactMessage:
    spec, plain = result.spec, Costs()
    more = [
        f"{name.replace('_', ' ')} {value:g}" if isinstance(value, float) else f"{name} as the spec lists"
        for name in plain.__struct_fields__
        if (value := getattr(spec.costs, name)) != getattr(plain, name)
    ]
    text = f"Commission {spec.commission_bps:g} bps and slippage {spec.slippage_bps:g} bps of each fill's value"
    free = spec.commission_bps == 0 and spec.slippage_bps == 0 and not more
    return _fact("Costs", "; ".join([text, *more]), warning=free)


def _prices(result: Result) -> str:
    if result.bars.basis == "adjusted":
        return "Adjusted: scaled by adjusted close / close, so splits and dividends leave no jump"
    if result.actions:
        return "Raw: as traded, with splits and dividends applied to positions and orders"
    return "Raw: as given, splits and dividends show as jumps"


def _benchmark(result: Result) -> str:
    spec = result.spec
    if spec.benchmark:
        return f"{clean_text(spec.benchmark)}, held from the first close, without costs"
    if len(spec.symbols) > 1:
        return "All symbols in equal shares, each held from its first close, without costs"
    return f"{clean_text(result.bars.symbol)} itself, held from the first close, without costs"


def _averages(close: Floats) -> str:
    step = Decimal(f"{1 / average_scale(close):g}")  # a power of ten, written without its exponent
    return f"Exact to {step:f} of a currency unit"


def _fact(label: str, text: str, *, warning: bool = False) -> FactMessage:
    return FactMessage(label, text, warning)
