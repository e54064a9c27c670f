"""The two streams of a shard: ``commands:{shard}``, the journal, and ``events:{shard}``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.journal import START, CommandEntry, EntryId
from arbitrax.exchange.service import crash_points
from arbitrax.exchange.service.entry_tables import EntryTable
from arbitrax.exchange.service.ports import RawEntry
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.entry_reply import read_reply

SCAN_BYTES = 8 << 20
"""Of a reply while a stream is scanned; the count of entries follows from what came before."""
LEAST_SCANNED, MOST_SCANNED = 16, 20_000

# KEYS: lease, exchange, commands. ARGV: the lease's value, the id applied, that to come after, the entry's fields.
# Streams only grow at their end, so the entry is put into a copy that then takes the stream's name. An entry goes where
# the ids leave room: those of one millisecond without a hole between them stay together.
_INSERT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED Another process has the lease.') end
local applied = redis.call('HGET', KEYS[2], 'applied') or '0-0'
if applied ~= ARGV[2] then return redis.error_reply('GAP The entry applied last is ' .. applied .. '.') end
local fields = {}
for at = 4, #ARGV do fields[at - 3] = ARGV[at] end
local ms, seq = string.match(ARGV[3], '(%d+)-(%d+)')
local function follows(id) return id == ms .. '-' .. string.format('%.0f', seq + 1) end
local from, inserted, added, copy = '-', nil, 1, KEYS[3] .. ':with-epoch'
local function insert()
  inserted = ms .. '-' .. string.format('%.0f', seq + 1)
  redis.call('XADD', copy, inserted, unpack(fields))
end
local function later(id)
  local a, b = string.match(id, '(%d+)-(%d+)')
  if #a ~= #ms then return #a > #ms end
  if a ~= ms then return a > ms end
  return tonumber(b) > tonumber(seq)
end
if redis.call('EXISTS', KEYS[3]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[3])
  for at = 1, #info, 2 do if info[at] == 'entries-added' then added = info[at + 1] + 1 end end
end
redis.call('DEL', copy)
while true do
  local found = redis.call('XRANGE', KEYS[3], from, '+', 'COUNT', 256)
  if #found == 0 then break end
  for _, entry in ipairs(found) do
    local id = entry[1]
    if inserted == nil and later(id) then
      if follows(id) then seq = seq + 1 else insert() end
    end
    redis.call('XADD', copy, id, unpack(entry[2]))
    from = '(' .. id
  end
end
if inserted == nil then insert() end
local last = redis.call('XREVRANGE', copy, '+', '-', 'COUNT', 1)[1][1]
redis.call('XSETID', copy, last, 'ENTRIESADDED', added, 'MAXDELETEDID', '0-0')
redis.call('RENAME', copy, KEYS[3])
return inserted
"""


class ValkeyStream:
    """A stream by its key. Errors are those of `Channel`."""

    def __init__(self, channel: Channel, key: str) -> None:
        self.key = key
        self._channel = channel

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[RawEntry]:
        """Return up to ``count`` entries; wait up to ``wait`` ms for the first, 0: not at all."""
        self.ask_after(after, count, wait)
        return self.found()

    def ask_after(self, after: EntryId, count: int, wait: int) -> None:
        """Ask for them, and do something else until `found`."""
        block: tuple[str | int, ...] = ("BLOCK", wait) if wait else ()
        self._channel.send("XREAD", "COUNT", count, *block, "STREAMS", self.key, str(after))

    def found(self) -> Sequence[RawEntry]:
        """Return what was asked for."""
        found = self._channel.receive()
        return _entries(found[0][1]) if found else ()

    def scan(self, after: EntryId, last: EntryId | None = None) -> Iterator[Sequence[RawEntry]]:
        """Return what there is up to ``last``, in large pieces; the next is on its way while one is looked at."""
        count, end = LEAST_SCANNED, "+" if last is None else str(last)
        self._channel.send("XRANGE", self.key, f"({after}", end, "COUNT", count)
        while True:
            reply = self._channel.receive()
            if not reply:
                return
            entries = _entries(reply)
            size = sum(map(len, entries[0][1].values())) + sum(map(len, entries[-1][1].values()))
            full, count = len(entries) == count, min(max(2 * SCAN_BYTES // (size + 1), LEAST_SCANNED), MOST_SCANNED)
            if full:
                self._channel.send("XRANGE", self.key, f"({entries[-1][0]}", end, "COUNT", count)
            try:
                yield entries
            except GeneratorExit:
                if full:
                    self._channel.receive()
                raise
            if not full:
                return

    def scan_tables(self, after: EntryId, last: EntryId | None = None) -> Iterator[Sequence[EntryTable]]:
        """Return the same by column, checksums compared: without an object for each entry.

        Raises:
            DataError: an entry is damaged, or of another version.
        """
        count, end, buffer = LEAST_SCANNED, "+" if last is None else str(last), bytearray()
        self._channel.send("XRANGE", self.key, f"({after}", end, "COUNT", count)
        waiting = True
        try:
            while waiting:
                size = self._channel.receive_bytes(buffer)
                waiting = False
                found = read_reply(buffer, size)
                read = sum(len(each) for each in found)
                if not found:
                    return
                if read == count:
                    count = min(max(SCAN_BYTES * read // size, LEAST_SCANNED), MOST_SCANNED)
                    self._channel.send("XRANGE", self.key, f"({found[-1].last}", end, "COUNT", count)
                    waiting = True
                yield found
        finally:
            if waiting and self._channel.owed:
                self._channel.receive_bytes(buffer)

    def range_after(self, after: EntryId, last: EntryId | None, count: int) -> Sequence[RawEntry]:
        """Return up to ``count`` entries up to ``last``, it included."""
        end = "+" if last is None else str(last)
        return _entries(self._channel.ask("XRANGE", self.key, f"({after}", end, "COUNT", count))

    def first(self) -> EntryId | None:
        """Return the id of the first entry; None when there is none."""
        found = self._channel.ask("XRANGE", self.key, "-", "+", "COUNT", 1)
        return EntryId.parse(found[0][0]) if found else None

    def tail(self) -> EntryId:
        """Return the id of the last entry, START when there is none."""
        found = self._channel.ask("XREVRANGE", self.key, "+", "-", "COUNT", 1)
        return EntryId.parse(found[0][0]) if found else START

    def covers(self, entry: EntryId) -> bool:
        """Whether an entry is there, or was and has been trimmed. START always is."""
        if entry == START or self._channel.ask("XRANGE", self.key, str(entry), str(entry)):
            return True
        first, trimmed = self.trimmed()
        return trimmed > 0 and entry < first

    def trimmed(self) -> tuple[EntryId, int]:
        """Return the first entry there is, or one past the last there was, and how many before it were trimmed."""
        if not self._channel.ask("EXISTS", self.key):
            return START, 0
        told = self._channel.ask("XINFO", "STREAM", self.key)
        info = dict(zip(told[::2], told[1::2], strict=True))
        first = info[b"first-entry"]
        last = EntryId.parse(info[b"last-generated-id"])
        return (
            EntryId.parse(first[0]) if first else EntryId(last.ms, last.seq + 1),
            int(info[b"entries-added"]) - int(info[b"length"]),
        )


class ValkeyJournal(ValkeyStream):
    """The commands of a shard."""

    def __init__(self, channel: Channel, shard: int) -> None:
        super().__init__(channel, f"commands:{shard}")
        self._shard = shard

    def append(self, entry: CommandEntry) -> EntryId:
        """Add an entry and return its id."""
        self._channel.send("XADD", self.key, "*", *_flat(entry.fields()))
        crash_points.reach("append.sent")
        added = EntryId.parse(self._channel.receive())
        crash_points.reach("append.replied")
        return added

    def insert_epoch(self, entry: CommandEntry, applied: EntryId, after: EntryId, lease: str) -> EntryId:
        """Put an entry after ``after``, before what was appended since; those keep their ids.

        Raises:
            Fenced: the lease is another's.
            Gap: another entry was applied last.
        """
        keys = (f"lease:{self._shard}", f"exchange:{self._shard}", self.key)
        words: tuple[bytes | str, ...] = (*keys, lease, str(applied), str(after), *_flat(entry.fields()))
        inserted = EntryId.parse(self._channel.ask("EVAL", _INSERT, len(keys), *words))
        crash_points.reach("epoch.inserted")
        return inserted

    def now(self) -> int:
        """Return the time of the server, ms since 1970: that of ids."""
        seconds, micros = self._channel.ask("TIME")
        return int(seconds) * 1000 + int(micros) // 1000


def events_stream(channel: Channel, shard: int) -> ValkeyStream:
    """Return the events of a shard."""
    return ValkeyStream(channel, f"events:{shard}")


def _flat(fields: dict[bytes, bytes]) -> tuple[bytes, ...]:
    return tuple(word for pair in fields.items() for word in pair)


def _entries(reply: list[Any]) -> list[RawEntry]:
    if any(fields is None for _, fields in reply):
        raise StoreError("The journal's server answers with entries that were deleted meanwhile; try again.")
    return [(_id(name), dict(zip(fields[::2], fields[1::2], strict=True))) for name, fields in reply]


def _id(name: bytes) -> EntryId:
    ms, _, seq = name.partition(b"-")
    return EntryId(int(ms), int(seq))
