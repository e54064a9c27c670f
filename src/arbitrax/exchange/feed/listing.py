"""What a symbol is called and what its ticks and lots are worth: integers to the decimals that gateways send."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

UNNAMED = "#"
"""With which the names of numbers begin that nobody registered."""
MEAN_DECIMALS = 4
"""Decimals that an average price has beyond those of a tick; the last is rounded to even."""


class Listing:
    """A symbol of the exchange. Sizes are decimals; ``tick_value`` is units of cash a tick and lot."""

    def __init__(self, symbol: str, tick_size: str = "1", lot_size: str = "1", tick_value: int = 1) -> None:
        self.symbol, self.tick_value = symbol, tick_value
        self.tick_size, self.lot_size = tick_size, lot_size
        self.price = lru_cache(maxsize=4096)(Decimals(tick_size).write)
        self.quantity = lru_cache(maxsize=4096)(Decimals(lot_size).write)
        self._tick, self._cash = Decimals(tick_size), Decimals(str(Decimal(tick_size) * Decimal(lot_size) / tick_value))

    def mean(self, value: int, lots: int) -> str:
        """Return ``value / lots`` ticks as a price: of a turnover in ticks x lots the average."""
        more = 10**MEAN_DECIMALS
        digits, rest = divmod(abs(value) * self._tick.mantissa * more, abs(lots))
        digits += 2 * rest > abs(lots) or (2 * rest == abs(lots) and digits & 1)
        return _decimal(digits, self._tick.decimals + MEAN_DECIMALS)

    def cash(self, value: int) -> str:
        """Return units of cash as cash."""
        return self._cash.write(value)


class Decimals:
    """Whole steps of a size as decimals, with as many digits as the size has."""

    __slots__ = ("decimals", "mantissa")

    def __init__(self, size: str) -> None:
        sign, digits, exponent = Decimal(size).as_tuple()
        if not isinstance(exponent, int) or sign:
            raise ValueError(size)
        self.decimals = max(-exponent, 0)
        self.mantissa = int("".join(map(str, digits))) * 10 ** max(exponent, 0)

    def write(self, steps: int) -> str:
        """Return the decimal of whole steps."""
        text = _decimal(abs(steps) * self.mantissa, self.decimals)
        return f"-{text}" if steps < 0 else text


def _decimal(digits: int, decimals: int) -> str:
    if not decimals:
        return str(digits)
    whole, fraction = divmod(digits, 10**decimals)
    return f"{whole}.{fraction:0{decimals}}"


class Directory(Protocol):
    """Names of what the shard numbers. It has a name for every number, the number itself for one nobody registered."""

    def listing(self, symbol: int) -> Listing:
        """Return what a symbol is."""

    def account(self, account: int) -> str:
        """Return the public id of an account."""


class FixedDirectory:
    """A directory that is given."""

    def __init__(self, listings: Mapping[int, Listing], accounts: Mapping[int, str]) -> None:
        self._listings, self._accounts = dict(listings), dict(accounts)

    def listing(self, symbol: int) -> Listing:
        """Return what a symbol is."""
        if symbol not in self._listings:
            self._listings[symbol] = Listing(f"{UNNAMED}{symbol}")
        return self._listings[symbol]

    def account(self, account: int) -> str:
        """Return the public id of an account."""
        return self._accounts.get(account) or f"{UNNAMED}{account}"
