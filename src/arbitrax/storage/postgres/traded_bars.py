"""The port for bars of the exchange's trades on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arbitrax.exchange.journal import START, EntryId
from arbitrax.services.traded_bars import TradedBar
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import EPOCH

if TYPE_CHECKING:
    from arbitrax.services.traded_bars import TradedRange
    from arbitrax.storage.postgres.connection import Database

_MS = timedelta(milliseconds=1)


class PostgresTradedBars:
    """Reads fills."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, shard: int, number: int, of: TradedRange, limit: int) -> tuple[list[TradedBar], EntryId]:
        """Return the first bars of a symbol in a range, and up to which entry its trades were stored."""
        keys = {
            "shard": shard,
            "number": number,
            "start": EPOCH + of.start * _MS,
            "end": EPOCH + of.end * _MS,
            "length": of.length,
            "limit": limit,
        }
        with self._database.reading() as connection:
            # First the mark: what is stored meanwhile is in the bars, and only not promised.
            mark = connection.execute(statement("exchange_mark_find"), keys).fetchone()
            rows = connection.execute(statement("traded_bars"), keys).fetchall()
        stored = START if mark is None else EntryId(int(mark[1]), int(mark[2]))
        return [TradedBar((start - EPOCH) // _MS, *values) for start, *values in rows], stored
