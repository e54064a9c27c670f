"""Which schema a database has, and how to bring it to this release's.

Revisions are four digits that count up (``migrations/versions``), so text order is their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from psycopg import errors

from arbitrax.domain.errors import SchemaError, StoreError
from arbitrax.storage.postgres import failures
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    import psycopg
    from alembic.config import Config

    Connection = psycopg.Connection[tuple[Any, ...]]

HEAD = "0016"
"""The revision this release works with: the newest in ``migrations/versions``."""

LOCK = 0x6172_6269_7472_6178
"""Key of the advisory lock around migrations: the bytes of ``arbitrax``."""

OLDEST_SERVER = 150_000
"""15 has ``NULLS NOT DISTINCT`` and ``has_parameter_privilege``."""

State = Literal["empty", "older", "current", "newer"]


def revision(connection: Connection) -> str | None:
    """Return the database's revision, None when it has no schema of ours; one query."""
    try:
        row = connection.execute(statement("schema_revision")).fetchone()
    except errors.UndefinedTable:
        return None
    return None if row is None else str(row[0])


def state(connection: Connection) -> State:
    """Compare the database's schema with this release's."""
    found = revision(connection)
    if found is None:
        return "empty"
    return "current" if found == HEAD else "older" if found < HEAD else "newer"


def require_current(connection: Connection, url: str) -> None:
    """Refuse a database with another schema than this release's.

    Raises:
        SchemaError: it has none, an older or a newer one.
    """
    found = state(connection)
    where = failures.place(url)
    if found == "empty":
        raise SchemaError(f"The database at {where} has no ArbitraX schema yet; run `arbitrax db upgrade`.")
    if found == "older":
        raise SchemaError(
            f"The database at {where} has schema {revision(connection)}, older than {HEAD}, this release's; "
            "run `arbitrax db upgrade`."
        )
    if found == "newer":
        raise SchemaError(
            f"The database at {where} has schema {revision(connection)}, newer than {HEAD}, this release's; "
            "upgrade arbitrax."
        )


def check(url: str) -> State:
    """Return the state of the database at a URL."""
    from arbitrax.storage.postgres.connection import connect

    with connect(url) as connection, failures.sentences(url):
        return state(connection)


def upgrade(url: str) -> State:
    """Bring the schema to this release's and return what it was before. Of two at once, one waits for the other.

    Raises:
        SchemaError: it is newer already.
    """
    return _migrate(url, HEAD)


def downgrade(url: str, target: str) -> State:
    """Take the schema back to a revision, or to ``base``, which drops every table. For tests and emergencies."""
    return _migrate(url, target)


def _migrate(url: str, target: str) -> State:
    from alembic import command
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    from arbitrax.storage.postgres.connection import connect

    def opened() -> Connection:
        connection = connect(url)
        connection.autocommit = False  # one transaction for all: a failure leaves the old schema
        return connection

    engine = create_engine("postgresql+psycopg://", creator=opened, poolclass=NullPool)
    with failures.sentences(url), engine.begin() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None  # noqa: S101 -- for the type checker
        if raw.info.server_version < OLDEST_SERVER:
            raise StoreError(
                f"PostgreSQL at {failures.place(url)} is version {raw.info.parameter_status('server_version')}; "
                f"use {OLDEST_SERVER // 10_000} or newer."
            )
        raw.execute(statement("schema_lock"), {"key": LOCK})
        before = "empty" if raw.execute(statement("schema_exists")).fetchone()[0] is None else state(raw)
        if before == "newer":
            require_current(raw, url)
        config = _alembic_config(connection)
        try:
            if target == HEAD:
                command.upgrade(config, target)
            else:
                command.downgrade(config, target)
        except DBAPIError as error:  # around what Alembic itself sends, such as creating its own table
            raise error.orig or error from None
        return before


def _alembic_config(connection: object) -> Config:
    from alembic.config import Config

    config = Config()
    scripts = _migrations_directory().replace("%", "%%")
    config.set_main_option("script_location", scripts)
    config.attributes["connection"] = connection
    return config


def _migrations_directory() -> str:
    from importlib.resources import files

    return str(files("arbitrax.storage.postgres") / "migrations")
