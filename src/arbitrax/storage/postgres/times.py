"""Times to and from PostgreSQL: int64 ns UTC inside, TIMESTAMPTZ (microseconds) there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
POSTGRES_EPOCH = 946_684_800_000_000
"""2000-01-01 in microseconds since 1970: what PostgreSQL's binary timestamps count from."""


def moment(ns: int) -> datetime:
    """Return a time for a statement; whatever is finer than a microsecond is cut off."""
    return EPOCH + timedelta(microseconds=ns // 1000)


def nanoseconds(time: datetime) -> int:
    """Return a time read from the database."""
    return (time - EPOCH) // timedelta(microseconds=1) * 1000


def utc(time: datetime) -> datetime:
    """Return the same time in UTC, whatever the session's time zone."""
    return time.astimezone(UTC)
