"""Sessions of bars against a plain loop over the calendar."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, MINUTE, nanoseconds
from arbitrax.market_data.calendars import OUTSIDE, calendar

FIRST, LAST = start_of_day("2023-12-20"), start_of_day("2024-12-31")
stamps = st.lists(st.integers(FIRST // MINUTE, LAST // MINUTE), min_size=1, max_size=30, unique=True)


def plain_session(table, stamp, length, *, daily):
    """Return the session a bar starts in, else the first that starts within the bar."""
    starts = table.date if daily else table.open
    for row in range(len(table)):
        if not daily and table.open[row] <= stamp < table.close[row]:
            return row
    for row in range(len(table)):
        if stamp <= starts[row] < stamp + length:
            return row
    return OUTSIDE


@given(
    name=st.sampled_from(["XNYS", "XLON", "XTKS", "XHKG", "CMES", "24/7"]),
    interval=st.sampled_from(["1m", "7m", "1h", "4h", "1d", "1w"]),
    at=stamps,
)
def test_bars_find_their_session(name, interval, at):
    known = calendar(name)
    length, daily = nanoseconds(interval), nanoseconds(interval) >= DAY
    timestamp = np.unique(np.array(at) * MINUTE // (DAY if daily else MINUTE) * (DAY if daily else MINUTE))
    offset = int(known.table.date.searchsorted(FIRST - 10 * DAY))
    near = known.sessions(FIRST - 10 * DAY, LAST + 10 * DAY)
    wanted = [plain_session(near, int(stamp), length, daily=daily) for stamp in timestamp]
    found = known.session_of(timestamp, interval)
    assert [each - offset if each != OUTSIDE else each for each in found.tolist()] == wanted
    for flags, held in (
        (known.opens_session(timestamp, interval), near.open),
        (known.closes_session(timestamp, interval), near.close - 1),
    ):
        holds = [
            row != OUTSIDE and (daily or int(stamp) <= int(held[row]) < int(stamp) + length)
            for stamp, row in zip(timestamp, wanted, strict=True)
        ]
        assert flags.tolist() == holds
