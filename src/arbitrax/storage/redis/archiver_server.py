"""A shard's streams, marks and snapshots' manifests on the journal's Valkey, for the archiver and for verification."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from arbitrax.domain.errors import DataError, StoreError, StoreUnavailableError
from arbitrax.exchange.journal import START, EntryId, SnapshotManifest
from arbitrax.exchange.service.archive_ports import Progress
from arbitrax.exchange.service.entry_tables import Entry

if TYPE_CHECKING:
    import valkey

CLAIM_MS = 10_000
"""How long the right to archive outlives its last use."""
TRIMMED_AT_ONCE = 2_000
"""Entries, about: each step holds up the server for a millisecond or so."""
REPLY_SECONDS = 10.0

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


class ShardServer:
    """A shard on the server at a URL, which is asked for anew after every fault: an embedded server starts again then."""

    def __init__(self, url: Callable[[], str], shard: int, owner: str = "") -> None:
        """Name the shard; ``owner``: the archive that is written, which claims the right to."""
        self._url = url
        self._shard = shard
        self._owner = owner
        self._client: valkey.Valkey | None = None
        self.commands = ServerStream(self, f"commands:{shard}")
        self.events = ServerStream(self, f"events:{shard}")

    def claim(self) -> bool:
        """See `arbitrax.exchange.service.archive_ports`, here and below."""
        return bool(self._run(_HOLD, ("archiver", "marks"), self._owner, CLAIM_MS))

    def set_marks(self, commands: EntryId, events: EntryId) -> bool:
        """Set both."""
        return bool(self._run(_HOLD, ("archiver", "marks"), self._owner, CLAIM_MS, str(commands), str(events)))

    def progress(self) -> Progress:
        """Return all marks."""
        with self.asking() as client:
            marks = client.hmget(f"marks:{self._shard}", ["archived_commands", "archived_events", "recorded"])
            applied = client.hget(f"exchange:{self._shard}", "applied")
        return Progress(*(START if each is None else EntryId.parse(each) for each in (applied, *marks)))

    def running_hash(self) -> int:
        """Return the running hash of all events that are written."""
        with self.asking() as client:
            found = client.hget(f"exchange:{self._shard}", "hash")
        return int(found or b"0", 16)

    def trim(self, commands: EntryId, events: EntryId) -> int | None:
        """Trim a step."""
        keys = ("archiver", "commands", "events", "exchange", "marks")
        trimmed = self._run(_TRIM, keys, self._owner, str(commands), str(events), TRIMMED_AT_ONCE)
        return None if trimmed < 0 else int(trimmed)

    def all(self) -> dict[str, SnapshotManifest]:
        """Return the manifests.

        Raises:
            DataError: one cannot be read.
        """
        return {name: _manifest(name, text) for name, text in self._manifests().items()}

    def install(self, name: str, manifest: SnapshotManifest) -> bool:
        """Add a manifest; False: the worker of its token has lost the lease."""
        packed = msgspec.json.encode(manifest)
        return bool(self._run(_INSTALL, ("lease", "snapshots"), manifest.token, name, packed))

    def mark_verified(self, name: str, manifest: SnapshotManifest) -> bool:
        """Replace one that is as it was."""
        text = self._manifests().get(name)
        if text is None or _manifest(name, text) != manifest:
            return False
        verified = msgspec.json.encode(msgspec.structs.replace(manifest, verified=True))
        return bool(self._run(_REPLACE, ("snapshots",), name, text, verified))

    def remove(self, name: str) -> bool:
        """Remove one."""
        return bool(self._run(_REMOVE, ("archiver", "snapshots"), self._owner, name))

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        client, self._client = self._client, None
        if client is not None:
            client.close()  # type: ignore[no-untyped-call]

    @contextmanager
    def asking(self) -> Iterator[valkey.Valkey]:
        """Yield a client; turn its faults into StoreUnavailableError."""
        import valkey  # a third of a second: only when asked
        from valkey.backoff import NoBackoff
        from valkey.retry import Retry

        try:
            if self._client is None:
                self._client = valkey.Valkey.from_url(
                    self._url(),
                    socket_connect_timeout=REPLY_SECONDS,
                    socket_timeout=REPLY_SECONDS,
                    retry=Retry(NoBackoff(), 0),
                )
            yield self._client
        except StoreError:
            self.close()
            raise
        except (valkey.exceptions.ValkeyError, OSError, ValueError) as error:
            self.close()
            raise StoreUnavailableError(
                f"The journal's Valkey does not answer or refuses us ({type(error).__name__}: {error}); start it, or "
                "correct or unset ARBITRAX_REDIS_URL."
            ) from None

    def _manifests(self) -> dict[str, bytes]:
        with self.asking() as client:
            found: dict[bytes, bytes] = client.hgetall(f"snapshots:{self._shard}")  # type: ignore[assignment]
        return {name.decode(): text for name, text in found.items()}

    def _run(self, script: str, keys: Sequence[str], *arguments: str | bytes | int) -> Any:
        with self.asking() as client:
            return client.eval(script, len(keys), *(f"{key}:{self._shard}" for key in keys), *arguments)  # type: ignore[arg-type]


class ServerStream:
    """A stream of a shard; see `arbitrax.exchange.service.archive_ports.SourceStream`."""

    def __init__(self, server: ShardServer, key: str) -> None:
        self._server = server
        self._key = key

    def read_after(self, after: EntryId, count: int, wait: int) -> Sequence[Entry]:
        """Read, and wait for the first."""
        with self._server.asking() as client:
            found: Any = client.xread({self._key: str(after)}, count, wait or None)
        return _entries(found[0][1]) if found else []

    def range_after(self, after: EntryId, last: EntryId | None, count: int) -> Sequence[Entry]:
        """Read what is there."""
        with self._server.asking() as client:
            found: Any = client.xrange(self._key, f"({after}", "+" if last is None else str(last), count)
        return _entries(found)

    def first(self) -> EntryId | None:
        """Return the first id."""
        with self._server.asking() as client:
            found: Any = client.xrange(self._key, count=1)
        return EntryId.parse(found[0][0]) if found else None


def _entries(found: Sequence[tuple[bytes, Mapping[bytes, bytes]]]) -> list[Entry]:
    return [(EntryId.parse(name), fields) for name, fields in found]


def _manifest(name: str, text: bytes) -> SnapshotManifest:
    try:
        return msgspec.json.decode(text, type=SnapshotManifest)
    except msgspec.DecodeError as error:
        raise DataError(f"The manifest of the snapshot {name} cannot be read ({error}); remove it.") from error
