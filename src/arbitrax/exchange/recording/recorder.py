"""Follows the events of a shard and stores what they did, each once, whatever is killed when.

Rows and mark are one transaction, so the mark says what is stored. What the streams hold must continue it: the running
hash at the mark is the same there, each entry names the one before, and the hash follows from the events. Where it does
not, either the server lost its tail and a new epoch began before the mark: what is beyond never happened, and is
orphaned; or the same ids have another body, which is refused.

A recorder that is behind folds the next batch while PostgreSQL stores one: each takes about as long. The fold is then a
batch ahead of the mark; when storing fails it is forgotten, and what is known is loaded anew as of the mark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from arbitrax.domain.errors import DataError, StoreUnavailableError
from arbitrax.exchange.core import fold_events
from arbitrax.exchange.identifiers import order_text
from arbitrax.exchange.journal import (
    NO_EVENTS,
    START,
    CommandEntry,
    EntryId,
    EventEntry,
    read_command_entry,
    read_event_entry,
)
from arbitrax.exchange.recording.ledger import Ledger, NotRegisteredError
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Mark, RawEntry, Records, Store, Streams
from arbitrax.exchange.recording.request_record import RequestRecord, requests_of
from arbitrax.exchange.service import crash_points

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RESTORE = "restore the archive"
LEAST, MOST = 32, 4096
"""Entries of events asked for at once: as many as make `EVENTS`, judged by the last time."""
EVENTS = 100_000
"""Events of a transaction, about."""


class _Batch(NamedTuple):
    """What is folded and not stored."""

    after: Mark
    events: int
    store: Store


class Recorder:
    """One shard. After any error `step` may be called again: what is known is loaded anew."""

    def __init__(self, shard: int, streams: Streams, records: Records, say: Callable[[str], None]) -> None:
        """Take what it works with; ``say`` is told, in a sentence, what an operator should know."""
        self._shard = shard
        self._streams = streams
        self._records = records
        self._say = say
        self._ledger: Ledger | None = None
        self._mark = Mark(0, START, NO_EVENTS)
        self._told: EntryId | None = None
        self._seen: dict[int, tuple[int, int]] = {}
        self._count = min(LEAST, MOST)
        self._ahead: _Batch | None = None
        """Folded already when the last one was stored."""

    @property
    def mark(self) -> Mark:
        """Return up to where events are recorded."""
        return self._mark

    def step(self, wait: int) -> int:
        """Record what there is; wait up to ``wait`` ms for it. Return how many events that were.

        Raises:
            StoreUnavailableError: PostgreSQL or Valkey is down; nothing is lost by trying again.
            DataError: the streams do not continue what is recorded.
            NotRegisteredError: an account or symbol that trades has no row yet.
        """
        known = self._ledger
        try:
            ledger = known or self._load()
            self._tell()
            count = self._record(ledger, wait)
        except NotRegisteredError:
            self._ledger = self._ahead = None
            if known is None:
                raise
            return self.step(0)  # it may have been added since the rows were read
        except BaseException:
            self._ledger = self._ahead = None
            raise
        self._ledger = ledger
        self._tell()
        return count

    def _load(self) -> Ledger:
        self._mark, self._told = self._records.mark(), None
        self._resume()
        return Ledger(
            self._shard,
            self._records.instruments(),
            self._records.accounts(),
            self._records.open_orders(),
            self._records.positions(),
        )

    def _tell(self) -> None:
        if self._told != self._mark.entry:
            self._streams.set_recorded(self._mark.entry)
            self._told = self._mark.entry

    def _resume(self) -> None:
        """Find the mark in the streams; orphan what a new epoch left behind.

        Raises:
            DataError: the mark's entry has another body there.
        """
        mark = self._mark
        if mark.entry == START:
            return
        found = self._streams.event_at(mark.entry)
        if found is not None:
            entry = read_event_entry(*found)
            if entry.hash == mark.hash:
                return
            if entry.epoch <= mark.epoch:
                raise DataError(
                    f"The events of shard {self._shard} up to {mark.entry} were recorded with the hash "
                    f"{mark.hash:016x} and have {entry.hash:016x} in the stream; the same events cannot have two "
                    "bodies: find out which is wrong with `arbitrax exchange verify`."
                )
        self._orphan_beyond_new_epoch()

    def _orphan_beyond_new_epoch(self) -> None:
        """Where an epoch later than the mark's begins before the mark, go back to there."""
        mark, last = self._mark, (START, NO_EVENTS)
        for raw in self._streams.all_events(START):
            entry = read_event_entry(*raw)
            if entry.epoch > mark.epoch and entry.predecessor < mark.entry:
                if entry.predecessor != last[0]:
                    break
                self._go_back(Mark(mark.epoch, *last), entry.epoch)
                return
            if entry.epoch > mark.epoch or entry.last > mark.entry:
                return
            last = entry.last, entry.hash
        else:
            return
        raise DataError(
            f"A new epoch of shard {self._shard} begins after {entry.predecessor}, and the entry before it is neither "
            f"in the stream nor in the archive; {_RESTORE}."
        )

    def _go_back(self, point: Mark, epoch: int) -> None:
        before = self._mark
        changed, since = self._records.changed_since(point.entry)
        restored: dict[int, OrderRecord] = {}
        if changed:
            accounts = self._records.accounts()
            ledger = Ledger(self._shard, self._records.instruments(), accounts, (), (), only=changed)
            for entry in _between(self._streams.all_events(_before(since)), point.entry):
                commands = self._streams.all_commands(entry.predecessor, entry.last)
                self._take(ledger, entry, entry.predecessor, commands, [])
            restored = {each.id: each for each in ledger.changes().new_orders}
        if lost := changed - restored.keys():
            raise DataError(
                f"What became of {order_text(min(lost))} before {point.entry} is neither in the stream nor in the "
                f"archive; {_RESTORE}."
            )
        count = self._records.orphan(before, point, list(restored.values()))
        self._mark = point
        self._say(
            f"The journal of shard {self._shard} lost what came after {point.entry}, and epoch {epoch} begins there: "
            f"{count:,} orders and fills that were recorded never happened, and are marked orphaned."
        )

    def _next(self, mark: Mark, wait: int) -> Sequence[EventEntry]:
        """Return the entries that continue a mark."""
        synced = self._streams.synced()
        found = self._streams.events_after(mark.entry, self._count, wait)
        if not found and self._streams.epoch() > mark.epoch and self._streams.event_at(mark.entry) is None:
            raise StoreUnavailableError(f"Shard {self._shard} has a new epoch; loading anew.")  # before the mark
        if synced is not None:
            found = [each for each in found if each[0] <= synced]
        if not found:
            return ()
        entries = [read_event_entry(*each) for each in found]
        if entries[0].predecessor != mark.entry:
            entries = self._searched(mark, entries[0])
        elif entries[0].epoch > mark.epoch and self._is_other(mark):
            raise StoreUnavailableError(f"Shard {self._shard} has a new epoch; loading anew.")
        chosen: list[EventEntry] = []
        events = 0
        for entry in entries:
            if chosen and (entry.predecessor != chosen[-1].last or events >= EVENTS):
                break
            chosen.append(entry)
            events += len(entry.events)
        if events >= EVENTS:
            self._count = min(max(len(chosen), LEAST), MOST)
        elif len(found) == self._count:
            self._count = min(2 * self._count, MOST)
        return chosen

    def _is_other(self, mark: Mark) -> bool:
        found = self._streams.event_at(mark.entry)
        return found is not None and read_event_entry(*found).hash != mark.hash

    def _searched(self, mark: Mark, first: EventEntry) -> list[EventEntry]:
        """Return what continues a mark when the stream's next entry does not: it is archived, or of a new epoch."""
        found: list[EventEntry] = []
        for raw in self._streams.all_events(mark.entry):
            entry = read_event_entry(*raw)
            if not found and not entry.predecessor <= mark.entry < entry.last:
                break
            found.append(entry)
            if len(found) == LEAST:
                break
        if found and found[0].epoch > mark.epoch and found[0].predecessor < mark.entry:
            raise StoreUnavailableError(f"Shard {self._shard} has a new epoch; loading anew.")
        if not found:
            raise DataError(
                f"The events of shard {self._shard} are recorded up to {mark.entry}, and the next there are "
                f"follow {first.predecessor}; what is between is neither in the stream nor in the archive; {_RESTORE}."
            )
        return found

    def _record(self, ledger: Ledger, wait: int) -> int:
        batch, self._ahead = self._ahead or self._folded(ledger, self._mark, wait), None
        if batch is None:
            return 0
        crash_points.reach("record.before")
        if batch.events < EVENTS:
            batch.store(self._mark, batch.after)
        else:
            with ThreadPoolExecutor(1) as beside:
                storing = beside.submit(batch.store, self._mark, batch.after)
                try:
                    self._ahead = self._folded(ledger, batch.after, 0)
                finally:
                    storing.result()
        crash_points.reach("record.stored")
        self._mark = batch.after
        return batch.events

    def _folded(self, ledger: Ledger, before: Mark, wait: int) -> _Batch | None:
        """Take in what comes after a mark; None: nothing does."""
        entries = self._next(before, wait)
        if not entries:
            return None
        mark, count = before, 0
        commands = self._streams.all_commands(mark.entry, entries[-1].last)
        requests: list[RequestRecord] = []
        for entry in entries:
            events = self._take(ledger, entry, mark.entry, commands, requests)
            mark = Mark(entry.epoch, entry.last, fold_events(mark.hash, events))
            if mark.hash != entry.hash:
                raise DataError(
                    f"The events of shard {self._shard} give the hash {mark.hash:016x} at {entry.last}, and the entry "
                    f"says {entry.hash:016x}; the stream is damaged: `arbitrax exchange verify` says where."
                )
            count += len(events)
        store = self._records.prepare(ledger.changes()._replace(requests=requests))
        ledger.stored()
        return _Batch(mark, count, store)

    def _take(
        self,
        ledger: Ledger,
        entry: EventEntry,
        after: EntryId,
        commands: Iterator[RawEntry],
        requests: list[RequestRecord],
    ) -> NDArray[np.void]:
        """Take in what comes after an id, with the commands from there on, and return its events."""
        at = events_at = first = 0
        for ms, seq, count, made in entry.index.tolist():
            name = EntryId(ms, seq)
            if name <= after:
                first = events_at + made
            elif count:
                found = self._commands(name, commands)
                asked = found.commands
                if len(asked) != count:
                    raise DataError(
                        f"The entry {name} of commands:{self._shard} has {len(asked)} commands, and its events are of "
                        f"{count}; the journal is damaged: `arbitrax exchange verify` says where."
                    )
                part = entry.events[events_at : events_at + made]
                counts = entry.counts[at : at + count]
                if made:
                    ledger.take(entry.epoch, name, asked, counts, part, executed=entry.executed)
                if found.origins:
                    requests += requests_of(name, found, counts, part, self._seen)
            at += count
            events_at += made
        return entry.events[first:]

    def _commands(self, name: EntryId, commands: Iterator[RawEntry]) -> CommandEntry:
        found = next((each for each in commands if each[0] >= name), None)
        if found is None or found[0] != name:
            raise DataError(
                f"The entry {name} of commands:{self._shard} has events and is neither in the stream nor in the "
                f"archive; {_RESTORE}."
            )
        return read_command_entry(*found)


def _before(name: EntryId) -> EntryId:
    return EntryId(name.ms, name.seq - 1) if name.seq else EntryId(max(name.ms - 1, 0), (1 << 64) - 1)


def _between(entries: Iterator[RawEntry], last: EntryId) -> Iterator[EventEntry]:
    for raw in entries:
        if raw[0] > last:
            return
        yield read_event_entry(*raw)
