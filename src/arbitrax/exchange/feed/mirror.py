"""A symbol's depth as a gateway keeps it from the feed's messages, and what each of its clients has been told."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping, Sequence

from arbitrax.domain.errors import DataError
from arbitrax.exchange.feed.checksum import LEVELS, checksum, side_text
from arbitrax.exchange.feed.messages import ClientLevel, Delta, DepthChange, Snapshot

GONE = "0"


class MirrorSide:
    """One side: levels by a key that sorts best first."""

    __slots__ = ("keys", "levels", "sign")

    def __init__(self, sign: int) -> None:
        self.sign = sign
        self.keys: list[int] = []
        self.levels: dict[int, ClientLevel] = {}

    def key(self, price: str) -> int:
        """Return what a price sorts by: all of a symbol have the same number of decimals."""
        return self.sign * int(price.replace(".", ""))

    def set(self, price: str, quantity: str) -> int:
        """Show a quantity at a price; return its key."""
        key = self.key(price)
        if quantity == GONE:
            if self.levels.pop(key, None) is not None:
                del self.keys[bisect_left(self.keys, key)]
        else:
            if key not in self.levels:
                insort(self.keys, key)
            self.levels[key] = (price, quantity)
        return key

    def top(self, levels: int | None) -> list[ClientLevel]:
        """Return the best levels; None: all."""
        return [self.levels[key] for key in self.keys[:levels]]


class Mirror:
    """Both sides as of a message."""

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.epoch = self.seq = self.time = 0
        self.crc = checksum("", "")
        self.sides = (MirrorSide(-1), MirrorSide(1))
        self.views: set[DepthView] = set()
        self.made: dict[tuple[int | None, int | None], Delta | Snapshot | None] = {}
        """What clients that have the same get next, by depth and the message they have: made once, and whoever encodes
        it may do so once as well."""

    def load(self, snapshot: Snapshot) -> None:
        """Take all levels from a snapshot.

        Raises:
            DataError: its checksum is another.
        """
        self.sides = (MirrorSide(-1), MirrorSide(1))
        for side, levels in zip(self.sides, (snapshot.bids, snapshot.asks), strict=True):
            for price, quantity in levels:
                side.set(price, quantity)
        self._arrive(snapshot.epoch, snapshot.seq, snapshot.time, snapshot.crc)
        for view in self.views:
            view.restart()

    def follow(self, change: DepthChange) -> bool:
        """Take a change in; False: it is not the next one, so a snapshot is needed. Older ones are skipped.

        Raises:
            DataError: the checksum of the book is another afterwards.
        """
        if change.epoch == self.epoch and change.seq <= self.seq:
            return True
        if (change.epoch, change.prev_seq) != (self.epoch, self.seq):
            return False
        for number, levels in enumerate((change.bids, change.asks)):
            before = {self.sides[number].set(price, now): (price, was) for price, now, was in levels}
            for view in self.views:
                view.note(number, before)
        self._arrive(change.epoch, change.seq, change.time, change.crc)
        return True

    def _arrive(self, epoch: int, seq: int, time: int, crc: int) -> None:
        found = checksum(*(side_text(side.top(LEVELS)) for side in self.sides))
        if found != crc:
            raise DataError(
                f"The book of {self.symbol} at {epoch}:{seq} has the checksum {found}, the feed says {crc}."
            )
        self.epoch, self.seq, self.time, self.crc = epoch, seq, time, crc
        self.made.clear()


class DepthView:
    """What one client has of a mirror: ``depth`` levels a side, None: all. Slow clients get less often, never wrong."""

    def __init__(self, mirror: Mirror, depth: int | None) -> None:
        self.mirror, self.depth = mirror, depth
        self._sent: int | None = None
        """The last message the client got; None: it needs a snapshot."""
        self._tops: list[dict[int, ClientLevel]] = [{}, {}]
        self._dirty: tuple[dict[int, ClientLevel], dict[int, ClientLevel]] = ({}, {})
        """Levels that changed since, as the client has them, when it gets all; else the difference of tops says it."""
        mirror.views.add(self)

    def copy(self) -> DepthView:
        """Return one whose client has the same."""
        made = DepthView(self.mirror, self.depth)
        made._sent, made._tops = self._sent, [dict(each) for each in self._tops]
        for mine, theirs in zip(made._dirty, self._dirty, strict=True):
            mine.update(theirs)
        return made

    @property
    def sent(self) -> int | None:
        """Return the last message the client got; None: it needs a snapshot."""
        return self._sent

    def restart(self) -> None:
        """Give a snapshot next."""
        self._sent = None

    def resume(self, seq: int, changes: Sequence[DepthChange]) -> None:
        """Go on from a message the client has; ``changes`` are all since, up to the mirror's."""
        before: list[dict[int, ClientLevel]] = [{}, {}]
        for change in changes:
            for number, levels in enumerate((change.bids, change.asks)):
                for price, _, was in levels:
                    before[number].setdefault(self.mirror.sides[number].key(price), (price, was))
        for number, side in enumerate(self.mirror.sides):
            if self.depth is None:
                self._dirty[number].update(before[number])
            else:
                had = {key: level for key, level in (side.levels | before[number]).items() if level[1] != GONE}
                self._tops[number] = {key: had[key] for key in sorted(had)[: self.depth]}
        self._sent = seq

    def note(self, side: int, before: Mapping[int, ClientLevel]) -> None:
        """Remember what the mirror changed."""
        if self.depth is None:
            dirty = self._dirty[side]
            for key, level in before.items():
                dirty.setdefault(key, level)

    def take(self) -> Delta | Snapshot | None:
        """Return what the client needs to have what the mirror has; None: nothing."""
        mirror = self.mirror
        if self._sent == mirror.seq:
            return None
        key = self.depth, self._sent
        if key not in mirror.made:
            mirror.made[key] = self._made()
        found = mirror.made[key]
        if found is not None:
            self._sent = mirror.seq
            self._remember()
        return found

    def _made(self) -> Delta | Snapshot | None:
        mirror = self.mirror
        head = mirror.symbol, mirror.epoch, mirror.seq, mirror.time
        if self._sent is None:
            bids, asks = (side.top(self.depth) for side in mirror.sides)
            return Snapshot(*head, bids, asks, mirror.crc)
        changes = [self._changes(number) for number in (0, 1)]
        return Delta(*head, self._sent, changes[0], changes[1], mirror.crc) if changes[0] or changes[1] else None

    def close(self) -> None:
        """Leave the mirror alone."""
        self.mirror.views.discard(self)

    def _remember(self) -> None:
        for number, side in enumerate(self.mirror.sides):
            self._dirty[number].clear()
            if self.depth is not None:
                self._tops[number] = {key: side.levels[key] for key in side.keys[: self.depth]}

    def _changes(self, number: int) -> list[ClientLevel]:
        side = self.mirror.sides[number]
        if self.depth is None:
            had = self._dirty[number]
            now = {key: side.levels.get(key) or (price, GONE) for key, (price, _) in had.items()}
            return [now[key] for key in sorted(now) if now[key] != had[key]]
        had, has = self._tops[number], {key: side.levels[key] for key in side.keys[: self.depth]}
        gone = {key: (price, GONE) for key, (price, _) in had.items() if key not in has}
        changed = {key: level for key, level in has.items() if had.get(key) != level}
        return [level for _, level in sorted((gone | changed).items())]
