"""Ending background tasks for sure."""

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN = 0.1
"""Seconds until a task that did not end is cancelled again."""


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait until they have ended.

    More than once if need be: valkey-py's connections swallow a cancellation that comes while they connect.
    """
    left = {each for each in tasks if not each.done()}
    while left:
        for each in left:
            each.cancel()
        _, left = await asyncio.wait(left, timeout=AGAIN)
