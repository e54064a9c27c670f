"""Exactly once: what producers have sent, and which client ids an account has used."""

from dataclasses import dataclass, field
from typing import NamedTuple

from arbitrax.exchange.records import FORGOTTEN_AT_ONCE
from arbitrax.exchange.reference.command import Command
from arbitrax.exchange.reference.fold import fold


@dataclass(slots=True)
class Producer:
    """The last command of a producer and what became of it."""

    epoch: int
    seq: int
    order: int = 0
    code: int = 0


class Closed(NamedTuple):
    """A client id whose order is closed, or was refused."""

    account: int
    client: bytes
    order: int
    body: int
    code: int
    """Why it was refused; OK when it was accepted."""
    time: int
    """When it closed, ms."""


def body_of(command: Command) -> int:
    """Fold what makes two submissions the same: all but time, deadline and who carried it."""
    word = 0
    for value in (
        command.symbol,
        command.side | command.type << 8 | command.time_in_force << 16 | command.self_trade << 24 | command.flags << 32,
        command.price,
        command.quantity,
        command.stop,
        command.extra,
        command.expire,
    ):
        word = fold(word, value)
    return word


def is_client_id(client: bytes) -> bool:
    """Whether it is printable ASCII without spaces or zeros inside; empty is fine: none."""
    return all(0x21 <= each <= 0x7E for each in client)


@dataclass(slots=True)
class Clients:
    """Client ids of open orders, and of closed ones for ``time`` ms and ``orders`` orders, whichever is more."""

    time: int
    orders: int
    live: dict[tuple[int, bytes], int] = field(default_factory=dict)
    """(account, client id) -> order id."""
    closed: list[Closed] = field(default_factory=list)
    """In the order in which they closed."""

    def forget(self, now: int) -> None:
        """Drop from the front what is outside both windows, FORGOTTEN_AT_ONCE at most. Runs before each look-up."""
        extra = min(len(self.closed) - self.orders, FORGOTTEN_AT_ONCE)
        gone = 0
        while gone < extra and self.closed[gone].time + self.time <= now:
            gone += 1
        del self.closed[:gone]

    def find_closed(self, account: int, client: bytes) -> Closed | None:
        """Return what is remembered of a closed order."""
        return next((each for each in self.closed if (each.account, each.client) == (account, client)), None)
