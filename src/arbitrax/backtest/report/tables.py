"""Tables as HTML text: columns without any value are left out, long ones are cut and say so."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from arbitrax.backtest.report import figures

ROWS = 500
"""Rows of a table that nobody sorts; the result's frames hold all of them."""

TALL = 16
"""Rows from which a table scrolls by itself."""
MARK = ' class="warning"'
BLANK = {"bars": ""}
"""What stands for nothing in columns that hold no figures."""


class Column(NamedTuple):
    """A column: its heading, and ``num`` when it is read by its digits."""

    label: str
    kind: str = ""


def draw_table(
    name: str,
    label: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    marked: Sequence[bool] = (),
    whole: bool = False,
) -> str:
    """Return a table that scrolls by itself; cells are HTML, empty ones missing values.

    name: its class and id. marked: rows that should give pause. whole: as tall as it is.
    """
    kept = [place for place in range(len(columns)) if any(row[place] for row in rows)]
    heads = "".join(_cell("th", columns[place], escape(columns[place].label)) for place in kept)
    lines = []
    for at, row in enumerate(rows):
        cells = "".join(
            _cell("td", columns[place], row[place] or BLANK.get(columns[place].kind, figures.MISSING)) for place in kept
        )
        lines.append(f"<tr{MARK if at < len(marked) and marked[at] else ''}>{cells}</tr>")
    tall = " tall" if len(rows) > TALL and not whole else ""
    return (
        f'<div class="scroll{tall}" tabindex="0" role="region" aria-label="{escape(label)}">'
        f'<table class="{name}" id="{name}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _cell(tag: str, column: Column, text: str) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    kind = f' class="{column.kind}"' if column.kind else ""
    return f"<{tag}{scope}{kind}>{text}</{tag}>"


def cut_note(shown: int, total: int, where: str, how: str = "") -> str:
    """Return the note below a cut table; nothing when it is whole."""
    if shown == total:
        return ""
    return f'<p class="note">First {shown:,} of {total:,}{how}; <code>{escape(where)}</code> has all of them.</p>'


def card(name: str, title: str, body: str) -> str:
    """Return a section of the page."""
    return (
        f'<section class="card" aria-labelledby="{name}-title"><h2 id="{name}-title">{escape(title)}</h2>'
        f"{body}</section>"
    )
