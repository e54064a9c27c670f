"""Names for the feed of a shard, from the registry."""

from __future__ import annotations

import time
from collections.abc import Callable

from arbitrax.exchange.feed.listing import FixedDirectory, Listing
from arbitrax.trading.registry import Registry

LOOK_SECONDS = 1.0
"""Between looks for accounts, of which there may be many that nobody registered."""


class RegistryDirectory:
    """Looks again when a number is new: its row was there before the command that uses it."""

    def __init__(self, shard: int, read: Callable[[], Registry]) -> None:
        self._shard, self._read = shard, read
        self._known = FixedDirectory({}, {})
        self._looked = -LOOK_SECONDS
        self._listings: dict[int, Listing] = {}
        self._accounts: dict[int, str] = {}

    def listing(self, symbol: int) -> Listing:
        """Return what a symbol is; raises what reading raises."""
        if symbol not in self._listings:
            self._look()
        return self._listings.get(symbol) or self._known.listing(symbol)

    def account(self, account: int) -> str:
        """Return the public id of an account; raises what reading raises."""
        if account not in self._accounts and time.monotonic() - self._looked > LOOK_SECONDS:
            self._look()
        return self._accounts.get(account) or self._known.account(account)

    def _look(self) -> None:
        found = self._read()
        self._looked = time.monotonic()
        for each in found.instruments.values():
            if each.shard == self._shard and each.number not in self._listings:
                self._listings[each.number] = Listing(each.symbol, each.tick_size, each.lot_size, each.tick_value)
        for one in found.by_id.values():
            if one.shard == self._shard:
                self._accounts.setdefault(one.number, one.text)
