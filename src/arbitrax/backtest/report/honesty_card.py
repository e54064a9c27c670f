"""The honesty panel on the page: before any figure, what there is to doubt about them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from arbitrax.backtest.honesty import BEST
from arbitrax.backtest.report import figures
from arbitrax.backtest.report.tables import card
from arbitrax.backtest.report.text import clean_text

if TYPE_CHECKING:
    from arbitrax.backtest.honesty import Honesty

MARKS = {"ok": "ok", "warning": "doubtful", "failed": "failed", "n/a": "n/a"}
IN_HEAD = ("notice", "same_close", "bankrupt")
"""Flags that stand in the head of the page already."""
MOST = 100.0
"""Changes beyond 10,000% are not worth their digits."""
LOOK_AHEAD = {"ok": "None found", "warning": "Possible", "failed": "Found", "n/a": figures.MISSING}


def draw_honesty(panel: Honesty) -> str:
    """Return the panel as a section: a strip of the tests, then what else there is to know."""
    costs, intervals = panel.costs, panel.intervals
    doubled = next((each.total_return for each in costs.multiples if each.multiple == 2), None)
    sharpe = intervals.sharpe
    cells = (
        ("Look-ahead", LOOK_AHEAD[panel.look_ahead.verdict], panel.look_ahead),
        ("At twice the costs", _change(doubled), costs),
        (
            "Sharpe, 95%",
            figures.MISSING
            if sharpe is None
            else f"{figures.number(sharpe.low, 2)} {figures.TO} {figures.number(sharpe.high, 2)}",
            intervals,
        ),
        (
            f"{panel.concentration.best or BEST} best trades made",
            figures.percent(panel.concentration.share, decimals=0),
            panel.concentration,
        ),
        ("Above 5% of volume", figures.percent(panel.liquidity.share, decimals=1), panel.liquidity),
    )
    strip = "".join(_cell(label, value, part.verdict, part.sentence) for label, value, part in cells)
    flags = "".join(
        f"<li><b>{escape(flag.label[0].upper() + flag.label[1:])}</b> {_mark(flag.verdict)} "
        f"{escape(clean_text(flag.sentence))}</li>"
        for flag in panel.flags
        if flag.name not in IN_HEAD
    )
    return card("honesty", "Honesty", f'<dl class="doubts">{strip}</dl><ul class="flags">{flags}</ul>')


def _change(value: float | None) -> str:
    if value is not None and value > MOST:
        return f"> {figures.percent(MOST, signed=True, decimals=0)}"
    return figures.percent(value, signed=True, decimals=1)


def _cell(label: str, value: str, verdict: str, sentence: str) -> str:
    return (
        f'<div class="doubt {_kind(verdict)}"><dt>{escape(label)} {_mark(verdict)}</dt>'
        f'<dd class="value">{escape(value)}</dd><dd class="below">{escape(clean_text(sentence))}</dd></div>'
    )


def _kind(verdict: str) -> str:
    return "" if verdict in ("ok", "n/a") else verdict


def _mark(verdict: str) -> str:
    return f'<span class="verdict {_kind(verdict)}">{MARKS[verdict]}</span>'
