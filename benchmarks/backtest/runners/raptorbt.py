"""RaptorBT: signal arrays in, 48 metrics out; all-in sizing only. Its hooks have no limit entries."""

import numpy as np
import raptorbt as rb

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.reference import CASH, FEE
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

CONFIG = rb.BacktestConfig(initial_capital=CASH, fees=FEE, periods_per_year=252.0, fill_timing="next_bar_open")


def report(result: rb.BacktestResult) -> Outcome:
    metrics = result.metrics
    return {
        "final_equity": float(np.asarray(result.equity_curve())[-1]),
        "trades": int(metrics.total_trades),
        "sharpe": float(metrics.sharpe_ratio),
        "max_drawdown": -float(metrics.max_drawdown_pct) / 100,
        "curve": result.equity_curve(),
        "sizing": "all-in",
        "fill": "open",
    }


def cross(work: Work, *, exact: bool = False) -> Job:
    bars = list(work.arrays().values())
    close = bars[4]
    given = work.signals() if exact else None

    def run() -> rb.BacktestResult:
        up = np.asarray(rb.sma(close, FAST)) > np.asarray(rb.sma(close, SLOW)) if given is None else given
        return rb.run_single_backtest(*bars, up, ~up, 1, 1.0, "X", CONFIG)

    return Job(run, report)


def cross_exact(work: Work) -> Job:
    return cross(work, exact=True)


class StopAndTarget(rb.Strategy):
    """Enters at the market: there is no limit entry. One hundredth of equity, as size is a fraction only."""

    def __init__(self, close: np.ndarray) -> None:
        super().__init__()
        self.close = close.tolist()

    def on_start(self, ctx: rb.StrategyContext) -> None:
        self.fast = np.asarray(rb.sma(ctx.close, FAST)).tolist()
        self.slow = np.asarray(rb.sma(ctx.close, SLOW)).tolist()

    def on_bar(self, ctx: rb.StrategyContext) -> None:
        bar = ctx.idx
        if ctx.position is None:
            if self.fast[bar] > self.slow[bar]:
                price = self.close[bar] * 0.9995
                self.enter(size_frac=0.01, stop_price=price * 0.99, target_price=price * 1.02)
        elif self.fast[bar] < self.slow[bar]:
            self.close_position()


def event(work: Work) -> Job:
    bars = list(work.arrays().values())

    def run() -> rb.BacktestResult:
        return rb.run_strategy_backtest(StopAndTarget(bars[4]), *bars, symbol="X", config=CONFIG)

    return Job(run, lambda result: {**report(result), "note": "enters at the market"})


if __name__ == "__main__":
    main({"cross": cross, "cross-exact": cross_exact, "event": event})
