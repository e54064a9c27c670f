"""Whose series a write may change.

A series is one for all users: what is stored of it, everybody's backtests use. So only admins and the operator change
what others have stored, and nobody mixes two sources in one series without having said so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.domain.errors import NotYourSeries, OtherSource
from arbitrax.samples import SOURCE as SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

FILE = "file"
"""The source of bars that users import or upload."""


class Writer(Struct, frozen=True):
    """Who stores bars."""

    user: UUID | None
    """None: the operator of the command line."""
    everybodys: bool
    """Whether they may change what others have stored: an admin, or the operator."""


OPERATOR = Writer(None, everybodys=True)


class SeriesOrigin(Struct, frozen=True):
    """Where the bars of a series are from."""

    symbol: str
    interval: str
    source: str
    owner: UUID | None
    """The user whose uploads alone it is made of; None: it is not made of one user's alone."""


def check_file(held: SeriesOrigin | None, writer: Writer, source: str, *, replace_source: bool) -> None:
    """See whether bars of a file, or the bundled ones, may go into a series; None: nothing is stored of it.

    Raises:
        NotYourSeries: it is not the writer's alone.
        OtherSource: it is of another source, whose place was not asked for.
    """
    if held is None:
        return
    if not _may_change(held, writer) and not (source == held.source == SAMPLE):
        raise NotYourSeries(
            f"{_others(held)}, so you cannot change them; store yours under another symbol, or ask an admin."
        )
    if held.source != source and not replace_source:
        raise OtherSource(
            f"The {held.interval} bars of {held.symbol} are {_named(held.source)}, and {_named(source)} do not mix "
            "with them; take another symbol, or let the new ones take the place of them all (--replace, over HTTP "
            "replace_source=true)."
        )


def check_new_interval(held: Iterable[SeriesOrigin], writer: Writer) -> None:
    """See whether a file may bring an interval that a symbol lacks; held: its series.

    What is not stored is made of finer bars when it is asked for, and such a file would take their place.

    Raises:
        NotYourSeries: one of them is not the writer's alone.
    """
    for each in held:
        if not _may_change(each, writer):
            raise NotYourSeries(
                f"{_others(each)}, other intervals included; store yours under another symbol, or ask an admin."
            )


def check_vendor(held: SeriesOrigin | None, writer: Writer, source: str, *, replace_source: bool) -> None:
    """See whether bars of a vendor, or of one yet to be chosen, may go into a series; None: nothing is stored of it.

    Who may not change it goes on with the vendor it is of, or adds what another vendor's lacks.

    Raises:
        NotYourSeries: what others have stored would be replaced, or mixed with.
    """
    if held is None or _may_change(held, writer) or held.source == source:
        return
    if replace_source or held.source in (FILE, SAMPLE):
        raise NotYourSeries(
            f"{_others(held)}, so only an admin may let another source change them; ask one, or for another symbol."
        )


def _may_change(held: SeriesOrigin, writer: Writer) -> bool:
    return writer.everybodys or (held.owner is not None and held.owner == writer.user)


def _others(held: SeriesOrigin) -> str:
    if held.owner is not None:
        whose = "another user's uploads"
    else:
        whose = "not your uploads alone" if held.source == FILE else _named(held.source)
    return f"The {held.interval} bars of {held.symbol} are {whose}, and everybody's backtests use them"


def _named(source: str) -> str:
    return {FILE: "a file's", SAMPLE: "the bundled ones"}.get(source, f"those of {source}")
