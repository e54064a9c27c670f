"""The report as one HTML file: a `Document` set into the template with its style sheet and script.

The page asks nothing of a network and its content policy forbids it to. All text is in the page without scripts; they
add charts, sorting and links between views. The same result gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.backtest.report import figures
from arbitrax.backtest.report.assumptions import Fact
from arbitrax.backtest.report.contribution_table import draw_contributions
from arbitrax.backtest.report.data import (
    COMPARED,
    MILLISECOND,
    SHORT_HASH,
    Document,
    Figure,
    OrderGroup,
    build_document,
)
from arbitrax.backtest.report.drawings import draw_histogram, draw_lines
from arbitrax.backtest.report.honesty_card import draw_honesty
from arbitrax.backtest.report.order_life import draw_events, draw_orders
from arbitrax.backtest.report.page import asset, content_policy, data_block, fill_template, write_page
from arbitrax.backtest.report.portfolio import DRAWN_SYMBOLS
from arbitrax.backtest.report.risk_cards import draw_drawdowns, draw_excursions, draw_rolling, draw_var
from arbitrax.backtest.report.tables import card
from arbitrax.backtest.report.trade_table import draw_trades
from arbitrax.backtest.wording import REASONS
from arbitrax.domain.orders import OrderReason

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

SCRIPTS = ("figures.js", "charts.js", "portfolio.js", "controls.js")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SHADE_STEPS = (0.01, 0.03, 0.06, 0.12)
"""Monthly returns from which a cell is one shade deeper; years count from three times as much."""
SIGNED = {
    "total_return",
    "annual_return",
    "cagr",
    "benchmark_return",
    "expectancy",
    "best_trade",
    "worst_trade",
    "alpha",
}
"""Metrics that are gains or losses: shown with their sign and colour."""
FEW_YEARS = 6
"""Up to here the monthly table leaves room below it for the orders."""
TYPESETTING = (
    (" x ", " \N{MULTIPLICATION SIGN} "),
    ("sqrt", "\N{SQUARE ROOT}"),
    (" - ", f" {figures.MINUS} "),
    ("<=", "\N{LESS-THAN OR EQUAL TO}"),
)
WARNING = ' class="warning"'
_HASH = re.compile("[0-9a-f]{64}")


def write_report(
    result: Result,
    path: Path,
    *,
    title: str | None = None,
    run_id: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> Path:
    """Write the report of a result as one HTML file and return its path.

    title: heading instead of the strategy's name. run_id: shown instead of the run's hash. facts: more lines for the
    assumptions, label to text. Missing folders are made.

    Raises:
        InputError: nothing can be written there.
    """
    return write_page(render_report(result, title=title, run_id=run_id, facts=facts), path)


def render_report(
    result: Result,
    *,
    title: str | None = None,
    run_id: str | None = None,
    facts: Mapping[str, str] | None = None,
) -> str:
    """Return the report of a result as HTML text; arguments as in `write_report`."""
    document = build_document(result, title=title, run_id=run_id, facts=facts)
    style, script = asset("report.css"), _script()
    orders = _orders(document)
    few_years = len(document.years) <= FEW_YEARS
    return fill_template(
        asset("report.html"),
        {
            "policy": content_policy(style, script),
            "style": style,
            "script": script,
            "data": data_block(document),
            "page_title": escape(f"{document.title} · {document.symbol} · {_span(document)}"),
            "heading": _heading(document),
            "notices": _notices(document),
            "honesty": draw_honesty(result.honesty),
            "keys": _key_figures(document),
            "still": _still(result),
            "sampling": _sampling_note(document),
            "benchmark": escape(document.benchmark),
            "symbol": escape(document.symbol),
            "monthly": _monthly(document),
            "distribution": _distribution(document),
            "rolling": draw_rolling(result),
            "drawdowns": draw_drawdowns(result),
            "var": draw_var(result),
            "trades": draw_trades(document),
            "excursions": draw_excursions(result),
            "contributions": _contributions(document, result),
            "order_life": _order_life(document, result),
            "events": _events(document, result),
            "chooser": _chooser(document),
            "orders_early": orders if few_years else "",
            "orders_late": "" if few_years else orders,
            "metrics": _metrics(document),
            "assumptions": _assumptions(document),
        },
    )


def _script() -> str:
    """Return the scripts as one, so that they share names and leave none behind."""
    parts = "\n\n".join(asset(name) for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{parts}\n}})();'


def _moment(document: Document, milliseconds: int) -> str:
    return figures.moment(milliseconds * MILLISECOND, intraday=document.intraday)


def _day(milliseconds: int) -> str:
    return figures.moment(milliseconds * MILLISECOND, intraday=False)


def _span(document: Document) -> str:
    return f"{_day(document.first)} {figures.TO} {_day(document.last)}"


def _heading(document: Document) -> str:
    parameters = "".join(
        f'<span class="parameter">{escape(name)} <b>{escape(value)}</b></span>' for name, value in document.parameters
    )
    about = [
        f"<b><bdi>{escape(document.symbol)}</bdi></b>",
        f"{_span(document)}{' UTC' if document.intraday else ''}",
        escape(document.interval),
        f"{document.bars:,} bars",
        "adjusted prices" if document.basis == "adjusted" else "raw prices",
        f"against <bdi>{escape(document.benchmark)}</bdi>",
    ]
    subject = "" if document.title == document.strategy else f"<span><bdi>{escape(document.strategy)}</bdi></span>"
    run = document.run if document.run_is_id else document.run[:SHORT_HASH]
    marks = (("run", run, document.run), ("data", document.data_hash[:SHORT_HASH], document.data_hash))
    return (
        f'<div class="subject"><h1><bdi>{escape(document.title)}</bdi></h1>'
        f'<p class="parameters">{subject}{parameters}</p></div>'
        f'<p class="about">{"".join(f"<span>{part}</span>" for part in about)}</p>'
        f'<p class="marks">'
        + "".join(
            f'<span title="{escape(full)}">{name} <code>{escape(short)}</code></span>' for name, short, full in marks
        )
        + "</p>"
    )


def _notices(document: Document) -> str:
    if not document.notices:
        return ""
    items = "".join(f"<li>{escape(notice)}</li>" for notice in document.notices)
    return f'<ul class="notices" aria-label="Notices">{items}</ul>'


def _missing(reason: str) -> str:
    """Return an em dash with its reason, for places too small to print it."""
    return f'<span class="missing" title="n/a because {escape(reason)}">{figures.MISSING}</span>'


def _key_figures(document: Document) -> str:
    figure = document.figure
    drawdown, days = figure("max_drawdown"), figure("max_drawdown_duration")
    compared = escape(document.benchmark)

    def against(name: str, *, signed: bool = False) -> str:
        one = figure(name)
        return f"<bdi>{compared}</bdi> {figures.metric_value(one.benchmark, one.unit, signed=signed)}"

    def context(name: str, words: str) -> str:
        one = figure(name)
        return words.format(figures.metric_value(one.value, one.unit)) if one.value is not None else ""

    exposed = "no costs" if not any(document.trades.fees) and not any(document.trades.slippage) else ""
    open_trades = f"{document.open_trades} still open" if document.open_trades else ""
    cells = (
        ("cagr", "CAGR", "", against("cagr", signed=True)),
        ("sharpe", "Sharpe", "", against("sharpe")),
        (
            "max_drawdown",
            "Max drawdown",
            f"{figures.metric_value(days.value, 'days')}" if drawdown.value else "",
            f"{against('max_drawdown')}"
            + (f", {figures.metric_value(days.benchmark, 'days')}" if days.benchmark is not None else ""),
        ),
        ("profit_factor", "Profit factor", "", context("win_rate", "{} of trades won")),
        ("trades", "Closed trades", "", open_trades or context("average_duration", "held {} on average")),
        ("exposure", "Exposure", "", exposed or context("turnover", "turnover {} a year")),
    )
    return "".join(_key_figure(figure(name), label, beside, below) for name, label, beside, below in cells)


def _key_figure(figure: Figure, label: str, beside: str, below: str) -> str:
    tone = figures.tone(figure.value) if figure.name in SIGNED else ""
    value = figures.metric_value(figure.value, figure.unit, signed=figure.name in SIGNED)
    if figure.undefined:
        below = f"n/a because {escape(figure.undefined)}"
    return (
        f'<div class="key"><dt>{_term(figure, label)}</dt><dd><span class="value {tone}">{value}</span>'
        f'<span class="beside">{beside}</span></dd><dd class="below">{below}</dd></div>'
    )


def _term(figure: Figure, label: str | None = None) -> str:
    """Return a metric's label that shows formula, sample and source when pointed at or focused."""
    source = f"; {escape(figure.source)}" if figure.source else ""
    tip = f"tip-{'key-' if label else ''}{escape(figure.name)}"
    return (
        f'<span class="term" tabindex="0" aria-describedby="{tip}">{escape(label or figure.label)}'
        f'<span class="tip" role="tooltip" id="{tip}">{escape(_typeset(figure.formula))}'
        f'<span class="rest">over {escape(figure.sample)}{source}</span></span></span>'
    )


def _typeset(formula: str) -> str:
    for plain, set_as in TYPESETTING:
        formula = formula.replace(plain, set_as)
    return f"{figures.MINUS}{formula[1:]}" if formula.startswith("-") else formula


def _still(result: Result) -> str:
    lines = draw_lines((("rival", result.benchmark_curve), ("own", result.equity_curve)), 1000, 240)
    return f'<svg class="still" role="img" aria-label="Equity of the strategy and the benchmark" {lines}'


def _sampling_note(document: Document) -> str:
    notes = []
    points, candles = len(document.curves.equity), len(document.prices.time)
    drawn = document.portfolio is None or bool(document.portfolio.candles)
    if points < document.bars or (drawn and document.prices.stride > 1):
        wide = f"{candles:,} candles of {document.prices.stride} bars and " if drawn else ""
        notes.append(
            f"{document.bars:,} bars are drawn as {wide}{points:,} curve points that keep each low and high; "
            "figures and tables use every bar."
        )
    if document.portfolio is not None and document.portfolio.lacking:
        notes.append(document.portfolio.lacking)
    elif document.portfolio is not None and not document.portfolio.candles:
        notes.append(f"Prices are drawn for runs of up to {DRAWN_SYMBOLS} symbols.")
    elif document.portfolio is not None and len(document.trades.side) < document.trade_count:
        notes.append(f"The first {len(document.trades.side):,} of {document.trade_count:,} trades are drawn.")
    if document.trades.unit is not None:
        notes.append("Prices are drawn in units of the last bar, after all splits.")
    return f'<p class="note">{" ".join(notes)}</p>' if notes else ""


def _shade(value: float | None, steps: Iterable[float] = SHADE_STEPS) -> str:
    """Return the class of a heatmap cell: gain or loss, shade 0 to 4."""
    if value is None or value == 0:
        return ""
    return f"{'gain' if value > 0 else 'loss'} shade-{sum(abs(value) >= step for step in steps)}"


def _monthly(document: Document) -> str:
    head = "".join(f'<th scope="col">{month}</th>' for month in MONTHS)
    rows = []
    for year in document.years:
        cells = []
        for place, (value, other) in enumerate(zip(year.months, year.benchmark_months, strict=True)):
            if not year.inside[place]:
                cells.append("<td></td>")
            elif value is None:
                cells.append(f"<td>{_missing('the account had nothing left')}</td>")
            else:
                tip = f"{MONTHS[place]} {year.year}: {figures.percent(value, signed=True)}"
                if other is not None:
                    tip += f", {document.benchmark} {figures.percent(other, signed=True)}"
                text = figures.number(value * 100, 1, signed=True)
                cells.append(f'<td class="{_shade(value)}" title="{escape(tip)}">{text}</td>')
        total = _missing("the account had nothing left")
        if year.total is not None:
            total = figures.number(year.total * 100, 1, signed=True)
        shade = _shade(year.total, (step * 3 for step in SHADE_STEPS))
        rival = figures.number(None if year.benchmark_total is None else year.benchmark_total * 100, 1, signed=True)
        rows.append(
            f'<tr><th scope="row"><button type="button" class="plain" data-year="{year.year}" '
            f'title="Show {year.year} in the charts">{year.year}</button></th>{"".join(cells)}'
            f'<td class="total {shade}">{total}</td><td class="rival">{rival}</td></tr>'
        )
    return (
        '<table class="heatmap"><caption class="hidden">Monthly returns in percent</caption>'
        f'<thead><tr><th scope="col">%</th>{head}<th scope="col" class="total">Year</th>'
        f'<th scope="col" class="rival"><bdi>{escape(document.benchmark)}</bdi></th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _distribution(document: Document) -> str:
    histogram = document.histogram
    if histogram is None:
        return (
            '<p class="empty">n/a because returns are too few or do not vary; a longer run shows their spread here.</p>'
        )
    names = ("var_95", "var_99")
    risks = [(one.label, one.value) for one in map(document.figure, names) if one.value is not None]
    unit = "sessions" if histogram.period == "session" else f"bars of {escape(document.interval)}"
    note = f"{histogram.returns:,} {unit}"
    if histogram.zeros:
        note += f"; {histogram.zeros:,} of exactly zero, without a position, are not drawn"
    if histogram.tails:
        note += f"; the outermost bins hold {histogram.tails:,} beyond the axis"
    lacking = [
        f"{escape(one.label)} n/a because {escape(one.undefined)}"
        for one in map(document.figure, names)
        if one.undefined
    ]
    return draw_histogram(histogram, risks) + f'<p class="note">{"; ".join([note, *lacking])}.</p>'


def _orders(document: Document) -> str:
    body = _order_table(document) if document.orders else '<p class="empty">The strategy placed no order.</p>'
    return card("orders", "Orders", body)


def _chooser(document: Document) -> str:
    """Return the choice of the symbol whose prices are drawn, for the script to use."""
    portfolio = document.portfolio
    if portfolio is None or not portfolio.candles:
        return ""
    options = "".join(
        f'<option value="{place}">{escape(symbol)}</option>' for place, symbol in enumerate(portfolio.symbols)
    )
    return f'<label class="chooser">Prices of <select id="symbol">{options}</select></label>'


def _contributions(document: Document, result: Result) -> str:
    if document.portfolio is None:
        return ""
    body = draw_contributions(result, chosen=bool(document.portfolio.candles))
    return card("contributions", "Contribution of each symbol", body)


def _order_life(document: Document, result: Result) -> str:
    if not document.orders:
        return ""
    return card("orders-life", "Life of each order", draw_orders(result, document.decimals))


def _events(document: Document, result: Result) -> str:
    body = draw_events(result, document.decimals)
    return card("events", "Events of the account", body) if body else ""


def _order_table(document: Document) -> str:
    rows = "".join(
        f"<tr{WARNING if group.status == 'refused' else ''}><td>{_ended(group)}</td>"
        + "".join(f'<td class="num">{count:,}</td>' for count in (group.orders, group.buys, group.sells))
        + "".join(
            f'<td class="num">{figures.number(value, 2)}</td>' for value in (group.value, group.fees, group.slippage)
        )
        + "</tr>"
        for group in document.orders
    )
    heads = "".join(
        f'<th scope="col" class="num">{label}</th>'
        for label in ("Orders", "Buys", "Sells", "Value", "Fees", "Slippage")
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Orders"><table class="orders"><thead><tr>'
        f'<th scope="col">Ended as</th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _ended(group: OrderGroup) -> str:
    reason = REASONS[OrderReason[group.reason.upper()]]
    return group.status + (f", {escape(reason)}" if reason else "")


def _metrics(document: Document) -> str:
    groups: dict[str, list[Figure]] = {}
    for figure in document.figures:
        groups.setdefault(figure.group, []).append(figure)
    return "".join(_metric_group(name, group) for name, group in groups.items())


def _metric_group(name: str, group: list[Figure]) -> str:
    compared = name in COMPARED
    rows = []
    for figure in group:
        signed = figure.name in SIGNED
        tone = figures.tone(figure.value) if signed else ""
        value = figures.metric_value(figure.value, figure.unit, signed=signed)
        other = ""
        if compared:
            text = (
                "" if figure.benchmark is None else figures.metric_value(figure.benchmark, figure.unit, signed=signed)
            )
            other = f'<td class="num rival">{text}</td>'
        rows.append(
            f'<tr data-metric="{escape(figure.name)}"><th scope="row">{_term(figure)}</th>'
            f'<td class="num {tone}">{value}</td>{other}</tr>'
        )
        if figure.undefined:
            rows.append(
                f'<tr class="reason"><td colspan="{2 + compared}">n/a because {escape(figure.undefined)}</td></tr>'
            )
    rival = '<th scope="col" class="num rival">Benchmark</th>' if compared else ""
    return (
        f'<table class="metrics"><thead><tr><th scope="col">{escape(name)}</th><th scope="col" class="num">Run</th>'
        f"{rival}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _assumptions(document: Document) -> str:
    facts = [*document.assumptions, *(Fact("Notice", notice, warning=True) for notice in document.notices)]
    return "".join(
        f"<div{WARNING if fact.warning else ''}><dt>{escape(fact.label)}</dt><dd>{_fact_text(fact)}</dd></div>"
        for fact in facts
    )


def _fact_text(fact: Fact) -> str:
    return f"<code>{fact.text}</code>" if _HASH.fullmatch(fact.text) else escape(fact.text)


def sparkline(result: Result, width: int = 320, height: int = 56) -> str:
    """Return the equity curve as a small SVG in the colour of the text around it."""
    curve = np.ascontiguousarray(result.equity_curve)
    return f'<svg width="{width}" height="{height}" {draw_lines((("own", curve),), width, height, 240)}'
