"""What each symbol added to the result, as a table: all of a few, the best and the worst of many."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.contributions import contributions, interest_of
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.tables import Column, draw_table
from arbitrax.backtest.report.text import clean_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.backtest.result import Result

EACH_END = 12
"""Symbols shown of the best, and as many of the worst, where there are more than both and two between."""
COLUMNS = (
    Column("Symbol"),
    Column("P&L", "num"),
    Column("Of starting cash", "num"),
    Column("Loss and gain", "bars"),
    Column("Closed trades", "num"),
    Column("Open", "num"),
    Column("Hit rate", "num"),
    Column("Fees", "num"),
    Column("Slippage", "num"),
    Column("Income", "num"),
)


def draw_contributions(result: Result, *, chosen: bool) -> str:
    """Return the table; ``chosen`` makes the symbols buttons that show their prices in the charts."""
    found = contributions(result.trade_records, len(result.spec.symbols), result.spec.cash)
    count = len(found)
    if not len(result.trade_records):
        return '<p class="empty">The strategy never traded; what each symbol added would be listed here.</p>'
    whole = count <= 2 * EACH_END + 2
    shown = list(range(count)) if whole else [*range(EACH_END), *range(count - EACH_END, count)]
    widest = float(np.abs(found["pnl"][shown]).max()) or 1.0
    rows = [_row(result, found[place], widest, chosen=chosen) for place in shown]
    if not whole:
        rows.insert(EACH_END, _sum_row(f"{count - len(shown):,} symbols between", found[EACH_END:-EACH_END]))
    rows.append(_sum_row("All symbols", found))
    interest = interest_of(result.event_records)
    if interest:
        total = interest + float(found["pnl"].sum())
        for label, value in (("Interest on cash", interest), ("Total", total)):
            rows.append((f"<b>{label}</b>", *_figures(value, value / result.spec.cash), *("",) * 7))
    return draw_table("contributions", "Contribution of each symbol", COLUMNS, rows, whole=True)


def _row(result: Result, one: np.void, widest: float, *, chosen: bool) -> tuple[str, ...]:
    column, pnl = int(one["symbol"]), float(one["pnl"])
    name = f"<bdi>{escape(clean_text(result.spec.symbols[column]))}</bdi>"
    if chosen:
        name = f'<button type="button" class="plain" data-symbol="{column}">{name}</button>'
    return (name, *_figures(one["pnl"], one["contribution"]), _bar(pnl / widest), *_counts(one))


def _sum_row(label: str, group: NDArray[np.void]) -> tuple[str, ...]:
    total = {name: group[name].sum() for name in group.dtype.names or () if name != "symbol"}
    total["hit_rate"] = total["won"] / total["trades"] if total["trades"] else np.nan
    return (f"<b>{label}</b>", *_figures(total["pnl"], total["contribution"]), "", *_counts(total))


def _figures(pnl: float, share: float) -> tuple[str, str]:
    return f'<span class="{figures.tone(pnl)}">{_money(pnl)}</span>', figures.percent(share, signed=True)


def _counts(one: np.void | dict[str, float]) -> tuple[str, ...]:
    return (
        f"{int(one['trades']):,}",
        f"{int(one['open_trades']):,}" if one["open_trades"] else "",
        figures.percent(one["hit_rate"], decimals=1) if one["trades"] else "",
        figures.number(one["fees"], 2) if one["fees"] else "",
        figures.number(one["slippage"], 2) if one["slippage"] else "",
        _money(one["income"]) if one["income"] else "",
    )


def _money(value: float) -> str:
    return figures.number(value, 2, signed=True)


def _bar(share: float) -> str:
    """Return a bar left or right of the middle; share: of half the width, signed."""
    kind = "gain" if share >= 0 else "loss"
    left = 50 if share >= 0 else 50 + 50 * share
    return (
        '<svg class="bars" width="160" height="12" aria-hidden="true">'
        f'<rect class="{kind}" x="{left:.2f}%" y="1" width="{abs(share) * 50:.2f}%" height="10"/>'
        '<line x1="50%" x2="50%" y1="0" y2="12"/></svg>'
    )
