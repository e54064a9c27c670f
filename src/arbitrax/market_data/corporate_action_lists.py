"""What readers of corporate actions share: the result, one action for each key, and undoing split adjustment."""

import math
from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction

PENCE = {"GBp": "GBX", "GBX": "GBX", "ZAc": "ZAC", "ILA": "ILA"}
"""Vendors' codes of the hundredth in which some exchanges quote, and ours."""
MERGED_DIGITS = 10
"""Significant digits kept of a product or sum: more are noise of the factors."""


class ActionsRead(Struct, frozen=True):
    """Actions in order of symbol, ex-date and kind, each once."""

    actions: tuple[CorporateAction, ...]
    rows_read: int
    duplicates_dropped: int = 0
    notices: tuple[str, ...] = ()


def currency_code(text: str) -> str:
    """Return a vendor's currency code as ours: capitals, and GBX for the pence that Yahoo calls GBp."""
    return PENCE.get(text.strip(), text.strip().upper())


def as_declared(dividends: Iterable[CorporateAction], splits: Iterable[CorporateAction]) -> list[CorporateAction]:
    """Return one symbol's dividends multiplied by the ratios of the splits on or after their ex-date.

    For vendors that divide each dividend by the splits since, as Yahoo does; all of these must be among ``splits``.
    """
    factors = [(each.ex_date, each.share_factor) for each in splits]
    declared = []
    for each in dividends:
        later = math.prod(factor for ex_date, factor in factors if ex_date >= each.ex_date)
        amount = each.amount or math.nan
        declared.append(replace(each, amount=rounded(amount * later)) if later != 1.0 else each)
    return declared


def rounded(value: float) -> float:
    """Return a value with `MERGED_DIGITS` significant digits, so that 0.1 x 3 is 0.3."""
    return float(f"{value:.{MERGED_DIGITS}g}")
