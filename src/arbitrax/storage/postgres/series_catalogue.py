"""The list of stored series, with what quality reports and ingestions say of each."""

from __future__ import annotations

import msgspec

from arbitrax.services.series import SeriesEntry
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import utc


class PostgresSeriesCatalogue:
    """The port `arbitrax.services.series.SeriesCatalogue`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, text: str | None, after: tuple[str, str] | None, limit: int) -> list[SeriesEntry]:
        """Return series by symbol and interval, those after one, whose symbol or name holds a text."""
        symbol, interval = after or (None, None)
        keys = {"text": text, "symbol": symbol, "interval": interval, "limit": limit}
        with self._database.reading() as connection:
            rows = connection.execute(statement("series_page"), keys).fetchall()
        return [
            SeriesEntry(
                row[0],
                row[1],
                row[2],
                first=utc(row[3]),
                last=utc(row[4]),
                source=row[5],
                changed=utc(row[6]),
                score=row[7],
                judged=None if row[8] is None else utc(row[8]),
                counts=None if row[8] is None else msgspec.json.decode(row[9], type=dict[str, int]),
                ingestion=row[10],
                ingested=None if row[11] is None else utc(row[11]),
            )
            for row in rows
        ]
