"""`arbitrax strategy`: list, show."""

from cyclopts import App

from arbitrax.cli.console import Json, notice, show, show_json, table
from arbitrax.domain.errors import StrategyError, UnknownNameError
from arbitrax.strategies.price_levels import fixed_price_levels
from arbitrax.strategies.registry import BUILT_IN, find_strategy, installed
from arbitrax.strategies.strategy import Strategy, source_of

app = App(name="strategy", help="List and describe strategies.")


@app.command(name="list")
def list_strategies(*, json: Json = False) -> int:
    """List the strategies built in and installed."""
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
def show_strategy(name: str, /, *, json: Json = False) -> int:
    """Show a strategy's parameters with their bounds."""
    strategy = find_strategy(name)
    if json:
        show_json(_document(name, strategy))
    else:
        rows = [(each.name, str(each.default), each.allowed, each.doc) for each in strategy.parameters.values()]
        show(
            f"{name}: {_summary(strategy)}",
            table(None, ("parameter", "default", "allowed", "meaning"), rows, left=4),
        )
    return 0


@app.command(name="check")
def check_strategy(name: str, /, *, json: Json = False) -> int:
    """Say whether a strategy runs, whether it can be compiled (the jit extra), and what to be wary of.

    NAME is one that `arbitrax strategy list` shows, or path/to/file.py:ClassName. It runs on made-up bars.
    """
    from arbitrax.backtest.trial import trial_run

    strategy = find_strategy(name)
    trial_run(strategy())
    if not strategy.is_event_driven():
        form, compiles, reason = "signals", False, "signals are arrays and need no compiling"
    else:
        from arbitrax.backtest.compiled import check

        form, reason = "events", check(strategy()) or ""
        compiles = not reason
    levels = fixed_price_levels(source_of(strategy) or "", strategy.__name__)
    if json:
        show_json(
            {
                "name": name, "runs": True, "form": form, "compiles": compiles, "reason": reason or None,
                "fixed_price_levels": levels,
            }
        )  # fmt: skip
    else:
        verdict = "it can be compiled with jit" if compiles else f"not compiled: {reason.rstrip('.')}"
        show(f"{name} runs ({form}); {verdict}.")
        for level in levels:
            notice(f"A rule on an absolute price level, {level}: adjusted prices give it another meaning every time.")
    return 0


def _summary(strategy: type[Strategy]) -> str:
    return (strategy.__doc__ or "").strip().split("\n")[0]


def _document(name: str, strategy: type[Strategy]) -> dict[str, object]:
    return {
        "name": name,
        "summary": _summary(strategy),
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
