"""What the recorder reads of a shard on the journal's server, before it the archive; and the mark it leaves there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.journal import EntryId
from arbitrax.exchange.recording.ports import RawEntry

if TYPE_CHECKING:
    import valkey

Archived = Callable[[EntryId], Iterator[RawEntry]]
"""Gives the archived entries after an id."""
PAGE = 64
TIMEOUT_SECONDS = 5.0


def nothing_archived(_: EntryId) -> Iterator[RawEntry]:
    """Give no entries: there is no archive."""
    return iter(())


class ValkeyShardStreams:
    """The streams of a shard, archived entries included. A broken connection is an error; the next use opens one."""

    def __init__(
        self,
        url: str,
        shard: int,
        *,
        archived_events: Archived = nothing_archived,
        archived_commands: Archived = nothing_archived,
    ) -> None:
        self._url = url
        self._events, self._commands = f"events:{shard}", f"commands:{shard}"
        self._marks, self._state = f"marks:{shard}", f"exchange:{shard}"
        self._archived_events, self._archived_commands = archived_events, archived_commands
        self._opened: valkey.Valkey | None = None

    def events_after(self, after: EntryId, count: int, wait: int) -> Sequence[RawEntry]:
        """Return what the server has; wait up to ``wait`` ms for the first, 0: not at all."""
        with self._client() as client:
            found: Any = client.xread({self._events: str(after)}, count=count, block=wait or None)
            return [] if not found else [_entry(each) for each in found[0][1]]

    def all_events(self, after: EntryId) -> Iterator[RawEntry]:
        """Return every entry of events that counts, archived ones first, ids ascending."""
        return self._all(self._events, self._archived_events, after, None)

    def all_commands(self, after: EntryId, last: EntryId) -> Iterator[RawEntry]:
        """Return the entries of commands up to ``last``, it included."""
        return self._all(self._commands, self._archived_commands, after, last)

    def event_at(self, name: EntryId) -> RawEntry | None:
        """Return an entry of events by its id, archived or not."""
        with self._client() as client:
            found: Any = client.xrange(self._events, str(name), str(name))
        if found:
            return _entry(found[0])
        before = EntryId(name.ms, name.seq - 1) if name.seq else EntryId(name.ms - 1, (1 << 64) - 1)
        first = self._first(self._events)
        archived = None if first is not None and first <= name else next(self._archived_events(before), None)
        return archived if archived is not None and archived[0] == name else None

    def synced(self) -> EntryId | None:
        """Return up to where events survive a power failure, where that is less than all; None: nobody syncs."""
        with self._client() as client:
            found: Any = client.hget(self._marks, "synced_events")
        return None if found is None else EntryId.parse(found)

    def epoch(self) -> int:
        """Return the epoch of the newest events that are written."""
        with self._client() as client:
            found: Any = client.hget(self._state, "epoch")
        return int(found or 0)

    def set_recorded(self, entry: EntryId) -> None:
        """Say up to where events are recorded."""
        with self._client() as client:
            client.hset(self._marks, "recorded", str(entry))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        if self._opened is not None:
            self._opened.close()  # type: ignore[no-untyped-call]
            self._opened = None

    def _all(self, key: str, archived: Archived, after: EntryId, last: EntryId | None) -> Iterator[RawEntry]:
        while True:
            with self._client() as client:
                found: Any = client.xrange(key, f"({after}", "+" if last is None else str(last), count=PAGE)
            first, before = self._first(key), after
            if first is None or first > after:  # what is gone, be it since the page before, is archived
                for entry in archived(after):
                    if (first is not None and entry[0] >= first) or (last is not None and entry[0] > last):
                        break
                    after = entry[0]
                    yield entry
                if after != before:
                    continue
            for each in found:
                yield _entry(each)
            if len(found) < PAGE:
                return
            after = EntryId.parse(found[-1][0])

    def _first(self, key: str) -> EntryId | None:
        with self._client() as client:
            found: Any = client.xrange(key, count=1)
        return EntryId.parse(found[0][0]) if found else None

    @contextmanager
    def _client(self) -> Iterator[valkey.Valkey]:
        import valkey  # a third of a second: only when used
        from valkey.backoff import NoBackoff
        from valkey.retry import Retry

        if self._opened is None:
            self._opened = valkey.Valkey.from_url(
                self._url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 0),
            )
        try:
            yield self._opened
        except (valkey.ValkeyError, OSError) as error:
            self.close()
            raise StoreUnavailableError(
                f"The journal's server does not answer or refuses us ({type(error).__name__}: {error}); start it, or "
                "correct or unset ARBITRAX_REDIS_URL."
            ) from None


def _entry(each: tuple[bytes, dict[bytes, bytes]]) -> RawEntry:
    return EntryId.parse(each[0]), each[1]
