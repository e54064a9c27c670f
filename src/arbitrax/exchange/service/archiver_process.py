"""The archiver as a process: through faults of server and disk until it is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from arbitrax.domain.errors import StoreError
from arbitrax.exchange.service.archiving import Archiver
from arbitrax.exchange.service.upkeep import Upkeep

WAIT_MS = 500
"""For entries; it is also how long a signal may have to wait."""
PAUSE_SECONDS = 0.1
"""Between steps when the archive is level with the streams: entries gather, the disk is synced ten times a second."""
UPKEEP_SECONDS = 2.0
RETRY_SECONDS = 1.0

Session = AbstractContextManager[tuple[Archiver, Upkeep]]


def run_archiver(open_session: Callable[[], Session], stop: threading.Event, say: Callable[[str], None]) -> None:
    """Archive a shard until ``stop`` is set. What fails is said once, and tried again each second.

    Raises:
        DataError: archive and journal do not fit together, or a segment is damaged: somebody has to look.
    """
    said = ""
    while not stop.is_set():
        try:
            with open_session() as (archiver, upkeep):
                due = 0.0
                while not stop.is_set():
                    more = archiver.step(WAIT_MS)
                    said = _well_again(said, say)
                    if time.monotonic() >= due:
                        upkeep.turn()
                        due = time.monotonic() + UPKEEP_SECONDS
                    if not more:
                        stop.wait(PAUSE_SECONDS)
        except StoreError as error:
            if str(error) != said:
                said = str(error)
                say(said)
            stop.wait(RETRY_SECONDS)


def _well_again(said: str, say: Callable[[str], None]) -> str:
    if said:
        say("Archiving again.")
    return ""
