"""Bars for tests: real ones and made ones."""

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.files import read_file
from arbitrax.samples import sample_paths

START = 10_957 * DAY  # 2000-01-01


def sample(symbol):
    """Return the bundled bars of a symbol."""
    path = next(each for each in sample_paths() if each.stem == symbol)
    return read_file(path)[0].bars


def daily(close, *, open_=None, symbol="TEST", adj_close=None):
    """Return weekday-less daily bars with these closes; opens are the closes unless given."""
    close = np.array(close, dtype=np.float64)
    first = close if open_ is None else np.array(open_, dtype=np.float64)
    return Bars(
        symbol,
        "1d",
        START + np.arange(len(close)) * DAY,
        first,
        np.maximum(first, close),
        np.minimum(first, close),
        close,
        np.full(len(close), 1000.0),
        None if adj_close is None else np.array(adj_close, dtype=np.float64),
    )


def weekdays(days):
    """Return the first ``days`` Mondays to Fridays from START as ns."""
    at = START + np.arange(days * 2) * DAY
    return at[(at // DAY + 3) % 7 < 5][:days]


def random_walk(days, *, seed=1, deviation=0.01):
    """Return daily weekday bars of a seeded random walk from 100."""
    generator = np.random.default_rng(seed)
    close = 100 * np.exp(np.cumsum(generator.normal(0, deviation, days)))
    made = daily(close, open_=np.concatenate(([100.0], close[:-1])))
    return Bars(made.symbol, "1d", weekdays(days), made.open, made.high, made.low, made.close, made.volume)


def sample_year_csv(path, symbol="AAPL", year="2012"):
    """Write one year of bundled bars as Yahoo writes them."""
    bars = sample(symbol)
    lines = ["Date,Open,High,Low,Close,Adj Close,Volume"]
    for at in range(len(bars)):
        day = date_text(int(bars.timestamp[at]))
        if day.startswith(year):
            columns = (bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume)
            lines.append(",".join([day, *(repr(float(column[at])) for column in columns)]))
    path.write_text("\n".join(lines) + "\n")
