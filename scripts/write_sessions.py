"""Write `arbitrax/market_data/session_tables` from exchange_calendars: run it when that library is upgraded.

From 1990, or when the library's knowledge of an exchange begins, to the end of 2035, or when it ends. A test compares
the tables with the library.
"""

import json
import sys
from typing import TYPE_CHECKING

import exchange_calendars
import numpy as np
import pandas as pd
from exchange_calendars import calendar_utils

from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.calendars import TABLES, read_library

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXCHANGES = ("XNYS", "XLON", "XETR", "XTKS", "XHKG", "CMES")
FIRST, LAST = pd.Timestamp("1990-01-01"), pd.Timestamp("2035-12-31")


def table(name: str) -> "tuple[str, dict[str, NDArray[np.generic]]]":
    """Return an exchange's time zone and the columns of its file."""
    factory = calendar_utils._default_calendar_factories[name]
    first, last = max(FIRST, factory.bound_min() or FIRST), min(LAST, factory.bound_max() or LAST)
    calendar = read_library(name, first.value, last.value)
    known = calendar.table
    columns: dict[str, NDArray[np.generic]] = {
        "day": (known.date // DAY).astype(np.int32),
        "half_day": known.half_day,
    }
    times = ["open", "close"]
    if (known.break_end > known.break_start).any():
        times += ["break_start", "break_end"]
    for column in times:
        minutes, rest = np.divmod(getattr(known, column) - known.date, MINUTE)
        if rest.any() or np.abs(minutes).max() > np.iinfo(np.int16).max:
            raise ValueError(f"{name} has a {column} that is no whole minute within three weeks of its session.")
        columns[column] = minutes.astype(np.int16)
    return calendar.timezone, columns


def main() -> None:
    """Write every table, and the list of names."""
    zones = {}
    for name in EXCHANGES:
        zones[name], columns = table(name)
        np.savez_compressed(TABLES / f"{name}.npz", **columns)
        size = (TABLES / f"{name}.npz").stat().st_size
        sys.stderr.write(f"{name}: {len(columns['day'])} sessions, {size} bytes\n")
    known = {
        "library": exchange_calendars.__version__,
        "timezones": zones,
        "aliases": dict(sorted(calendar_utils._default_calendar_aliases.items())),
        "names": sorted(exchange_calendars.get_calendar_names(include_aliases=False)),
    }
    (TABLES / "exchanges.json").write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main()
