"""A shard's streams, marks and snapshots' manifests on the journal's Valkey, for the archiver and for verification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import msgspec

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import NO_EVENTS, START, EntryId, SnapshotManifest
from arbitrax.exchange.service.archive_ports import Progress
from arbitrax.exchange.service.ports import Applied
from arbitrax.storage.redis.channel import Channel, Word
from arbitrax.storage.redis.journal import ValkeyStream

CLAIM_MS = 10_000
"""How long the right to archive outlives its last use."""
TRIMMED_AT_ONCE = 2_000
"""Entries, about: each step holds up the server for a millisecond or so."""

# KEYS: archiver, marks; ARGV: whose archive, ms, and marks to set.
_HOLD = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if #ARGV > 2 then redis.call('HSET', KEYS[2], 'archived_commands', ARGV[3], 'archived_events', ARGV[4]) end
return 1
"""

# KEYS: archiver, commands, events, exchange, marks; ARGV: whose archive, first commands to keep, first events, entries
# at once. Ids are compared as numerals: they have more digits than a double.
_TRIM = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local function beyond(id, limit)
  if not limit then return true end
  local function less(a, b) return #a < #b or (#a == #b and a < b) end
  local ams, aseq = string.match(id, '^(%d+)-(%d+)$')
  local bms, bseq = string.match(limit, '^(%d+)-(%d+)$')
  return less(bms, ams) or (ams == bms and less(bseq, aseq))
end
local marks = redis.call('HMGET', KEYS[5], 'archived_commands', 'archived_events', 'recorded')
local applied = redis.call('HGET', KEYS[4], 'applied')
local trimmed = 0
for at, limits in ipairs({{applied, marks[1]}, {applied, marks[2], marks[3]}}) do
  local first = ARGV[1 + at]
  if first ~= '0-0' then
    if beyond(first, limits[1]) or beyond(first, limits[2]) or (at == 2 and beyond(first, limits[3])) then return -1 end
  end
end
for at = 1, 2 do
  if ARGV[1 + at] ~= '0-0' then
    local gone = redis.call('XTRIM', KEYS[1 + at], 'MINID', '~', ARGV[1 + at], 'LIMIT', ARGV[4])
    if gone == 0 then gone = redis.call('XTRIM', KEYS[1 + at], 'MINID', '=', ARGV[1 + at]) end
    trimmed = trimmed + gone
  end
end
return trimmed
"""

# KEYS: lease, snapshots; ARGV: token, name, manifest. The lease is owner:token, and no token is given out twice.
_INSTALL = """
local holder = redis.call('GET', KEYS[1])
if not holder or string.match(holder, ':(%d+)$') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
return 1
"""

# KEYS: snapshots; ARGV: name, manifest as it was, as it shall be.
_REPLACE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

# KEYS: archiver, snapshots; ARGV: whose archive, name.
_REMOVE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[2])
return 1
"""


class _ScannedStream(ValkeyStream):
    """A stream with a connection to itself, on which replies may be owed: what else is asked goes over another."""

    def __init__(self, channel: Channel, asking: Channel, key: str) -> None:
        super().__init__(channel, key)
        self._asking = ValkeyStream(asking, key)

    def covers(self, entry: EntryId) -> bool:
        """Whether an entry is there, or was and has been trimmed."""
        return self._asking.covers(entry)

    def trimmed(self) -> tuple[EntryId, int]:
        """Return the first entry there is, and how many before it were trimmed."""
        return self._asking.trimmed()


class ShardServer:
    """A shard by connections of its own; after any fault it is closed and another one opened. Errors: `Channel`."""

    def __init__(self, url: str, shard: int, owner: str = "") -> None:
        """Connect; ``owner``: the archive that is written, which claims the right to."""
        self._shard = shard
        self._owner = owner
        self._channels: list[Channel] = []
        try:
            for _ in range(3):
                self._channels.append(Channel(url))
        except BaseException:
            self.close()
            raise
        self._channel, *scanned = self._channels
        self.commands, self.events = (
            _ScannedStream(channel, self._channel, f"{name}:{shard}")
            for channel, name in zip(scanned, ("commands", "events"), strict=True)
        )

    def claim(self) -> bool:
        """See `arbitrax.exchange.service.archive_ports`, here and below."""
        return bool(self._run(_HOLD, ("archiver", "marks"), self._owner, CLAIM_MS))

    def set_marks(self, commands: EntryId, events: EntryId) -> bool:
        """Set both."""
        return bool(self._run(_HOLD, ("archiver", "marks"), self._owner, CLAIM_MS, str(commands), str(events)))

    def progress(self) -> Progress:
        """Return all marks."""
        names = ("archived_commands", "archived_events", "recorded")
        marks = self._channel.ask("HMGET", f"marks:{self._shard}", *names)
        ids = (START if each is None else EntryId.parse(each) for each in marks)
        return Progress(self.applied().entry, *ids)

    def applied(self) -> Applied:
        """Return what is written of the shard."""
        entry, word, epoch = self._channel.ask("HMGET", f"exchange:{self._shard}", "applied", "hash", "epoch")
        if entry is None:
            return Applied(START, NO_EVENTS, 0)
        return Applied(EntryId.parse(entry), int(word, 16), int(epoch))

    def trim(self, commands: EntryId, events: EntryId) -> int | None:
        """Trim a step."""
        keys = ("archiver", "commands", "events", "exchange", "marks")
        trimmed = self._run(_TRIM, keys, self._owner, str(commands), str(events), TRIMMED_AT_ONCE)
        return None if trimmed < 0 else int(trimmed)

    def manifests(self) -> dict[str, SnapshotManifest]:
        """Return the manifests.

        Raises:
            DataError: one cannot be read.
        """
        return {name: _manifest(name, text) for name, text in self._texts().items()}

    def install(self, name: str, manifest: SnapshotManifest) -> bool:
        """Add a manifest; False: the worker of its token has lost the lease."""
        packed = msgspec.json.encode(manifest)
        return bool(self._run(_INSTALL, ("lease", "snapshots"), manifest.token, name, packed))

    def mark_verified(self, name: str, manifest: SnapshotManifest) -> bool:
        """Replace one that is as it was."""
        text = self._texts().get(name)
        if text is None or _manifest(name, text) != manifest:
            return False
        verified = msgspec.json.encode(msgspec.structs.replace(manifest, verified=True))
        return bool(self._run(_REPLACE, ("snapshots",), name, text, verified))

    def remove_manifest(self, name: str) -> bool:
        """Remove one."""
        return bool(self._run(_REMOVE, ("archiver", "snapshots"), self._owner, name))

    def close(self) -> None:
        """End the connections."""
        for channel in self._channels:
            channel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _texts(self) -> dict[str, bytes]:
        found = self._channel.ask("HGETALL", f"snapshots:{self._shard}")
        return {name.decode(): text for name, text in zip(found[::2], found[1::2], strict=True)}

    def _run(self, script: str, keys: Sequence[str], *arguments: Word) -> Any:
        return self._channel.ask("EVAL", script, len(keys), *(f"{key}:{self._shard}" for key in keys), *arguments)


def _manifest(name: str, text: bytes) -> SnapshotManifest:
    try:
        return msgspec.json.decode(text, type=SnapshotManifest)
    except msgspec.DecodeError as error:
        raise DataError(f"The manifest of the snapshot {name} cannot be read ({error}); remove it.") from error
