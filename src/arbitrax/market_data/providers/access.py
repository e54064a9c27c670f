"""How a vendor is reached: key, plan, address, and what tests and other processes put in their place."""

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.market_data.providers.provider import TokenBucket

if TYPE_CHECKING:
    import httpx2


class Timeouts(Struct, frozen=True):
    """Seconds until a request is given up."""

    connect: float = 5.0
    read: float = 20.0
    """Between two pieces of an answer."""
    total: float = 90.0
    """Of one request, from its connection to the last byte."""


class Retries(Struct, frozen=True):
    """How often and after how many seconds a failed request is sent again."""

    attempts: int = 4
    first: float = 0.5
    """Before the second attempt; doubles from there, plus a random part of ``jitter``."""
    longest: float = 8.0
    jitter: float = 1.0
    patience: float = 65.0
    """The longest refusal for too many requests that is waited for, a minute's limit; longer ones are the caller's
    matter."""


class Access(Struct, frozen=True, kw_only=True):
    """What an adapter needs. Without a bucket it keeps one of its own, which other processes do not share."""

    key: str | None = None
    plan: str = "free"
    base_url: str | None = None
    """None: the vendor's own."""
    bucket: TokenBucket | None = None
    transport: "httpx2.AsyncBaseTransport | None" = None
    clock: Callable[[], int] = time.time_ns
    """Now, ns UTC."""
    sleep: Callable[[float], Awaitable[None]] | None = None
    timeouts: Timeouts = Timeouts()
    retries: Retries = Retries()

    def __repr__(self) -> str:
        """Leave out the key, and the URL, which may hold a password."""
        return f"Access(plan={self.plan!r})"
