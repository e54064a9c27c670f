"""Write the pages that come from code: metrics, strategies, indicators, data quality, the exchange's rules, refusals.

A test compares them.
"""

import inspect
import sys
import textwrap
from pathlib import Path

from arbitrax import indicators
from arbitrax.backtest import metrics
from arbitrax.market_data.providers import limits
from arbitrax.market_data.validation.catalogue import RULES
from arbitrax.market_data.validation.report import report
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from arbitrax.trading.refusals import BUSY, MISDATED, NO_JOURNAL, NO_WORKER, PAUSED, REFUSALS

DOCS = Path(__file__).parent.parent / "docs"


def metrics_page() -> str:
    """Return the page of metrics, from their definitions."""
    lines = [
        "# Metrics",
        "",
        "Written by `scripts/write_docs.py` from `arbitrax/backtest/metrics/`; do not edit.",
        "",
        *(metrics.__doc__ or "").strip().split("\n\n")[1].split("\n"),
        "",
        "E is equity at each close, B the benchmark's, r the return of a period, s the sample standard deviation,",
        "P the periods a year, r_f the yearly risk-free rate, phi and Phi the density and the distribution function of",
        "the standard normal law.",
        "",
        "A metric that is undefined has no value and says why; it is never NaN, and never 0 in disguise. Those over",
        'returns need two. `result.metrics.explain("sharpe")` and `arbitrax backtest show ID --explain sharpe` give',
        "value, formula, basis and sample of one.",
        "",
    ]
    for group in metrics.GROUPS:
        lines += [f"## {group}", "", "| name | label | formula | unit | over | n/a when |", "|---|---|---|---|---|---|"]
        sources = []
        for each in (one for one in metrics.DEFINITIONS.values() if one.group == group):
            formula = each.formula.replace("|", "\\|")
            lines.append(
                f"| `{each.name}` | {each.label} | {formula} | {each.unit} | {each.basis} | {each.undefined} |"
            )
            if each.source:
                sources.append(f"- {each.label}: {each.source}.")
        lines += ["", *dict.fromkeys(sources), ""]
    lines += [
        "## Annualisation",
        "",
        "P follows the data's own calendar, judged from the weekdays that occur: 252 sessions for five days a week,",
        "260 for intraday bars that run round the clock on five days, 313 for six, 365 for seven; 52 for weekly, 12",
        "for monthly, 4 for quarterly bars, and 365.25 days / the typical step for other lengths. Intraday bars are",
        "first joined to one return a session, cut at the daily break (UTC midnight where there is none), because",
        'minutes of one day are not independent. A run that names an exchange (`calendar="XNYS"`) takes its sessions',
        "and the number it holds a year instead. Each result says what was counted. CAGR counts days / 365.25.",
        "",
        "## Conventions that differ elsewhere",
        "",
        "- There are N - 1 returns: the first bar has none. vectorbt and RaptorBT count a zero return at bar 0.",
        "- Deviations divide by N - 1. The downside deviation of Sortino divides by all N returns, as Sortino does.",
        "- VaR and CVaR are losses, so positive numbers, of one period; a tail that holds no return is undefined.",
        "- After bankruptcy the run stops: returns from an equity of zero or less have no meaning and are left out, so",
        "  mean and volatility cover the time until then, and CAGR is -100%.",
        "- Trade statistics are over closed trades; a position open at the end is listed, marked at the last close.",
        "",
    ]
    return "\n".join(lines).replace("\n\n\n", "\n\n")


def strategies_page() -> str:
    """Return the page of built-in strategies, from their classes."""
    lines = [
        "# Strategies built in",
        "",
        "Written by `scripts/write_docs.py` from the classes; do not edit.",
        "",
        "Each decides at a bar's close, from that bar and earlier ones: tests cut the history and compare bit for bit.",
        "One that is written for one symbol gives each of several an equal share of equity.",
        "",
    ]
    for name in BUILT_IN:
        strategy = find_strategy(name)
        module_doc = __import__(strategy.__module__, fromlist=["x"]).__doc__ or ""
        lines += [
            f"## `{name}`",
            "",
            (strategy.__doc__ or "").strip(),
            "",
            *module_doc.strip().split("\n")[1:],
            "",
        ]
        if strategy.least_symbols > 1:
            more = "" if strategy.most_symbols == strategy.least_symbols else " or more"
            lines += [f"Takes {strategy.least_symbols} symbols{more}.", ""]
        lines += ["| parameter | default | allowed | meaning |", "|---|---|---|---|"]
        lines += [f"| `{p.name}` | {p.default} | {p.allowed} | {p.doc} |" for p in strategy.parameters.values()]
        lines.append("")
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text


def indicators_page() -> str:
    """Return the page of indicators, from their functions."""
    lines = [
        "# Indicators",
        "",
        "Written by `scripts/write_docs.py` from `arbitrax/indicators/`; do not edit.",
        "",
        "Each comes in two forms that take the same steps, to the last bit: a function over arrays, and a class that",
        "takes a bar at a time (`Sma(20).update(price)`), named in brackets. A result is NaN until it is warm, and",
        "again after a value that is not finite, which starts it anew. Row t is known at the close of bar t. Where",
        "TA-Lib has an indicator the values of prices agree to 1e-9 once warm, from the same bar on.",
        "",
        *inspect.cleandoc(indicators.__doc__ or "").split("\n\n")[-1].split("\n"),
        "",
    ]
    classes = {name.lower(): name for name in indicators.__all__ if name[0].isupper()}
    for name in indicators.__all__:
        if name[0].isupper():
            continue
        function = getattr(indicators, name)
        state = classes.get(name.replace("_", ""), "MovingAverageComparison")
        text = inspect.cleandoc(function.__doc__ or "").split("\n\nRaises:")[0]
        arguments = ", ".join(
            str(each) if each.default is each.empty else f"{each.name}={each.default!r}"
            for each in (one.replace(annotation=one.empty) for one in inspect.signature(function).parameters.values())
        )
        lines += [f"## {name}", "", f"`{name}({arguments})` (`{state}`)", "", *text.split("\n"), ""]
    return "\n".join(lines)


def vendors_page() -> str:
    """Return the page of vendors with its tables of plans and windows, from the limits."""
    page = (DOCS / "vendors.md").read_text(encoding="utf-8")
    plans = ["| vendor | plan | requests | a day | goes back | note |", "|---|---|---|---|---|---|"]
    windows = ["| vendor | interval | days a request | goes back |", "|---|---|---|---|"]
    for vendor in limits.VENDORS.values():
        for name, plan in vendor.plans.items():
            reach = "" if plan.history_days is None else f"{plan.history_days // 365} years"
            pace = f"{plan.requests} in {plan.seconds:g} s"
            plans.append(f"| {vendor.title} | `{name}` | {pace} | {plan.per_day or ''} | {reach} | {plan.note} |")
        for window in dict.fromkeys(vendor.windows.values()):
            intervals = ", ".join(name for name, each in vendor.windows.items() if each == window)
            reach = "" if window.history_days is None else f"{window.history_days} days"
            windows.append(f"| {vendor.title} | {intervals} | {window.request_days or 'all'} | {reach} |")
    for name, table in (("plans", plans), ("windows", windows)):
        start, _, rest = page.partition(f"<!-- {name}: written by scripts/write_docs.py -->\n")
        end = rest.partition("<!-- end -->")[2]
        marked = f"<!-- {name}: written by scripts/write_docs.py -->\n" + "\n".join(table)
        page = f"{start}{marked}\n<!-- end -->{end}"
    return page


def data_quality_page() -> str:
    """Return the page of validation, from the catalogue of rules."""
    lines = [
        "# Data quality",
        "",
        "Written by `scripts/write_docs.py` from `arbitrax/market_data/validation/`; do not edit.",
        "",
        "Everything that becomes a bar passes these rules first. ERROR: the row is set aside with the reason and the",
        "values it came with. WARN: it is kept and flagged. INFO: worth knowing, no doubt about the row. Nothing is",
        "repaired in silence and nothing is dropped in silence; what rows could become is proposed and applied on",
        "request, and every repair can be taken back. A rule that needs what is not known, such as the exchange's",
        "calendar, says nothing.",
        "",
        "| # | rule | levels |",
        "|---|---|---|",
        *(
            f"| {each.number} | [`{each.name}`](#{each.number}-{each.name}) | "
            f"{', '.join(level.name for level in each.levels)} |"
            for each in RULES
        ),
        "",
        "## The score",
        "",
        *inspect.cleandoc(report.__doc__ or "").split("\n\n")[1].split("\n"),
        "",
    ]
    for each in RULES:
        lines += [f"## {each.number}. {each.name}", "", *textwrap.wrap(each.text, 118), "", f"Met: {each.example}", ""]
    return "\n".join(lines)


def exchange_rules_page() -> str:
    """Return the page of the exchange's rules, from its scenarios."""
    if str(DOCS.parent) not in sys.path:
        sys.path.append(str(DOCS.parent))
    from tests.exchange.page import rules_page

    return rules_page()


WHY = {
    PAUSED.code: "New orders are paused, and why; cancels still pass.",
    BUSY.code: "It could not be sent in time and was not; nothing was done.",
}


def refusals_page() -> str:
    """Return the page of refusals, from the one mapping of the kernel's codes."""
    lines = [
        "# Why the exchange refuses, or ends an order",
        "",
        "Written by `scripts/write_docs.py` from `arbitrax/trading/refusals.py`; do not edit.",
        "",
        "A refusal changes nothing. Codes are stable; sentences may be reworded. Where an order may be taken later,",
        "retry says so. `ended.` codes, and those of matching, also say why an order that was open is not any more.",
        "",
        "| code | HTTP | retry | exit code | sentence |",
        "|---|---|---|---|---|",
    ]
    every = [*REFUSALS.values(), MISDATED, PAUSED, BUSY, NO_JOURNAL, NO_WORKER]
    for each in dict.fromkeys(every):
        sentence = each.sentence or WHY[each.code]
        retry = "yes" if each.retryable else ""
        lines.append(f"| `{each.code}` | {each.http_status} | {retry} | {each.exit_code} | {sentence} |")
    lines += [
        "",
        "Decimals that are off tick or lot, or are none, are refused before anything is sent: exit code 2.",
        "",
    ]
    return "\n".join(lines)


PAGES = {
    "refusals.md": refusals_page,
    "metrics.md": metrics_page,
    "strategies.md": strategies_page,
    "indicators.md": indicators_page,
    "vendors.md": vendors_page,
    "data-quality.md": data_quality_page,
    "concepts/exchange-rules.md": exchange_rules_page,
}

if __name__ == "__main__":
    for file_name, page in PAGES.items():
        (DOCS / file_name).write_text(page(), encoding="utf-8")
