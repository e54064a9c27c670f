"""Bring an exchange to what a file says: numbers into the registry, then commands into the journal.

Applying a file again changes nothing. What was confirmed is noted in the journal's server, beside the journal: should
that lose its end, the note is lost with it and the commands go out again. They say what holds, not what to change, so
a repeat does no harm; only the deposit would, and it goes out under a producer number of its own for each account,
always with the same sequence number, which the engine executes once.
"""

from typing import Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import InputError, StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.records import HOUSE
from arbitrax.market_data.calendars import ALWAYS, calendar
from arbitrax.trading.answers import read_answer
from arbitrax.trading.command_channel import CommandChannel, Own
from arbitrax.trading.exchange_settings import (
    AccountSettings,
    ExchangeSettings,
    InstrumentSettings,
    account_commands,
    instrument_command,
)
from arbitrax.trading.orders import Refused
from arbitrax.trading.registry import Account, Instrument, RegistryStore

PATIENCE = 6.0
"""Seconds."""


class ConfigurationNotes(Protocol):
    """What is confirmed, by name, beside the journal."""

    async def configured(self, shard: int) -> dict[str, bytes]:
        """Return all notes of a shard."""

    async def note_configured(self, shard: int, name: str, value: bytes) -> None:
        """Add or replace a note."""

    async def note_calendar(self, shard: int, symbol: int, name: str) -> None:
        """Say whose sessions the worker shall keep to with a symbol."""


class Configured(Struct, frozen=True):
    """What was done."""

    instruments: list[str]
    """Symbols that were added or changed."""
    accounts: list[str]
    unchanged: int


def register(
    settings: ExchangeSettings, store: RegistryStore, new_id: "NewId"
) -> tuple[list[Instrument], list[Account]]:
    """Check everything, then give numbers to what is new; return the file's instruments and accounts.

    Raises:
        InputError: something is not possible; nothing was stored.
        DataError: something is known otherwise and cannot change.
    """
    instruments = [
        Instrument(each.symbol, settings.shard, 0, each.tick_size, each.lot_size, settings.cash_unit, settings.currency)
        for each in settings.instruments
    ]
    accounts = [
        Account(new_id(), each.name, settings.shard, 1, settings.currency, settings.cash_unit, each.kind)
        for each in settings.accounts
    ]
    for one, instrument in zip(settings.instruments, instruments, strict=True):
        instrument_command(one, instrument)
        calendar(one.calendar)
    for other, account in zip(settings.accounts, accounts, strict=True):
        account_commands(other, account)
    return store.add_instruments(instruments), store.add_accounts(accounts)


class NewId(Protocol):
    """Where ids come from."""

    def __call__(self) -> UUID:
        """Return a new one."""


async def configure(
    settings: ExchangeSettings,
    instruments: list[Instrument],
    accounts: list[Account],
    channel: CommandChannel,
    notes: ConfigurationNotes,
) -> Configured:
    """Send what is not confirmed, and note what the exchange confirms.

    Raises:
        InputError: the exchange refused something; what came before it holds.
        StoreUnavailableError: it did not answer.
    """
    known = await notes.configured(settings.shard)
    changed: tuple[list[str], list[str]] = ([], [])
    for wanted, instrument in zip(settings.instruments, instruments, strict=True):
        name, value = f"instrument:{instrument.symbol}", msgspec.json.encode(wanted)
        if known.get(name) == value:
            continue
        before = msgspec.json.decode(known[name], type=InstrumentSettings) if name in known else None
        moved = before is None or before.reference != wanted.reference
        await _send(channel, instrument.symbol, instrument_command(wanted, instrument, reference=moved))
        await notes.note_calendar(settings.shard, instrument.number, wanted.calendar)
        if before is not None and wanted.calendar == ALWAYS != before.calendar:
            await _send(channel, instrument.symbol, commands.resume(instrument.number))
        await notes.note_configured(settings.shard, name, value)
        changed[0].append(instrument.symbol)
    for desired, account in zip(settings.accounts, accounts, strict=True):
        name, value = f"account:{account.name}", msgspec.json.encode(desired)
        if known.get(name) == value:
            continue
        opened = msgspec.json.decode(known[name], type=AccountSettings) if name in known else None
        if opened is not None and opened.cash != desired.cash:
            raise InputError(
                f"Account {account.name} was opened with cash {opened.cash}, which is deposited once; put it back in "
                f"place of {desired.cash}, and move cash with `arbitrax exchange deposit` and `withdraw`."
            )
        await open_account(desired, account, channel, notes, name)
        changed[1].append(account.name)
    total = len(instruments) + len(accounts)
    return Configured(*changed, total - len(changed[0]) - len(changed[1]))


async def open_account(
    settings: AccountSettings, account: Account, channel: CommandChannel, notes: ConfigurationNotes, note: str
) -> None:
    """Open an account, or change its limits, deposit its cash once, and note that it was done; the same errors."""
    first, limits, *deposit = account_commands(settings, account)
    await _send(channel, account.name, first)
    await _send(channel, account.name, limits)
    for row in deposit:
        await _send(channel, account.name, row, Own(HOUSE - account.number, 1, 1))
    await notes.note_configured(account.shard, note, msgspec.json.encode(settings))


async def _send(channel: CommandChannel, what: str, row: bytes, own: Own | None = None) -> None:
    rows = await channel.send(row, PATIENCE, own)
    if rows is None:
        raise StoreUnavailableError(
            f"The exchange did not answer to the configuration of {what} in time; see that `arbitrax serve exchange` "
            "runs, and run this again: what is done stays done."
        )
    answer = read_answer(rows, None, "")
    if isinstance(answer, Refused):
        raise InputError(
            f"The exchange refused the configuration of {what} ({answer.code}): fees and margin change only without "
            "open orders, and an account's kind only without positions."
        )
