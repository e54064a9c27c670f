"""Seeded bars for every engine, written once under build/bench-data.

Single series are ``NAME.npz`` and ``NAME.csv``; panels are folders of ``COLUMN.npy``, each (bars, symbols) float64.
``NAME.signals.npy`` holds SMA(10) > SMA(30) in exact integers, for engines that take decisions as arrays.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path("build/bench-data")
STORE = Path("build/bench-home")
"""Where our own servers keep the panel, once a run has imported it (some minutes)."""
COLUMNS = ("open", "high", "low", "close", "volume")
FAST, SLOW = 10, 30
DAYS = 2_520
SESSION = 390
MINUTE = 60_000_000_000
# name: bars, whether daily, deviation of a bar's log return, seed
SERIES = {
    "d252": (252, True, 0.012, 1),
    "d2520": (2_520, True, 0.012, 2),
    "m98k": (98_280, False, 0.0006, 3),
    "m1m": (1_000_000, False, 0.0004, 4),
}
# name: symbols, seed
PANELS = {"p500": (500, 5), "p8000": (8_000, 6)}

Arrays = dict[str, NDArray[np.generic]]


def weekdays(count: int, first: str) -> NDArray[np.int64]:
    """Return the first ``count`` weekdays from ``first``, nanoseconds UTC."""
    return np.busday_offset(first, np.arange(count)).astype("datetime64[ns]").astype(np.int64)


def make_series(name: str) -> Arrays:
    """Return a random walk, eight steps a bar so that highs and lows are a path's; prices in cents."""
    count, daily, deviation, seed = SERIES[name]
    generator = np.random.default_rng(seed)
    steps = 8
    walk = generator.normal(0, deviation / steps**0.5, (count, steps))
    path = 100 * np.exp(np.cumsum(walk.ravel())).reshape(count, steps)
    close = path[:, -1]
    first = np.concatenate(([100.0], close[:-1])) * np.exp(generator.normal(0, deviation / 8, count))
    prices = {
        "open": first,
        "high": np.maximum(path.max(1), first),
        "low": np.minimum(path.min(1), first),
        "close": close,
    }
    volume = generator.integers(100_000, 1_000_000, count).astype(float)
    if daily:
        time = weekdays(count, "2010-01-04")
    else:
        at = np.arange(count)
        sessions = weekdays(-(-count // SESSION), "2014-01-06")
        time = sessions[at // SESSION] + (at % SESSION + 14 * 60 + 31) * MINUTE
    return {"timestamp": time, **{key: np.round(value, 2) for key, value in prices.items()}, "volume": volume}


def make_panel(symbols: int, seed: int, days: int = DAYS) -> Arrays:
    """Return daily random walks of many symbols, (days, symbols): drifts, volatilities and volumes of their own."""
    generator = np.random.default_rng(seed)
    deviation = generator.uniform(0.008, 0.022, symbols)
    drift = generator.normal(0.0003, 0.0003, symbols) - deviation**2 / 2
    shape = (days, symbols)
    close = generator.uniform(20, 300, symbols) * np.exp(
        np.cumsum(drift + deviation * generator.standard_normal(shape), axis=0)
    )
    first = np.concatenate((close[:1], close[:-1])) * np.exp(deviation / 8 * generator.standard_normal(shape))
    wick = np.exp(deviation / 2 * np.abs(generator.standard_normal(shape)))
    panel: Arrays = {
        "open": np.round(first, 2),
        "high": np.round(np.maximum(first, close) * wick, 2),
        "low": np.round(np.minimum(first, close) / wick, 2),
        "close": np.round(close, 2),
        "volume": generator.integers(100_000, 10_000_000, shape).astype(float),
    }
    if panel["low"].min() <= 0:
        raise ValueError(f"seed {seed} takes a price below half a cent; choose another")
    return {"timestamp": weekdays(days, "2010-01-04"), **panel}


def exact_signals(close: NDArray[np.float64], fast: int = FAST, slow: int = SLOW) -> NDArray[np.bool_]:
    """Return whether SMA(fast) > SMA(slow) at each close, decided in whole cents; False before both are full."""
    sums = np.concatenate(([0], np.cumsum(np.rint(close * 100).astype(np.int64))))
    up = np.zeros(len(close), bool)
    quick, steady = (sums[slow:] - sums[slow - window : -window] for window in (fast, slow))
    up[slow - 1 :] = quick * slow > steady * fast
    return up


def write_csv(path: Path, series: Arrays, *, daily: bool) -> None:
    """Write ``Date,Open,High,Low,Close,Volume``; days as dates, minutes as instants in UTC."""
    stamp = series["timestamp"].astype("datetime64[ns]")
    times = np.datetime_as_string(stamp, unit="D" if daily else "s")
    mark = "" if daily else "Z"
    with path.open("w") as file:
        file.write("Date,Open,High,Low,Close,Volume\n")
        rows = zip(times, *(series[name].tolist() for name in COLUMNS), strict=True)
        file.writelines(f"{t}{mark},{o:.2f},{h:.2f},{lo:.2f},{c:.2f},{v:.0f}\n" for t, o, h, lo, c, v in rows)


def prepare(name: str) -> None:
    """Write the files of a series or panel unless they are there."""
    done = FOLDER / f"{name}.done"
    if done.exists():
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    if name in PANELS:
        symbols, seed = PANELS[name]
        folder = FOLDER / name
        folder.mkdir(exist_ok=True)
        for key, value in make_panel(symbols, seed).items():
            np.save(folder / f"{key}.npy", value)
    else:
        series = make_series(name)
        np.savez(FOLDER / f"{name}.npz", **series)
        np.save(FOLDER / f"{name}.signals.npy", exact_signals(series["close"]))
        write_csv(FOLDER / f"{name}.csv", series, daily=SERIES[name][1])
    done.touch()


def load(name: str) -> Arrays:
    """Return a series or panel; ``timestamp`` is (bars,) int64 nanoseconds UTC."""
    if name in PANELS:
        return {key: np.load(FOLDER / name / f"{key}.npy") for key in ("timestamp", *COLUMNS)}
    with np.load(FOLDER / f"{name}.npz") as file:
        return {key: file[key] for key in ("timestamp", *COLUMNS)}


def load_times(name: str) -> NDArray[np.int64]:
    """Return the starts of a series' or panel's bars alone, ns UTC."""
    if name in PANELS:
        times: NDArray[np.int64] = np.load(FOLDER / name / "timestamp.npy")
        return times
    with np.load(FOLDER / f"{name}.npz") as file:
        return np.asarray(file["timestamp"], np.int64)


def load_csv(name: str) -> Arrays:
    """Return a series from its CSV, by NumPy's own parser: the fastest one that loads no frames."""
    kinds = [("timestamp", "U20"), *((key, "f8") for key in COLUMNS)]
    table = np.loadtxt(FOLDER / f"{name}.csv", dtype=kinds, delimiter=",", skiprows=1)
    # NumPy warns of a zone it cannot keep: the last letter of an instant is cut off.
    width = 10 if SERIES[name][1] else 19
    time = table["timestamp"].astype(f"U{width}").astype("datetime64[ns]").astype(np.int64)
    return {"timestamp": time, **{key: np.ascontiguousarray(table[key]) for key in COLUMNS}}


def load_signals(name: str) -> NDArray[np.bool_]:
    """Return the exact decisions of a series."""
    signals: NDArray[np.bool_] = np.load(FOLDER / f"{name}.signals.npy")
    return signals


def month_ends(time: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the bars that end a month: the next bar is another month's first session."""
    month = time.astype("datetime64[ns]").astype("datetime64[M]")
    return np.flatnonzero(month[1:] != month[:-1])
