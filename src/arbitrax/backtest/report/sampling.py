"""Fewer points for charts, without losing an extreme.

Curves keep, of each bucket of bars, the rows of the lowest and highest value; prices become wider candles.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars, Floats, Int64s

LIMIT = 20_000
"""Charts hold at most this many points; runs of fewer bars are drawn in full."""


def keep_extremes(curves: Sequence[Floats], limit: int = LIMIT) -> Int64s:
    """Return the rows to draw of curves of shape (bars,), at most ``limit``, in order, first and last included.

    All curves share the rows, so the lowest and highest of each curve in each bucket are among them.
    """
    bars = len(curves[0])
    if bars <= limit:
        return np.arange(bars)
    # Curves often turn together and share rows, so try narrow buckets before the width that must fit.
    for buckets in (limit // 2, limit // 4, max((limit - 2) // (2 * len(curves)), 1)):
        rows = _bucket_extremes(curves, -(-bars // buckets))
        if len(rows) <= limit:
            break
    return rows


def _bucket_extremes(curves: Sequence[Floats], width: int) -> Int64s:
    """Return the rows of the extremes of each curve in each ``width`` rows, and the first and last row."""
    bars = len(curves[0])
    buckets = -(-bars // width)
    start = np.arange(buckets) * width
    kept = [np.array([0, bars - 1])]
    for curve in curves:
        # The padding repeats the last value, so the first place of an extreme is always a real row.
        table = np.pad(curve, (0, buckets * width - bars), mode="edge").reshape(buckets, width)
        kept += [start + table.argmin(axis=1), start + table.argmax(axis=1)]
    return np.unique(np.concatenate(kept))


def widen_bars(bars: Bars, limit: int = LIMIT) -> tuple[Bars, int]:
    """Return bars joined so that at most ``limit`` remain, and how many went into each (the last may hold fewer)."""
    stride = -(-len(bars) // limit)
    if stride == 1:
        return bars, 1
    first = np.arange(0, len(bars), stride)
    last = np.minimum(first + stride, len(bars)) - 1
    wide = type(bars)(
        symbol=bars.symbol,
        interval=bars.interval,
        timestamp=bars.timestamp[first],
        open=bars.open[first],
        high=np.maximum.reduceat(bars.high, first),
        low=np.minimum.reduceat(bars.low, first),
        close=bars.close[last],
        volume=np.add.reduceat(bars.volume, first),
        basis=bars.basis,
    )
    return wide, stride


def widen_rows(prices: Sequence[Floats], volume: Floats, stride: int) -> tuple[Floats, ...]:
    """Return open, high, low, close and volume of each ``stride`` rows; NaN where none of them has a bar.

    prices: open, high, low and close, each (bars,); rows without a bar have a NaN close.
    """
    open_, high, low, close = prices
    own = np.flatnonzero(~np.isnan(close))
    bucket, first = np.unique(own // stride, return_index=True)
    last = np.append(first[1:], len(own)) - 1
    wide = [np.full(-(-len(close) // stride), np.nan) for _ in range(5)]
    if len(own):
        wide[0][bucket] = open_[own[first]]
        wide[1][bucket] = np.maximum.reduceat(high[own], first)
        wide[2][bucket] = np.minimum.reduceat(low[own], first)
        wide[3][bucket] = close[own[last]]
        wide[4][bucket] = np.add.reduceat(np.nan_to_num(volume[own]), first)
    return tuple(wide)
