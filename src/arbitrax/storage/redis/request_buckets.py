"""Token buckets of requests on a Valkey or Redis: many in one atomic step, for all gateways."""

from __future__ import annotations

from collections.abc import Sequence

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.redis.channel import address
from arbitrax.storage.redis.shared_connection import Script, SharedConnection

PREFIX = "requests:"
TIMEOUT_SECONDS = 0.5

# A key holds the time, in microseconds of the server's clock, at which its bucket is full again, and goes when it is.
_LEASE = Script("""
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local granted = {}
for i, key in ipairs(KEYS) do
    local rate, burst, wanted = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
    local each = 1000000 / rate
    local full = math.max(tonumber(redis.call('GET', key) or now) - tonumber(ARGV[4 * i]) * each, now)
    local room = math.max(0, math.floor(burst - (full - now) / each + 0.000001))
    local taken = math.min(wanted, room)
    if taken > 0 then
        full = full + taken * each
        redis.call('SET', key, string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000) + 1)
    end
    local wait = 0
    if taken == 0 then
        wait = math.max(1, math.ceil(full - now - (burst - 1) * each))
    end
    granted[i] = {taken, room - taken, wait}
end
return granted
""")


class ValkeyRequestBuckets:
    """See `arbitrax.api.rate_limits.Buckets`. For one event loop; close it when done."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = SharedConnection(url, timeout=TIMEOUT_SECONDS)

    async def lease(self, wanted: Sequence[tuple[str, float, float, int, int]]) -> list[tuple[int, int, float]]:
        """Take tokens of many buckets: name, tokens a second, the most it holds, how many wanted, how many given back.

        Return of each how many were had, how many are left, and the seconds until there is one when none was had.

        Raises:
            StoreUnavailableError: the server does not answer.
        """
        from valkey.exceptions import ValkeyError

        names = [PREFIX + name for name, *_ in wanted]
        words = [word for _, rate, burst, count, back in wanted for word in (repr(rate), repr(burst), count, back)]
        try:
            found = await self._connection.run(_LEASE, names, words)
        except (ValkeyError, OSError) as error:
            raise StoreUnavailableError(
                f"The Valkey at {address(self._url)} does not count requests ({type(error).__name__}); start it, or "
                "correct or unset its URL."
            ) from None
        return [(int(taken), int(left), int(wait) / 1e6) for taken, left, wait in found]

    async def close(self) -> None:
        """Give the connection back; the next lease opens it again."""
        await self._connection.close()
