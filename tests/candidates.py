"""Rows to validate, made by hand or by chance."""

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.market_data.calendars import calendar
from arbitrax.market_data.candidate import CandidateBars

XNYS = calendar("XNYS")


def candidate(*rows, interval="1d", **more):
    """Rows of (time, open, high, low, close, volume); a time is a date or ns."""
    times = [start_of_day(row[0]) if isinstance(row[0], str) else row[0] for row in rows]
    columns = np.array([row[1:] for row in rows], dtype=np.float64).reshape(len(rows), 5).T.copy()
    return CandidateBars("ABC", interval, np.array(times, dtype=np.int64), *columns, **more)


def flat(prices, start="2015-01-02", *, volume=1000.0, **more):
    """A row a session of XNYS from a date, all four prices the same."""
    prices = np.asarray(prices, dtype=np.float64)
    first = int(XNYS.table.date.searchsorted(start_of_day(start)))
    times = XNYS.table.date[first : first + len(prices)].copy()
    volumes = np.full(len(prices), volume) if np.isscalar(volume) else np.asarray(volume, dtype=np.float64)
    return CandidateBars(
        "ABC", "1d", times, prices.copy(), prices.copy(), prices.copy(), prices.copy(), volumes, **more
    )


def walk(seed, rows=300, *, move=0.015, start="2012-01-03", **more):
    """A seeded random walk of daily rows, and lognormal volumes."""
    random = np.random.default_rng(seed)
    first = int(XNYS.table.date.searchsorted(start_of_day(start)))
    times = XNYS.table.date[first : first + rows].copy()
    close = np.exp(random.uniform(0, 6) + np.cumsum(random.normal(0, move, rows)))
    open_ = np.concatenate((close[:1], close[:-1])) * np.exp(random.normal(0, move / 3, rows))
    high = np.maximum(open_, close) * np.exp(np.abs(random.normal(0, move / 2, rows)))
    low = np.minimum(open_, close) * np.exp(-np.abs(random.normal(0, move / 2, rows)))
    volume = np.round(np.exp(random.normal(13, 0.4, rows)))
    return CandidateBars("ABC", "1d", times, open_, high, low, close, volume, **more)


def split(date, ratio):
    return CorporateAction(symbol="ABC", kind="split", ex_date=day(date), ratio=ratio)


def dividend(date, amount, currency="USD"):
    return CorporateAction(symbol="ABC", kind="dividend", ex_date=day(date), amount=amount, currency=currency)


def day(date):
    return start_of_day(date) if isinstance(date, str) else int(date)


def as_bars(rows):
    return Bars(
        rows.symbol, rows.interval, rows.timestamp, rows.open, rows.high, rows.low, rows.close, rows.volume,
        rows.adj_close,
    )  # fmt: skip


def found(validation, rule, level=None):
    """The times a rule speaks of, sorted."""
    times = [
        int(at)
        for each in validation.findings
        if each.rule == rule and level in {None, str(each.level)}
        for at in each.times
    ]
    return sorted(times)


def rules(validation, *levels):
    return {each.rule for each in validation.findings if str(each.level) in (levels or {"error", "warn", "info"})}
