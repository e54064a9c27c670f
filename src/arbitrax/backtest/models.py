"""What trading costs and what an account allows, as a run's spec states it."""

import math
from itertools import pairwise
from typing import Literal

import msgspec

from arbitrax.domain.errors import InputError


def _check(model: msgspec.Struct, limits: tuple[tuple[str, float, float], ...]) -> None:
    """Refuse values outside their limits, both inclusive, and make numbers floats: equal specs have equal hashes."""
    for name, low, high in limits:
        value = getattr(model, name)
        try:
            number = math.nan if isinstance(value, bool) else float(value)
        except (TypeError, ValueError):
            number = math.nan
        if not low <= number <= high:
            shown = f"{number:g}" if not math.isnan(number) else repr(value)
            raise InputError(
                f"{type(model).__name__}: {name} = {shown} is not allowed; give a number from {low:g} to {high:g}."
            ).at(name)
        msgspec.structs.force_setattr(model, name, number)


class Costs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Costs beyond the plain ``commission_bps`` and ``slippage_bps`` of a run; formulas in docs/concepts/fills.md."""

    maker_bps: float | None = None
    """Commission of limit orders filled inside a bar at their limit; None: as the others."""
    per_share: float = 0.0
    """Commission a unit, quote currency."""
    per_order: float = 0.0
    """Commission an order, quote currency."""
    minimum: float = 0.0
    """Least commission of an order, quote currency."""
    maximum_bps: float = 0.0
    """Most commission of an order, basis points of its value; 0: no limit."""
    tiers: tuple[tuple[float, float], ...] = ()
    """Pairs of (value traded this calendar month, commission in bps from there on), ascending."""
    half_spread: float = 0.0
    """Slippage in price."""
    volume_share: float = 0.0
    """Slippage: this x (quantity / volume)^2 of the price."""
    square_root: float = 0.0
    """Slippage: this x daily volatility x sqrt(quantity / volume) of the price."""
    participation: float = 0.0
    """Largest share of the volume that fills take; the rest carries over. 0: no cap."""
    currency_unit: float = 0.0
    """Commissions are rounded up to it, such as 0.01; 0: not rounded."""

    def __post_init__(self) -> None:
        _check(
            self,
            (
                ("per_share", 0, 1e6),
                ("per_order", 0, 1e9),
                ("minimum", 0, 1e9),
                ("maximum_bps", 0, 1e4),
                ("half_spread", 0, 1e9),
                ("volume_share", 0, 100),
                ("square_root", 0, 100),
                ("participation", 0, 1),
                ("currency_unit", 0, 1e6),
                *((("maker_bps", -1e3, 5e3),) if self.maker_bps is not None else ()),
            ),
        )
        try:
            tiers = tuple((float(traded), float(bps)) for traded, bps in self.tiers)
        except (TypeError, ValueError):
            tiers = ((math.nan, math.nan),)
        ascending = all(one[0] < two[0] for one, two in pairwise(tiers))
        if not ascending or not all(traded >= 0 and -1e3 <= bps <= 5e3 for traded, bps in tiers):
            raise InputError(
                f"Costs: tiers = {self.tiers!r} is not allowed; give pairs of (value traded, bps), ascending."
            ).at("tiers")
        msgspec.structs.force_setattr(self, "tiers", tiers)


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the account allows. Rates are yearly, margins fractions of gross position value."""

    kind: Literal["margin", "cash"] = "margin"
    """A cash account has no shorts and no debt."""
    leverage: float = 1.0
    """Gross value that may be opened, as a multiple of equity: 1 / initial margin."""
    maintenance: float = 0.25
    """Equity below this share of gross value is a margin call."""
    credit_rate: float = 0.0
    """Earned on cash."""
    debit_rate: float = 0.0
    """Paid on debt."""
    borrow_rate: float = 0.0
    """Paid on shorts; an instrument may have its own."""

    def __post_init__(self) -> None:
        if self.kind not in ("margin", "cash"):
            raise InputError(f"Account: kind = {self.kind!r} is not allowed; give 'margin' or 'cash'.").at("kind")
        _check(
            self,
            (
                ("leverage", 0.01, 1000),
                ("maintenance", 0, 1),
                ("credit_rate", -1, 10),
                ("debit_rate", -1, 10),
                ("borrow_rate", 0, 10),
            ),
        )
        if self.kind == "cash" and self.leverage != 1:
            raise InputError(
                f"Account: leverage = {self.leverage:g} is not allowed in a cash account; leave it at 1."
            ).at("leverage")
        if self.kind == "margin" and self.maintenance > 1 / self.leverage:
            raise InputError(
                f"Account: maintenance = {self.maintenance:g} is above the initial margin {1 / self.leverage:g} (1 / "
                "leverage); every new position would be liquidated at once."
            ).at("maintenance")


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a symbol trades."""

    tick: float = 0.0
    """Smallest price step, quote currency; 0: any price."""
    lot: float = 0.0
    """Smallest quantity step, units; 0: fractions."""
    multiplier: float = 1.0
    """Value of one unit at a price of 1, as of a future."""
    borrow_rate: float | None = None
    """Yearly fee of shorts; None: the account's."""

    def __post_init__(self) -> None:
        _check(
            self,
            (
                ("tick", 0, 1e9),
                ("lot", 0, 1e12),
                ("multiplier", 1e-9, 1e9),
                *((("borrow_rate", 0, 10),) if self.borrow_rate is not None else ()),
            ),
        )
