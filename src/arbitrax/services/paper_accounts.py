"""Paper accounts that users open by themselves.

The row is there before the commands that use its number, and what the exchange confirmed is noted beside the journal. A
gateway that ends in between leaves an account that is not open: opening it again, under the same name, goes on there,
and its cash is deposited once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from arbitrax.domain.errors import AccessError, ConflictError, StoreUnavailableError, within
from arbitrax.domain.ids import new_uuid
from arbitrax.services.exchange_configuration import open_account
from arbitrax.trading.exchange_settings import AccountSettings, account_commands, require_account_name
from arbitrax.trading.registry import Account

if TYPE_CHECKING:
    from uuid import UUID

    from arbitrax.services.exchange_configuration import ConfigurationNotes
    from arbitrax.trading.gateway import Gateway
    from arbitrax.trading.registry import Instrument, RegistryStore

MOST_ORDERS = 1_000
"""Open orders of such an account."""


class PaperAccount:
    """One that somebody wants, with what it takes to open it."""

    def __init__(self, name: str, kind: Literal["cash", "margin"], cash: str, owner: UUID, market: Instrument) -> None:
        """Take what was asked for, and an instrument of the market that it is for.

        Raises:
            InputError: the name is that of an id, or the cash no amount of the market's currency.
        """
        with within("name"):
            require_account_name(name)
        id = new_uuid(time.time_ns())
        self.row = Account(id, name, market.shard, 1, market.currency, market.cash_unit, kind, owner)
        self.settings = AccountSettings(name, kind, cash, max_orders=MOST_ORDERS)
        with within("cash"):
            account_commands(self.settings, self.row)

    def require_at_most(self, accounts: int, cash: int, store: RegistryStore) -> None:
        """See whether a trader may still have it: so many accounts, and so much cash in each.

        Raises:
            AccessError: they may not.
        """
        mine = [each for each in store.accounts() if each.owner == self.row.owner and each.name != self.row.name]
        if len(mine) >= accounts:
            raise AccessError(
                f"A trader may open {accounts} paper account{'' if accounts == 1 else 's'} and you have {len(mine)}; "
                "ask an admin for another."
            )
        most = f"{cash}"
        if self.row.cash.read(self.settings.cash) > self.row.cash.read(most):
            raise AccessError(f"A trader's paper account has {most} {self.row.currency} at most; ask for less.")

    def register(self, store: RegistryStore, opened: set[str]) -> Account:
        """Add its row, or find the one that was left unopened; ``opened``: names of notes, see `note_of`.

        Raises:
            ConflictError: the owner has an account of this name.
        """
        (found,) = store.add_accounts([self.row])
        if note_of(found) in opened:
            raise ConflictError(f"You have an account {found.name!r} already; choose another name.")
        return found


def note_of(account: Account) -> str:
    """Return the name of the note that an account is open."""
    return f"account:{account.text}"


async def open_paper_account(
    account: Account, settings: AccountSettings, gateway: Gateway, notes: ConfigurationNotes
) -> None:
    """Have the exchange open an account whose row is there, unless that was confirmed before.

    Raises:
        StoreUnavailableError: it does not answer; what is done stays done.
    """
    if note_of(account) in await notes.configured(account.shard):
        return
    closed = gateway.closed(account.shard)
    if closed is not None:
        raise StoreUnavailableError(closed[1])
    await open_account(settings, account, gateway.channels[account.shard], notes, note_of(account))
