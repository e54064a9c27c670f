"""Costs, account and trading rules of a backtest at the edge: money, prices and quantities are decimal strings."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict

from arbitrax.backtest import models
from arbitrax.domain.decimals import decimal_text
from arbitrax.domain.errors import within

Money = Annotated[str, Meta(pattern=r"^[0-9]{1,16}(\.[0-9]{1,18})?$(?!\n)", examples=["0.01"])]
"""A decimal: money in quote currency, a price or a quantity."""
Rate = float
"""A rate, a share or basis points."""


class Costs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Costs beyond the plain `commission_bps` and `slippage_bps` of a backtest, in quote currency."""

    maker_bps: Rate | None = None
    """Commission of limit orders filled inside a bar at their limit; null: as the others."""
    per_share: Money = "0"
    """Commission a unit."""
    per_order: Money = "0"
    """Commission an order."""
    minimum: Money = "0"
    """Least commission of an order."""
    maximum_bps: Rate = 0.0
    """Most commission of an order, basis points of its value; 0: no limit."""
    tiers: Annotated[tuple[tuple[Money, Rate], ...], Meta(max_length=100)] = ()
    """Pairs of value traded this calendar month, and commission in bps from there on, ascending."""
    half_spread: Money = "0"
    """Slippage in price."""
    volume_share: Rate = 0.0
    """Slippage: this x (quantity / volume)^2 of the price."""
    square_root: Rate = 0.0
    """Slippage: this x daily volatility x sqrt(quantity / volume) of the price."""
    participation: Rate = 0.0
    """Largest share of the volume that fills take; 0: no cap."""
    currency_unit: Money = "0"
    """Commissions are rounded up to it, such as "0.01"; "0": not rounded."""

    def model(self) -> models.Costs:
        """Return them as the engine takes them.

        Raises:
            InputError: a value that it does not allow.
        """
        with within("costs"):
            return models.Costs(
                maker_bps=self.maker_bps,
                per_share=float(self.per_share),
                per_order=float(self.per_order),
                minimum=float(self.minimum),
                maximum_bps=self.maximum_bps,
                tiers=tuple((float(traded), bps) for traded, bps in self.tiers),
                half_spread=float(self.half_spread),
                volume_share=self.volume_share,
                square_root=self.square_root,
                participation=self.participation,
                currency_unit=float(self.currency_unit),
            )


class Account(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the account of a backtest allows. Rates are yearly, margins fractions of gross position value."""

    kind: Literal["margin", "cash"] = "margin"
    """A cash account has no shorts and no debt."""
    leverage: float = 1.0
    """Gross value that may be opened, as a multiple of equity: 1 / initial margin."""
    maintenance: float = 0.25
    """Equity below this share of gross value is a margin call."""
    credit_rate: Rate = 0.0
    """Earned on cash."""
    debit_rate: Rate = 0.0
    """Paid on debt."""
    borrow_rate: Rate = 0.0
    """Paid on shorts; an instrument may have its own."""

    def model(self) -> models.Account:
        """Return it as the engine takes it.

        Raises:
            InputError: a value that it does not allow.
        """
        with within("account"):
            return models.Account(**asdict(self))


class Instrument(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a symbol trades in a backtest."""

    tick: Money = "0"
    """Smallest price step, quote currency; "0": any price."""
    lot: Money = "0"
    """Smallest quantity step, units; "0": fractions."""
    multiplier: float = 1.0
    """Value of one unit at a price of 1, as of a future."""
    borrow_rate: Rate | None = None
    """Yearly fee of shorts; null: the account's."""

    def model(self) -> models.Instrument:
        """Return it as the engine takes it.

        Raises:
            InputError: a value that it does not allow.
        """
        return models.Instrument(
            tick=float(self.tick), lot=float(self.lot), multiplier=self.multiplier, borrow_rate=self.borrow_rate
        )


def costs_message(costs: models.Costs) -> Costs:
    """Return an engine's costs as a message."""
    return Costs(
        maker_bps=costs.maker_bps,
        per_share=decimal_text(costs.per_share),
        per_order=decimal_text(costs.per_order),
        minimum=decimal_text(costs.minimum),
        maximum_bps=costs.maximum_bps,
        tiers=tuple((decimal_text(traded), bps) for traded, bps in costs.tiers),
        half_spread=decimal_text(costs.half_spread),
        volume_share=costs.volume_share,
        square_root=costs.square_root,
        participation=costs.participation,
        currency_unit=decimal_text(costs.currency_unit),
    )


def account_message(account: models.Account) -> Account:
    """Return an engine's account as a message."""
    return Account(**asdict(account))


def instrument_message(instrument: models.Instrument) -> Instrument:
    """Return an engine's instrument as a message."""
    return Instrument(
        tick=decimal_text(instrument.tick),
        lot=decimal_text(instrument.lot),
        multiplier=instrument.multiplier,
        borrow_rate=instrument.borrow_rate,
    )
