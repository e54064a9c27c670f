"""The port for finished runs on PostgreSQL."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import numpy as np

from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.errors import StoreError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.ports import RunHead, RunSummary, StoredAsset, StoredMetric, StoredRun
from arbitrax.storage.postgres.arrays import accept_arrays
from arbitrax.storage.postgres.bar_rows import HEADER, TRAILER
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.run_parts import MOST_ROWS, Results, copy_out, document_parameters
from arbitrax.storage.postgres.run_rows import (
    NAMES,
    event_parameters,
    events_of,
    fill_parameters,
    fills_of,
    order_parameters,
    orders_of,
    trade_parameters,
    trades_of,
)
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arbitrax.services.ports import Curves


NO_ROWS = HEADER + TRAILER


class PostgresRunStore:
    """Runs in PostgreSQL: every order, fill and trade a row, every curve the bytes of its array."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, run: StoredRun) -> None:
        """Store a run with its strategy, orders and trades in one transaction; saving it twice changes nothing."""
        statements = _statements(run)
        with self._database.connection() as connection:
            accept_arrays(connection)
            # Pipelined: all statements travel together, and the answers come back together.
            with connection.pipeline(), connection.transaction():
                for name, parameters in statements:
                    connection.execute(statement(name), parameters)

    def load(self, run_id: UUID, *, records: bool = True) -> StoredRun | None:
        """Return a run, byte-equal to what was saved, or None."""
        keys: dict[str, Any] = {"run": run_id, **NAMES}
        with self._database.connection() as connection:
            found = connection.execute(statement("run_find"), keys).fetchone()
            if found is None:
                return None
            assets = connection.execute(statement("run_assets_find"), keys).fetchall()
            curves = connection.execute(statement("run_curves_find"), keys, binary=True).fetchall()
            keys |= {"tags": list(msgspec.json.decode(found[4], type=Results).tags), "first": 0, "end": MOST_ROWS}
            names = ("orders_find", "fills_find", "account_events_find", "trades_find")
            copied = [copy_out(connection, name, keys) if records else NO_ROWS for name in names]
        created, below, spec, metrics, results, engine_version, result_hash, source, owner = found
        outcome = msgspec.json.decode(results, type=Results)
        return StoredRun(
            id=run_id,
            created_at=nanoseconds(created) + below,
            spec=msgspec.json.decode(spec, type=RunSpec),
            strategy_source=source,
            assets=tuple(asset_of(row) for row in assets),
            metrics=msgspec.json.decode(metrics, type=dict[str, StoredMetric]),
            metrics_basis=outcome.metrics_basis,
            notices=outcome.notices,
            bankrupt_bar=outcome.bankrupt_bar,
            basis=outcome.basis,
            engine_version=engine_version,
            result_hash=result_hash,
            curves={name: np.frombuffer(data, np.dtype(dtype)).copy() for name, dtype, data in curves},
            tags=outcome.tags,
            orders=orders_of(copied[0]),
            fills=fills_of(copied[1]),
            events=events_of(copied[2]),
            trades=trades_of(copied[3]),
            owner=owner,
        )

    def curves(self, run_id: UUID, names: Sequence[str]) -> Curves:
        """Return some of a run's curves."""
        keys = {"run": run_id, "names": list(names)}
        with self._database.connection() as connection:
            rows = connection.execute(statement("run_curves_named"), keys, binary=True).fetchall()
        return {name: np.frombuffer(data, np.dtype(dtype)) for name, dtype, data in rows}

    def newest(self, limit: int, *, owner: UUID | None = None, after: UUID | None = None) -> list[RunSummary]:
        """Return the newest runs first: of a user or of all, those older than one."""
        with self._database.connection() as connection:
            keys = {"limit": limit, "owner": owner, "after": after}
            found = connection.execute(statement("runs_newest"), keys).fetchall()
        return [_summary(line) for line in found]

    def head(self, run_id: UUID) -> RunHead | None:
        """Return what decides who may see a run and whether they have seen it."""
        with self._database.connection() as connection:
            found = connection.execute(statement("run_head"), {"run": run_id}).fetchone()
        return None if found is None else RunHead(*found)


def asset_of(row: tuple[Any, ...]) -> StoredAsset:
    """Return a row of ``run_assets_find.sql``."""
    symbol, interval, role, as_of, data_hash, said, quality = row
    known = None if said is None else nanoseconds(said)
    return StoredAsset(symbol, interval, role, nanoseconds(as_of), data_hash, known, quality)


def _summary(line: tuple[Any, ...]) -> RunSummary:
    """Return a row of ``runs_newest.sql`` as a line of the list."""
    run, created, spec_text, total_return, sharpe, max_drawdown, bars, first, last, trades = line
    spec = msgspec.json.decode(spec_text, type=RunSpec)
    return RunSummary(
        id=run,
        created_at=utc(created),
        strategy=spec.strategy.name,
        parameters=dict(spec.strategy.parameters),
        symbol="+".join(spec.symbols[:3]) + ("+..." if len(spec.symbols) > 3 else ""),
        start=moment(int.from_bytes(first, "little", signed=True)),
        end=moment(int.from_bytes(last, "little", signed=True)),
        bars=bars,
        total_return=total_return,
        sharpe=sharpe,
        max_drawdown=max_drawdown,
        trades=trades,
        run_hash=spec.hash,
    )


def _statements(run: StoredRun) -> list[tuple[str, dict[str, Any]]]:
    """Return what saving a run executes, in order."""
    strategy = run.spec.strategy
    keys = {
        "run": run.id,
        "strategy": new_uuid(run.created_at),
        "name": strategy.name,
        "class_name": strategy.class_name,
        "parameters": msgspec.json.encode(strategy.parameters, order="deterministic").decode(),
        "source_hash": strategy.source_hash,
        "source": run.strategy_source,
    }
    assets: list[tuple[str, dict[str, Any]]] = []
    links: list[tuple[str, dict[str, Any]]] = []
    for position, asset in enumerate(run.assets):
        assets.append(("asset_of_run_add", {"id": new_uuid(run.created_at), "symbol": asset.symbol}))
        link = msgspec.structs.asdict(asset) | {
            "as_of": _exact(asset.as_of),
            "actions_as_of": None if asset.actions_as_of is None else _exact(asset.actions_as_of),
        }
        links.append(("run_asset_add", {"run": run.id, "position": position, **link}))
    return [
        ("floats_exact", {}),
        ("strategy_add", keys),
        *assets,
        ("run_add", keys | _run_columns(run)),
        *links,
        ("run_curves_add", _curves(run)),
        ("orders_add", order_parameters(run)),
        ("fills_add", fill_parameters(run)),
        ("account_events_add", event_parameters(run)),
        ("trades_add", trade_parameters(run)),
        ("run_documents_add", document_parameters(run.id, run.engine_version, run.documents)),
    ]


def _run_columns(run: StoredRun) -> dict[str, Any]:
    results = Results(run.metrics_basis, run.notices, run.bankrupt_bar, run.basis, run.tags)
    return {
        "symbol": next(asset.symbol for asset in run.assets if asset.role == "traded"),
        "run_hash": run.spec.hash,
        "result_hash": run.result_hash,
        "engine_version": run.engine_version,
        "spec": msgspec.json.encode(run.spec).decode(),  # its parameters in the order they were given
        "metrics": _metrics(run),
        "results": msgspec.json.encode(results).decode(),
        "as_of": max(_exact(asset.as_of) for asset in run.assets),
        "created_at": moment(run.created_at),
        "created_nanoseconds": run.created_at % 1000,
        "owner": run.owner,
    }


def _metrics(run: StoredRun) -> str:
    for name, metric in run.metrics.items():
        if metric.value is not None and not math.isfinite(metric.value):
            raise StoreError(
                f"The metric {name} is {metric.value}, which cannot be stored; it must say why it is undefined."
            )
    return msgspec.json.encode(run.metrics).decode()


def _curves(run: StoredRun) -> dict[str, Any]:
    arrays = [np.ascontiguousarray(curve, curve.dtype.newbyteorder("<")) for curve in run.curves.values()]
    return {
        "run": run.id,
        "names": list(run.curves),
        "dtypes": [curve.dtype.str for curve in arrays],
        "data": [curve.tobytes() for curve in arrays],
    }


def _exact(ns: int) -> Any:
    """Return a stored series' as-of time, which the database gave in whole microseconds."""
    if ns % 1000:
        raise StoreError(f"{ns} is no as-of time of a stored series; take the one that reading it returned.")
    return moment(ns)
