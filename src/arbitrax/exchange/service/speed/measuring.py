"""A client that offers or pushes commands, and the clock beside it.

Latency counts from when a command was due, whenever it was sent: a stall counts for all that it delayed (Tene, "How NOT
to Measure Latency", 2015).
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.journal import CommandEntry, EntryId
from arbitrax.exchange.service.ports import Applied, Stream

MOST_WAITING = 32
"""Entries on their way while commands are pushed."""
MOST_OFFERED = 4_096
"""The same while they are offered: more than come in any stall that is not a fault."""
PATIENCE_MS = 10_000
LOOK_SECONDS = 0.001
SYNCS = 300


class LoadJournal(Protocol):
    """The journal for a client that keeps many entries on their way."""

    def append(self, entry: CommandEntry) -> None:
        """Send off an entry."""

    def settle(self, most: int) -> EntryId:
        """Wait until no more than so many have no reply; return the last id that came."""

    def applied(self) -> Applied:
        """Return what is written."""


def offer(journal: LoadJournal, events: Stream, commands: NDArray[np.void], per_second: int) -> NDArray[np.int64]:
    """Append commands, one an entry, each when it is due; read their events as a client does.

    Returns:
        (commands,) ns from when each was due to when its events were read.

    Raises:
        StoreError: the server is gone, or nobody executes.
    """
    gap, count = 1_000_000_000 // per_second, len(commands)
    read = np.zeros(count, np.int64)
    entries = [CommandEntry(commands[at : at + 1]) for at in range(count)]
    reader = threading.Thread(target=_read, args=(events, events.tail(), read), daemon=True)
    reader.start()
    clock, start = time.perf_counter_ns, time.perf_counter_ns() + 10_000_000
    for at, entry in enumerate(entries):
        left = start + at * gap - clock()
        if left > 0:
            time.sleep(left / 1e9)
        journal.append(entry)
        if at % 64 == 0:
            journal.settle(MOST_OFFERED)
    journal.settle(0)
    reader.join()
    if not read.all():
        raise StoreUnavailableError("The events of commands did not come; see whether a worker of the shard runs.")
    return read - (start + np.arange(count, dtype=np.int64) * gap)


def _read(events: Stream, last: EntryId, read: NDArray[np.int64]) -> None:
    """Note when the events of each command were read."""
    done = 0
    while done < len(read):
        found = events.read_after(last, 256, PATIENCE_MS)
        if not found:
            return
        count = sum(len(fields[b"n"]) // 4 for _, fields in found)
        read[done : done + count] = time.perf_counter_ns()
        done, last = done + count, found[-1][0]


def push(journal: LoadJournal, commands: NDArray[np.void], per_entry: int) -> float:
    """Append commands as fast as the journal takes them; return the seconds until the outputs of all are written."""
    began = time.perf_counter()
    for at in range(0, len(commands), per_entry):
        journal.append(CommandEntry(commands[at : at + per_entry]))
        journal.settle(MOST_WAITING)
    last = journal.settle(0)
    while journal.applied().entry < last:
        time.sleep(LOOK_SECONDS)
    return time.perf_counter() - began


def sync_times(folder: Path, count: int = SYNCS) -> NDArray[np.int64]:
    """Return how long the disk takes to keep 4 KB appended to a file, ns, shape (count,)."""
    sync = getattr(os, "fdatasync", os.fsync)
    took, page = np.zeros(count, np.int64), b"\1" * 4096
    path = folder / "sync"
    with path.open("wb", buffering=0) as file:
        for at in range(count):
            began = time.perf_counter_ns()
            file.write(page)
            sync(file.fileno())
            took[at] = time.perf_counter_ns() - began
    path.unlink()
    return took
