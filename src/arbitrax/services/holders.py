"""Whose a symbol is for those who write.

Reads by a symbol that nobody has find the asset that had it last. What comes from a vendor or a file is then another
company's, and must neither be judged by that asset's bars nor get its splits and dividends.
"""

from msgspec import Struct

from arbitrax.domain.assets import Asset
from arbitrax.domain.dates import start_of_day
from arbitrax.services.catalogue_ports import MarketStores


class Holder(Struct, frozen=True):
    """The asset that has a symbol, or will have it."""

    asset: Asset
    is_new: bool
    """Whether nothing is stored of it yet: what reads find under its symbol, if anything, is another's."""
    since: int | None = None
    """The day from which it has the symbol, ns UTC; None if no other asset had it before."""


def holder_of(stores: MarketStores, symbol: str) -> Holder:
    """Return whose bars, splits and dividends are that come now under a symbol."""
    found, until = stores.assets.find(symbol), stores.assets.taken_until(symbol)
    is_new = found is None or not found.has_symbol or found.asset.symbol != symbol
    asset = Asset(symbol=symbol) if found is None or is_new else found.asset
    return Holder(asset, is_new, None if until is None else start_of_day(until.isoformat()))
