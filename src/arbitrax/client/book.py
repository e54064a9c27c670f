"""A book kept from the web socket, each message checked: that none is missing, and that the book is right after it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from msgspec import Struct

from arbitrax.exchange.feed.checksum import LEVELS, checksum, side_text

Level = tuple[str, str]
"""Price and quantity."""
Verdict = Literal["applied", "known", "gap", "wrong"]
"""Of a message: it was applied; it was applied before; one before it is missing; the book is wrong after it."""


class Book(Struct, frozen=True):
    """A book as of a message, best levels first."""

    symbol: str
    epoch: int
    seq: int
    at: datetime
    """When the last change happened."""
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]

    @property
    def bid(self) -> Level | None:
        """The best bid."""
        return self.bids[0] if self.bids else None

    @property
    def ask(self) -> Level | None:
        """The best ask."""
        return self.asks[0] if self.asks else None


class _Side:
    """Levels of a side. ``sign``: 1 puts the lowest price first, -1 the highest."""

    def __init__(self, sign: int) -> None:
        self._sign = sign
        self._keys = list[Decimal]()
        self._levels = dict[Decimal, Level]()

    def __len__(self) -> int:
        return len(self._keys)

    def replace(self, levels: Iterable[Sequence[str]]) -> None:
        self._levels = {self._sign * Decimal(price): (price, quantity) for price, quantity in levels}
        self._keys = sorted(self._levels)

    def change(self, levels: Iterable[Sequence[str]]) -> None:
        for price, quantity in levels:
            key = self._sign * Decimal(price)
            at = bisect_left(self._keys, key)
            stands = at < len(self._keys) and self._keys[at] == key
            if quantity == "0":
                if stands:
                    del self._keys[at], self._levels[key]
                continue
            if not stands:
                self._keys.insert(at, key)
            self._levels[key] = (price, quantity)

    def top(self, count: int | None = None) -> tuple[Level, ...]:
        return tuple(self._levels[key] for key in self._keys[:count])


class LocalBook:
    """The book of a symbol as one client has it; nothing at first."""

    def __init__(self, most: int | None = None) -> None:
        """Begin without one. ``most``: levels a side that there may be; None: any number."""
        self._most = most
        self.epoch = 0
        self.seq: int | None = None
        self._bids, self._asks = _Side(-1), _Side(1)

    def apply(self, kind: str, seq: int, prev_seq: int | None, data: Mapping[str, Any]) -> Verdict:
        """Apply a ``snapshot`` or ``delta``; after "gap" or "wrong" only a snapshot helps."""
        if kind == "snapshot":
            self._bids.replace(data["bids"])
            self._asks.replace(data["asks"])
        elif self.seq is None or data["epoch"] != self.epoch:
            return "gap"
        elif seq <= self.seq:
            return "known"
        elif prev_seq != self.seq:
            return "gap"
        else:
            self._bids.change(data["bids"])
            self._asks.change(data["asks"])
        self.epoch, self.seq = data["epoch"], seq
        sides = self._bids, self._asks
        # The checksum covers the best levels only: one too many behind them was to be removed, and was not.
        too_many = self._most is not None and any(len(each) > self._most for each in sides)
        if too_many or checksum(*(side_text(each.top(LEVELS)) for each in sides)) != data["crc"]:
            self.seq = None
            return "wrong"
        return "applied"

    def view(self, symbol: str, at: datetime) -> Book:
        """Return it as it is now."""
        return Book(symbol, self.epoch, self.seq or 0, at, self._bids.top(), self._asks.top())
