"""What a database holds, for `arbitrax doctor`."""

from __future__ import annotations

from msgspec import Struct

from arbitrax.storage.postgres import failures, schema
from arbitrax.storage.postgres.connection import connect
from arbitrax.storage.postgres.sql import statement


class DatabaseSummary(Struct, frozen=True):
    """A database in a few numbers; the counts are None while its schema is not this release's."""

    place: str
    server_version: str
    schema: schema.State
    assets: int | None = None
    series: int | None = None
    bars: int | None = None
    runs: int | None = None
    bytes: int | None = None


def database_summary(url: str) -> DatabaseSummary:
    """Look at a database, whatever its schema.

    Raises:
        StoreUnavailableError: nobody answers, or refuses us.
    """
    with connect(url) as connection, failures.sentences(url):
        place = failures.place(url)
        state = schema.state(connection)
        version = connection.info.parameter_status("server_version") or "unknown"
        if state != "current":
            return DatabaseSummary(place, version, state)
        row = connection.execute(statement("summary")).fetchone()
        assert row is not None  # noqa: S101 -- one row by construction
        return DatabaseSummary(place, row[0], state, *row[1:])
