"""The table of trades, which the script sorts, pages and links with the charts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from arbitrax.backtest.report import figures
from arbitrax.backtest.report.data import MILLISECOND, ROW_LIMIT

if TYPE_CHECKING:
    from arbitrax.backtest.report.data import Document

COLUMNS = (
    ("number", "Trade", "num"),
    ("symbol", "Symbol", ""),
    ("side", "Side", ""),
    ("entry_time", "Entry", ""),
    ("entry_price", "Entry price", "num"),
    ("entry_reason", "Entered by", ""),
    ("exit_time", "Exit", ""),
    ("exit_price", "Exit price", "num"),
    ("exit_reason", "Exit reason", ""),
    ("quantity", "Quantity", "num"),
    ("pnl", "P&L", "num"),
    ("change", "Return", "num"),
    ("fees", "Fees", "num"),
    ("slippage", "Slippage", "num"),
    ("income", "Income", "num"),
    ("duration", "Held", "num"),
)
"""Key in the data, heading, alignment."""


def draw_trades(document: Document) -> str:
    """Return the table; a symbol only where there are several, income only where there was any."""
    if not document.trade_count:
        return '<p class="empty">The strategy never traded; a trade that is opened and closed would be listed here.</p>'
    absent = set()
    if document.portfolio is None:
        absent.add("symbol")
    if not any(document.trades.income):
        absent.add("income")
    columns = [column for column in COLUMNS if column[0] not in absent]
    heads = "".join(
        f'<th scope="col" class="{kind}"><button type="button" data-sort="{key}">{escape(label)}</button></th>'
        for key, label, kind in columns
    )
    shown = min(document.trade_count, ROW_LIMIT)
    rows = "".join(_row(document, place, columns) for place in range(shown))
    note = ""
    if document.trade_count > shown:
        kept = len(document.trades.side) == document.trade_count
        where = "the data in this file holds" if kept else "<code>result.trades</code> has"
        note = f'<p class="note">First {shown:,} of {document.trade_count:,} trades; {where} all of them.</p>'
    return (
        '<div class="scroll tall" tabindex="0" role="region" aria-label="Trades"><table class="trades" id="trades">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        f'<div class="pager" id="pager" hidden></div>{note}'
    )


def _row(document: Document, place: int, columns: list[tuple[str, str, str]]) -> str:
    trades, decimals = document.trades, document.decimals
    still_open = trades.exit_reason[place] == "open"
    leave = figures.moment(trades.exit_time[place] * MILLISECOND, intraday=document.intraday)
    left = "still open, at last close" if still_open else trades.exit_reason[place].replace("_", " ")
    # Exits that came with an entry carry its tag: once is enough.
    exit_tag = None if trades.exit_tag[place] == trades.entry_tag[place] else trades.exit_tag[place]
    symbol = "" if document.portfolio is None else document.portfolio.symbols[trades.symbol[place]]
    cells = {
        "number": f'<button type="button" class="plain" data-trade="{place}">{place + 1}</button>',
        "symbol": f"<bdi>{escape(symbol)}</bdi>",
        "side": trades.side[place],
        "entry_time": figures.moment(trades.entry_time[place] * MILLISECOND, intraday=document.intraday),
        "entry_price": figures.number(trades.entry_price[place], decimals.price),
        "entry_reason": _with_tag(trades.entry_reason[place], trades.entry_tag[place]),
        "exit_time": f'<span class="faint">{leave}</span>' if still_open else leave,
        "exit_price": figures.number(trades.exit_price[place], decimals.price),
        "exit_reason": _with_tag(left, exit_tag),
        "quantity": figures.number(trades.quantity[place], decimals.quantity),
        "pnl": figures.number(trades.pnl[place], 2, signed=True),
        "change": figures.percent(trades.change[place], signed=True),
        "fees": figures.number(trades.fees[place], 2),
        "slippage": figures.number(trades.slippage[place], 2),
        "income": figures.number(trades.income[place], 2, signed=True),
        "duration": figures.duration(trades.duration[place] * MILLISECOND) if trades.duration[place] else "same bar",
    }
    tones = {"pnl": figures.tone(trades.pnl[place]), "change": figures.tone(trades.change[place])}
    text = ""
    for key, _, align in columns:
        kind = " ".join(filter(None, (align, tones.get(key, ""))))
        text += f'<td class="{kind}">{cells[key]}</td>' if kind else f"<td>{cells[key]}</td>"
    return f"<tr>{text}</tr>"


def _with_tag(reason: str, tag: str | None) -> str:
    return reason if tag is None else f'{reason} <bdi class="tag">{escape(tag)}</bdi>'
