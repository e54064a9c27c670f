"""Token buckets on a Valkey or Redis: one for all processes that use a vendor with one key."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from arbitrax.domain.errors import StoreUnavailableError

if TYPE_CHECKING:
    import valkey.asyncio

PREFIX = "vendor:bucket:"

# The same rule as `arbitrax.market_data.providers.token_bucket`, on the server's clock, in one atomic step. The key
# holds the time at which the bucket is full again, and goes when it is: a full bucket needs no memory.
_TAKE = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + 1000000 / rate
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1)
return string.format('%.0f', math.max(0, full_at - now - burst * 1000000 / rate))
"""


class ValkeyBucket:
    """See `arbitrax.market_data.providers.provider.TokenBucket`. For one event loop; close it when done."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client: valkey.asyncio.Valkey | None = None

    async def take(self, name: str, *, rate: float, burst: float) -> float:
        """Take a token; return the seconds to wait before sending.

        Raises:
            StoreUnavailableError: the server does not answer.
        """
        import valkey.asyncio
        from valkey.exceptions import ValkeyError

        if self._client is None:
            self._client = valkey.asyncio.Valkey.from_url(self._url, socket_connect_timeout=5.0, socket_timeout=5.0)
            self._script = self._client.register_script(_TAKE)
        try:
            wait = await self._script(keys=[PREFIX + name], args=[repr(rate), repr(burst)])
        except (ValkeyError, OSError) as error:
            parts = urlsplit(self._url)
            where = f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path
            raise StoreUnavailableError(
                f"The Valkey at {where} does not share out requests to vendors ({type(error).__name__}); start it, or "
                "correct or unset its URL."
            ) from None
        return int(wait) / 1_000_000

    async def close(self) -> None:
        """Give the connection back; the next token opens it again."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
