"""Parameters that several resources take."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from litestar.params import Parameter

from arbitrax.api.problems import FieldError, RequestError
from arbitrax.domain.dates import canonical_date, to_nanoseconds
from arbitrax.domain.errors import RangeError, within

# Python's $ also matches before a newline at the end: every pattern of ours ends in $(?!\n), which OpenAPI writes $.
# Whatever a vendor calls an asset; but nothing that a database or a log cannot hold.
SYMBOL = r"^[^\x00-\x20\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f])?$(?!\n)"

Symbol = Annotated[str, Parameter(min_length=1, max_length=64, pattern=SYMBOL, description="Of an instrument.")]
Interval = Annotated[
    str, Parameter(max_length=8, pattern=r"^[1-9][0-9]{0,3}(s|m|h|d|w|mo)$(?!\n)", description="Such as 1m, 1h, 1d.")
]
Start = Annotated[
    str | None,
    Parameter(
        max_length=40,
        description="From there on: a day, such as 2024-01-31, or a moment, such as 2024-01-31T14:30:00Z.",
    ),
]
End = Annotated[
    str | None,
    Parameter(
        max_length=40,
        description="Up to there: a day, which counts, such as 2024-01-31; or a moment, which does not, such as "
        "2024-02-01T00:00:00Z.",
    ),
]
_POINTS = Parameter(ge=1, le=10_000, description="The most points that a chart has; neighbours are joined.")
Points = Annotated[int | None, _POINTS]
CurvePoints = Annotated[int, _POINTS]

_BODY = r"[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$(?!\n)"
UserId = Annotated[str, Parameter(pattern=f"^usr_{_BODY}", description="Of a user: usr_ and 26 characters.")]
KeyId = Annotated[str, Parameter(pattern=f"^key_{_BODY}", description="Of an API key: key_ and 26 characters.")]
BacktestId = Annotated[str, Parameter(pattern=f"^bt_{_BODY}", description="Of a backtest: bt_ and 26 characters.")]
IngestionId = Annotated[str, Parameter(pattern=f"^ing_{_BODY}", description="Of an ingestion: ing_ and 26 characters.")]
OrderId = Annotated[
    str, Parameter(pattern=r"^ord_[0-9a-f]{16}$(?!\n)", description="Of an order: ord_ and 16 hex digits.")
]
MaybeOrderId = Annotated[str | None, Parameter(pattern=r"^ord_[0-9a-f]{16}$(?!\n)", description="Of this order only.")]
AccountName = Annotated[
    str | None,
    Parameter(min_length=1, max_length=64, pattern=SYMBOL, description="Id or name; left out: the only one there is."),
]
AccountId = Annotated[str, Parameter(pattern=f"^acc_{_BODY}", description="Of an account: acc_ and 26 characters.")]
ClientOrderId = Annotated[
    str | None, Parameter(pattern=r"^[!-~]{1,32}$(?!\n)", description="Your own id of an order, as it was sent.")
]

FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"
EARLIEST, LATEST = datetime(1678, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
"""What ns since 1970 can hold."""


def nanoseconds_of(name: str, text: str | None) -> int | None:
    """Return the time that a parameter has, ns UTC.

    Raises:
        RequestError: it is no time, or one without a zone.
    """
    if text is None:
        return None
    detail = f"'{text}' is no time; write 2024-01-31 or 2024-01-31T14:30:00Z."
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            found = datetime(day.year, day.month, day.day, tzinfo=UTC)
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        raise RequestError(422, detail, [FieldError(f"?{name}", "request.time", detail)]) from None
    if found.tzinfo is None or not EARLIEST <= found <= LATEST:
        detail = f"'{text}' lacks its zone, such as Z, or lies outside 1678 to 2262."
        raise RequestError(422, detail, [FieldError(f"?{name}", "request.time", detail)])
    return to_nanoseconds(found)


def end_of(name: str, text: str | None) -> int | None:
    """Return the time, ns UTC, before which what a parameter names ends: of a day the start of the next.

    Raises:
        RequestError: it is no time, or one without a zone.
    """
    found = nanoseconds_of(name, text)
    return found if found is None or text is None or len(text) != 10 else found + 86_400_000_000_000


def market_day(name: str, text: str | None) -> str | None:
    """Return the day that a field of a body names.

    Raises:
        RangeError: there is no such day, or it lies outside what markets are asked about.
    """
    if text is None:
        return None
    with within(name):
        day = canonical_date(text, f"{name} date")
        if not FIRST_DAY <= day <= LAST_DAY:
            raise RangeError(
                f"The {name} date {day} lies outside {FIRST_DAY} to {LAST_DAY}; leave it out for all there is."
            )
    return day
