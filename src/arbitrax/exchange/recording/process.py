"""The recorder as a process: it goes on until asked to stop, and waits out every outage."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event

from arbitrax.domain.errors import SchemaError, StoreError
from arbitrax.exchange.recording.ledger import NotRegisteredError
from arbitrax.exchange.recording.recorder import Recorder

WAIT = 500
"""Milliseconds that a read waits for events: how long stopping takes at most."""
IDLE = 0.02
"""Seconds between reads that bring nothing at once: what there is may not be synced yet."""
FIRST_REST, LONGEST_REST = 0.1, 2.0
"""Seconds before trying again what failed."""


def run_recorder(
    connect: Callable[[], AbstractContextManager[Recorder]], say: Callable[[str], None], stop: Event
) -> None:
    """Record a shard until ``stop`` is set; ``say`` is told what an operator should know, each outage once.

    Raises:
        DataError: the streams do not continue what is recorded.
        SchemaError: the database has another schema.
    """
    rest, told = FIRST_REST, ""
    while not stop.is_set():
        try:
            with connect() as recorder:
                while not stop.is_set():
                    count = recorder.step(WAIT)
                    if told:
                        say(f"Recording again, from {recorder.mark.entry}.")
                    rest, told = FIRST_REST, ""
                    if not count:
                        stop.wait(IDLE)
        except SchemaError:
            raise
        except (StoreError, NotRegisteredError) as error:  # a full disk too
            if str(error) != told:
                told = str(error)
                say(f"{told} Events wait in the journal meanwhile.")
            stop.wait(rest)
            rest = min(2 * rest, LONGEST_REST)
