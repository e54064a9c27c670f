"""What a client needs of PostgreSQL: accounts as of the recorder's mark, and what became of client order ids."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Fill, Mark
from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.records import Code
from arbitrax.trading.registry import Account


class RecordedAccount(NamedTuple):
    """An account at one moment."""

    mark: Mark
    """Up to where events are in it."""
    orders: Sequence[OrderRecord]
    """Those asked for."""
    open: int
    """How many are open."""
    positions: Sequence[PositionRecord]
    """Those that are flat again too."""
    paid: int
    """Units of cash paid in, less those paid out."""


class Wanted(NamedTuple):
    """Which orders a read is about: all open ones, or one by its client order id, open or not; or none."""

    open: bool = False
    client: str | None = None
    money: bool = True
    """Whether it is about positions, cash and the number of open orders too."""


class FirstOutcome(NamedTuple):
    """What the newest submission under a client order id came to."""

    order: int
    code: Code
    """Why it was refused; OK when it was accepted."""
    body: int | None
    """`arbitrax.exchange.recording.order_record.body_of`; None: recorded before that was kept."""
    ended: int | None
    """When the exchange forgot it at the earliest: ms of its end, or refusal; None: it is open."""


class Records(Protocol):
    """Blocking reads, called in threads, and one that is asked for too often for that. Faults are a `StoreError`."""

    async def orders(
        self, shard: int, asked: Sequence[tuple[Account, int]], *, primary: bool = False
    ) -> list[RecordedAccount]:
        """Return one order each, by its account and number, all at one moment; nothing else of the account."""

    def accounts(
        self, shard: int, asked: Sequence[tuple[Account, Wanted]], *, primary: bool = False
    ) -> list[RecordedAccount]:
        """Return accounts of a shard, all at one moment; ``primary``: of the database itself, not of a replica."""

    def first_outcomes(self, ids: Sequence[tuple[UUID, str]]) -> list[FirstOutcome | None]:
        """Return what became of each (account, client order id); None: it is not recorded."""

    def fills(self, order: int, first: int, last: int) -> list[Fill]:
        """Return the fills of an order from one event to another, as far as they are recorded."""
