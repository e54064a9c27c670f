"""What a row of the table is, and the bars it runs over."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

BARS = 1_000_000
Update = Callable[[float, float, float, float, float], object]


class SpeedBars(NamedTuple):
    """Columns of (bars,) float64: prices in cents, whole volumes."""

    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]


class Row(NamedTuple):
    """An indicator in up to four forms; None where a library has none.

    ``ours`` and ``talib`` take the bars. ``ours_update`` and ``talipp_update`` start a fresh state and return the
    function that takes one bar's open, high, low, close and volume.
    """

    name: str
    ours: Callable[[SpeedBars], object]
    talib: Callable[[SpeedBars], object] | None
    ours_update: Callable[[], Update] | None
    talipp_update: Callable[[], Update] | None


def of_close(update: Callable[[float], object]) -> Update:
    """Return the update that takes a bar's close alone."""
    return lambda _open, _high, _low, close, _volume: update(close)


def made_bars(count: int = BARS) -> SpeedBars:
    """Return the bars of a seeded random walk from 100."""
    rng = np.random.default_rng(4)
    close = np.round(100 * np.exp(np.cumsum(rng.normal(0, 5e-4, count))), 2)
    before = np.concatenate(([100.0], close[:-1]))
    reach = np.round(np.abs(rng.normal(0, 0.05, (2, count))), 2)
    high, low = np.maximum(before, close) + reach[0], np.minimum(before, close) - reach[1]
    return SpeedBars(before, np.round(high, 2), np.round(low, 2), close, np.round(rng.exponential(1e4, count)) + 1)
