"""Bars of what traded on the exchange, made of the trades that the recorder has stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from arbitrax.domain.errors import InputError, RangeError, within
from arbitrax.domain.intervals import DAY, UNITS, nanoseconds, parse_interval
from arbitrax.exchange.journal import EntryId

MS = 1_000_000
"""Nanoseconds."""
MOST_BARS = 10_000
"""That a range has room for: so many trades are looked through at most."""


class TradedBar(Struct, frozen=True):
    """Trades of one interval; times are ms since 1970."""

    start: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    trades: int


class TradedRange(Struct, frozen=True):
    """From when until before when, and the length of a bar; ms."""

    start: int
    end: int
    length: int


class TradedBars(Protocol):
    """Reads them."""

    def load(self, shard: int, number: int, of: TradedRange, limit: int) -> tuple[list[TradedBar], EntryId]:
        """Return the first bars of a symbol in a range, and up to which entry of the journal its trades were stored.

        An interval without trades has no bar. Prices and quantities are exact.
        """
        ...


def traded_range(interval: str, start: int | None, end: int | None, *, now: int) -> TradedRange:
    """Return the range of what was asked for; times in ns UTC, None: as far back as a range goes, up to now.

    Raises:
        InputError: bars of such an interval are not made of trades.
        RangeError: the range has room for too many bars.
    """
    with within("interval"):
        _, unit = parse_interval(interval)
        length = nanoseconds(interval)
        if unit not in UNITS or length > DAY or DAY % length:
            raise InputError(
                f"Bars of {interval} are not made of the exchange's trades; take one that a day is a whole number of, "
                "such as 1s, 1m, 15m, 1h or 1d."
            )
    stop = now + 1 if end is None else end
    first = start if start is not None else stop // length * length - (MOST_BARS - 1) * length
    if (stop - first) // length >= MOST_BARS:
        raise RangeError(
            f"The range has room for more than {MOST_BARS:,} bars of {interval}; give a later start, an earlier end, "
            "or a wider interval."
        ).at("start")
    # It begins and ends where bars do, or they would lack trades.
    begin, until = (-(-each // length) * length // MS for each in (first, stop))
    return TradedRange(begin, until, length // MS)
