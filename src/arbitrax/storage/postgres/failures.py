"""One sentence for each failure of PostgreSQL. No sentence holds a password, or text of the server that might."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import conninfo, errors

from arbitrax.domain.errors import ArbitraxError, DataError, SchemaError, StoreError, StoreUnavailableError
from arbitrax.storage.postgres.limited_connection import Silent

DATABASE_VARIABLE = "ARBITRAX_DATABASE_URL"
REPLICA_VARIABLE = "ARBITRAX_DATABASE_REPLICA_URL"
_REFUSED = ("28000", "28P01")  # by sqlstate: no such role, wrong password
_NO_DATABASE = "3D000"
_NOT_READY = "57P03"
_PARTITION = re.compile(r"_\d+$")


def place(url: str) -> str:
    """Return ``host/database`` of a URL, for people.

    Raises:
        StoreError: the text is no PostgreSQL URL.
    """
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.Error:
        raise StoreError(
            "The database URL cannot be read; write it as postgresql://user:password@host:port/database."
        ) from None
    host = parts.get("host") or parts.get("hostaddr") or "the local socket"
    port = parts.get("port")
    where = f"{host}:{port}" if port and not str(host).startswith("/") else str(host)
    return f"{where}/{parts.get('dbname') or parts.get('user') or ''}"


def no_connection(error: psycopg.OperationalError, url: str, variable: str) -> StoreUnavailableError:
    """Say why no connection came about, and what to do."""
    where = place(url)
    text = str(error)
    user = conninfo.conninfo_to_dict(url).get("user") or "this user"
    if error.sqlstate in _REFUSED or "authentication failed" in text or "no password supplied" in text:
        return StoreUnavailableError(
            f"PostgreSQL at {where} refuses the user {user}; check user and password in {variable}."
        )
    if error.sqlstate == _NO_DATABASE or ("database" in text and "does not exist" in text):
        return StoreUnavailableError(f"PostgreSQL at {where} has no such database; create it or correct {variable}.")
    if error.sqlstate == _NOT_READY or "starting up" in text or "shutting down" in text:
        return StoreUnavailableError(f"PostgreSQL at {where} is starting or stopping; try again in a moment.")
    return StoreUnavailableError(
        f"PostgreSQL at {where} does not answer; start it, or correct {variable}, or unset it to use the "
        f"{'embedded server' if variable == DATABASE_VARIABLE else 'database itself'}."
    )


@contextmanager
def sentences(url: str) -> Iterator[None]:
    """Turn what the server or the connection raises inside into the error tree."""
    try:
        yield
    except psycopg.Error as error:
        raise _explained(error, url) from error


def _explained(error: psycopg.Error, url: str) -> ArbitraxError:
    for kinds, kind, sentence in _EXPLANATIONS:
        if isinstance(error, kinds):
            reason = _broken_rule(error) if isinstance(error, errors.IntegrityError) else _first_line(error)
            return kind(sentence.format(where=place(url), reason=reason))
    return StoreError(f"PostgreSQL at {place(url)} failed: {_first_line(error)}; see the server's log.")


_EXPLANATIONS: tuple[tuple[tuple[type[psycopg.Error], ...], type[ArbitraxError], str], ...] = (
    (
        (errors.IntegrityError, errors.DataError),
        DataError,
        "The database refuses the data: {reason}; correct it and try again.",
    ),
    (
        (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction),
        SchemaError,
        "The database at {where} lacks part of its schema ({reason}); restore it from a backup.",
    ),
    (
        (errors.DiskFull, errors.OutOfMemory, errors.TooManyConnections),
        StoreUnavailableError,
        "PostgreSQL at {where} has run out of room ({reason}); free some and try again.",
    ),
    (
        (errors.ReadOnlySqlTransaction,),
        StoreError,
        "PostgreSQL at {where} is read-only; point ARBITRAX_DATABASE_URL to one that can be written.",
    ),
    (
        (errors.InsufficientPrivilege,),
        StoreError,
        "PostgreSQL at {where} does not allow this ({reason}); grant it to the user, or use another.",
    ),
    (
        (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable),
        StoreUnavailableError,
        "Another process was changing the same data at {where}; try again.",
    ),
    (
        (errors.QueryCanceled,),
        StoreUnavailableError,
        "PostgreSQL at {where} took too long, and what was under way is undone; try again.",
    ),
    (
        (Silent,),
        StoreUnavailableError,
        "PostgreSQL at {where} does not answer ({reason}); what was under way may be done or not: look before you try "
        "again.",
    ),
    (
        (psycopg.OperationalError,),
        StoreUnavailableError,
        "The connection to PostgreSQL at {where} broke, and what was under way is undone; check the server.",
    ),
)
"""Which failures become which error, the first that fits; ``OperationalError`` is also the base of many."""


def _broken_rule(error: psycopg.Error) -> str:
    """Say in words which rule of the schema refused, and its name."""
    table = _PARTITION.sub("", error.diag.table_name or "")
    rule = error.diag.constraint_name or ""
    words = rule.removeprefix(f"{table}_").replace("_", " ")
    if isinstance(error, errors.NotNullViolation):
        return f"a row of {table} has no {error.diag.column_name}"
    if isinstance(error, errors.CheckViolation):
        return f"a row of {table} breaks the rule '{words}' ({rule})"
    if isinstance(error, errors.UniqueViolation | errors.ExclusionViolation):
        return f"{table} has such a row already ({rule})"
    if isinstance(error, errors.ForeignKeyViolation):
        return f"a row of {table} names something that is not stored, or that something else still needs ({rule})"
    return _first_line(error)


def _first_line(error: psycopg.Error) -> str:
    # Not the detail line: it quotes whole rows.
    text = error.diag.message_primary or str(error)
    return text.partition("\n")[0].rstrip(".")
