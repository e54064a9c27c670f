"""What is traded: an asset's name, kind, place and units, as the catalogue keeps it."""

from decimal import Decimal
from typing import Literal, get_args

from msgspec import Struct

AssetType = Literal["unknown", "equity", "etf", "fund", "index", "fx", "crypto", "future", "option", "bond"]
ASSET_TYPES: tuple[AssetType, ...] = get_args(AssetType)
SYNTHETIC = "SYN-"
"""What the symbol of made-up prices begins with, so that none is stored beside or in place of a real one."""


class Asset(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An asset under its current symbol. What nobody said is None."""

    symbol: str
    name: str | None = None
    asset_type: AssetType = "unknown"
    exchange: str | None = None
    """The calendar it trades by, as `arbitrax.market_data.calendars.calendar` names it: XNYS, XLON, 24/7."""
    currency: str | None = None
    """Code of the currency that prices are quoted in, such as USD, or GBX for pence."""
    tick_size: Decimal | None = None
    """The smallest step of a price, in ``currency``."""
    lot_size: Decimal | None = None
    """The smallest step of a quantity."""
