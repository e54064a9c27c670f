"""The catalogue: what is traded under which symbol, and what is stored of it."""

from datetime import date

from arbitrax.domain.assets import ASSET_TYPES, Asset
from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean
from arbitrax.market_data.calendars import calendar
from arbitrax.services.catalogue_ports import AssetStore, CatalogueEntry
from arbitrax.services.ports import BarStore

MOST = 50
"""Assets that a search returns."""


def find_asset(assets: AssetStore, bars: BarStore, symbol: str) -> CatalogueEntry:
    """Return an asset by its symbol, present or past.

    Raises:
        UnknownNameError: nobody has or had it.
    """
    found = assets.find(symbol)
    if found is None:
        hint = did_you_mean(symbol, [each.symbol for each in bars.catalogue()])
        raise UnknownNameError(f"Nothing is stored for '{symbol}'{hint or '; `arbitrax data list` shows what is.'}")
    return found


def search_assets(assets: AssetStore, text: str) -> list[CatalogueEntry]:
    """Return assets whose symbol or name holds a text, exact symbols first.

    Raises:
        InputError: the text is empty.
    """
    if not text.strip():
        raise InputError("Say what to search for: a symbol, or part of a name.")
    return assets.search(text.strip(), limit=MOST)


def change_asset(assets: AssetStore, bars: BarStore, asset: Asset) -> CatalogueEntry:
    """Say what an asset is; fields that are None stay as they are.

    Raises:
        UnknownNameError: nobody has the symbol, or no exchange or asset type has that name.
        InputError: a tick or lot size that is not above zero.
    """
    find_asset(assets, bars, asset.symbol)
    if asset.asset_type not in ASSET_TYPES:
        hint = did_you_mean(asset.asset_type, ASSET_TYPES) or f"; use {', '.join(ASSET_TYPES)}."
        raise UnknownNameError(f"'{asset.asset_type}' is no type of asset{hint}")
    if asset.exchange is not None:
        calendar(asset.exchange)
    for name, size in (("tick", asset.tick_size), ("lot", asset.lot_size)):
        if size is not None and not (size.is_finite() and size > 0):
            raise InputError(f"The {name} size {size} is not allowed; give a number above zero, such as 0.01.")
    code = asset.currency
    if code is not None and not (code.isascii() and code.isalpha() and code.isupper() and 3 <= len(code) <= 8):
        raise InputError(f"'{code}' is no currency; give its code in capitals, such as USD, or GBX for pence.")
    assets.change(asset)
    return find_asset(assets, bars, asset.symbol)


def rename_asset(assets: AssetStore, bars: BarStore, symbol: str, to: str, *, on: date) -> None:
    """Give an asset another symbol from a day on; what is stored stays with it.

    Raises:
        UnknownNameError: nobody has the symbol.
        InputError: the new one is none, or another asset has it.
    """
    find_asset(assets, bars, symbol)
    if not to.strip() or to != to.strip() or len(to) > 64:
        raise InputError(f"'{to}' is not a symbol; give one such as META, without blanks.")
    assets.rename(symbol, to, on=on)
