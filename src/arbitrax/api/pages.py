"""Lists (R6): pages with an opaque cursor, which holds the place of the last row."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import Parameter
from msgspec import Struct

from arbitrax.api.problems import FieldError, RequestError

T = TypeVar("T")
Row = TypeVar("Row")
Place = TypeVar("Place")

MOST = 500
DEFAULT = 100

Limit = Annotated[int, Parameter(ge=1, le=MOST, description="Rows of a page.")]
MaybeLimit = Annotated[
    int | None,
    Parameter(
        ge=1,
        le=MOST,
        description=f"Rows of a page of JSON (left out: {MOST}); of another format the first so many (left out: all).",
    ),
]
Cursor = Annotated[
    str | None,
    Parameter(
        max_length=512,
        pattern=r"^[A-Za-z0-9_-]+$(?!\n)",
        description="`next_cursor` of the page before; none: the first page.",
    ),
]


class Page(Struct, Generic[T], frozen=True):
    """A page of a list."""

    data: list[T]
    next_cursor: str | None
    has_more: bool


def write_cursor(place: object) -> str:
    """Return a place in a list as text."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(text: str | None, kind: type[Place], *, least: int = 0) -> Place | None:
    """Return the place that a cursor holds; a number is at least so much, and fits 64 bits.

    Raises:
        RequestError: it is none of ours.
    """
    if text is None:
        return None
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        place = None
    if place is None or (isinstance(place, int) and not least <= place < 1 << 63):
        detail = "This is no cursor of this list; take next_cursor as it was given."
        raise RequestError(422, detail, [FieldError("?cursor", "request.cursor", detail)])
    return place


def require_json(form: str, cursor: str | None) -> None:
    """See whether there is a cursor only where there are pages.

    Raises:
        RequestError: there are none.
    """
    if form != "json" and cursor is not None:
        detail = "Only JSON comes in pages; leave cursor out, and ask for a range or a limit."
        raise RequestError(422, detail, [FieldError("?cursor", "request.cursor", detail)])


def page(rows: Sequence[Row], limit: int, message: Callable[[Row], T], place: Callable[[Row], object]) -> Page[T]:
    """Return a page of rows, of which one more than the limit was asked for."""
    shown = rows[:limit]
    more = len(rows) > limit
    return Page([message(row) for row in shown], write_cursor(place(shown[-1])) if more and shown else None, more)
