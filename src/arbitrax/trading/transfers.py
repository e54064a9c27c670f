"""Cash that moves between accounts of the exchange, also of two shards: what a transfer is, and where it is kept.

An account trades on one shard, and that shard's risk knows its cash only. Who trades on several has an account on each,
an allocation, and moves cash between them. A transfer is a WITHDRAW in the journal of one shard, then a DEPOSIT in that
of the other; should the other refuse it, a DEPOSIT back.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from msgspec import Struct

from arbitrax.trading.command_channel import Own

State: TypeAlias = Literal["begun", "debited", "done", "refused", "returning", "returned"]

PRODUCERS = 1 << 31
"""The producer of an account's transfers is this and its number: far from those of processes, and from those that count
down from the house's."""
PLACES = 4
"""Sequence numbers of a transfer."""


class Transfer(Struct, frozen=True):
    """A transfer, and how far it is."""

    id: str
    """Of whoever asked: 1 to 32 printable ASCII characters."""
    number: int
    """Later transfers of an account have greater ones."""
    source: UUID
    target: UUID
    amount: str
    """A decimal of the currency."""
    state: State = "begun"
    reason: str = ""
    """Code of the refusal, if there was one."""

    def own(self, account: int, place: int) -> Own:
        """Return the identity of its step number ``place`` on an account.

        Steps of an account have ascending sequence numbers, because none of its transfers begins before the last one
        has ended; so each is executed once, whoever sends it and however often.
        """
        return Own(PRODUCERS + account, 1, PLACES * self.number + place)


class TransferStore(Protocol):
    """Where transfers are kept."""

    def begin(self, id: str, source: UUID, target: UUID, amount: str) -> Transfer:
        """Return the transfer with this id, added if need be; or the one that must end before: it has an account of it.

        Raises:
            InputError: the id was used for another transfer.
        """

    def find(self, id: str) -> Transfer:
        """Return one that there is."""

    def advance(self, transfer: Transfer, state: State, reason: str) -> None:
        """Store the next state, unless another process has stored one."""

    def unfinished(self) -> Sequence[Transfer]:
        """Return those under way, oldest first."""

    def newest(self, most: int) -> Sequence[Transfer]:
        """Return the newest."""


class Settled(Protocol):
    """Knows what the journal would not lose with the machine's power."""

    async def settle(self, shard: int, seconds: float) -> bool:
        """Wait until everything that is in the shard's journal now is on the disk; False: it did not get there."""
