"""`arbitrax strategy`: list, show, new, check."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import App, Parameter

from arbitrax.cli.console import Json, complain, notice, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.domain.errors import StrategyError, UnknownNameError
from arbitrax.strategies.price_levels import fixed_price_levels
from arbitrax.strategies.registry import BUILT_IN, find_strategy, installed
from arbitrax.strategies.strategy import Strategy, source_of

if TYPE_CHECKING:
    from arbitrax.backtest.first_check import Check

app = App(name="strategy", help="List, describe, begin and check strategies.")


@app.command(name="list")
def list_strategies(*, url: Url = None, json: Json = False) -> int:
    """List the strategies built in and installed."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data

            return market_data.list_strategies(gateway, json=json)
    found = {}
    for name in sorted({**BUILT_IN, **installed()}):
        try:
            found[name] = find_strategy(name)
        except (StrategyError, UnknownNameError) as error:
            notice(str(error))  # one broken package must not hide the others
    if json:
        show_json([_document(name, strategy) for name, strategy in found.items()])
    else:
        rows = [(name, _summary(strategy), ", ".join(strategy.parameters)) for name, strategy in found.items()]
        show(table(None, ("name", "what it does", "parameters"), rows, left=3))
    return 0


@app.command(name="show")
def show_strategy(name: str, /, *, url: Url = None, json: Json = False) -> int:
    """Show what a strategy does, where it comes from, and its parameters with their bounds."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import market_data

            return market_data.show_strategy(gateway, name, json=json)
    strategy = find_strategy(name)
    if json:
        show_json(_document(name, strategy))
    else:
        rows = [(each.name, str(each.default), each.allowed, each.doc) for each in strategy.parameters.values()]
        origin = _origin(strategy)
        show(
            f"{name}: {_summary(strategy)}",
            *([origin] if origin else []),
            table(None, ("parameter", "default", "allowed", "meaning"), rows, left=4),
        )
    return 0


@app.command(name="new")
def new_strategy(
    name: str,
    /,
    *,
    events: Annotated[
        bool, Parameter(help="One that is called bar by bar, instead of one that decides from arrays.", negative="")
    ] = False,
    directory: Annotated[Path, Parameter(help="Where to write; made when it does not exist.")] = Path(),
    json: Json = False,
) -> int:
    """Write NAME.py, a documented strategy that works, and test_NAME.py, its test."""
    from arbitrax.strategies.templates import write_strategy

    written = write_strategy(name, directory, events=events)
    path = shlex.quote(str(written.strategy))
    following = (
        f"arbitrax strategy check {path}",
        f"pytest {shlex.quote(str(written.test))}",
        f"arbitrax backtest run {path} --symbol AAPL",
    )
    if json:
        show_json(
            {
                "strategy": str(written.strategy), "test": str(written.test), "class": written.class_name,
                "next": following,
            }
        )  # fmt: skip
    else:
        show(f"Wrote {written.strategy} ({written.class_name}) and {written.test}. Next:")
        for command in following:
            show(f"  {command}")
    return 0


@app.command(name="check")
def check_strategy(name: str, /, *, json: Json = False) -> int:
    """Say what is wrong with a strategy: run it on bundled real prices, on made-up ones, and on histories cut short.

    NAME is one that `arbitrax strategy list` shows, path/to/file.py, or path/to/file.py:ClassName where the file holds
    several. It ends with 1 when something is wrong: an error, decisions of a wrong shape, look-ahead, no trade at all.
    It also tells whether on_bar can be compiled (the jit extra), and what to be wary of.
    """
    from arbitrax.backtest.first_check import Check, Problem
    from arbitrax.backtest.first_check import check_strategy as check

    try:
        strategy = find_strategy(name)
    except StrategyError as error:  # its file cannot be loaded
        return _show_check(name, None, Check((Problem("raises", str(error)),)), json=json)
    return _show_check(name, strategy, check(strategy), json=json)


def _show_check(name: str, strategy: type[Strategy] | None, found: "Check", *, json: bool) -> int:
    """Show what a check found and return the exit code."""
    form, compiles, reason, levels = None, False, "", []
    if strategy is not None:
        form = "events" if strategy.is_event_driven() else "signals"
        compiles, reason = _compiles(strategy) if not found.problems else (False, "something else is wrong with it")
        levels = fixed_price_levels(source_of(strategy) or "", strategy.__name__)
    if json:
        show_json(
            {
                "name": name, "ok": not found.problems,
                "runs": not any(each.kind in ("raises", "contract", "warmup") for each in found.problems),
                "form": form, "compiles": compiles, "reason": reason or None,
                "problems": [msgspec.to_builtins(each) for each in found.problems], "notes": found.notes,
                "markets": [msgspec.to_builtins(each) for each in found.markets], "cuts": found.cuts,
                "fixed_price_levels": levels,
            }
        )  # fmt: skip
        return 1 if found.problems else 0
    for problem in found.problems:
        complain(problem.sentence)
    if not found.problems:
        verdict = "it can be compiled with jit" if compiles else f"not compiled: {reason.rstrip('.')}"
        show(
            f"{name} runs ({form}) on {', '.join(each.name for each in found.markets)}: "
            f"{sum(each.orders for each in found.markets):,} orders, and the same ones on {found.cuts} histories cut "
            f"short, so no look-ahead was found; {verdict}."
        )
    for text in found.notes:
        notice(text)
    for level in levels:
        notice(f"A rule on an absolute price level, {level}: adjusted prices give it another meaning every time.")
    return 1 if found.problems else 0


def _compiles(strategy: type[Strategy]) -> tuple[bool, str]:
    """Tell whether `on_bar` compiles, and why not."""
    if not strategy.is_event_driven():
        return False, "signals are arrays and need no compiling"
    from arbitrax.backtest.compiled import check

    reason = check(strategy()) or ""
    return not reason, reason


def _summary(strategy: type[Strategy]) -> str:
    return (strategy.__doc__ or "").strip().split("\n")[0]


def _origin(strategy: type[Strategy]) -> str:
    """Return the paragraph of the strategy's file that names its source."""
    text = getattr(sys.modules.get(strategy.__module__), "__doc__", None) or ""
    found = next((part for part in text.split("\n\n") if part.startswith("Source: ")), "")
    return " ".join(found.split())


def _document(name: str, strategy: type[Strategy]) -> dict[str, object]:
    return {
        "name": name,
        "summary": _summary(strategy),
        "source": _origin(strategy) or None,
        "symbols": {"least": strategy.least_symbols, "most": strategy.most_symbols},
        "parameters": [
            {
                "name": each.name,
                "type": each.type.__name__,
                "default": each.default,
                "low": each.low,
                "high": each.high,
                "choices": each.choices,
                "doc": each.doc,
            }
            for each in strategy.parameters.values()
        ],
    }
