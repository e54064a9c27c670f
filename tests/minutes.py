"""Minutes of a market for tests, each bar telling its row."""

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY, HOUR, MINUTE

MONDAY = 19_786 * DAY  # 2024-03-04, the week before New York's clocks change


def series(times, interval="1m", adj_close=None):
    """Bars that open at 10, 11, ... and close half above, so each tells its row."""
    rows = np.arange(len(times), dtype=np.float64)
    times = np.array(times, dtype=np.int64)
    return Bars("X", interval, times, rows + 10, rows + 11, rows + 9, rows + 10.5, rows + 1, adj_close)


def new_york(days, minutes=390):
    """Minutes from 09:30 in New York on each weekday; summer time from the second week."""
    dates = [day for day in range(days) if day % 7 < 5]
    return np.concatenate(
        [MONDAY + d * DAY + (14 if d < 7 else 13) * HOUR + (30 + np.arange(minutes)) * MINUTE for d in dates]
    )
