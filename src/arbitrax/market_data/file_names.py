"""What the names of vendors' files and their columns say of symbol and interval."""

import re

BINANCE = re.compile(
    r"([A-Z0-9_]+)-(1s|1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w|1mo)-\d{4}-\d{2}(?:-\d{2})?", re.IGNORECASE
)
"""``BTCUSDT-1m-2024-01`` of data.binance.vision: symbol, interval, month or day."""
PERIODS = {"D": "1d", "W": "1w", "M": "1mo"}
"""Of the column <PER> in ASCII exports of Stooq and others, beside numbers of minutes."""


def named_by_file(stem: str) -> tuple[str, str | None]:
    """Return the symbol that a file's name gives, in capitals, and the interval if it is one of Binance's."""
    found = BINANCE.fullmatch(stem)
    if found is None:
        return stem.upper(), None
    return found[1].upper(), found[2].lower()


def interval_of_period(period: str) -> str | None:
    """Return the interval that a <PER> field means: ``D``, ``60``; None for another."""
    text = period.strip().upper()
    if not text.isdecimal() or not text.isascii() or not 0 < (minutes := int(text)) <= 24 * 60:
        return PERIODS.get(text)
    return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
