"""Rate limits (R10): token buckets that all gateways share, leased in blocks.

A request takes a token of each bucket it counts for. A gateway leases tokens and gives them out by itself for 100 ms:
one at first, twice as many each time a block is used up before its time, a tenth of a second's at most. What is left is
given back with the next lease. Tokens leave the shared bucket before they are given out, so within any T seconds a
client gets at most ``burst + rate * (T + 0.1 * gateways)`` requests: the overshoot is a tenth of a second's a gateway.

Without the cache's server each gateway counts for itself.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from arbitrax.domain.errors import StoreUnavailableError

LEASE_SECONDS = 0.1
ALONE_SECONDS = 1.0
"""How long a gateway counts for itself before it asks for the shared buckets again."""
MOST_LEASES = 20_000


class Limit(Struct, frozen=True):
    """How many requests: ``rate`` a second in the long run, ``burst`` at once."""

    name: str
    rate: float
    burst: float

    @property
    def policy(self) -> str:
        """As a member of ``RateLimit-Policy`` (draft-ietf-httpapi-ratelimit-headers)."""
        return f'"{self.name}";q={self.burst:.0f};w={max(1, math.ceil(self.burst / self.rate))}'


Demand = tuple[Limit, str]
"""A limit, and whose bucket."""


Wanted = tuple[str, float, float, int, int]
"""A bucket's name, its tokens a second, the most it holds, how many are wanted, and how many given back."""


class Verdict(Struct, frozen=True):
    """Whether a request may go on, and what its scarcest bucket says."""

    allowed: bool
    limit: Limit
    remaining: int
    wait: float = 0.0
    """Seconds until a token is there."""


class Buckets(Protocol):
    """The buckets that all gateways share."""

    async def lease(self, wanted: Sequence[Wanted]) -> list[tuple[int, int, float]]:
        """Take tokens of many buckets, and give some back.

        Return of each how many were had, how many are left, and the seconds until there is one when none was had.

        Raises:
            StoreUnavailableError: they cannot be had.
        """

    async def close(self) -> None:
        """Give connections back."""


class _Lease(Struct):
    """What this gateway has of a bucket."""

    tokens: int = 0
    until: float = 0.0
    given: int = 0
    """In this block."""
    left: int = 0
    """In the shared bucket, when last heard of."""
    refused_until: float = 0.0


class RateLimiter:
    """Gives out tokens. For one event loop."""

    def __init__(self, buckets: Buckets, clock: Callable[[], float] = time.monotonic) -> None:
        self._buckets = buckets
        self._clock = clock
        self._leases: dict[str, _Lease] = {}
        self._wanted: dict[str, Wanted] = {}
        self._round: asyncio.Task[None] | None = None
        self._alone_until = 0.0
        self._alone: dict[str, float] = {}
        """When each bucket is full again, while the shared ones cannot be had."""

    async def close(self) -> None:
        """Give back what the buckets are reached by."""
        await self._buckets.close()

    async def take(self, demands: Sequence[Demand]) -> Verdict:
        """Take a token of each bucket, or none of any."""
        while (verdict := self._take(demands)) is None:
            for limit, whose in demands:
                self._want(limit, f"{limit.name}:{whose}")
            if self._round is None:
                self._round = asyncio.get_running_loop().create_task(self._lease())
            await asyncio.shield(self._round)
        return verdict

    def give_back(self, limit: Limit, whose: str) -> None:
        """Give back a token that was taken and need not have been."""
        lease = self._leases.get(f"{limit.name}:{whose}")
        if lease is not None:
            lease.tokens += 1
            lease.refused_until = 0.0

    def _take(self, demands: Sequence[Demand]) -> Verdict | None:
        """Return the verdict when it can be told without asking."""
        now = self._clock()
        leases = []
        for limit, whose in demands:
            lease = self._leases.get(f"{limit.name}:{whose}")
            if lease is None:
                return None
            if lease.refused_until > now:
                return Verdict(False, limit, 0, lease.refused_until - now)
            if lease.tokens <= 0 or lease.until <= now:
                return None
            leases.append(lease)
        scarcest, remaining = demands[0][0], math.inf
        for (limit, _), lease in zip(demands, leases, strict=True):
            lease.tokens -= 1
            lease.given += 1
            if lease.tokens + lease.left < remaining:
                scarcest, remaining = limit, lease.tokens + lease.left
        return Verdict(True, scarcest, int(remaining))

    def _want(self, limit: Limit, name: str) -> None:
        now = self._clock()
        lease = self._leases.get(name)
        if lease is not None and lease.tokens > 0 and lease.until > now:
            return
        most = max(1, int(limit.rate * LEASE_SECONDS))
        known = self._wanted.get(name)
        if known is not None:
            count, back = known[3] + 1, known[4]
        else:
            count = 2 * lease.given if lease is not None and lease.until > now else 1
            back = 0
            if lease is not None:
                back, lease.tokens = lease.tokens, 0
        self._wanted[name] = name, limit.rate, limit.burst, max(1, min(count, most)), back

    async def _lease(self) -> None:
        await asyncio.sleep(0)  # what else is wanted in this turn of the loop goes along
        asked, self._wanted, self._round = list(self._wanted.values()), {}, None
        found = None
        if self._clock() >= self._alone_until:
            try:
                found = await self._buckets.lease(asked)
                self._alone.clear()
            except StoreUnavailableError:
                self._alone_until = self._clock() + ALONE_SECONDS
        if found is None:
            found = [self._lease_alone(*each) for each in asked]
        now = self._clock()
        if len(self._leases) > MOST_LEASES:
            self._leases = {
                name: each for name, each in self._leases.items() if each.until > now or each.refused_until > now
            }
        for (name, *_), (taken, left, wait) in zip(asked, found, strict=True):
            held = self._leases.get(name)
            # Of another round, meanwhile.
            tokens = taken + (held.tokens if held is not None and held.until > now else 0)
            self._leases[name] = _Lease(tokens, now + LEASE_SECONDS, 0, left, 0.0 if tokens else now + wait)

    def _lease_alone(self, name: str, rate: float, burst: float, count: int, back: int) -> tuple[int, int, float]:
        now = self._clock()
        if len(self._alone) > MOST_LEASES:
            self._alone = {name: full for name, full in self._alone.items() if full > now}
        full = max(self._alone.get(name, now) - back / rate, now)
        room = max(0, math.floor(burst - (full - now) * rate + 1e-6))
        taken = min(count, room)
        self._alone[name] = full + taken / rate
        return taken, room - taken, 0.0 if taken else max(1e-6, full - now - (burst - 1) / rate)
