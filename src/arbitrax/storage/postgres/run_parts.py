"""The port for parts of finished runs on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from arbitrax.backtest.spec import RunSpec
from arbitrax.domain.bars import PriceBasis
from arbitrax.services.run_parts import RunOutline
from arbitrax.storage.postgres.run_rows import NAMES, orders_of, trades_and_orders_of
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from arbitrax.services.run_parts import StoredTrades
    from arbitrax.storage.postgres.connection import Connection, Database

MOST_BYTES = (1 << 31) - 1
MOST_ROWS = 1 << 62


class Results(msgspec.Struct, frozen=True):
    """The ``results`` column."""

    metrics_basis: str
    notices: tuple[str, ...]
    bankrupt_bar: int | None
    basis: PriceBasis
    tags: tuple[str, ...] = ()


class PostgresRunParts:
    """Rows of runs by their place, each an index's range; documents as bytes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def outline(self, run_id: UUID) -> RunOutline | None:
        """Return what a run's rows need to be understood, or None."""
        with self._database.connection() as connection:
            found = connection.execute(statement("run_outline"), {"run": run_id}).fetchone()
        if found is None:
            return None
        spec, results = found
        return RunOutline(msgspec.json.decode(spec, type=RunSpec), msgspec.json.decode(results, type=Results).tags)

    def trades(self, run_id: UUID, tags: Sequence[str], first: int, rows: int | None) -> StoredTrades:
        """Return some trades of a run with what their orders say."""
        with self._database.connection() as connection:
            return trades_and_orders_of(copy_out(connection, "trades_page", _place(run_id, tags, first, rows)))

    def orders(self, run_id: UUID, tags: Sequence[str], first: int, rows: int | None) -> NDArray[np.void]:
        """Return some orders of a run."""
        with self._database.connection() as connection:
            return orders_of(copy_out(connection, "orders_find", _place(run_id, tags, first, rows)))

    def document(
        self, run_id: UUID, name: str, version: str, *, first: int = 0, size: int | None = None
    ) -> bytes | None:
        """Return what a release found out about a run, or a part of it; None: nothing."""
        # PostgreSQL counts from 1.
        keys = {"run": run_id, "name": name, "version": version, "first": first + 1, "size": size or MOST_BYTES}
        with self._database.connection() as connection:
            found = connection.execute(statement("run_document_find"), keys, binary=True).fetchone()
        return None if found is None else bytes(found[0])

    def keep_documents(self, run_id: UUID, version: str, documents: Mapping[str, bytes]) -> None:
        """Keep what a release found out about a run."""
        with self._database.connection() as connection:
            connection.execute(statement("run_documents_add"), document_parameters(run_id, version, documents))


def copy_out(connection: Connection, name: str, keys: dict[str, Any]) -> bytes:
    """Return everything a ``COPY ... TO STDOUT`` statement sends."""
    with connection.cursor() as cursor, cursor.copy(statement(name), keys) as copy:
        return b"".join(copy)


def document_parameters(run: UUID, version: str, documents: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the parameters of ``run_documents_add.sql``."""
    return {"run": run, "version": version, "names": list(documents), "data": list(documents.values())}


def _place(run: UUID, tags: Sequence[str], first: int, rows: int | None) -> dict[str, Any]:
    end = MOST_ROWS if rows is None else first + rows
    return {"run": run, **NAMES, "tags": list(tags), "first": first, "end": end}
