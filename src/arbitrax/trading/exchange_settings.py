"""What an exchange trades, and for whom: a TOML file, checked, and the commands that make it so.

Amounts are decimals in quotes: a number of TOML is binary and would not be exact. Shares of a price are decimals too:
``"0.05"`` is 5%.
"""

import re
from typing import Literal

import msgspec
from msgspec import Struct

from arbitrax.domain.errors import InputError
from arbitrax.exchange import commands
from arbitrax.exchange.records import MAX_QUANTITY
from arbitrax.trading.decimals import Steps
from arbitrax.trading.registry import Account, Instrument

MOST_CASH_DECIMALS = 9
MOST_SHARDS = 256
_ACCOUNT_ID = re.compile(r"acc_[0-9a-z]{26}", re.IGNORECASE)


class InstrumentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """An instrument of the file. Symbol and sizes never change; the rest does when the file is applied again."""

    symbol: str
    tick_size: str
    lot_size: str = "1"
    calendar: str = "24/7"
    """Whose sessions open and close it: XNYS, say; 24/7: always open."""
    reference: str | None = None
    """Price that bands, collars and auctions go by until there is a trade."""
    min_notional: str | None = None
    max_quantity: str | None = None
    band: str = "0"
    """Share of the reference that a limit may be away from it; 0: any."""
    collar: str = "0.05"
    """Share of the best price that a market order may move away from it."""
    maker_fee: str = "0"
    """Share of the value; below 0: a rebate."""
    taker_fee: str = "0"
    margin: str = "1"
    """Share of the value that a margin account needs."""


class AccountSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """An account of the file."""

    name: str
    kind: Literal["cash", "margin"] = "cash"
    cash: str = "0"
    """Deposited once, when the account is opened."""
    max_position: int | None = None
    """Lots."""
    max_notional: str | None = None
    max_orders: int | None = None
    max_rate: int | None = None
    """Submissions a second."""


class ExchangeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The file."""

    instruments: tuple[InstrumentSettings, ...] = ()
    accounts: tuple[AccountSettings, ...] = ()
    shard: int = 0
    currency: str = "USD"
    cash_decimals: int = 4
    """Cash is counted in units of 10^-this of the currency."""

    @property
    def cash_unit(self) -> str:
        """The unit of cash, a decimal."""
        return f"0.{'0' * (self.cash_decimals - 1)}1" if self.cash_decimals else "1"


def read_settings_file(content: bytes, name: str) -> ExchangeSettings:
    """Return what a file says, all of it checked.

    Raises:
        InputError: it is no TOML, or something in it is not possible; the sentence names it.
    """
    try:
        read = msgspec.toml.decode(content, type=ExchangeSettings)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        quotes = "; put amounts in quotes" if "Expected `str" in str(error) and "got `float`" in str(error) else ""
        raise InputError(f"{name} cannot be read: {error}{quotes}.") from None
    if not 0 <= read.shard < MOST_SHARDS or not 0 <= read.cash_decimals <= MOST_CASH_DECIMALS:
        raise InputError(
            f"{name} has shard={read.shard} and cash_decimals={read.cash_decimals}; give 0 to {MOST_SHARDS - 1} and "
            f"0 to {MOST_CASH_DECIMALS}."
        )
    if not (
        3 <= len(read.currency) <= 8 and read.currency.isascii() and read.currency.isalpha() and read.currency.isupper()
    ):
        raise InputError(f"currency={read.currency!r} is no code; give 3 to 8 capital letters, such as USD.")
    for what, names in (
        ("symbol", [each.symbol for each in read.instruments]),
        ("account name", [each.name for each in read.accounts]),
    ):
        for each in names:
            if names.count(each) > 1 or not each or each != each.strip() or len(each) > 64:
                raise InputError(f"{name} has the {what} {each!r} twice, or it is empty or too long; correct it.")
    for account in read.accounts:
        require_account_name(account.name)
    return read


def require_account_name(name: str) -> None:
    """Refuse a name that could be the id of an account: accounts are asked for by either.

    Raises:
        InputError: it is one.
    """
    if _ACCOUNT_ID.fullmatch(name):
        raise InputError(f"An account cannot be called {name!r}: ids of accounts are written so; choose another name.")


def instrument_command(settings: InstrumentSettings, instrument: Instrument, *, reference: bool = True) -> bytes:
    """Return the INSTRUMENT of an entry; ``reference=False`` leaves the reference as it is.

    Raises:
        InputError: a value that is not possible.
    """
    prices, cash = instrument.prices, instrument.cash
    lots = MAX_QUANTITY if settings.max_quantity is None else instrument.quantities.read(settings.max_quantity)
    return commands.instrument(
        instrument.number,
        tick_value=instrument.tick_value,
        max_quantity=lots,
        min_notional=0 if settings.min_notional is None else cash.read(settings.min_notional),
        reference=prices.read(settings.reference) if reference and settings.reference is not None else 0,
        band=share("band", settings.band),
        collar=share("collar", settings.collar),
        maker_fee=share("maker_fee", settings.maker_fee, "0.000001"),
        taker_fee=share("taker_fee", settings.taker_fee, "0.000001"),
        margin=share("margin", settings.margin),
    )


def account_commands(settings: AccountSettings, account: Account) -> list[bytes]:
    """Return ACCOUNT and LIMITS of an entry, and DEPOSIT, last, when it has cash; the same errors."""
    cash = account.cash
    rows = [
        commands.open_account(account.number, settings.kind),
        commands.limits(
            account.number,
            max_position=settings.max_position,
            max_notional=None if settings.max_notional is None else cash.read(settings.max_notional),
            max_orders=settings.max_orders,
            max_rate=settings.max_rate,
        ),
    ]
    deposit = cash.read(settings.cash)
    return [*rows, commands.deposit(account.number, deposit)] if deposit else rows


def share(name: str, text: str, step: str = "0.0001") -> int:
    """Return a share as whole steps: basis points, or millionths."""
    return Steps(step, what=name, unit="step", off="order.invalid", most=1 << 31).read(text)
