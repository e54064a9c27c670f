"""vectorbt: `from_signals` (100 shares), an order callback compiled by Numba, `from_orders` for portfolios."""

from typing import Any

import numpy as np
import pandas as pd
import vectorbt as vbt
from numba import njit
from vectorbt.portfolio import nb
from vectorbt.portfolio.enums import NoOrder

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.momentum import target_weights
from benchmarks.backtest.reference import CASH, FEE, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

vbt.settings.caching["enabled"] = False
vbt.settings.array_wrapper["freq"] = "1D"


def report(portfolio: Any) -> Outcome:
    return {
        "final_equity": float(np.asarray(portfolio.final_value()).ravel()[0]),
        "trades": int(np.sum(np.asarray(portfolio.trades.count()))),
        "sharpe": float(np.asarray(portfolio.sharpe_ratio()).ravel()[0]),
        "max_drawdown": float(np.asarray(portfolio.max_drawdown()).ravel()[0]),
        "curve": np.asarray(portfolio.value()).ravel(),
        "sizing": "100",
        "fill": "open",
    }


def with_metrics(make: Any) -> Any:
    def run() -> Any:
        portfolio = make()
        portfolio.total_return()
        portfolio.sharpe_ratio()
        portfolio.max_drawdown()
        return portfolio

    return run


def cross(work: Work) -> Job:
    arrays = work.arrays()
    index = pd.to_datetime(arrays["timestamp"])
    close, first = (pd.Series(arrays[name], index=index) for name in ("close", "open"))

    def make() -> Any:
        up = vbt.MA.run(close, FAST).ma.values > vbt.MA.run(close, SLOW).ma.values
        up = np.concatenate(([False], up[:-1]))
        return vbt.Portfolio.from_signals(close, up, ~up, price=first, size=UNITS, fees=FEE, init_cash=CASH)

    return Job(with_metrics(make), report)


@njit
def decide(c, open_, high, low, fast, slow, state, fee):  # noqa: PLR0911, PLR0917
    at = c.i
    if at == 0:
        state[:] = 0.0
        return NoOrder
    close = c.close[at, 0]
    if c.position_now > 0:
        if state[3] == 1.0:
            state[3] = 0.0
            return nb.order_nb(size=-c.position_now, price=open_[at], fees=fee)
        if low[at] <= state[1]:
            return nb.order_nb(size=-c.position_now, price=min(open_[at], state[1]), fees=fee)
        if high[at] >= state[2]:
            return nb.order_nb(size=-c.position_now, price=max(open_[at], state[2]), fees=fee)
        if fast[at] < slow[at]:
            state[3] = 1.0
        return NoOrder
    state[3] = 0.0
    limit = state[0]
    state[0] = close * 0.9995 if fast[at] > slow[at] else 0.0
    if limit > 0 and low[at] <= limit:
        state[1] = limit * 0.99
        state[2] = limit * 1.02
        state[0] = 0.0
        return nb.order_nb(size=100.0, price=min(open_[at], limit), fees=fee)
    return NoOrder


def compiled(work: Work) -> Job:
    arrays = work.arrays()
    close = pd.Series(arrays["close"], index=pd.to_datetime(arrays["timestamp"]))
    fast, slow = (vbt.MA.run(close, window).ma.values.ravel() for window in (FAST, SLOW))
    state = np.zeros(4)

    def make() -> Any:
        return vbt.Portfolio.from_order_func(
            close, decide, arrays["open"], arrays["high"], arrays["low"], fast, slow, state, FEE, init_cash=CASH
        )

    make()
    return Job(make, report)


def rotation(work: Work) -> Job:
    arrays = work.arrays()
    index = pd.to_datetime(arrays["timestamp"])
    close = pd.DataFrame(arrays["close"], index=index)
    decided = target_weights(arrays["timestamp"], arrays["close"])
    weights = np.vstack((np.full((1, decided.shape[1]), np.nan), decided[:-1]))
    first = pd.DataFrame(arrays["open"], index=index)

    def make() -> Any:
        return vbt.Portfolio.from_orders(
            close, weights, size_type="targetpercent", price=first, fees=FEE, init_cash=CASH, cash_sharing=True,
            group_by=True, call_seq="auto",
        )  # fmt: skip

    return Job(with_metrics(make), lambda made: {**report(made), "note": "the choice of symbols is given to it"})


if __name__ == "__main__":
    main({"cross": cross, "compiled": compiled, "rotation": rotation})
