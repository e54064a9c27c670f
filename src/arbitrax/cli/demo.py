"""`arbitrax demo`: the main job, step by step."""

import time

from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, show, show_json
from arbitrax.cli.equity_chart import labelled_chart
from arbitrax.domain.dates import date_text
from arbitrax.domain.ids import encode
from arbitrax.settings import read_settings


def demo(*, json: Json = False) -> int:
    """Run a real strategy on real prices in a real database, and say where its report lies."""
    from arbitrax.backtest.report import write_report
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.backtest.specify import strategy_ref
    from arbitrax.cli.run_view import honesty_table, metrics_table, run_document
    from arbitrax.samples import SYMBOLS
    from arbitrax.services.backtests import RUN, find_run, reproduce, run_stored
    from arbitrax.services.imports import import_samples
    from arbitrax.services.run_reports import stored_as
    from arbitrax.strategies.sma_cross import SmaCross

    settings = read_settings()
    where = "your database" if settings.database_url else f"an embedded PostgreSQL under {settings.home}"
    step = _Steps(shown=not json)
    step.begin(f"Opening {where}")
    with open_store(settings, seed=False) as store:
        step.done()
        step.begin(f"Storing the bundled daily prices of {', '.join(SYMBOLS)}")
        counts = import_samples(store, received=time.time_ns())
        rows = counts.added + counts.updated + counts.unchanged
        step.done(f"{rows:,} bars, {counts.added:,} of them new")
        strategy = SmaCross(fast=20, slow=100)
        step.begin(f"Running {strategy!r} on AAPL against the S&P 500")
        reference = strategy_ref(strategy, "sma_cross")
        spec = RunSpec(strategy=reference, symbols=("AAPL",), benchmark="GSPC", slippage_bps=5.0)
        run_id, result = run_stored(
            store.bars, store.actions, store.runs, spec, strategy, quality=store.quality, now=time.time_ns()
        )
        name = encode(RUN, run_id)
        step.done(f"stored as {name}")
        step.begin("Running it again from the database and comparing every byte")
        run = find_run(store.runs, name)
        outcome = reproduce(store.bars, store.actions, run)
        stored = stored_as(run, store.run_parts)
        step.done("byte-equal" if not outcome.differences else f"differs in {', '.join(outcome.differences)}")
    step.begin("Drawing the report")
    path = write_report(result, settings.home / "reports" / f"{name}.html", stored)
    step.done()
    if json:
        show_json(run_document(result, name, path) | {"reproduced": not outcome.differences})
    else:
        first, last = (date_text(int(result.bars.timestamp[at])) for at in (0, -1))
        show("", honesty_table(result), metrics_table(result), "", f"Equity, from {result.spec.cash:,.0f}:")
        show(labelled_chart(result.equity_curve, first, last), "")
        show(f"Report: {path}", f"Next:   arbitrax backtest reproduce {name}")
    return 0 if not outcome.differences else 1


class _Steps:
    """Prints what is being done, then how long it took."""

    def __init__(self, *, shown: bool) -> None:
        self.shown = shown
        self.started = 0.0

    def begin(self, text: str) -> None:
        self.started = time.perf_counter()
        if self.shown:
            print(f"  {text} ...", end="", flush=True)  # noqa: T201 - a line that is finished later

    def done(self, remark: str = "") -> None:
        seconds = time.perf_counter() - self.started
        if self.shown:
            print(f" {remark}{', ' if remark else ''}{seconds:.2f} s")  # noqa: T201 - the end of that line
