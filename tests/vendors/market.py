"""A made-up market: prices as traded, splits and dividends of any symbol, from its name and the date alone."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.calendars import calendar

KNOWN_SPLITS = {"AAPL": (("2014-06-09", 7, 1), ("2020-08-31", 4, 1)), "GE": (("2021-08-02", 1, 8),)}
NAMES = {"AAPL": "Apple Inc.", "MSFT": "Microsoft Corporation", "GE": "General Electric", "IBM": "IBM Corporation"}


@dataclass(frozen=True)
class Rows:
    """Arrays of shape (rows,): ns UTC (days: the date), prices as traded, units."""

    time: np.ndarray
    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    volume: np.ndarray

    def __len__(self):
        return len(self.time)

    def take(self, rows):
        return Rows(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def exists(symbol):
    """Symbols from ZZ on are nobody's."""
    return not symbol.upper().startswith("ZZ")


def seed_of(symbol):
    return int.from_bytes(hashlib.blake2b(symbol.encode(), digest_size=8).digest(), "big")


def noise(seed, at, stream):
    """Return numbers in (-1, 1) that depend on the seed, the position and the stream only (splitmix64)."""
    state = np.asarray(at).astype(np.uint64) + np.uint64((seed + stream * 0x9E3779B97F4A7C15) % 2**64)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    state ^= state >> np.uint64(31)
    return (state >> np.uint64(11)).astype(np.float64) / 2**52 - 1.0


def splits(symbol):
    """Return (ex-date ns, new shares, old shares), oldest first."""
    seed = seed_of(symbol)
    made = KNOWN_SPLITS.get(symbol, (("2018-05-14", 2, 1),) if seed % 2 else ())
    return [(start_of_day(day), new, old) for day, new, old in made]


@cache
def dividends(symbol, first="1998-01-01", last="2035-01-01"):
    """Return a list to leave alone: (ex-date ns, amount as declared), one in February, May, August and November."""
    if not exists(symbol) or (symbol not in NAMES and seed_of(symbol) % 4 == 3):
        return []
    found = []
    sessions = calendar("XNYS").table.date
    for year in range(date.fromisoformat(first).year, date.fromisoformat(last).year):
        for month in (2, 5, 8, 11):
            at = sessions.searchsorted(start_of_day(f"{year}-{month:02}-09"))
            if at < len(sessions):
                day = int(sessions[at])
                found.append((day, float(max(0.01, np.round(0.004 * daily(symbol, day, day + DAY).close[0], 2)))))
    return found


def factor_after(symbol, time):
    """Return the product of the splits after each time: what a split-adjusting vendor divides prices by."""
    factor = np.ones(len(time))
    for day, new, old in splits(symbol):
        factor[time < day] *= new / old
    return factor


def daily(symbol, start, end):
    """Return the sessions of the New York Stock Exchange with a date in [start, end)."""
    seed, table = seed_of(symbol), calendar("XNYS").table
    time = table.date[slice(*table.date.searchsorted((start, end)))]
    close = _close(symbol, seed, time)
    opened = np.round(close * (1 + 0.006 * noise(seed, time // DAY, 1)), 2)
    top, bottom = np.maximum(opened, close), np.minimum(opened, close)
    high = np.round(top * (1 + 0.004 * np.abs(noise(seed, time // DAY, 2))), 2)
    low = np.round(bottom * (1 - 0.004 * np.abs(noise(seed, time // DAY, 3))), 2)
    # As many shares more as a split makes; 448 is divided by every product of the splits above.
    volume = 448 * np.round(2.5e4 * (1.5 + noise(seed, time // DAY, 4))) / factor_after(symbol, time)
    return Rows(time, opened, high, low, close, volume) if exists(symbol) else Rows(*[np.empty(0)] * 6).take([])


def _close(symbol, seed, time):
    day = time / DAY
    wave = sum(
        0.08 * np.sin(2 * np.pi * (day / length + noise(seed, np.array([number]), 9)[0]))
        for number, length in enumerate((61, 173, 389, 1201))
    )
    level = np.log(30 + seed % 200) + 0.05 * (day - 18000) / 365 + wave + 0.008 * noise(seed, time // DAY, 0)
    return np.round(np.exp(level) * factor_after(symbol, time), 2)


def minutes(symbol, start, end):
    """Return regular trading's minutes that start in [start, end); each inside the range of its day."""
    table, parts = calendar("XNYS").table, []
    for day in daily(symbol, start // DAY * DAY - DAY, end + DAY).time:
        at = int(table.date.searchsorted(day))
        opens, closes = int(table.open[at]), int(table.close[at])
        if closes > start and opens < end:
            parts.append(_session(symbol, int(day), np.arange(opens, closes, MINUTE)))
    columns = (
        [np.concatenate([getattr(part, name) for part in parts]) for name in Rows.__dataclass_fields__]
        if parts
        else [np.empty(0)] * 6
    )
    rows = Rows(*columns)
    return rows.take((rows.time >= start) & (rows.time < end))


def _session(symbol, day, time):
    seed, whole = seed_of(symbol), daily(symbol, day, day + DAY)
    done = np.arange(len(time) + 1) / len(time)
    path = whole.open + (whole.close - whole.open) * done
    path[1:-1] += 0.2 * (whole.high - whole.low) * noise(seed, time[1:] // MINUTE, 5)
    path = np.round(np.clip(path, whole.low, whole.high), 2)
    first, last = path[:-1], path[1:]
    high = np.minimum(np.maximum(first, last) + 0.01, whole.high)
    low = np.maximum(np.minimum(first, last) - 0.01, whole.low)
    volume = np.floor(whole.volume / (len(time) + 10) * (1 + 0.02 * noise(seed, time // MINUTE, 6)))
    return Rows(time, first, np.round(high, 2), np.round(low, 2), last, volume)


def joined(rows, length, anchor=0):
    """Return longer bars of minutes, starting at ``anchor`` plus whole lengths."""
    if not len(rows):
        return rows
    slot = (rows.time - anchor) // length
    first = np.flatnonzero(np.concatenate(([True], slot[1:] != slot[:-1])))
    last = np.append(first[1:], len(slot)) - 1
    return Rows(
        slot[first] * length + (anchor if np.isscalar(anchor) else anchor[first]),
        rows.open[first],
        np.maximum.reduceat(rows.high, first),
        np.minimum.reduceat(rows.low, first),
        rows.close[last],
        np.add.reduceat(rows.volume, first),
    )


def intraday(symbol, length, start, end, *, from_open):
    """Return bars of a length that start in [start, end); from midnight UTC, or from the open of each session."""
    rows = minutes(symbol, start - DAY, end + DAY)
    anchor = 0
    if from_open and len(rows):
        opens = calendar("XNYS").table.open
        anchor = opens[opens.searchsorted(rows.time, "right") - 1]
    bars = joined(rows, length, anchor)
    return bars.take((bars.time >= start) & (bars.time < end))
