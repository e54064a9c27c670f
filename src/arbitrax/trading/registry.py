"""Which numbers symbols and accounts have on their shard, and what a tick, a lot and a unit of cash are worth."""

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.domain import ids
from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.exchange.records import MAX_NOTIONAL, MAX_PRICE, MAX_QUANTITY, MAX_TICK_VALUE
from arbitrax.trading.decimals import Steps

ACCOUNT_PREFIX = "acc"


class Instrument(Struct, frozen=True, dict=True):
    """A symbol of a shard. Sizes are decimals; they never change."""

    symbol: str
    shard: int
    number: int
    tick_size: str
    lot_size: str
    cash_unit: str
    currency: str

    @cached_property
    def prices(self) -> Steps:
        """Prices as ticks."""
        return steps("price", "tick", self.tick_size, "order.price_off_tick", MAX_PRICE)

    @cached_property
    def quantities(self) -> Steps:
        """Quantities as lots."""
        return steps("quantity", "lot", self.lot_size, "order.quantity_off_lot", MAX_QUANTITY)

    @cached_property
    def cash(self) -> Steps:
        """Cash as units."""
        return cash_steps(self.cash_unit)

    @property
    def tick_value(self) -> int:
        """Units of cash of a tick of a lot.

        Raises:
            InputError: it is no whole number, or too large.
        """
        lots = self.quantities
        digits = lots.step_digits
        value = self.prices.ratio(digits, self.cash, decimals=lots.decimals)
        if value is None or not 1 <= value <= MAX_TICK_VALUE:
            raise InputError(
                f"A tick of {self.tick_size} and a lot of {self.lot_size} of {self.symbol} are no whole number of cash "
                f"units of {self.cash_unit} within 1 to {MAX_TICK_VALUE:,}; choose other sizes or another cash_unit."
            )
        return value


class Account(Struct, frozen=True, dict=True):
    """A paper account of a shard."""

    id: UUID
    name: str
    shard: int
    number: int
    currency: str
    cash_unit: str
    kind: str
    """cash or margin."""
    owner: UUID | None = None

    @cached_property
    def text(self) -> str:
        """The id as it is shown."""
        return ids.encode(ACCOUNT_PREFIX, self.id)

    @cached_property
    def cash(self) -> Steps:
        """Cash as units."""
        return cash_steps(self.cash_unit)


class RegistryStore(Protocol):
    """Where the registry is kept; a row is there before the command that uses its number."""

    def instruments(self) -> list[Instrument]:
        """Return all, by shard and number."""

    def accounts(self) -> list[Account]:
        """Return all paper accounts on shards, by shard and number."""

    def lock(self) -> None:
        """Let nobody else add anything before the transaction that this is in ends."""

    def add_instruments(self, instruments: list[Instrument]) -> list[Instrument]:
        """Add those whose symbols are new, under the next numbers; return all that were given, with their numbers.

        Raises:
            DataError: one is known with other sizes.
        """

    def add_accounts(self, accounts: list[Account]) -> list[Account]:
        """The same of accounts, by name."""

    def give_account(self, account: UUID, owner: UUID) -> bool:
        """Make an account of the operator's a user's; False: it is another user's."""


class Registry:
    """What a store holds, at hand in the process."""

    def __init__(self, instruments: Iterable[Instrument], accounts: Iterable[Account]) -> None:
        self.instruments: dict[str, Instrument] = {}
        self.accounts: dict[str, Account] = {}
        """By name; of those of one name, which different users may have, the operator's, else the oldest."""
        self.by_id: dict[str, Account] = {}
        self.by_number: dict[tuple[int, int], Instrument] = {}
        self.refresh(instruments, accounts)

    def refresh(self, instruments: Iterable[Instrument], accounts: Iterable[Account]) -> None:
        """Hold these from now on."""
        self.instruments = {each.symbol: each for each in instruments}
        self.by_id = {each.text: each for each in accounts}
        ranked = sorted(self.by_id.values(), key=lambda each: (each.owner is not None, each.id))
        self.accounts = {each.name: each for each in reversed(ranked)}
        self.by_number = {(each.shard, each.number): each for each in self.instruments.values()}

    def instrument(self, symbol: str) -> Instrument:
        """Return an instrument by its symbol.

        Raises:
            UnknownNameError: there is none.
        """
        found = self.instruments.get(symbol)
        if found is None:
            hint = did_you_mean(symbol, self.instruments) or "; `arbitrax exchange instruments` shows them."
            raise UnknownNameError(f"The exchange lists no symbol {symbol!r}{hint}")
        return found

    def account(self, name: str) -> Account:
        """Return an account by its id or name.

        Raises:
            UnknownNameError: there is none.
        """
        found = self.by_id.get(name) or self.accounts.get(name)
        if found is None:
            hint = did_you_mean(name, self.accounts) or "; `arbitrax exchange accounts` shows them."
            raise UnknownNameError(f"The exchange has no account {name!r}{hint}")
        return found


@lru_cache(maxsize=4096)
def steps(what: str, unit: str, size: str, off: str, most: int) -> Steps:
    """Return the codec of a size."""
    return Steps(size, what=what, unit=unit, off=off, most=most)


def cash_steps(unit: str) -> Steps:
    """Return the codec of cash."""
    return steps("cash", "unit of cash", unit, "order.cash_off_unit", MAX_NOTIONAL)
