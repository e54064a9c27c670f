"""Series, ingestions and strategies at a gateway."""

import time
from contextlib import suppress
from itertools import islice
from typing import Any

import msgspec

from arbitrax.cli.console import notice, show, show_json, table
from arbitrax.client import Client, NewIngestion
from arbitrax.client.backtests import require_going
from arbitrax.client.messages import IngestionMessage, ParameterMessage, StrategyDetail, StrategyMessage
from arbitrax.client.waiting import wait_before
from arbitrax.domain.dates import date_text, time_text
from arbitrax.domain.errors import AlreadyOver
from arbitrax.domain.intervals import is_intraday

PRICES = ("open", "high", "low", "close", "volume", "adj_close")
COUNTS = ("added", "updated", "unchanged", "quarantined")


def list_series(client: Client, *, json: bool) -> int:
    """List the stored series."""
    found = [(one.symbol, each) for one in client.instruments.list() for each in one.coverage]
    if json:
        show_json(
            [
                {"symbol": symbol, "interval": each.interval, "rows": each.rows, "first": each.first,
                 "last": each.last, "source": each.source}
                for symbol, each in found
            ]
        )  # fmt: skip
    elif not found:
        show("No bars are stored at the gateway yet; `arbitrax data ingest SYMBOL --url ...` asks for some.")
    else:
        rows = [
            (symbol, each.interval, each.source, f"{each.first:%Y-%m-%d}", f"{each.last:%Y-%m-%d}", f"{each.rows:,}")
            for symbol, each in found
        ]
        show(table(None, ("symbol", "interval", "source", "first", "last", "rows"), rows, left=5))
    return 0


def show_series(client: Client, symbol: str, interval: str, rows: int, *, json: bool) -> int:
    """Show the newest bars of a series."""
    frame = client.bars.frame(symbol, interval=interval)
    when = time_text if is_intraday(interval) else date_text
    columns = [name for name in PRICES if name in frame]
    lines: list[dict[str, Any]] = [
        {"time": when(int(at.value))} | {name: float(value) for name, value in zip(columns, row, strict=True)}
        for at, *row in frame.tail(rows)[["timestamp", *columns]].itertuples(index=False, name=None)
    ]
    if json:
        show_json({"symbol": symbol, "interval": interval, "rows": len(frame), "bars": lines})
    else:
        title = f"{symbol} {interval}: the last {len(lines)} of {len(frame):,} bars"
        show(table(title, ("time", *columns), [[str(value) for value in line.values()] for line in lines]))
    return 0


def ingest(client: Client, ingestion: NewIngestion, *, json: bool) -> int:
    """Ask for an ingestion, wait for it and show what came of it; Ctrl-C cancels it."""
    asked = client.ingestions.submit(ingestion)
    try:
        done = _waited(client, asked)
    except KeyboardInterrupt:
        with suppress(AlreadyOver):
            client.ingestions.cancel(asked.id)
        raise
    if json:
        show_json(msgspec.to_builtins(done.outcomes))
    else:
        rows = [
            (one.symbol, one.source, *(f"{getattr(one, count):,}" for count in COUNTS))
            for outcome in done.outcomes or ()
            for one in outcome.symbols
        ]
        show(table(None, ("symbol", "source", "added", "updated", "unchanged", "set aside"), rows, left=2))
        for failed in (one.failed for outcome in done.outcomes or () for one in outcome.symbols):
            if failed:
                notice(failed)
    fine = {one.symbol for each in done.outcomes or () for one in each.symbols if not one.failed}
    return 0 if fine >= set(ingestion.symbols) else 3 if fine else 1


def list_ingestions(client: Client, limit: int, *, json: bool) -> int:
    """List the newest ingestions."""
    found = list(islice(client.ingestions.list(), limit))
    if json:
        show_json([_ingestion(each) for each in found])
        return 0
    rows = [
        (
            each.id,
            each.status,
            each.spec.source,
            each.spec.interval,
            ", ".join(each.spec.symbols[:3]),
            f"{each.progress:.0%}",
            f"{each.bars_added:,}",
            f"{each.bars_updated:,}",
            f"{each.rows_quarantined:,}",
        )
        for each in found
    ]
    columns = ("id", "status", "source", "interval", "symbols", "progress", "added", "updated", "set aside")
    show(table(None, columns, rows, left=5) if rows else "Nothing was ingested yet.")
    return 0


def list_strategies(client: Client, *, json: bool) -> int:
    """List the strategies that the gateway runs."""
    found = list(client.strategies.list())
    if json:
        show_json([_strategy(each) for each in found])
    else:
        rows = [(each.name, each.summary, ", ".join(one.name for one in each.parameters)) for each in found]
        show(table(None, ("name", "what it does", "parameters"), rows, left=3))
    return 0


def show_strategy(client: Client, name: str, *, json: bool) -> int:
    """Show a strategy with its parameters."""
    found = client.strategies.get(name)
    if json:
        show_json(_strategy(found))
        return 0
    rows = [
        (
            each.name,
            str(_typed(each, each.default)),
            f"one of {', '.join(each.choices)}" if each.choices else _range(each),
            each.description,
        )
        for each in found.parameters
    ]
    show(f"{name}: {found.summary}", table(None, ("parameter", "default", "allowed", "meaning"), rows, left=4))
    return 0


def _waited(client: Client, asked: IngestionMessage) -> IngestionMessage:
    looks, found = 0, asked
    while found.status != "succeeded":
        require_going(found)
        looks += 1
        time.sleep(min(1.0, wait_before(looks)))
        found = client.ingestions.get(asked.id)
    return found


def _strategy(found: StrategyMessage | StrategyDetail) -> dict[str, Any]:
    return {
        "name": found.name,
        "summary": found.summary,
        "symbols": {"least": found.least_symbols, "most": found.most_symbols},
        "parameters": [
            {
                "name": each.name,
                "type": each.type,
                "default": _typed(each, each.default),
                "low": _typed(each, each.low),
                "high": _typed(each, each.high),
                "choices": each.choices,
                "doc": each.description,
            }
            for each in found.parameters
        ],
    }


def _typed(parameter: ParameterMessage, value: Any) -> Any:
    """Return a value as its type has it: JSON knows one kind of number."""
    return int(value) if parameter.type == "int" and value is not None else value


def _range(parameter: ParameterMessage) -> str:
    if parameter.type not in ("int", "float"):
        return "true or false" if parameter.type == "bool" else "text"
    ends = [("from", parameter.low), ("to", parameter.high)]
    said = [f"{word} {value:g}" for word, value in ends if value is not None]
    return " ".join(["a whole number" if parameter.type == "int" else "a number", *said])


def _ingestion(found: IngestionMessage) -> dict[str, Any]:
    return {
        "id": found.id, "source": found.spec.source, "symbols": found.spec.symbols, "interval": found.spec.interval,
        "status": found.status, "progress": found.progress, "added": found.bars_added,
        "updated": found.bars_updated, "unchanged": found.bars_unchanged, "quarantined": found.rows_quarantined,
        "error": None if found.error is None else found.error.detail, "created": found.created_at,
        "started": found.started_at, "finished": found.finished_at,
    }  # fmt: skip
