"""Commands of a process to a shard, and the events that answer each.

One entry is on its way at a time: what comes meanwhile waits and goes with the next one, so an idle channel sends at
once and a busy one in large entries. It also keeps the producer's sequence numbers in order, without which a repeat
could not be told from something new: an entry whose reply did not come is sent again as it was, before any other.

After a repeat the journal may hold the entry twice. The engine executes the first and refuses the second; the answer is
that of the first, which is looked for in the journal. A first copy that is refused as superseded was not executed:
another process has the producer's number by now (this one slept too long). Its commands go out again under a new one.

Under overload a client that takes silence for loss makes things worse: each order sent again is one more to execute. So
what never left when its time is up is told as not sent, which is certain; before an entry's time is up its events are
looked for in the journal, as this process may only have been too busy to read them; and an order that is sent again
while its entry is unanswered waits for that entry instead of going out a second time.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.identifiers import first_event
from arbitrax.exchange.journal import MOST_COMMANDS, START, CommandEntry, EntryId, EventEntry
from arbitrax.exchange.origins import written_origins
from arbitrax.exchange.records import COMMAND, Code, Happening, Kind
from arbitrax.trading.acting import ACTING
from arbitrax.trading.client_journal import AppendInterruptedError, AppendRefusedError, ClientJournal
from arbitrax.trading.event_reader import EventReader
from arbitrax.trading.producer import ProducerLease
from arbitrax.trading.task_end import end_tasks

EventRow: TypeAlias = tuple[int, ...]
"""The fields of an EVENT."""
Answer: TypeAlias = "Executed | NotSentError | None"
"""The events of a command; None: not known in time."""
_DEADLINE_AT, _SYMBOL_AT, _PRODUCER_AT, _KIND_AT, _CLIENT_AT = 56, 72, 80, 88, 96
"""Offsets in a COMMAND."""
FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.5
"""Seconds between attempts to append."""


LATE = "It waited too long to be sent and was not; this process or the journal has too much to do."
EARLY = 0.01
"""Seconds that a timer of the event loop may be early."""
MOST_WAITING = 8 * MOST_COMMANDS
"""Commands that wait to be sent; more are refused at once."""


class NotSentError(Exception):
    """It did not go out; nothing of it will be executed."""


class Own(NamedTuple):
    """Identity of a command that must be executed once whoever sends it, and however often."""

    producer: int
    epoch: int
    seq: int


class Executed(list[EventRow]):
    """The events of a command, and the entry that it was journaled with."""

    __slots__ = ("entry", "executed", "first")

    def __init__(self, rows: list[EventRow], entry: EntryId, first: int, executed: int) -> None:
        super().__init__(rows)
        self.entry = entry
        self.first = first
        """Number of the first event: `arbitrax.exchange.identifiers.first_event`."""
        self.executed = executed
        """When that was, ms; 0: it is not told."""


class _Wait:
    """Of who sent commands together: over when each has its answer."""

    __slots__ = ("left", "over")

    def __init__(self, commands: int) -> None:
        self.left = commands
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class _Sent:
    """A command on its way."""

    __slots__ = ("answer", "batch", "is_answered", "origin", "own", "row", "until", "wait")

    def __init__(self, row: bytes, until: float, own: Own | None, wait: _Wait) -> None:
        self.row, self.own = row, own
        self.origin = ACTING.get()
        self.batch: _Batch | None = None
        """With which it left."""
        self.await_again(until, wait)

    def await_again(self, until: float, wait: _Wait) -> None:
        """Have no answer yet."""
        self.until, self.wait = until, wait
        self.is_answered = False
        self.answer: Answer = None

    @property
    def is_over(self) -> bool:
        """Whether it has its answer, or nobody waits for it."""
        return self.is_answered or self.wait.over.done()

    @property
    def key(self) -> bytes:
        """What a submission with a client order id asks for; empty: it is none."""
        row = self.row
        if self.own is not None or row[_KIND_AT] != Kind.SUBMIT or not row[_CLIENT_AT]:
            return b""
        return row[:_DEADLINE_AT] + row[_SYMBOL_AT:_PRODUCER_AT] + row[_KIND_AT:]

    def settle(self, answer: Answer) -> None:
        """Give it its answer, once."""
        if self.is_answered:
            return
        self.is_answered, self.answer = True, answer
        self.wait.left -= 1
        if not self.wait.left and not self.wait.over.done():
            self.wait.over.set_result(None)


class _Batch:
    """Commands that left together."""

    __slots__ = ("entry", "looking", "sent")

    def __init__(self, sent: list[_Sent]) -> None:
        self.sent = sent
        self.entry: EntryId | None = None
        """None: nobody knows yet."""
        self.looking = False


class CommandChannel:
    """One shard, for one event loop. `send` may be called by any number of tasks."""

    def __init__(self, journal: ClientJournal, shard: int, producer: ProducerLease) -> None:
        self.shard = shard
        self._journal, self._producer = journal, producer
        self._waiting: list[_Sent] = []
        self._unanswered: dict[bytes, _Sent] = {}
        """Submissions that left and for which nobody waits any more, by what they ask for."""
        self._heartbeat: Sequence[int] | None = None
        self._wake = asyncio.Event()
        self._seq = 0
        self._epoch_of_seq = (0, 0)
        self._newest = START
        self._reader = EventReader(journal, shard)
        self._tasks: list[asyncio.Task[None]] = []
        self._looks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Note where the events are, and start.

        Raises:
            StoreUnavailableError: the server is down.
        """
        self._newest = await self._reader.open()
        self._tasks = [asyncio.create_task(self._reader.run()), asyncio.create_task(self._send_all())]

    @property
    def reader(self) -> EventReader:
        """The events of the shard."""
        return self._reader

    async def send(self, row: bytes, seconds: float, own: Own | None = None) -> Executed | None:
        """Send the 128 bytes of a command; return its events, or None when they are not known in time.

        Raises:
            NotSentError: it was not appended and will not be executed.
        """
        (answer,) = await self._send([row], seconds, own)
        if isinstance(answer, NotSentError):
            raise answer
        return answer

    async def send_all(self, rows: Sequence[bytes], seconds: float) -> list[Answer]:
        """Send commands, executed in this order; return of each what `send` returns or raises."""
        return await self._send(rows, seconds, None)

    async def _send(self, rows: Sequence[bytes], seconds: float, own: Own | None) -> list[Answer]:
        if not rows:
            return []
        loop, wait = asyncio.get_running_loop(), _Wait(len(rows))
        until = loop.time() + seconds
        sent = [self._enter(row, until, own, wait) for row in rows]
        self._wake.set()
        timer = loop.call_at(until, self._overdue, sent)
        try:
            await wait.over
        finally:
            timer.cancel()
        return [each.answer for each in sent]

    def _enter(self, row: bytes, until: float, own: Own | None, wait: _Wait) -> _Sent:
        made = _Sent(row, until, own, wait)
        again = self._unanswered.pop(made.key, None) if self._unanswered else None
        if again is not None:
            again.await_again(until, wait)
            return again
        if len(self._waiting) >= MOST_WAITING:
            made.settle(NotSentError(f"{len(self._waiting):,} commands wait here to be sent; try again in a moment."))
        else:
            self._waiting.append(made)
        return made

    def beat(self, accounts: Sequence[int]) -> None:
        """Let the next entry say which accounts have a session here."""
        self._heartbeat = accounts
        self._wake.set()

    async def close(self) -> None:
        """Stop; what is on its way has no answer."""
        await end_tasks([*self._tasks, *self._looks])
        for sent in self._waiting:
            sent.settle(None)

    async def _send_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting or self._heartbeat is not None:
                batch, self._waiting = self._waiting[:MOST_COMMANDS], self._waiting[MOST_COMMANDS:]
                batch = [each for each in batch if not each.is_over]  # nobody waits: do not begin with it
                beat, self._heartbeat = self._heartbeat, None
                if batch or beat is not None:
                    await self._send_batch(batch, beat)

    async def _send_batch(self, batch: list[_Sent], beat: Sequence[int] | None) -> None:
        while self._producer.is_lost:
            await self._producer.renew()
            if self._producer.is_lost:
                await asyncio.sleep(FIRST_PAUSE)
        producer = self._producer.current
        if self._epoch_of_seq != (producer.number, producer.epoch):
            self._epoch_of_seq, self._seq = (producer.number, producer.epoch), 0
        commands = np.frombuffer(bytearray().join(each.row for each in batch), COMMAND)
        commands["producer"], commands["producer_epoch"] = producer.number, producer.epoch
        first = self._seq + 1
        commands["seq"] = np.arange(first, first + len(batch), dtype=np.uint64)
        self._seq += len(batch)
        for place, each in enumerate(batch):
            if each.own is not None:
                commands["producer"][place], commands["producer_epoch"][place], commands["seq"][place] = each.own
        sessions = None if beat is None else np.array(beat, np.uint32)
        origins = written_origins([each.origin for each in batch])
        fields = CommandEntry(commands, 0 if beat is None else producer.number, sessions, origins).fields()
        until = max((each.until for each in batch), default=0.0)
        await self._carry(_Batch(batch), fields, commands[:1], until)

    async def _carry(self, batch: _Batch, fields: dict[bytes, bytes], first: Any, until: float) -> None:
        """Append an entry, and wait for its events without stopping what comes next."""
        for each in batch.sent:
            each.batch = batch
        self._reader.expect()
        try:
            entry = await self._append(fields, first, until)
        except AppendRefusedError as refused:
            for each in batch.sent:
                each.settle(NotSentError(str(refused)))
            entry = None
        finally:
            self._reader.unexpect()
        if entry is None:
            self._part(batch.sent, sure=False)
        elif batch.sent:
            batch.entry = entry
            self._reader.wait_for(entry, lambda found: self._arrive(batch, found))
            if min(each.until for each in batch.sent) <= asyncio.get_running_loop().time():
                self._look_for(batch)

    def _part(self, commands: list[_Sent], *, sure: bool) -> None:
        """Send commands again as new ones, or give up those whose time is over; ``sure``: they were not executed."""
        now, again = asyncio.get_running_loop().time() + EARLY, []
        for sent in commands:
            sent.batch = None
            self._found(sent)
            if sent.is_over:
                continue
            if sent.until > now:
                again.append(sent)
            else:
                sent.settle(NotSentError(LATE) if sure else None)
        self._waiting[:0] = again
        self._wake.set()

    async def _append(self, fields: dict[bytes, bytes], first: Any, until: float) -> EntryId | None:
        """Append, however often it takes; return the id of the first copy. None: nobody waits for it any more."""
        clock, pause, in_doubt = asyncio.get_running_loop().time, FIRST_PAUSE, False
        while True:
            try:
                entry = await self._journal.append(self.shard, fields)
                if in_doubt:
                    entry = await self._first_copy(first, entry)
            except AppendRefusedError:
                if not in_doubt:
                    raise
                return None
            except StoreUnavailableError as error:
                in_doubt = in_doubt or isinstance(error, AppendInterruptedError)
                if clock() >= until:
                    return None
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            else:
                self._newest = max(self._newest, entry)
                return entry

    async def _first_copy(self, first: Any, last: EntryId) -> EntryId:
        """Return the earliest entry that begins with this producer's command, up to a copy that is known."""
        if not len(first):
            return last
        mine = tuple(int(first[0][name]) for name in ("producer", "producer_epoch", "seq"))
        after = self._newest
        while page := await self._journal.commands_between(self.shard, after, last):
            for entry, found in page:
                head = found.commands[:1]
                if len(head) and tuple(int(head[0][n]) for n in ("producer", "producer_epoch", "seq")) == mine:
                    return entry
            after = page[-1][0]
        return last

    def _arrive(self, batch: _Batch, found: EventEntry | None) -> None:
        """Take what the reader has for a batch; None: it was passed over, and is looked for."""
        if found is None:
            self._look_for(batch)
        elif not self._deliver(batch, found):
            for sent in batch.sent:
                sent.settle(None)

    def _deliver(self, batch: _Batch, found: EventEntry) -> bool:
        """Answer a batch; False: the entry of events does not."""
        assert batch.entry is not None  # noqa: S101 - only what has one is waited for
        answers = events_by_command(found, batch.entry)
        if answers is None or len(answers) != len(batch.sent):
            return False
        mine = [answer for sent, answer in zip(batch.sent, answers, strict=True) if sent.own is None]
        superseded = bool(mine) and _is_superseded(mine[-1])
        if superseded:
            self._producer.lost(*self._epoch_of_seq)
            self._part([each for each in batch.sent if each.own is None], sure=True)
        number = first_event(found.epoch, self.shard, batch.entry)
        for sent, answer in zip(batch.sent, answers, strict=True):
            first, number = number, number + 2 * len(answer)
            if superseded and sent.own is None:
                continue
            self._found(sent)
            sent.settle(Executed(answer, batch.entry, first, found.executed))
        return True

    def _found(self, sent: _Sent) -> None:
        """Nobody who sends the same again need wait for this one."""
        if self._unanswered and self._unanswered.get(sent.key) is sent:
            del self._unanswered[sent.key]

    def _overdue(self, commands: list[_Sent]) -> None:
        """Their time is up: they did not leave, or their answers are looked for a last time."""
        for sent in commands:
            if sent.is_over:
                continue
            if sent.batch is None:
                sent.settle(NotSentError(LATE))
            elif sent.batch.entry is not None:
                self._look_for(sent.batch)  # else: when its entry is known, or never will be

    def _look_for(self, batch: _Batch) -> None:
        if not batch.looking:
            batch.looking = True
            task = asyncio.create_task(self._look(batch))
            self._looks.add(task)
            task.add_done_callback(self._looks.discard)

    async def _look(self, batch: _Batch) -> None:
        """Look for a batch's events in the journal; give those up whose time is over when there are none."""
        assert batch.entry is not None  # noqa: S101 - see `_overdue`
        try:
            found = await self._journal.events_of(self.shard, batch.entry)
        except StoreUnavailableError:
            found = None
        finally:
            batch.looking = False
        if found is None or not self._deliver(batch, found):
            now = asyncio.get_running_loop().time() + EARLY
            for sent in batch.sent:
                if sent.until <= now:
                    self._forget(sent)

    def _forget(self, sent: _Sent) -> None:
        """Tell that nothing is known; who sends the same again waits for this one."""
        if not sent.is_over:
            sent.settle(None)
            if key := sent.key:
                self._unanswered[key] = sent


def events_by_command(found: EventEntry, entry: EntryId) -> list[list[EventRow]] | None:
    """Return the events of each command of an entry, as rows; None: the entry is not among those answered."""
    at = np.flatnonzero((found.index["ms"] == entry.ms) & (found.index["seq"] == entry.seq))
    if not len(at):
        return None
    place = int(at[0])
    commands = int(found.index["commands"][:place].sum())
    begin = int(found.index["events"][:place].sum())
    rows: list[EventRow] = found.events[begin : begin + int(found.index["events"][place])].tolist()
    ends = np.cumsum(found.counts[commands : commands + int(found.index["commands"][place])], dtype=np.int64).tolist()
    return [rows[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _is_superseded(rows: list[EventRow]) -> bool:
    return len(rows) == 1 and rows[0][10] == Happening.REFUSED and rows[0][9] == Code.REPEATED
