"""Bundled real prices, and what is known of their companies; README.md beside this file says where they come from."""

from pathlib import Path

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day

SYMBOLS = ("AAPL", "FB", "GOOG", "GSPC", "IBM", "MSFT")
SOURCE = "sample"

ASSETS = (
    Asset(symbol="AAPL", name="Apple Inc.", asset_type="equity", exchange="XNAS", currency="USD"),
    Asset(symbol="FB", name="Facebook, Inc.", asset_type="equity", exchange="XNAS", currency="USD"),
    Asset(symbol="GOOG", name="Google Inc.", asset_type="equity", exchange="XNAS", currency="USD"),
    Asset(symbol="GSPC", name="S&P 500", asset_type="index", exchange="XNYS", currency="USD"),
    Asset(symbol="IBM", name="International Business Machines", asset_type="equity", exchange="XNYS", currency="USD"),
    Asset(symbol="MSFT", name="Microsoft Corporation", asset_type="equity", exchange="XNAS", currency="USD"),
)
SPLITS = tuple(
    CorporateAction(symbol=symbol, kind="split", ex_date=start_of_day(day), ratio=2.0)
    for symbol, day in (("AAPL", "2000-06-21"), ("AAPL", "2005-02-28"), ("MSFT", "2003-02-18"))
)
"""Those within the bundled prices, which are as traded."""


def sample_paths() -> list[Path]:
    """Return the bundled files, one a symbol."""
    return [Path(__file__).with_name(f"{symbol}.parquet") for symbol in SYMBOLS]
