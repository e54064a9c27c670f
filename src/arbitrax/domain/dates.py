"""Dates at the edge, nanoseconds inside."""

from datetime import UTC, date, datetime, timedelta

from arbitrax.domain.errors import RangeError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def canonical_date(value: object, name: str) -> str:
    """Return a date as YYYY-MM-DD; ``name`` is what the user calls it. Dates, datetimes and their like are converted.

    Raises:
        RangeError: it is no date, or written in another way: equal runs must have equal text.
    """
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else str(value)
    if type(value).__name__ == "datetime64":
        text = text[:10]
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise RangeError(f"The {name} '{value}' is not a date; write it as YYYY-MM-DD, such as 2012-01-31.")


def start_of_day(text: str) -> int:
    """Return the start of a canonical date, ns UTC."""
    return (date.fromisoformat(text) - EPOCH.date()).days * 86_400_000_000_000


def end_of_day(text: str) -> int:
    """Return the end of a canonical date, ns UTC: the start of the next day."""
    return start_of_day(text) + 86_400_000_000_000


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
