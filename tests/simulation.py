"""The compiled engine on markets written as lists, for tests."""

import numpy as np

from arbitrax.domain.intervals import DAY
from arbitrax.kernels.simulate import ACTION_DTYPE, Simulation

START = 10_957 * DAY  # 2000-01-01


def matrix(values):
    """Return rows as (bars, symbols); a flat list is one symbol."""
    array = np.array(values, dtype=np.float64)
    return np.ascontiguousarray(array[:, None] if array.ndim == 1 else array)


def open_engine(
    open_, high=None, low=None, close=None, *, volume=None, factor=None, time=None, session=None, last_bar=None,
    multiplier=None, borrow_rate=None, tick=None, lot=None, actions=(), tiers=(), finer=None, cash=1000.0, **options,
):  # fmt: skip
    """Return a `Simulation`; daily bars, each a session of its own, unless said otherwise.

    finer: for each bar a list of (open, high, low, close) of one symbol.
    """
    o = matrix(open_)
    c = o if close is None else matrix(close)
    h = np.fmax(o, c) if high is None else matrix(high)
    low_ = np.fmin(o, c) if low is None else matrix(low)
    bars, symbols = c.shape

    def each(values, default):
        return np.full(symbols, default) if values is None else np.array(np.broadcast_to(values, symbols), np.float64)

    last = [max(np.flatnonzero(~np.isnan(c[:, s])), default=-1) for s in range(symbols)]
    last = np.array(last if last_bar is None else last_bar, np.int32)
    flags = np.full(bars, 3, np.int8) if session is None else np.array(session, np.int8)
    for at in last:
        if 0 <= at < bars - 1:
            flags[at] |= 4
    records = np.zeros(len(actions), ACTION_DTYPE)
    for record, (bar, symbol, ratio, amount, pay_bar) in zip(records, sorted(actions), strict=True):
        record["bar"], record["symbol"], record["pay_bar"] = bar, symbol, pay_bar
        record["ratio"], record["amount"] = ratio, amount
    steps = np.zeros(len(tiers), np.dtype([("traded", "<f8"), ("rate", "<f8")]))
    steps["traded"], steps["rate"] = ([each[at] for each in tiers] for at in (0, 1))
    return Simulation(
        o, h, low_, c,
        START + np.arange(bars, dtype=np.int64) * DAY if time is None else np.array(time, np.int64),
        flags, last, each(multiplier, 1.0), each(borrow_rate, 0.0),
        None if volume is None else matrix(volume),
        None if factor is None else matrix(factor),
        None if tick is None else each(tick, 0.0),
        None if lot is None else each(lot, 0.0),
        records if len(records) else None,
        steps if len(steps) else None,
        None if finer is None else finer_arrays(finer),
        cash=cash, **options,
    )  # fmt: skip


def finer_arrays(finer):
    """Return what `Simulation` takes for one symbol's finer bars; a bar without any is told by itself."""
    ends = np.cumsum([len(each) for each in finer])
    rows = np.stack((ends - [len(each) for each in finer], ends), axis=1).astype(np.int64)
    prices = np.array([price for each in finer for price in each], np.float64).reshape(-1, 4)
    tells = np.array([[len(each) > 0] for each in finer], np.uint8)
    return (*(np.ascontiguousarray(prices[:, [at]]) for at in range(4)), rows, tells)
