"""The port for schedules of ingestions on PostgreSQL."""

from __future__ import annotations

from datetime import date

from msgspec.structs import asdict

from arbitrax.services.catalogue_ports import Schedule
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement


class PostgresScheduleStore:
    """Schedules in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, schedule: Schedule) -> None:
        """Add a schedule, or replace the one of this name; what was done stays noted."""
        with self._database.connection() as connection:
            connection.execute(
                statement("schedule_put"), asdict(schedule) | {"symbols": list(schedule.symbols) or None}
            )

    def list(self) -> list[Schedule]:
        """Return the schedules by name."""
        with self._database.connection() as connection:
            rows = connection.execute(statement("schedules_list")).fetchall()
        return [
            Schedule(name, source, interval, calendar, tuple(symbols or ()), watchlist, last_done)
            for name, source, interval, calendar, symbols, watchlist, last_done in rows
        ]

    def done(self, name: str, session: date) -> None:
        """Note that a session was ingested; an older one than is noted changes nothing."""
        with self._database.connection() as connection:
            connection.execute(statement("schedule_done"), {"name": name, "session": session})

    def remove(self, name: str) -> bool:
        """Forget a schedule; False when there is none of this name."""
        with self._database.connection() as connection:
            return connection.execute(statement("schedule_remove"), {"name": name}).rowcount == 1
