"""From packed commands to the engine and its answers back, for a book as for many."""

from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import InputError
from arbitrax.exchange.arguments import whole
from arbitrax.exchange.command_row import INT64
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.events import Events
from arbitrax.exchange.records import COMMAND, FEES, HOUSE
from arbitrax.exchange.views import OrderView


class Executor:
    """An engine that answers single commands with `Events`, arrays with arrays."""

    def __init__(self) -> None:
        self.core = MatchingCore()
        self._execute = self.core.kernel.execute

    def execute(self, command: bytes) -> Events:
        """Execute one command of 128 bytes."""
        return Events(self._execute(command))

    def total_of(self, order: int, *, amended: bool) -> int:
        """Return the lots of an order, for an amend that does not name them; 0: it is not open.

        Raises:
            InputError: the amend changes nothing else either, or the id is no whole number.
        """
        if not amended:
            raise InputError(f"amend of order={order!r} changes nothing; give quantity, price, stop or requeue=True.")
        return self.core.kernel.total(whole("order", order, *INT64, "an order id"))

    def order(self, order: int) -> OrderView | None:
        """Return an open order, or None.

        Raises:
            InputError: the id is no whole number.
        """
        return self.core.order(whole("order", order, *INT64, "an order id"))

    def orders(self, account: int) -> list[int]:
        """Return the ids of an account's open orders, ascending.

        Raises:
            InputError: it is no account number.
        """
        return self.core.orders(whole("account", account, FEES, HOUSE, "an account number"))

    def run(self, array: NDArray[np.void]) -> tuple[NDArray[np.void], NDArray[np.int64]]:
        """Execute commands, shape (n,) of `records.COMMAND`, in order.

        Returns:
            Events of `records.EVENT`, and offsets, int64, shape (n + 1,): command i made
            ``events[offsets[i]:offsets[i + 1]]``.

        Raises:
            InputError: it is no such array.
        """
        if not isinstance(array, np.ndarray) or array.dtype != COMMAND or array.ndim != 1:
            what = type(array).__name__
            if isinstance(array, np.ndarray):
                what = f"of shape {array.shape}" if array.dtype == COMMAND else f"an array of {array.dtype}"
            raise InputError(
                f"commands are {what}; give an array of arbitrax.exchange.COMMAND with one axis, as made by"
                " arbitrax.exchange.commands.as_array."
            )
        return self.core.run(array)


def refuse_copy(name: str) -> NoReturn:
    """Say why there is no copy of an engine.

    Raises:
        TypeError: always.
    """
    raise TypeError(
        f"A {name} is neither copied nor pickled: its state is in the engine's memory. Keep the commands you gave it"
        f" and run them on a new {name}; equal commands make an equal state_hash()."
    )
