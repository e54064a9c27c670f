"""Rows to validate, made by hand or by chance."""

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction, in_order
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


RATIOS = (1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 20.0, 50.0, 0.5, 0.25, 0.2, 0.1, 0.05, 0.02)


def made_history(seed, rows=400, *, with_split=True):
    """A year and a half of sound daily rows by chance: split-adjusted, quarterly dividends, adjusted closes.

    Usual moves are 0.5% to 3% of four degrees of freedom, volumes lognormal and drifting. Returns the rows, what was
    declared, (ex-date, ratio) of the split or None, and the generator.
    """
    random = np.random.default_rng(seed)
    move = float(np.exp(random.uniform(np.log(0.005), np.log(0.03))))
    first = int(XNYS.table.date.searchsorted(start_of_day("2008-01-03"))) + int(random.integers(0, 1000))
    times = XNYS.table.date[first : first + rows].copy()
    paid = np.zeros(rows)
    ex_rows = np.arange(int(random.integers(5, 60)), rows, 63)
    paid[ex_rows] = random.uniform(0.002, 0.02, len(ex_rows))
    moves = random.standard_t(4, rows) / np.sqrt(2) * move
    close = np.exp(random.uniform(0, 6) + np.cumsum(moves + np.log(1 - paid)))
    last = np.concatenate((close[:1], close[:-1]))
    open_ = last * (1 - paid) * np.exp(random.normal(0, move / 3, rows))
    high = np.maximum(open_, close) * np.exp(np.abs(random.normal(0, move / 2, rows)))
    low = np.minimum(open_, close) * np.exp(-np.abs(random.normal(0, move / 2, rows)))
    volume = np.round(np.exp(random.normal(13, 0.4, rows) + np.cumsum(random.normal(0, 0.05, rows))))
    factor = np.append(np.cumprod((1 - paid)[::-1])[::-1][1:], 1.0)
    known = (int(times[random.integers(30, rows - 30)]), float(random.choice(RATIOS))) if with_split else None
    actions = [split(*known)] if known else []
    for at in ex_rows.tolist():
        later = known[1] if known and known[0] >= times[at] else 1.0
        actions.append(dividend(int(times[at]), float(paid[at] * last[at] * later)))
    made = CandidateBars(
        "ABC", "1d", times, open_, high, low, close, volume, adj_close=close * factor, basis="split_adjusted"
    )
    return made, in_order(actions), known, random


def as_traded(rows, known):
    """Split-adjusted rows in prices as traded; adjusted closes stay."""
    later = np.where(rows.timestamp < known[0], known[1], 1.0)
    return replace(multiplied(rows, slice(None), later, 1 / later), adj_close=rows.adj_close, basis="raw")


def multiplied(rows, chosen, factor, volume_factor=1.0):
    """Rows of which some have all prices multiplied, and volumes."""
    columns = {name: getattr(rows, name).copy() for name in ("open", "high", "low", "close", "volume", "adj_close")}
    for name, column in columns.items():
        column[chosen] *= volume_factor if name == "volume" else factor
    return replace(rows, **columns)


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
