"""A command as plain integers."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.records import COMMAND


class Command(NamedTuple):
    """A row of `records.COMMAND`. ``raw`` is its 128 bytes, for the kinds that read them under other names."""

    time: int
    order: int
    price: int
    quantity: int
    stop: int
    extra: int
    expire: int
    deadline: int
    seq: int
    symbol: int
    account: int
    producer: int
    producer_epoch: int
    kind: int
    side: int
    type: int
    time_in_force: int
    self_trade: int
    flags: int
    spare: int
    client: bytes
    raw: bytes

    def fields_of(self, layout: np.dtype[np.void]) -> dict[str, int]:
        """Return the record under another layout's names."""
        row = np.frombuffer(self.raw, layout)[0]
        return {name: int(row[name]) for name in layout.names or ()}


def read_commands(commands: NDArray[np.void]) -> list[Command]:
    """Return the rows of an array of COMMAND."""
    if commands.dtype != COMMAND:
        raise TypeError(f"Commands are an array of records.COMMAND, not of {commands.dtype}.")
    packed = np.ascontiguousarray(commands).tobytes()
    size = COMMAND.itemsize
    return [
        Command._make((*row, packed[at * size : at * size + size]))
        for at, row in enumerate(np.frombuffer(packed, COMMAND).tolist())
    ]
