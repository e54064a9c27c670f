"""Which vendor to ask: by name, or the best of those that are configured."""

from collections.abc import Collection
from importlib import import_module

from arbitrax.domain.assets import AssetType
from arbitrax.domain.errors import InputError, did_you_mean
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.providers.provider import Provider

_ADAPTERS = {"polygon": "Polygon", "alpha_vantage": "AlphaVantage", "yahoo": "Yahoo"}
_SHARES: frozenset[AssetType] = frozenset({"unknown", "equity", "etf", "fund"})


def choose(keys: Collection[str], interval: str, asset_type: AssetType = "unknown") -> list[str]:
    """Return the vendors that have such bars, best first; ``keys`` names those whose key is set.

    Prices as traded, with a contract behind them, come before Yahoo's, which are split-adjusted and promised by nobody.
    Symbols other than those of shares and funds are spelled Yahoo's way, so only Yahoo is asked for them.

    Raises:
        InputError: no vendor has bars of that interval.
    """
    found = [
        vendor.name
        for vendor in VENDORS.values()
        if interval in vendor.windows
        and (vendor.name in keys or not vendor.needs_key)
        and (asset_type in _SHARES or vendor.name == "yahoo")
    ]
    if found:
        return found
    offered = ", ".join(dict.fromkeys(each for vendor in VENDORS.values() for each in vendor.windows))
    raise InputError(
        f"No vendor that is configured has bars of {interval}; take one of {offered}, or set a vendor's key "
        "(docs/vendors.md)."
    )


def provider_named(name: str, access: Access) -> Provider:
    """Return the adapter of a vendor.

    Raises:
        InputError: nobody has that name, or the vendor no such plan.
        Unauthorized: the key cannot be one.
    """
    if name not in _ADAPTERS:
        hint = did_you_mean(name, _ADAPTERS) or f"; use auto, {', '.join(_ADAPTERS)}."
        raise InputError(f"'{name}' is not a vendor of market data{hint}")
    # The HTTP client takes 0.4 s to import.
    module = import_module(f"arbitrax.market_data.providers.{name}")
    adapter: Provider = getattr(module, _ADAPTERS[name])(access)
    return adapter
