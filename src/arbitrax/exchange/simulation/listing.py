"""The instrument that is traded, and the commands that open it and its accounts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import ParameterError
from arbitrax.exchange.records import (
    COMMAND,
    HOUSE,
    INSTRUMENT_RULES,
    MAX_NOTIONAL,
    MAX_TICK_VALUE,
    MAX_TIME,
    AccountKind,
    Kind,
)
from arbitrax.exchange.simulation.parameters import bounded, check_bounds


@dataclass(frozen=True, slots=True)
class Listing:
    """One symbol and the accounts that trade it.

    Args:
        symbol: its number at the exchange.
        reference: the first price, ticks; the latent value returns to it.
        tick_value: units of cash a tick and lot.
        maker_fee, taker_fee: millionths of the notional; below 0 a rebate. Their sum is not below 0.
        margin: initial margin, basis points of the notional.
        first_account: of the first participant; the others follow.
        deposit: units of cash that each account starts with.
        start: the exchange's time of the opening, ms.
    """

    symbol: int = bounded(1, 0, (1 << 32) - 1)
    reference: int = bounded(10_000, 1, 1 << 40)
    tick_value: int = bounded(1, 1, MAX_TICK_VALUE)
    maker_fee: int = bounded(0, -1_000_000, 1_000_000)
    taker_fee: int = bounded(0, -1_000_000, 1_000_000)
    margin: int = bounded(2_500, 1, 10_000)
    first_account: int = bounded(1, 1, HOUSE - 1)
    deposit: int = bounded(10**12, 1, MAX_NOTIONAL)
    start: int = bounded(0, 0, MAX_TIME // 2)

    def __post_init__(self) -> None:
        check_bounds(self)
        if self.maker_fee + self.taker_fee < 0:
            raise ParameterError(
                f"Listing: maker_fee {self.maker_fee} and taker_fee {self.taker_fee} add up to a loss of the exchange; "
                f"give a taker_fee of at least {-self.maker_fee}."
            )

    def opening(self, accounts: int) -> NDArray[np.void]:
        """Return the commands that list the symbol, open ``accounts`` accounts on margin and pay the deposits in.

        Raises:
            ParameterError: more accounts or cash than an exchange holds.
        """
        if accounts * self.deposit > MAX_NOTIONAL or self.first_account + accounts > HOUSE:
            raise ParameterError(
                f"Listing: {accounts} accounts from {self.first_account} with {self.deposit:,} each are more than an "
                f"exchange holds; give a deposit of at most {MAX_NOTIONAL // accounts:,} and accounts below {HOUSE}."
            )
        rows = np.zeros(1 + 2 * accounts, COMMAND)
        rows["time"] = self.start
        rules = rows[:1].view(INSTRUMENT_RULES)
        rules["kind"] = Kind.INSTRUMENT
        for name in ("symbol", "reference", "tick_value", "maker_fee", "taker_fee", "margin"):
            rules[name] = getattr(self, name)
        numbers = self.first_account + np.arange(accounts)
        opened, paid = rows[1 : 1 + accounts], rows[1 + accounts :]
        opened["kind"], opened["account"], opened["type"] = Kind.ACCOUNT, numbers, AccountKind.MARGIN
        paid["kind"], paid["account"], paid["price"] = Kind.DEPOSIT, numbers, self.deposit
        return rows
