"""Depth as a picture: text in a terminal, HTML in a notebook. Levels around the spread, best ones next to it."""

from dataclasses import dataclass
from html import escape

from arbitrax.exchange.views import Level

BAR = 24
"""Characters of the longest bar."""
EIGHTHS = " ▏▎▍▌▋▊▉"
BID, BID_SOFT = "#3f83dd90", "#3f83dd38"
ASK, ASK_SOFT = "#e27a2c90", "#e27a2c38"
"""See-through, so that text in the page's own colour is read on them on light and on dark pages."""
SEEN = 0.5
"""Per cent of a cell that the shortest bar takes."""
CELL = "padding:2px 8px;border:0;line-height:20px;"
HIDDEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


@dataclass(frozen=True, slots=True)
class DepthPicture:
    """The best levels of both sides, best first: ``str`` draws them, and so does a notebook.

    A bar's length is the lots shown at its price; in a notebook its light part goes on to the lots shown up to there.
    """

    bids: list[Level]
    asks: list[Level]

    def __str__(self) -> str:
        return "\n".join(text_lines(self.bids, self.asks))

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return html_table(self.bids, self.asks)


def spread_words(bids: list[Level], asks: list[Level]) -> str:
    """Return what lies between the sides."""
    if not bids or not asks:
        return "no bids and no asks" if not bids and not asks else "no bids" if not bids else "no asks"
    gap = asks[0].price - bids[0].price
    return f"spread {gap:,}" if gap > 0 else "locked" if gap == 0 else f"crossed by {-gap:,}"


def text_bar(share: float) -> str:
    """Return a bar, to an eighth of a character; what is not nothing is seen."""
    eighths = max(round(share * BAR * 8), 1)
    return "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def text_lines(bids: list[Level], asks: list[Level]) -> list[str]:
    """Return the lines: asks from the highest, the spread, bids down."""
    most = max((each.shown for each in [*bids, *asks]), default=1)
    rows = {each: (f"{each.price:,}", f"{each.shown:,}", f"{each.orders:,}") for each in [*bids, *asks]}
    titles = ("price", "lots", "orders")
    widths = [max(map(len, column)) for column in zip(titles, *rows.values(), strict=True)]

    def line(level: Level) -> str:
        cells = (text.rjust(width) for text, width in zip(rows[level], widths, strict=True))
        return f"{'  '.join(cells)}  {text_bar(level.shown / most)}"

    head = "  ".join(text.rjust(width) for text, width in zip(titles, widths, strict=True))
    middle = f"{'-' * widths[0]}  {spread_words(bids, asks)}"
    return [head, *map(line, reversed(asks)), middle, *map(line, bids)]


def html_table(bids: list[Level], asks: list[Level]) -> str:
    """Return a ladder: bids, price, asks; bars grow away from the price."""
    most = max(sum(each.shown for each in side) for side in (bids, asks)) or 1
    below = html_rows(bids, most, is_bid=True)
    above = html_rows(asks, most, is_bid=False)[::-1]
    heads = "".join(
        f'<th scope="col" style="{CELL}text-align:{align};font-weight:400;opacity:.75">{name}</th>'
        for name, align in (("orders", "right"), ("bids, lots", "right"), ("price", "center"), ("asks, lots", "left"),
                            ("orders", "left"))
    )  # fmt: skip
    middle = (
        f'<tr style="background:none"><td colspan="5" style="{CELL}text-align:center;opacity:.75">'
        f"{escape(spread_words(bids, asks))}</td></tr>"
    )
    return (
        '<table style="border-collapse:collapse;border:0;font-size:13px;font-variant-numeric:tabular-nums;'
        f'table-layout:fixed;width:100%;max-width:560px;margin:0"><caption style="{HIDDEN}">Depth of the book</caption>'
        '<colgroup><col style="width:12%"><col style="width:30%"><col style="width:16%"><col style="width:30%">'
        f'<col style="width:12%"></colgroup><thead><tr style="background:none">{heads}</tr></thead>'
        f"<tbody>{''.join(above)}{middle}{''.join(below)}</tbody></table>"
    )


def html_rows(levels: list[Level], most: int, *, is_bid: bool) -> list[str]:
    """Return a side's rows, best first: a bar of the level's lots, its light part up to the sum so far."""
    colour, soft, to, align = (BID, BID_SOFT, "left", "right") if is_bid else (ASK, ASK_SOFT, "right", "left")
    rows, total = [], 0
    for level in levels:
        total += level.shown
        here, so_far = max(100 * level.shown / most, SEEN), max(100 * total / most, SEEN)
        bar = (
            f"linear-gradient(to {to},{colour} {here:.2f}%,{soft} {here:.2f}% {so_far:.2f}%,transparent {so_far:.2f}%)"
        )
        lots = (
            f'<td title="{total:,} up to here" style="{CELL}text-align:{align};background:{bar}">{level.shown:,}</td>'
        )
        orders = f'<td style="{CELL}text-align:{align};opacity:.75">{level.orders:,}</td>'
        price = f'<th scope="row" style="{CELL}text-align:center;font-weight:600;color:inherit">{level.price:,}</th>'
        empty = f'<td colspan="2" style="{CELL}"></td>'
        cells = f"{orders}{lots}{price}{empty}" if is_bid else f"{empty}{price}{lots}{orders}"
        rows.append(f'<tr style="background:none">{cells}</tr>')
    return rows
