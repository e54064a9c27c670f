"""A token bucket within one process."""

import time
from collections.abc import Callable


class ProcessBucket:
    """Buckets by name, for the tasks of one event loop; see `arbitrax.market_data.providers.provider.TokenBucket`.

    A bucket is the one time at which it will be full again (the generic cell rate algorithm, ITU-T I.371).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}

    async def take(self, name: str, *, rate: float, burst: float) -> float:
        """Take a token; return the seconds to wait before sending."""
        now = self._clock()
        full_at = max(self._full_at.get(name, now), now) + 1.0 / rate
        self._full_at[name] = full_at
        return max(0.0, full_at - now - burst / rate)

    async def close(self) -> None:
        """Nothing is open."""
