"""From packed commands to the engine and its answers back, for a book as for many."""

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import InputError
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.events import Events
from arbitrax.exchange.records import COMMAND


class Executor:
    """An engine, and the one row through which single commands reach it."""

    def __init__(self) -> None:
        self.core = MatchingCore()
        self._bytes = bytearray(COMMAND.itemsize)
        self._row = np.frombuffer(self._bytes, COMMAND)

    def execute(self, command: bytes) -> Events:
        """Execute one command of 128 bytes."""
        self._bytes[:] = command
        return Events(self.core.run(self._row)[0])

    def run(self, array: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute commands, shape (n,) of `records.COMMAND`, in order.

        Returns:
            Events of `records.EVENT`, and offsets, int64, shape (n + 1,): command i made
            ``events[offsets[i]:offsets[i + 1]]``.

        Raises:
            InputError: it is no such array.
        """
        if not isinstance(array, np.ndarray) or array.dtype != COMMAND or array.ndim != 1:
            what = f"dtype {array.dtype}, shape {array.shape}" if isinstance(array, np.ndarray) else f"{type(array)}"
            raise InputError(
                f"commands are {what}; give an array of arbitrax.exchange.COMMAND with one axis, as made by"
                " arbitrax.exchange.commands.as_array."
            )
        return self.core.run(array)
