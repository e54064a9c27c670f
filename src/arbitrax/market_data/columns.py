"""Recognise the columns of price data under the names vendors and users give them."""

import re
from collections.abc import Sequence

from arbitrax.domain.errors import DataError, did_you_mean
from arbitrax.market_data.source import refuse

ROLES = (
    "open", "high", "low", "close", "volume", "adj_close", "tick_volume", "date", "time", "symbol",
)  # fmt: skip
"""What a column can be, in the order of the CSV kernel's numbers."""

PRICES = ("open", "high", "low", "close")

# Spelled without case, blanks and punctuation; where a source has several, the first one listed here is used.
ALIASES = {
    "open": ("open", "o", "openprice", "opn"),
    "high": ("high", "h", "highprice"),
    "low": ("low", "l", "lowprice"),
    "close": ("close", "c", "closeprice", "closelast", "last"),
    "volume": ("volume", "vol", "v", "totalvolume"),
    "adj_close": ("adjclose", "adjustedclose", "closeadj", "closeadjusted", "adjcloseprice"),
    "tick_volume": ("tickvol", "tickvolume"),
    "symbol": ("symbol", "ticker", "sym"),
}
INSTANTS = (
    "timestamp", "datetime", "tsevent", "windowstart", "opentime", "gmttime", "unix", "unixtime",
    "epoch", "ts", "t",
)  # fmt: skip
DATES = ("date", "day", "tradedate", "tradingday")
UNNAMED = ("", "index", "indexlevel0", "unnamed0")  # how an unnamed pandas index is saved


def spelling(name: str) -> str:
    """Return a column name without case, numbering (``1. open``), blanks and punctuation."""
    return re.sub(r"[^a-z0-9]", "", re.sub(r"^\s*\d+\.\s+", "", name.lower()))


def is_known(name: str) -> bool:
    """Tell whether a cell is the name of a column we read."""
    found = spelling(name)
    return bool(found) and any(found in names for names in (*ALIASES.values(), INSTANTS, DATES, ("time",)))


def find_columns(names: Sequence[str], source: str) -> dict[str, int]:
    """Return role -> position of each column that is used; others are ignored.

    Raises:
        DataError: a column is missing, or two carry the same name.
    """
    roles = _roles(names, source)
    _require(roles, names, source)
    return roles


def roles_of(names: Sequence[str]) -> dict[str, int]:
    """Return role -> position of each column that can be told by its name, whatever is missing; none when in doubt."""
    try:
        return _roles(names, "")
    except DataError:
        return {}


def _roles(names: Sequence[str], source: str) -> dict[str, int]:
    spelled = [spelling(name) for name in names]
    roles: dict[str, int] = {}
    for role, aliases in ALIASES.items():
        position = _first(spelled, aliases, names, source)
        if position is not None:
            roles[role] = position
    _find_dates(roles, spelled, names, source)
    return roles


def _find_dates(roles: dict[str, int], spelled: list[str], names: Sequence[str], source: str) -> None:
    """Add ``date`` and, where the clock stands in a column of its own, ``time``."""
    time = _first(spelled, ("time",), names, source)
    for aliases in (INSTANTS, DATES, ("time",), UNNAMED):
        position = _first(spelled, aliases, names, source)
        if position is not None:
            roles["date"] = position
            if aliases is DATES and time is not None:
                roles["time"] = time
            return


def _first(spelled: list[str], aliases: tuple[str, ...], names: Sequence[str], source: str) -> int | None:
    """Return the position of the first alias that occurs, refusing one that occurs twice."""
    for alias in aliases:
        count = spelled.count(alias)
        if count > 1 and alias:
            at = [position for position, name in enumerate(spelled) if name == alias]
            twice = " and ".join(f"'{names[position]}'" for position in at)
            raise refuse(source, f"the columns {twice} mean the same; keep one of them")
        if count:
            return spelled.index(alias)
    return None


def _require(roles: dict[str, int], names: Sequence[str], source: str) -> None:
    """Refuse a source that lacks a date or a price."""
    missing = [role for role in ("date", *PRICES) if role not in roles]
    if not missing:
        return
    unused = [name for position, name in enumerate(names) if position not in roles.values()]
    hints = [
        hint.removeprefix("; did you mean ").rstrip("?") for role in missing if (hint := did_you_mean(role, unused))
    ]
    found = ", ".join(f"'{name}'" for name in names) or "none"
    advice = "name the columns date, open, high, low, close and volume"
    if hints:
        advice = f"did you mean {' and '.join(dict.fromkeys(hints))}?"
    raise refuse(source, f"no column for {', '.join(missing)} among {found}", advice)
