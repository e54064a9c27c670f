"""The streams ``runs.{id}`` for gateways, without blocking their event loop: `run_feed` writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.storage.redis.run_feed import stream

if TYPE_CHECKING:
    from valkey.asyncio import Valkey

READ = 200
"""Messages of a run at once."""


class RunNews(NamedTuple):
    """A message of a run."""

    run: str
    entry: EntryId
    kind: str
    """progress, equity, log or done."""
    data: bytes
    """JSON."""


class ValkeyRunReader:
    """Two connections at most: one waits for all runs that are followed, one catches up."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: Valkey | None = None

    async def newest(self, run: str) -> EntryId:
        """Return the id of a run's newest message.

        Raises:
            StoreUnavailableError: the cache's server is down.
        """
        found = await self._ask("XREVRANGE", stream(run), "+", "-", "COUNT", 1)
        return EntryId.parse(found[0][0]) if found else START

    async def since(self, run: str, after: EntryId) -> Sequence[RunNews]:
        """Return the messages of a run after an id, so many at once; raises the same."""
        found = await self._ask("XRANGE", stream(run), f"({after}", "+", "COUNT", READ)
        return [_news(run, name, fields) for name, fields in found]

    async def wait(self, after: Mapping[str, EntryId], wait: int) -> Sequence[RunNews]:
        """Return what came after an id of each run; wait up to ``wait`` ms for the first; raises the same."""
        names = {stream(run): run for run in after}
        ids = [str(each) for each in after.values()]
        found = await self._ask("XREAD", "COUNT", READ, "BLOCK", wait, "STREAMS", *names, *ids)
        items = found.items() if isinstance(found, dict) else found or ()
        return [_news(names[name.decode()], entry, fields) for name, rows in items for entry, fields in rows]

    async def close(self) -> None:
        """End the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, *words: str | int) -> Any:
        from valkey.asyncio import Valkey
        from valkey.exceptions import ValkeyError

        if self._client is None:
            self._client = Valkey.from_url(self._url, socket_timeout=5.0, socket_connect_timeout=5.0)
        try:
            return await self._client.execute_command(*words)
        except (ValkeyError, OSError) as error:
            raise StoreUnavailableError(
                f"The cache's server does not answer or refuses us ({type(error).__name__}); start it, or correct "
                "ARBITRAX_CACHE_URL."
            ) from None


def _news(run: str, name: bytes, fields: Any) -> RunNews:
    held = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=True))
    return RunNews(run, EntryId.parse(name), held[b"type"].decode(), held[b"data"])
