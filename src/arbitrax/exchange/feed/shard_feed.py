"""All symbols of a shard, followed entry by entry: what the feed knows is a function of the events."""

from __future__ import annotations

from struct import Struct as Layout
from typing import NamedTuple

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import fold_events
from arbitrax.exchange.feed.listing import Directory
from arbitrax.exchange.feed.messages import Channel, Message
from arbitrax.exchange.feed.positions import Positions
from arbitrax.exchange.feed.symbol_feed import SymbolFeed
from arbitrax.exchange.journal import START, EntryId, EventEntry
from arbitrax.exchange.records import Happening

unpack_all = Layout("<6q3IH2B").iter_unpack
"""Rows of EVENT as integers."""
CONFIGURED, FILLED = int(Happening.CONFIGURED), int(Happening.FILLED)
EPOCH_BITS = 48
"""Of an order's id, below its epoch."""
BOOKED = {
    int(each)
    for each in (
        Happening.ACCEPTED,
        Happening.FILLED,
        Happening.CANCELLED,
        Happening.AMENDED,
        Happening.TRIGGERED,
        Happening.REFILLED,
        Happening.REPRICED,
        Happening.DECREMENTED,
        Happening.STATE,
        Happening.QUOTED,
    )
}
"""Events that books follow."""


class Posted(NamedTuple):
    """A message with its place in its stream: the entry of commands that it tells of."""

    channel: Channel
    entry: EntryId
    message: Message


class DivergedError(DataError):
    """The events do not continue what was followed: the journal lost its end, or this is another shard's."""


class ShardFeed:
    """Follows the events of a shard from the beginning, or from a checkpoint."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self.symbols: dict[int, SymbolFeed] = {}
        self.positions = Positions()
        self.entry = START
        """The last entry of events that was followed."""
        self.hash = 0
        """The running hash there."""
        self.epoch = 0
        self.ms = 0
        self.changed: set[int] = set()
        """Symbols with news since somebody last emptied it."""

    def symbol(self, number: int) -> SymbolFeed:
        """Return a symbol, made when it is new."""
        found = self.symbols.get(number)
        if found is None:
            found = self.symbols[number] = SymbolFeed(number, self._directory.listing(number))
        return found

    def account(self, number: int) -> str:
        """Return the public id of an account."""
        return self._directory.account(number)

    def follow(self, entry: EventEntry, *, quiet: bool = False) -> list[Posted]:
        """Take an entry in and return the messages it makes, a set for each entry of commands; ``quiet``: none.

        Raises:
            DivergedError: it does not continue the one before. Nothing has changed.
        """
        if entry.predecessor != self.entry:
            raise DivergedError(
                f"The events after {self.entry} go on with {entry.last}, which follows {entry.predecessor}."
            )
        folded = fold_events(self.hash, entry.events)
        if folded != entry.hash:
            raise DivergedError(
                f"The events of {entry.last} give the hash {folded:016x}, written is {entry.hash:016x}."
            )
        posted: list[Posted] = []
        rows = unpack_all(entry.events.tobytes())
        for ms, seq, _, count in entry.index.tolist():
            posted += self._follow(EntryId(ms, seq), [next(rows) for _ in range(count)], quiet=quiet)
        self.entry, self.hash, self.ms = entry.last, entry.hash, entry.last.ms
        return posted

    def _follow(self, at: EntryId, rows: list[tuple[int, ...]], *, quiet: bool) -> list[Posted]:
        touched: dict[int, SymbolFeed] = {}
        for row in rows:
            kind, number = row[10], row[6]
            if kind in BOOKED:
                found = touched.get(number)
                if found is None:
                    found = touched[number] = self.symbol(number)
                found.apply(row)
                if kind == FILLED:
                    self._trade(row, found.listing.tick_value)
            elif kind == CONFIGURED and row[0] and row[0] >> EPOCH_BITS > self.epoch:
                self.epoch = row[0] >> EPOCH_BITS
                for each in self.symbols.values():
                    each.begin_epoch()
        posted = []
        for number, each in touched.items():
            for channel, message in each.finish(self.epoch, at.ms, quiet=quiet):
                posted.append(Posted(channel, at, message))
            self.changed.add(number)
        return posted

    def _trade(self, row: tuple[int, ...], tick_value: int) -> None:
        lots = -row[3] if row[11] else row[3]
        self.positions.trade(row[7], row[6], lots, row[2], tick_value)
        self.positions.trade(row[8], row[6], -lots, row[2], tick_value)
