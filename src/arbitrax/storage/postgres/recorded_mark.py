"""Up to where a shard is recorded: PostgreSQL knows it even when the journal's Valkey lost its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.storage.postgres.exchange_records import PostgresRecords

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Database


class RecordedMark:
    """See `arbitrax.exchange.service.ports.Records`."""

    def __init__(
        self,
        known: Callable[[int], EntryId | None],
        connect: Callable[[], AbstractContextManager[Database]],
        say: Callable[[str], None],
    ) -> None:
        """Take what the journal's server knows (None: nobody ever recorded), and how PostgreSQL is reached."""
        self._known, self._connect, self._say = known, connect, say

    def recorded(self, shard: int) -> EntryId:
        """Return the last entry recorded; of a database that cannot be asked what the journal's server knows of it.

        A recorder that had more then refuses to go on, as its hash differs: nothing is recorded twice.
        """
        known = self._known(shard)
        if known is None:
            return START
        try:
            with self._connect() as database:
                return max(known, PostgresRecords(database, shard).mark().entry)
        except ArbitraxError as error:
            self._say(f"recorded.unknown shard={shard} because PostgreSQL cannot be asked: {error}")
            return known
