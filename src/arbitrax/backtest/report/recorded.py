"""What a report holds: answers of the gateway about a run, which its page finds by their paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Raw, Struct
from msgspec.json import decode
from msgspec.structs import replace

from arbitrax.backtest.chart_curve import NEEDED, chart_curve
from arbitrax.backtest.chart_prices import bars_seen, chart_prices
from arbitrax.backtest.documents.account import account_message
from arbitrax.backtest.documents.columns import column_csv, column_rows, table_columns
from arbitrax.backtest.documents.equity import equity_message
from arbitrax.backtest.documents.figures import figures_message
from arbitrax.backtest.documents.prices import prices_message
from arbitrax.backtest.documents.run import PATH, StoredAs, run_message, run_name
from arbitrax.backtest.documents.tables import RowPage, Table
from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np

    from arbitrax.backtest.comparison import Comparison
    from arbitrax.backtest.result import Result
    from arbitrax.domain.bars import Bars

POINTS = 4_000
"""Of curves and candles; a run of no more bars is drawn in full."""
CANDLES = 6_000
"""Of all symbols together."""
PRICED = 12
"""Symbols whose prices are in the file."""
ROWS = 2_000
"""Of a table of trades or orders."""


class Cut(Struct, frozen=True):
    """A table of which only the first rows are in the file."""

    table: Table
    rows: int
    of: int


class Recorded(Struct, frozen=True, kw_only=True):
    """A report as data; all of it is what the gateway answers, apart from what had to be left out."""

    format: Literal["arbitrax-report/2"] = "arbitrax-report/2"
    runs: list[str]
    answers: dict[str, Any]
    """By path; of prices with the symbol as a query."""
    cuts: list[Cut] = []
    priced: list[str] = []
    """Symbols with prices."""
    notices: list[str] = []
    """What makes runs hard to compare."""


def record_run(result: Result, stored: StoredAs | None, engine: str) -> Recorded:
    """Return everything that the page of a run shows."""
    id = run_name(result, stored)
    path = f"{PATH}/{id}"
    known = {} if stored is None else stored.documents
    rolling = table_columns(result, "rolling")
    stride = -(-len(rolling["time"]) // POINTS) or 1
    answers: dict[str, Any] = {
        path: run_message(result, stored, engine),
        f"{path}/figures": known.get("figures") or figures_message(id, result, engine),
        f"{path}/account": known.get("account") or account_message(id, result),
        f"{path}/honesty": _honesty(result, known.get("honesty")),
        f"{path}/equity": equity_message(id, chart_curve(_curves(result), None, None, POINTS)),
        # As many points as the page draws.
        f"{path}/tables/rolling": column_csv({name: each[::stride] for name, each in rolling.items()}),
    }
    small: tuple[Table, ...] = ("monthly", "drawdowns", "var_backtest")
    for table in (*small, "contributions") if len(result.spec.symbols) > 1 else small:
        answers[f"{path}/tables/{table}"] = RowPage(
            column_rows(table_columns(result, table), table), None, has_more=False
        )
    cuts = []
    long: tuple[Table, ...] = ("trades", "orders")
    for table in long:
        columns = table_columns(result, table)
        answers[f"{path}/tables/{table}"] = column_csv({name: each[:ROWS] for name, each in columns.items()})
        if len(columns["symbol"]) > ROWS:
            cuts.append(Cut(table, ROWS, len(columns["symbol"])))
    priced = []
    for symbol, bars in _priced(result):
        points = min(POINTS, CANDLES // len(result.spec.symbols))
        prices = chart_prices(bars, result.spec.strategy, None, None, points)
        answers[f"{path}/prices?symbol={symbol}"] = prices_message(id, prices)
        priced.append(symbol)
    return Recorded(runs=[id], answers=answers, cuts=cuts, priced=priced)


def record_comparison(comparison: Comparison, stored: Sequence[StoredAs] | None, engines: Sequence[str]) -> Recorded:
    """Return everything that the page of a comparison shows."""
    ids: list[str] = []
    answers: dict[str, Any] = {}
    for at, (result, engine) in enumerate(zip(comparison.results, engines, strict=True)):
        own = None if stored is None else stored[at]
        id = run_name(result, own)
        if id in ids:  # of the same spec, on other bars or by other code
            id = f"{id}-{at + 1}"
        ids.append(id)
        path = f"{PATH}/{id}"
        answers[path] = replace(run_message(result, own, engine), id=id)
        known = None if own is None else own.documents.get("figures")
        answers[f"{path}/figures"] = known or figures_message(id, result, engine)
        answers[f"{path}/equity"] = equity_message(id, chart_curve(_curves(result), None, None, POINTS))
    return Recorded(runs=ids, answers=answers, notices=list(comparison.notices))


def _honesty(result: Result, known: Raw | None) -> dict[str, Any]:
    # How long it took differs each time; a report of the same result is the same.
    told: dict[str, Any] = result.honesty.document() if known is None else decode(known)
    return {
        name: {key: value for key, value in part.items() if key != "seconds"} if isinstance(part, dict) else part
        for name, part in told.items()
        if name != "seconds"
    }


def _curves(result: Result) -> dict[str, np.ndarray[Any, Any]]:
    curves = (result.bars.timestamp, result.equity_curve, result.benchmark_curve)
    return dict(zip(NEEDED, curves, strict=True))


def _priced(result: Result) -> Iterator[tuple[str, Bars]]:
    """Give the symbols whose prices are drawn with their bars; none where they are too many or not at hand."""
    symbols = result.spec.symbols
    if len(symbols) > PRICED:
        return
    if len(symbols) == 1 and result.spec.prices == "adjusted":
        yield symbols[0], result.bars
        return
    for symbol in symbols:
        try:
            yield symbol, bars_seen(result, symbol)
        except InputError:
            return
