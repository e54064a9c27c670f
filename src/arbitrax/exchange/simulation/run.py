"""What a simulated market talks to, and what it leaves behind."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

QUOTE = np.dtype(
    [
        ("time", "<i8"),  # ms of the exchange's time
        ("bid", "<i8"),  # ticks; 0: none
        ("ask", "<i8"),
        ("bid_lots", "<i8"),  # shown at the touch
        ("ask_lots", "<i8"),
        ("last", "<i8"),  # ticks, of the last trade; 0: none yet
        ("volume", "<i8"),  # lots traded until then
        ("value", "<f8"),  # ticks, latent
    ]
)


class Exchange(Protocol):
    """What executes commands: an engine, or whatever has its call."""

    def run(self, commands: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute COMMAND rows in order; return their EVENT rows and where those of each command begin."""


@dataclass(frozen=True, slots=True)
class Run:
    """COMMAND and EVENT rows, ``offsets`` as an engine gives them, and QUOTE rows at even times."""

    commands: NDArray[np.void]
    events: NDArray[np.void]
    offsets: NDArray[np.int64]
    quotes: NDArray[np.void]


def join_offsets(batches: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the offsets of batches as those of one."""
    if not batches:
        return np.zeros(1, np.int64)
    lengths = np.array([len(each) for each in batches])
    every, ends = np.concatenate(batches), np.cumsum(lengths) - 1
    before = np.concatenate([[0], np.cumsum(every[ends])])
    return np.append(np.delete(every + np.repeat(before[:-1], lengths), ends), before[-1])
