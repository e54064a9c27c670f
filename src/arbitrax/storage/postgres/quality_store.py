"""The port for quality on PostgreSQL: reports, rows set aside, and repairs."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from arbitrax.domain.errors import UnknownNameError
from arbitrax.market_data.validation.findings import QualityReport
from arbitrax.services.catalogue_ports import StoredQuality, StoredQuarantine
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.quarantine import find_quarantined
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import moment, nanoseconds, utc


class PostgresQualityStore:
    """Quality in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

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
            found = connection.execute(statement("series_find"), keys).fetchone()
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
