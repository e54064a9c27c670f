"""`arbitrax backtest`: run, list, show, compare, report, export, reproduce."""

import time
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter
from msgspec.structs import replace

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.backtest.specify import cut_to_range, strategy_ref
from arbitrax.bootstrap import open_store
from arbitrax.cli.console import Json, notice, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.cli.run_settings import read_run_settings
from arbitrax.cli.run_view import (
    account_tables,
    contributions_table,
    honesty_table,
    metrics_table,
    run_document,
    summary_row,
)
from arbitrax.domain.errors import InputError, ParameterError
from arbitrax.domain.ids import encode
from arbitrax.settings import read_settings
from arbitrax.strategies.registry import find_strategy
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from rich.console import RenderableType

    from arbitrax.backtest.documents.run import StoredAs
    from arbitrax.domain.corporate_actions import CorporateAction

app = App(name="backtest", help="Run, list, show, compare, report, export and reproduce backtests.")


@app.command
def run(
    strategy: str,
    *,
    symbol: Annotated[str | None, Parameter(help="A stored symbol, such as AAPL; several as AAPL,MSFT.")] = None,
    data: Annotated[
        Path | None, Parameter(help="A CSV, Parquet or Arrow file instead; the run is then not stored.")
    ] = None,
    param: Annotated[
        tuple[str, ...],
        Parameter(name=["--param", "-p"], negative="", help="A strategy parameter: -p fast=10."),
    ] = (),
    start: Annotated[str | None, Parameter(name="--from", help="First date, YYYY-MM-DD.")] = None,
    end: Annotated[str | None, Parameter(name="--to", help="Last date, inclusive.")] = None,
    interval: Annotated[str | None, Parameter(help="Length of a bar: 1m, 1h, 1d (the default) ...")] = None,
    timezone: Annotated[str | None, Parameter(help="Zone of a file's times without one.")] = None,
    cash: Annotated[float, Parameter(help="Cash at the start, in quote currency.")] = 100_000.0,
    commission_bps: Annotated[float, Parameter(help="Commission, basis points of a fill's value.")] = 10.0,
    slippage_bps: Annotated[float, Parameter(help="Slippage, basis points of the price.")] = 0.0,
    prices: Annotated[
        Literal["adjusted", "raw"], Parameter(help="Adjusted for splits and dividends, or as traded.")
    ] = "adjusted",
    fill: Annotated[
        Literal["next_open", "same_close"], Parameter(help="When market orders fill; same_close is marked.")
    ] = "next_open",
    calendar: Annotated[
        str | None, Parameter(help="Exchange whose sessions count, such as XNYS; else judged from the data.")
    ] = None,
    finer: Annotated[
        str | None, Parameter(help="Interval of stored bars that tell what came first inside a bar, such as 1m.")
    ] = None,
    set_: Annotated[
        tuple[str, ...],
        Parameter(
            name="--set",
            negative="",
            help="Costs, account or instruments, by the names of the Python API: --set account.leverage=2.",
        ),
    ] = (),
    actions: Annotated[
        Path | None, Parameter(help="Splits and dividends of a --data file, as CSV, for --prices raw.")
    ] = None,
    jit: Annotated[bool, Parameter(help="Compile on_bar (needs the jit extra).", negative="")] = False,
    benchmark: Annotated[
        str | None, Parameter(help="A stored symbol to compare with; else buying and holding.")
    ] = None,
    risk_free: Annotated[float, Parameter(help="Yearly risk-free rate, such as 0.02.")] = 0.0,
    report: Annotated[Path | None, Parameter(help="Also write the HTML report to this file.")] = None,
    honesty: Annotated[
        bool, Parameter(help="Look for look-ahead and the like; a strategy that is slow to run is run 30 times.")
    ] = True,
    url: Url = None,
    json: Json = False,
) -> int:
    """Run a strategy and store the result; at a gateway by a worker of its own.

    STRATEGY is a name that `arbitrax strategy list` shows, or path/to/file.py (path/to/file.py:ClassName if it holds
    several). At a gateway the file is sent along, which its operator must have allowed.
    """
    if (symbol is None) == (data is None):
        raise InputError("Say what to run on: either --symbol AAPL (stored bars) or --data FILE.")
    parameters = _parameters(param)
    spec = RunSpec(
        strategy=StrategyRef(strategy, "", {}),
        symbols=tuple(each.strip() for each in (symbol or "").split(",")),
        interval=interval or "1d",
        start=start,
        end=end,
        cash=cash,
        commission_bps=commission_bps,
        slippage_bps=slippage_bps,
        fill=fill,
        prices=prices,
        calendar=calendar,
        finer=finer,
        benchmark=benchmark,
        risk_free=risk_free,
        **read_run_settings(set_),
    )
    with asked(url) as gateway:
        if gateway is not None:  # the strategy need not be installed here
            from arbitrax.cli.remote.backtests import new_backtest
            from arbitrax.cli.remote.backtests import run as run_there
            from arbitrax.cli.remote.uploads import with_source

            if data is not None or actions is not None or jit:
                raise InputError("A gateway runs on its stored bars; leave --data, --actions and --jit out.")
            asked_for = with_source(new_backtest(spec, parameters))
            return run_there(gateway, asked_for, report, honesty=honesty, json=json)
    instance = find_strategy(strategy)(**parameters)
    spec = replace(spec, strategy=strategy_ref(instance, strategy))
    stored = None
    if data is None:
        if actions is not None:
            raise InputError("--actions is for --data files; store them with `arbitrax data actions import FILE`.")
        result, stored = _run_stored(spec, instance, jit=jit, honesty=honesty)
    else:
        result = _run_on_file(spec, instance, data, interval, timezone, actions=actions, jit=jit)
        notice("The run is not stored: it used a file. Import the file to keep runs and reproduce them.")
    run_id = None if stored is None else stored.id
    written = None
    if report is not None:
        from arbitrax.backtest.report import write_report as write

        written = write(result, report, stored)
    if json:
        show_json(run_document(result, run_id, written, with_honesty=honesty))
    else:
        _show_result(result, run_id, written, honesty=honesty)
    return 0


def _parameters(given: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"-p {text} is not a parameter; write it as name=value, such as -p fast=10.")
        if name in values:
            raise ParameterError(f"-p {name} is given twice, as {values[name]} and as {value}; give it once.")
        values[name] = value
    return values


def _run_on_file(
    spec: RunSpec,
    strategy: Strategy,
    path: Path,
    interval: str | None,
    timezone: str | None,
    *,
    actions: Path | None,
    jit: bool,
) -> Result:
    from arbitrax.market_data.files import read_file

    if spec.finer is not None:
        raise InputError("--finer needs stored bars; import both files and run with --symbol.")
    if spec.benchmark is not None:
        raise InputError("--benchmark needs stored bars; import the file and run with --symbol.")
    series = read_file(path, interval=interval, timezone=timezone)
    if len(series) != 1:
        raise InputError(f"{path} holds {len(series)} symbols; import it and run on one with --symbol.")
    bars = series[0].bars
    spec = replace(spec, symbols=(bars.symbol,), interval=bars.interval)
    known: Sequence[CorporateAction] = ()
    if actions is not None:
        from arbitrax.market_data.corporate_action_files import read_actions

        known = read_actions(actions, symbol=bars.symbol).actions
    return run_backtest(spec, strategy, cut_to_range(bars, spec), None, series[0].notices, actions=known, jit=jit)


def _run_stored(spec: RunSpec, strategy: Strategy, *, jit: bool, honesty: bool) -> "tuple[Result, StoredAs]":
    from arbitrax.services.backtests import RUN, find_run, run_stored
    from arbitrax.services.run_reports import stored_as

    with open_store(read_settings()) as store:
        run_id, result = run_stored(
            store.bars,
            store.actions,
            store.runs,
            spec,
            strategy,
            quality=store.quality,
            now=time.time_ns(),
            jit=jit,
            patience=inf if honesty else 0.0,
        )
        return result, stored_as(find_run(store.runs, encode(RUN, run_id), records=False), store.run_parts)


def _portfolio_tables(result: Result) -> "list[RenderableType]":
    """Return what a run of several symbols shows besides its metrics, and what happened to any account."""
    several = [contributions_table(result)] if len(result.spec.symbols) > 1 else []
    return [*several, *account_tables(result)]


def _show_result(result: Result, run_id: str | None, report: Path | None, *, honesty: bool) -> None:
    panel = [honesty_table(result)] if honesty else []
    show(*panel, metrics_table(result), *_portfolio_tables(result))
    for text in result.notices:
        notice(text)
    if run_id is not None:
        show(f"Stored as {run_id}" + ("" if report else f"; `arbitrax backtest report {run_id}` draws it."))
    if report is not None:
        show(f"Report: {report}")


@app.command(name="list")
def list_runs(
    *, limit: Annotated[int, Parameter(help="How many, newest first.")] = 20, url: Url = None, json: Json = False
) -> int:
    """List stored runs, newest first."""
    if not 1 <= limit <= 500:
        raise InputError(f"--limit {limit} is not allowed; give a number from 1 to 500.")
    with asked(url) as gateway:
        if gateway is None:
            with open_store(read_settings()) as store:
                runs = store.runs.newest(limit)
        else:
            from arbitrax.cli.remote.backtests import newest

            runs = newest(gateway, limit)
    rows = [summary_row(each) for each in runs]
    if json:
        show_json([row.document for row in rows])
    elif not rows:
        show("No runs are stored yet; `arbitrax demo` makes the first one.")
    else:
        columns = ("run", "created", "strategy", "symbol", "range", "return", "Sharpe", "drawdown", "trades")
        show(table(None, columns, [row.cells for row in rows], left=5))
    return 0


@app.command(name="show")
def show_run(
    run_id: str,
    /,
    *,
    explain: Annotated[
        tuple[str, ...],
        Parameter(negative="", help="Metrics to show with formula, basis and sample: --explain sharpe."),
    ] = (),
    url: Url = None,
    json: Json = False,
) -> int:
    """Show a stored run: what to doubt, metrics, returns by month, drawdowns, rolling metrics, trades, assumptions."""
    from arbitrax.cli.risk_view import risk_document, risk_tables
    from arbitrax.cli.run_view import assumptions_table, trades_table
    from arbitrax.services.backtests import find_run, restored_result

    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote.backtests import show_run as show_remote

            if explain:
                raise InputError("--explain works on the local store only; docs/metrics.md has every formula.")
            return show_remote(gateway, run_id, honesty=True, json=json, records=True)
    with open_store(read_settings()) as store:
        run = find_run(store.runs, run_id)
        result = restored_result(store.bars, store.actions, run)
    explained = {name: result.metrics.explain(name) for text in explain for name in text.split(",")}
    if explained and json:
        show_json(explained)
    elif explained:
        show("\n\n".join(explained.values()))
    elif json:
        show_json({**run_document(result, run_id, None, with_records=True), **risk_document(result)})
    else:
        show(
            honesty_table(result),
            metrics_table(result),
            *_portfolio_tables(result),
            *risk_tables(result),
            trades_table(result),
            assumptions_table(result, run),
        )
    return 0


@app.command(name="compare")
def compare_runs(
    *run_ids: str,
    report: Annotated[Path | None, Parameter(help="Also write the comparison as an HTML page to this file.")] = None,
    json: Json = False,
) -> int:
    """Put two to eight stored runs side by side: what differs, metrics, curves."""
    from arbitrax.backtest.comparison import Comparison
    from arbitrax.backtest.report import write_comparison
    from arbitrax.cli.comparison_view import comparison_document, comparison_tables
    from arbitrax.services.backtests import find_run, stored_result
    from arbitrax.services.run_reports import stored_as

    if len(set(run_ids)) < len(run_ids):
        raise InputError(f"A run is named twice: {', '.join(run_ids)}; give each once.")
    with open_store(read_settings()) as store:
        runs = [find_run(store.runs, each) for each in run_ids]
        stored = [stored_as(each, store.run_parts) for each in runs]
    comparison = Comparison([stored_result(each) for each in runs])
    written = None if report is None else write_comparison(comparison, report, stored)
    if json:
        show_json(comparison_document(comparison, run_ids, written))
        return 0
    show(*comparison_tables(comparison, run_ids))
    for text in comparison.notices:
        notice(text)
    if written is not None:
        show(f"Report: {written}")
    return 0


@app.command(name="export")
def export_run(
    run_id: str,
    /,
    *,
    out: Annotated[Path | None, Parameter(help="Folder to write to; made if missing.")] = None,
    form: Annotated[Literal["csv", "parquet", "json"], Parameter(name="--format", help="Of the files.")] = "csv",
    json: Json = False,
) -> int:
    """Write a stored run as files: its curves, records, tables of returns and drawdowns, metrics and honesty panel."""
    from arbitrax.services.backtests import find_run, restored_result

    with open_store(read_settings()) as store:
        run = find_run(store.runs, run_id)
        result = restored_result(store.bars, store.actions, run)
    written = result.export(out or Path(run_id), form)
    if json:
        show_json({"id": run_id, "files": [str(path) for path in written]})
    else:
        show(*(str(path) for path in written))
    return 0


@app.command(name="report")
def write_report(
    run_id: str,
    /,
    *,
    out: Annotated[Path | None, Parameter(help="File to write.")] = None,
    url: Url = None,
    json: Json = False,
) -> int:
    """Write a stored run's report: one HTML file that needs no network."""
    from arbitrax.backtest.report import write_report as write
    from arbitrax.services.backtests import find_run, restored_result
    from arbitrax.services.run_reports import stored_as

    settings = read_settings()
    path = out or settings.home / "reports" / f"{run_id}.html"
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote.backtests import write_file

            write_file(path, gateway.backtests.report(run_id))
        else:
            with open_store(settings) as store:
                run = find_run(store.runs, run_id)
                result = restored_result(store.bars, store.actions, run)
            path = write(result, path, stored_as(run, store.run_parts))
    if json:
        show_json({"id": run_id, "report": str(path)})
    else:
        show(f"Report: {path}")
    return 0


@app.command
def reproduce(run_id: str, /, *, json: Json = False) -> int:
    """Run a stored run again from PostgreSQL alone and compare every byte."""
    from arbitrax.services.backtests import find_run
    from arbitrax.services.backtests import reproduce as again

    with open_store(read_settings()) as store:
        outcome = again(store.bars, store.actions, find_run(store.runs, run_id))
    equal = not outcome.differences
    if json:
        show_json(
            {
                "id": run_id,
                "reproduced": equal,
                "differences": outcome.differences,
                "cause": outcome.cause,
                "result_hash": outcome.result.hash,
                "stored_result_hash": outcome.run.result_hash,
            }
        )
    elif equal:
        hashes = f"result {outcome.result.hash[:16]}, bars {outcome.result.data_hash[:16]}"
        show(f"Reproduced: {run_id} is byte-equal ({hashes}).")
    else:
        show(f"Not reproduced: {', '.join(outcome.differences)} differ. {outcome.cause}")
    return 0 if equal else 1
