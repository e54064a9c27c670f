"""What accounts hold, from fills alone: the rules of `arbitrax.exchange.reference.accounts`."""

from __future__ import annotations

from arbitrax.exchange.records import FEES, HOUSE
from arbitrax.exchange.reference.accounts import Position

NOBODY = {FEES, HOUSE}


class Positions:
    """By symbol, then account; those that are flat are forgotten."""

    def __init__(self) -> None:
        self.held: dict[int, dict[int, Position]] = {}
        self.moved: set[tuple[int, int]] = set()
        """Account and symbol, since somebody last asked and emptied it."""

    def trade(self, account: int, symbol: int, lots: int, price: int, tick_value: int) -> None:
        """Take one side of a fill in: ``lots`` above 0 were bought."""
        if account in NOBODY:
            return
        accounts = self.held.setdefault(symbol, {})
        position = accounts.get(account)
        if position is None:
            position = accounts[account] = Position()
        position.trade(lots, price, tick_value)
        if not position.quantity:
            del accounts[account]
        self.moved.add((account, symbol))

    def find(self, account: int, symbol: int) -> Position | None:
        """Return what an account holds of a symbol; None: nothing."""
        return self.held.get(symbol, {}).get(account)
