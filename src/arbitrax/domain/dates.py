"""Dates at the edge, nanoseconds inside."""

from datetime import UTC, date, datetime, timedelta

from arbitrax.domain.errors import RangeError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str, name: str) -> int:
    """Return the start of an ISO date, ns UTC; ``name`` is what the user calls it.

    Raises:
        RangeError: it is no date.
    """
    try:
        return ((date.fromisoformat(text) - EPOCH.date()).days) * 86_400_000_000_000
    except ValueError:
        raise RangeError(f"{name} '{text}' is not a date; write it as YYYY-MM-DD, such as 2012-01-31.") from None


def day_after(text: str, name: str) -> int:
    """Return the end of an ISO date, ns UTC: the start of the next day."""
    return parse_date(text, name) + 86_400_000_000_000


def to_datetime(nanoseconds: int) -> datetime:
    """Return an aware UTC datetime; microseconds are its finest part."""
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def to_nanoseconds(moment: datetime) -> int:
    """Return an aware datetime as ns UTC, exactly."""
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def date_text(nanoseconds: int) -> str:
    """Return the UTC date as YYYY-MM-DD."""
    return to_datetime(nanoseconds).date().isoformat()


def time_text(nanoseconds: int) -> str:
    """Return a UTC time as YYYY-MM-DDTHH:MM:SSZ."""
    return to_datetime(nanoseconds).strftime("%Y-%m-%dT%H:%M:%SZ")
