"""All symbols of a shard: what the feed knows is a function of the events."""

from __future__ import annotations

from struct import Struct as Layout
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import fold_events
from arbitrax.exchange.feed.event_run import EventRun
from arbitrax.exchange.feed.listing import UNNAMED, Directory
from arbitrax.exchange.feed.messages import Channel, Message
from arbitrax.exchange.feed.positions import Positions
from arbitrax.exchange.feed.symbol_feed import SymbolFeed
from arbitrax.exchange.journal import START, EntryId
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
SEEN = np.isin(np.arange(256), list(BOOKED))
"""By kind, whether the feed looks at it: fees and refusals are left out before anybody looks at them one by one."""


class Posted(NamedTuple):
    """A message with its place in its stream: the last entry of commands that it tells of."""

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

    def follow(self, run: EventRun, *, quiet: bool = False) -> list[Posted]:
        """Take events in and return the messages they make, one set for all of them; ``quiet``: none.

        Raises:
            DivergedError: they do not continue those before. Nothing has changed.
        """
        if run.predecessor != self.entry:
            raise DivergedError(f"The events after {self.entry} go on with {run.last}, which follow {run.predecessor}.")
        folded = fold_events(self.hash, run.events)
        if folded != run.hash:
            raise DivergedError(f"The events to {run.last} give the hash {folded:016x}, written is {run.hash:016x}.")
        posted: list[Posted] = []
        times = np.repeat(run.index["ms"], run.index["events"])
        begin = 0
        for end, at, epoch in self._epochs(run):
            posted += self._follow(run.events[begin:end], times[begin:end], at, quiet=quiet)
            begin = end
            if epoch:
                self._begin_epoch(epoch)
        self._list_symbols(run.events, quiet=quiet)
        self.entry, self.hash, self.ms = run.last, run.hash, run.last.ms
        return posted

    def _list_symbols(self, events: NDArray[np.void], *, quiet: bool) -> None:
        """Have the empty book of a symbol that is configured, before anything else is told of it."""
        said = events[events["kind"] == CONFIGURED]
        of_symbols = said[(said["account"] == 0) & (said["order"] == 0) & (said["code"] == 0)]
        for number in set(of_symbols["symbol"].tolist()) - self.symbols.keys():
            # Other settings of the whole shard look like symbol 0's: whether there is one, the directory knows.
            listing = self._directory.listing(number)
            if not listing.symbol.startswith(UNNAMED):
                self.symbol(number)
                if not quiet:
                    self.changed.add(number)

    def _epochs(self, run: EventRun) -> list[tuple[int, EntryId, int]]:
        """Return where the events of each epoch end, in which entry, and the epoch that begins there; 0: none does."""
        parts = [(len(run.events), run.last, 0)]
        configured = np.flatnonzero(run.events["kind"] == CONFIGURED)
        if len(configured):
            ends = np.cumsum(run.index["events"])
            epoch = self.epoch
            for at in configured.tolist():
                begun = int(run.events["order"][at]) >> EPOCH_BITS
                if begun > epoch:
                    epoch = begun
                    row = run.index[np.searchsorted(ends, at, "right")]
                    parts.insert(-1, (at, EntryId(int(row["ms"]), int(row["seq"])), epoch))
        return parts

    def _follow(self, events: NDArray[np.void], times: NDArray[np.uint64], at: EntryId, *, quiet: bool) -> list[Posted]:
        seen = SEEN[events["kind"]]
        touched: dict[int, SymbolFeed] = {}
        for row, ms in zip(unpack_all(events[seen].tobytes()), times[seen].tolist(), strict=True):
            number = row[6]
            found = touched.get(number)
            if found is None:
                found = touched[number] = self.symbol(number)
            found.apply(row, ms)
            if row[10] == FILLED:
                self._trade(row, found.listing.tick_value)
        posted = []
        for number, each in touched.items():
            for channel, message in each.finish(self.epoch, at.ms, quiet=quiet):
                posted.append(Posted(channel, at, message))
            if not quiet:
                self.changed.add(number)
        return posted

    def _begin_epoch(self, epoch: int) -> None:
        self.epoch = epoch
        for number, each in self.symbols.items():
            each.begin_epoch()
            self.changed.add(number)

    def _trade(self, row: tuple[int, ...], tick_value: int) -> None:
        lots = -row[3] if row[11] else row[3]
        self.positions.trade(row[7], row[6], lots, row[2], tick_value)
        self.positions.trade(row[8], row[6], -lots, row[2], tick_value)
