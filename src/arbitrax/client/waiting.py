"""How long to wait before the next try: exponential back-off with full jitter, so that clients do not come all at once.

Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

import asyncio
import random

FIRST = 0.1
"""Seconds that the first wait has at most; each next one twice as many."""
MOST = 10.0
LONGEST = 60.0
"""Seconds that a client waits at most when it is told for how long; else the refusal is the caller's."""


def wait_before(attempt: int, told: float | None = None) -> float:
    """Return seconds to wait before another attempt; ``attempt``: how many failed, ``told``: at least that long."""
    drawn = random.uniform(0, min(MOST, FIRST * 2.0 ** min(attempt, 30)))  # noqa: S311 - spreads load, no secret
    return drawn if told is None else told + drawn


async def pause(attempt: int, told: float | None = None) -> None:
    """Wait as long."""
    await asyncio.sleep(wait_before(attempt, told))
