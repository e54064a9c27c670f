"""Which intervals a file or frame may be said to have."""

import numpy as np
import pandas as pd
import pytest

from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY, HOUR, MINUTE
from arbitrax.market_data.bar_times import settle_interval
from arbitrax.market_data.frames import read_frame

START = 18_262 * DAY
GENERATOR = np.random.default_rng(7)
DAILY = START + np.arange(60) * DAY
WEEKDAYS = DAILY[(DAILY // DAY + 3) % 7 < 5]
WEEKLY = START + np.arange(60) * 7 * DAY
MONTHLY = np.arange("2000-01", "2004-01", dtype="datetime64[M]").astype("datetime64[ns]").astype(np.int64)
HOURS = (WEEKDAYS[:, None] + np.arange(14, 21) * HOUR).ravel()
SPARSE_MINUTES = START + np.flatnonzero(GENERATOR.random(600) < 0.1) * MINUTE
SPARSE_DAYS = START + np.cumsum(GENERATOR.integers(1, 20, 60)) * DAY


@pytest.mark.parametrize(
    ("times", "interval", "inferred"),
    [
        (DAILY, "1mo", "1d"),
        (DAILY, "1h", "1d"),
        (DAILY, "1w", "1d"),
        (WEEKDAYS, "12h", "1d"),
        (WEEKLY, "1d", "1w"),
        (WEEKLY, "1mo", "1w"),
        (MONTHLY, "1d", "1mo"),
        (MONTHLY, "3mo", "1mo"),
        (HOURS, "1d", "1h"),
        (HOURS, "4h", "1h"),
        (HOURS, "7m", "1h"),
        (SPARSE_DAYS, "1m", None),
    ],
)
def test_an_interval_the_times_contradict_is_refused(times, interval, inferred):
    with pytest.raises(DataError) as caught:
        settle_interval(times, interval, "AAPL.csv")
    assert str(caught.value).startswith(f"AAPL.csv: the bars are not {interval} apart but look like {inferred or ''}")


@pytest.mark.parametrize(
    ("times", "interval"),
    [
        (DAILY[:2], "1mo"),
        (DAILY[:1], "1h"),
        (WEEKDAYS, "1d"),
        (WEEKDAYS, "24h"),
        (WEEKLY, "7d"),
        (MONTHLY, "30d"),
        (HOURS, "60m"),
        (SPARSE_MINUTES, "1m"),
        (SPARSE_DAYS, "1d"),
        (START + np.cumsum([0, 3, 5, 3, 5, 5, 3]) * DAY, "3d"),
    ],
)
def test_a_plausible_interval_is_taken(times, interval):
    assert settle_interval(times, interval, "AAPL.csv") == interval


def test_files_and_frames_refuse_it_too(refusal, read):
    rows = "".join(f"{day},10,12,9,11,100\n" for day in ("2020-01-02", "2020-01-03", "2020-01-06"))
    text = "Date,Open,High,Low,Close,Volume\n" + rows
    assert read(text, interval="1d").bars.interval == "1d"
    sentence = "the bars are not 1mo apart but look like 1d; leave the interval out or make it 1d."
    assert refusal(text, interval="1mo") == f"AAPL.csv: {sentence}"
    prices = {name: [1.0, 1.0, 1.0] for name in ("open", "high", "low", "close")}
    frame = pd.DataFrame({"date": ["2020-01-02", "2020-01-06", "2020-01-03"], **prices})
    with pytest.raises(DataError, match="the frame: the bars are not 1h apart but look like 1d"):
        read_frame(frame, interval="1h")
    assert read_frame(frame, interval="1d").bars.interval == "1d"
