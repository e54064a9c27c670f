"""Finer bars beside a run's own: which of them are inside which bar, and whether they are the same market."""

from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, is_intraday, nanoseconds
from arbitrax.market_data.resample import periods
from arbitrax.market_data.sessions import exchange_sessions, split_sessions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.domain.panel import Panel
    from arbitrax.market_data.calendars import Calendar


class Finer(Struct, frozen=True, eq=False):
    """Finer bars by bar of a run."""

    open: "Floats"
    """Prices are (finer bars, symbols), in the units of the run's."""
    high: "Floats"
    low: "Floats"
    close: "Floats"
    rows: "Int64s"
    """(bars, 2): the first finer bar of each bar, and the one after its last."""
    tells: "NDArray[np.uint8]"
    """(bars, symbols): 1 where the finer bars have the same high and low as the bar."""
    differ: int
    """Bars whose finer bars have another high or low."""
    lacking: int
    """Bars without any."""


def finer_bars(raw: "Panel", fine: "Panel", factor: "Floats | None", exchange: "Calendar | None") -> Finer:
    """Return finer bars as a run takes them that trades ``raw`` bars times ``factor``, (bars, symbols) or None for 1.

    Both are compared as they are; then finer bars are adjusted as their bar was.

    Raises:
        InputError: the finer bars are not shorter, or of other symbols.
    """
    length, step = nanoseconds(raw.interval), nanoseconds(fine.interval)
    if not step or (length and step >= length):
        raise InputError(f"finer = {fine.interval} bars are not shorter than the run's {raw.interval} bars.")
    if fine.symbols != raw.symbols:
        raise InputError(
            f"The finer bars are of {', '.join(fine.symbols[:3])} and the run trades {', '.join(raw.symbols[:3])}; "
            "give those of the same symbols in the same order."
        )
    rows = _places(raw, fine, exchange)
    high, low = np.full(raw.shape, np.nan), np.full(raw.shape, np.nan)
    some = np.flatnonzero(rows[:, 0] < rows[:, 1])
    if len(some):
        # Ranges follow one another, so what lies between two starts is the first's, or nobody's.
        bounds = rows[some].reshape(-1)
        last = bounds[-1] == len(fine)
        cut = bounds[:-1] if last else bounds
        high[some] = np.fmax.reduceat(fine.high, cut, axis=0)[::2]
        low[some] = np.fmin.reduceat(fine.low, cut, axis=0)[::2]
    known = ~np.isnan(high) & ~np.isnan(raw.close)
    same = known & (high == raw.high) & (low == raw.low)
    prices = {name: getattr(fine, name) for name in ("open", "high", "low", "close")}
    if factor is not None:
        sizes = rows[some, 1] - rows[some, 0]
        inside = np.repeat(rows[some, 0] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        scale = np.ones(fine.close.shape)
        scale[inside] = np.nan_to_num(factor, nan=1.0)[np.repeat(some, sizes)]
        prices = {name: column * scale for name, column in prices.items()}
    prices = {name: np.ascontiguousarray(column) for name, column in prices.items()}
    traded = ~np.isnan(raw.close)
    return Finer(
        **prices,
        rows=rows,
        tells=same.astype(np.uint8),
        differ=int((known & ~same).sum()),
        lacking=int((traded & ~known).sum()),
    )


def _places(raw: "Panel", fine: "Panel", exchange: "Calendar | None") -> "Int64s":
    """Return the first finer bar of each bar and the one after its last, (bars, 2)."""
    if is_intraday(raw.interval):
        if nanoseconds(raw.interval):
            ends = raw.timestamp + nanoseconds(raw.interval)
            # The last bar of a session may be cut short by the next one.
            ends[:-1] = np.minimum(ends[:-1], raw.timestamp[1:])
        else:
            ends = np.append(raw.timestamp[1:], np.iinfo(np.int64).max)
        bounds = (fine.timestamp.searchsorted(raw.timestamp), fine.timestamp.searchsorted(ends))
    else:
        own = periods(raw.timestamp // DAY, raw.interval)
        fine_periods = periods(_days(fine, exchange), raw.interval)
        bounds = (fine_periods.searchsorted(own, "left"), fine_periods.searchsorted(own, "right"))
    return np.ascontiguousarray(np.stack(bounds, axis=1), dtype=np.int64)


def _days(fine: "Panel", exchange: "Calendar | None") -> "Int64s":
    """Return the session day of each finer bar, counted from 1970-01-01."""
    if not is_intraday(fine.interval):
        return fine.timestamp // DAY
    if exchange is None:
        sessions = split_sessions(fine.timestamp, fine.interval)
    else:
        sessions = exchange_sessions(fine.timestamp, fine.interval, exchange)
    return np.repeat(sessions.days, np.diff(sessions.ends, prepend=-1))
