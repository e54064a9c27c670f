"""The port for quality on PostgreSQL: reports, rows set aside, and repairs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec.structs import replace

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.market_data.validation.findings import QualityReport
from arbitrax.services.catalogue_ports import Repair, StoredQuality, StoredQuarantine, StoredRepair
from arbitrax.storage.postgres import repairs
from arbitrax.storage.postgres.committed import after_commit
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.quarantine import find_quarantined
from arbitrax.storage.postgres.repair_rows import repair_of
from arbitrax.storage.postgres.series_writer import Written
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc

if TYPE_CHECKING:
    from arbitrax.storage.parquet.bar_cache import BarCache
    from arbitrax.storage.redis.recent_bars import RecentBars


class PostgresQualityStore:
    """Quality in PostgreSQL."""

    def __init__(self, database: Database, cache: BarCache | None = None, recent: RecentBars | None = None) -> None:
        self._database = database
        self._cache = cache
        self._recent = recent

    def save(self, report: QualityReport, *, as_of: int) -> None:
        """Store the report of a series as of a time; the newest counts.

        Raises:
            UnknownNameError: nothing is stored of the series.
        """
        keys = {
            "symbol": report.symbol,
            "interval": report.interval,
            "as_of": moment(as_of),
            "score": report.score,
            "report": msgspec.json.encode(report).decode(),
        }
        with self._database.connection() as connection:
            found = connection.execute(statement("series_find"), {**keys, "as_of": None}).fetchone()
            if found is None:
                raise UnknownNameError(f"No {report.interval} bars of {report.symbol} are stored; ingest them first.")
            connection.execute(statement("quality_save"), {**keys, "asset": found[0]})

    def report(self, symbol: str, interval: str) -> StoredQuality | None:
        """Return the newest report of a series, or None."""
        keys = {"symbol": symbol, "interval": interval}
        with self._database.reading() as connection:
            found = connection.execute(statement("quality_find"), keys).fetchone()
        if found is None:
            return None
        report = replace(msgspec.json.decode(found[0], type=QualityReport), symbol=symbol)
        return StoredQuality(report, nanoseconds(found[1]), utc(found[2]))

    def quarantined(self, symbol: str, interval: str) -> list[StoredQuarantine]:
        """Return the rows that are set aside, oldest first."""
        with self._database.reading() as connection:
            return find_quarantined(connection, symbol, interval)

    def propose(self, repair: Repair, *, received: int) -> StoredRepair:
        """Keep a repair, to be applied on request; one that waits already is returned as it is."""
        with self._database.connection() as connection, connection.transaction():
            return repairs.propose(connection, repair, received=received)

    def apply(self, repair_id: UUID, *, who: str, received: int) -> StoredRepair:
        """Change the bars and note it, in one transaction; applying it twice changes nothing more.

        From then on a source that repeats the bars of ``before`` does not bring them back; one that changes them does.

        Raises:
            UnknownNameError: there is no such repair.
            InputError: it was undone, or the bars are no longer those of ``before``.
        """
        with self._database.connection() as connection, connection.transaction():
            asset, found = repairs.find(connection, repair_id)
            if found.undone is not None:
                raise InputError("This repair was undone; propose it anew to apply it again.")
            if found.applied is not None:
                return found
            written = repairs.apply(connection, asset, found, who=who, received=received)
            _, applied = repairs.find(connection, repair_id)
        self._renew(applied, written)
        return applied

    def undo(self, repair_id: UUID, *, who: str, received: int) -> StoredRepair:
        """Bring the bars of ``before`` back and note it, in one transaction; twice changes nothing more.

        Raises:
            UnknownNameError: there is no such repair.
            InputError: it is not applied, or the bars are no longer those of ``after``.
        """
        with self._database.connection() as connection, connection.transaction():
            asset, found = repairs.find(connection, repair_id)
            if found.applied is None:
                raise InputError("This repair is not applied, so there is nothing to undo.")
            if found.undone is not None:
                return found
            written = repairs.undo(connection, asset, found, who=who, received=received)
            _, undone = repairs.find(connection, repair_id)
        self._renew(undone, written)
        return undone

    def repairs(self, symbol: str, interval: str) -> list[StoredRepair]:
        """Return the repairs of a series, applied or not, oldest first."""
        keys = {"symbol": symbol, "interval": interval}
        with self._database.connection() as connection:
            rows = connection.execute(statement("repairs_of_series"), keys).fetchall()
        return [repair_of(row) for row in rows]

    def _renew(self, stored: StoredRepair, written: Written) -> None:
        after_commit(self._database, self._cache, self._recent, [(stored.repair.before, written)])
