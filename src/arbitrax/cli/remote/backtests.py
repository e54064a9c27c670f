"""Backtests at a gateway: asked for, watched while they run, shown."""

import math
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from arbitrax.backtest.honesty import Honesty
from arbitrax.backtest.metrics import DEFINITIONS, format_value
from arbitrax.cli.console import notice, show, show_json, table
from arbitrax.cli.run_view import metrics_columns
from arbitrax.client import Client, NewBacktest
from arbitrax.client.backtests import BacktestResult
from arbitrax.client.messages import Account, Costs, Instrument
from arbitrax.domain.dates import time_text
from arbitrax.domain.decimals import decimal_text
from arbitrax.domain.errors import AlreadyOver, ArbitraxError, InputError
from arbitrax.domain.ids import decode
from arbitrax.services.ports import RunSummary

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import RenderableType

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.client.messages import BacktestMessage, BacktestSpec

MONEY_OF_COSTS = ("per_share", "per_order", "minimum", "half_spread", "currency_unit")
MONEY_OF_INSTRUMENT = ("tick", "lot")
RECORDS = ("trades", "orders", "fills", "events")
TRADE = (
    "entry_time", "exit_time", "side", "symbol", "entry_reason", "entry_tag", "exit_reason", "exit_tag", "quantity",
    "entry_price", "exit_price", "pnl", "fees", "slippage", "income",
)  # fmt: skip
SHOWN_TRADES = 20


def new_backtest(spec: "RunSpec", parameters: dict[str, str]) -> NewBacktest:
    """Return a spec as it is asked for."""

    return NewBacktest(
        strategy=spec.strategy.name,
        parameters={name: _value(text) for name, text in parameters.items()},
        symbols=list(spec.symbols),
        interval=spec.interval,
        start=spec.start,
        end=spec.end,
        cash=decimal_text(spec.cash),
        commission_bps=spec.commission_bps,
        slippage_bps=spec.slippage_bps,
        costs=msgspec.convert(_as_text(spec.costs, MONEY_OF_COSTS), Costs),
        account=msgspec.convert(msgspec.to_builtins(spec.account), Account),
        instruments={
            name: msgspec.convert(_as_text(each, MONEY_OF_INSTRUMENT), Instrument)
            for name, each in spec.instruments.items()
        },
        fill=spec.fill,
        prices=spec.prices,
        calendar=spec.calendar,
        finer=spec.finer,
        benchmark=spec.benchmark,
        risk_free=spec.risk_free,
    )


def run(client: Client, backtest: NewBacktest, report: Path | None, *, honesty: bool, json: bool) -> int:
    """Ask for a backtest, wait for it and show it; Ctrl-C cancels it."""
    asked = client.backtests.submit(backtest)
    try:
        with _watched(client, asked.id, shown=not json) as seen:
            client.backtests.wait(asked.id, seen)
    except KeyboardInterrupt:
        with suppress(AlreadyOver):
            client.backtests.cancel(asked.id)
        raise
    return show_run(client, asked.id, report, honesty=honesty, json=json, records=False)


def show_run(
    client: Client, run_id: str, report: Path | None = None, *, honesty: bool, json: bool, records: bool
) -> int:
    """Show a finished backtest; ``records``: with its orders, fills, events and trades."""
    found = client.backtests.result(run_id, ("equity", "contributions", *(RECORDS if records else ())))
    doubts = client.backtests.honesty(run_id) if honesty else None
    if report is not None:
        write_file(report, client.backtests.report(run_id))
    if json:
        show_json(_document(found, doubts, report, records=records))
        return 0
    panel = [] if doubts is None else [_honesty_table(doubts)]
    show(*panel, _metrics_table(found), *([_trades_table(found.trades)] if records else []))
    for text in found.outcome.notices:
        notice(text)
    show(f"Stored as {run_id}" + ("" if report else f"; `arbitrax backtest report {run_id}` draws it."))
    if report is not None:
        show(f"Report: {report}")
    return 0


def newest(client: Client, limit: int) -> list[RunSummary]:
    """Return the newest finished runs, as the store gives them."""
    return [_summary(each) for each in islice(client.backtests.list(status="succeeded"), limit)]


def write_file(path: Path, content: bytes) -> None:
    """Write a file and its folder.

    Raises:
        InputError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}; give another file.") from None


def _summary(message: "BacktestMessage") -> RunSummary:
    run, spec = message.result, message.spec
    assert run is not None  # noqa: S101 - it has succeeded
    values = {name: each.value for name, each in run.metrics.items()}
    return RunSummary(
        id=decode("bt", message.id),
        created_at=message.created_at,
        strategy=spec.strategy.name,
        parameters=spec.strategy.parameters,
        symbol="+".join(spec.symbols[:3]) + ("+..." if len(spec.symbols) > 3 else ""),
        start=run.first_bar,
        end=run.last_bar,
        bars=run.bars,
        total_return=values.get("total_return"),
        sharpe=values.get("sharpe"),
        max_drawdown=values.get("max_drawdown"),
        trades=int(values.get("trades") or 0),
        run_hash=run.run_hash,
    )


def _as_text(model: msgspec.Struct, money: tuple[str, ...]) -> dict[str, Any]:
    """Return an engine's model with its money, prices and quantities as decimal text."""
    found: dict[str, Any] = msgspec.to_builtins(model)
    for name in money:
        found[name] = decimal_text(found[name])
    if "tiers" in found:
        found["tiers"] = [(decimal_text(traded), bps) for traded, bps in found["tiers"]]
    return found


def _as_numbers(spec: "BacktestSpec") -> dict[str, Any]:
    """Return a spec as the local commands show it, which is how its hash is made: with numbers."""
    from arbitrax.backtest.spec import RunSpec

    def numbers(model: msgspec.Struct, money: tuple[str, ...]) -> dict[str, Any]:
        values: dict[str, Any] = msgspec.structs.asdict(model)
        return values | {name: float(values[name]) for name in money}

    costs = numbers(spec.costs, MONEY_OF_COSTS)
    costs["tiers"] = [(float(traded), bps) for traded, bps in costs["tiers"]]
    instruments = {name: numbers(each, MONEY_OF_INSTRUMENT) for name, each in spec.instruments.items()}
    numbered = {"cash": float(spec.cash), "costs": costs, "instruments": instruments}
    made = msgspec.convert(msgspec.to_builtins(spec) | numbered, RunSpec)
    return dict(msgspec.to_builtins(made))


def _value(text: str) -> bool | int | float | str:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
    return found if isinstance(found, bool | int | float | str) else text


@contextmanager
def _watched(client: Client, run_id: str, *, shown: bool) -> "Iterator[Any]":
    """Draw a bar of the run on stderr from the channel ``runs.{id}``; nothing on a pipe.

    Yield what takes how far the job is, for when the channel is silent.
    """
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f}%{task.fields[equity]}"),
        TimeElapsedColumn(),
        TextColumn("eta"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar, client.stream() as stream:
        task = bar.add_task("queued", total=1.0, equity="")
        news = stream.run(run_id)

        def follow() -> None:
            try:
                for each in news:
                    fields = each.data.fields
                    if each.data.kind == "progress":
                        bar.update(task, description=str(fields["status"]), completed=float(fields["progress"]))
                    elif each.data.kind == "equity" and fields["equity"]:
                        bar.update(task, equity=f", equity {float(fields['equity'][-1]):,.2f}")
            except ArbitraxError:
                return  # the bar is a courtesy

        def seen(job: "BacktestMessage") -> None:
            bar.update(task, description=job.status, completed=max(job.progress, bar.tasks[0].completed))

        reader = threading.Thread(target=follow, daemon=True)
        reader.start()
        try:
            yield seen
        finally:
            news.close()
            reader.join()


def _document(
    found: BacktestResult, honesty: dict[str, Any] | None, report: Path | None, *, records: bool
) -> dict[str, Any]:
    """Return the document that the local command gives, as far as a gateway tells it."""
    message, outcome, spec = found.message, found.outcome, _as_numbers(found.message.spec)
    times = found.equity.iloc[:, 0]
    document: dict[str, Any] = {
        "id": message.id,
        "spec": spec,
        "run_hash": outcome.run_hash,
        "data_hash": next((each.data_hash for each in outcome.assets if each.role == "traded"), None)
        if len(spec["symbols"]) == 1
        else None,
        "result_hash": outcome.result_hash,
        "symbol": ", ".join(spec["symbols"]),
        "prices": spec["prices"],
        "start": _time(times.iloc[0]),
        "end": _time(times.iloc[-1]),
        "bars": len(times),
        "metrics": found.metrics,
        "undefined": {
            name: each.undefined_because for name, each in outcome.metrics.items() if each.undefined_because is not None
        },
        "honesty": honesty,
        "notices": outcome.notices,
        "contributions": _rows(found.frames["contributions"]),
        "report": None if report is None else str(report),
    }
    if records:
        document |= {name: _rows(found.frames[name]) for name in RECORDS}
        document["trades"] = [
            {name: None if name == "exit_time" and each["is_open"] else each[name] for name in TRADE}
            for each in document["trades"]
        ]
    return document


def _rows(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if hasattr(value, "isoformat"):
        return None if value != value else _time(value)  # noqa: PLR0124 - NaT
    return value.item() if hasattr(value, "item") else value


def _time(at: Any) -> str:
    return time_text(int(at.value))


def _honesty_table(document: dict[str, Any]) -> "RenderableType":
    panel = msgspec.convert({name: each for name, each in document.items() if name != "verdict"}, Honesty)
    rows = [(label, verdict, sentence) for label, verdict, sentence in panel.lines if label != "notice"]
    return table("Honesty", ("check", "verdict", "what was found"), rows, left=3)


def _metrics_table(found: BacktestResult) -> "RenderableType":
    known = {
        name: each for name, each in found.outcome.metrics.items() if name in DEFINITIONS
    }  # another release has others
    texts = {name: format_value(each.value, DEFINITIONS[name].unit) for name, each in known.items()}
    undefined = {name: each.undefined_because for name, each in known.items() if each.undefined_because is not None}
    spec = found.message.spec
    arguments = ", ".join(f"{name}={value}" for name, value in spec.strategy.parameters.items())
    title = f"{spec.strategy.name}({arguments}) on {', '.join(spec.symbols)}, {spec.interval} bars"
    return metrics_columns(title, texts, undefined)


def _trades_table(trades: "pd.DataFrame") -> "RenderableType":
    shown = trades.tail(SHOWN_TRADES)
    rows = [
        (
            str(each["symbol"]),
            _time(each["entry_time"])[:10],
            str(each["side"]),
            "open" if each["is_open"] else _time(each["exit_time"])[:10],
            f"{each['quantity']:,.4f}",
            f"{each['entry_price']:,.4f}",
            f"{each['exit_price']:,.4f}",
            f"{each['pnl']:,.2f}",
            f"{each['return']:+.2%}",
        )
        for each in shown.to_dict("records")
    ]
    columns = ("symbol", "entry", "side", "exit", "quantity", "entry price", "exit price", "profit", "return")
    return table(f"Trades (last {len(shown)} of {len(trades)})", columns, rows, left=4)
