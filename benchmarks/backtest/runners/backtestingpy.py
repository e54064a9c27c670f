"""backtesting.py: 100 shares an entry, because it has no fractions; fills at the next open."""

import warnings
from typing import Any

import numpy as np
from backtesting import Backtest, Strategy

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.reference import CASH, FEE, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

warnings.filterwarnings("ignore")


def average(values: Any, window: int) -> Any:
    sums = np.cumsum(np.asarray(values, dtype=float))
    out = np.full(len(sums), np.nan)
    out[window - 1 :] = (sums[window - 1 :] - np.concatenate(([0.0], sums[:-window]))) / window
    return out


class Cross(Strategy):
    def init(self) -> None:
        self.fast = self.I(average, self.data.Close, FAST)
        self.slow = self.I(average, self.data.Close, SLOW)

    def next(self) -> None:
        if self.fast[-1] > self.slow[-1]:
            if not self.position:
                self.buy(size=UNITS)
        elif self.position:
            self.position.close()


class LimitEntry(Cross):
    def next(self) -> None:
        if not self.position:
            for order in self.orders:
                order.cancel()
            if self.fast[-1] > self.slow[-1]:
                price = self.data.Close[-1] * 0.9995
                self.buy(size=UNITS, limit=price, sl=price * 0.99, tp=price * 1.02)
        elif self.fast[-1] < self.slow[-1]:
            self.position.close()


def job(strategy: type[Strategy], work: Work) -> Job:
    frame = work.frame()

    def run() -> Any:
        return Backtest(frame, strategy, cash=CASH, commission=FEE, finalize_trades=False).run()

    def report(stats: Any) -> Outcome:
        return {
            "final_equity": float(stats["Equity Final [$]"]),
            "trades": int(stats["# Trades"]),
            "sharpe": float(stats["Sharpe Ratio"]),
            "max_drawdown": float(stats["Max. Drawdown [%]"]) / 100,
            "curve": stats["_equity_curve"]["Equity"].to_numpy(),
            "sizing": "100",
            "fill": "open",
        }

    return Job(run, report)


if __name__ == "__main__":
    main({"cross": lambda work: job(Cross, work), "event": lambda work: job(LimitEntry, work)})
