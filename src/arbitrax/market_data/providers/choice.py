"""Which vendor to ask: by name, or the best of those that are configured."""

from collections.abc import Collection

from arbitrax.domain.assets import AssetType
from arbitrax.domain.errors import InputError, did_you_mean
from arbitrax.domain.intervals import DAY, nanoseconds
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.providers.provider import Provider

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
    if nanoseconds(interval) > DAY:
        raise InputError(
            f"No vendor is asked for bars of {interval}; ingest 1d, of which bars of several days are made when a run "
            "wants them."
        )
    offered = ", ".join(dict.fromkeys(each for vendor in VENDORS.values() for each in vendor.windows))
    raise InputError(
        f"No vendor that is configured has bars of {interval}; take one of {offered}, or set a vendor's key "
        "(docs/vendors.md)."
    )


def spelled_type(symbol: str) -> AssetType:
    """Return what Yahoo's spelling says: ^GSPC is an index, BTC-USD a coin, EURUSD=X a rate, ES=F a future."""
    endings: dict[str, AssetType] = {"-USD": "crypto", "=X": "fx", "=F": "future"}
    if symbol.startswith("^"):
        return "index"
    return next((each for ending, each in endings.items() if symbol.endswith(ending)), "unknown")


def check_source(name: str, interval: str) -> None:
    """Refuse a vendor that nobody has, and bars that a vendor does not offer.

    Raises:
        InputError: says which there are.
    """
    if name not in VENDORS:
        raise _nobody(name)
    if interval not in VENDORS[name].windows:
        raise InputError(f"{name} has no bars of {interval}; take one of {', '.join(VENDORS[name].windows)}.")


def provider_named(name: str, access: Access) -> Provider:
    """Return the adapter of a vendor.

    Raises:
        InputError: nobody has that name, or the vendor no such plan.
        Unauthorized: the key cannot be one.
    """
    # The HTTP client that each of them loads takes 0.4 s to import.
    if name == "polygon":
        from arbitrax.market_data.providers.polygon import Polygon

        return Polygon(access)
    if name == "alpha_vantage":
        from arbitrax.market_data.providers.alpha_vantage import AlphaVantage

        return AlphaVantage(access)
    if name == "yahoo":
        from arbitrax.market_data.providers.yahoo import Yahoo

        return Yahoo(access)
    raise _nobody(name)


def _nobody(name: str) -> InputError:
    hint = did_you_mean(name, VENDORS) or f"; use auto, {', '.join(VENDORS)}."
    return InputError(f"'{name}' is not a vendor of market data{hint}")
