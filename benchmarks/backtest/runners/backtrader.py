"""backtrader: 100 shares an entry; market orders fill at the next open."""

from typing import Any

import backtrader
from backtrader import indicators

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.reference import CASH, FEE, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main


class Cross(backtrader.Strategy):
    def __init__(self) -> None:
        self.fast = indicators.SMA(self.data.close, period=FAST)
        self.slow = indicators.SMA(self.data.close, period=SLOW)
        self.entries = 0

    def next(self) -> None:
        if self.fast[0] > self.slow[0]:
            if not self.position:
                self.buy(size=UNITS)
                self.entries += 1
        elif self.position:
            self.close()


class LimitEntry(Cross):
    def next(self) -> None:
        if not self.position:
            for order in self.broker.get_orders_open():
                self.cancel(order)
            if self.fast[0] > self.slow[0]:
                price = self.data.close[0] * 0.9995
                self.buy_bracket(
                    size=UNITS, price=price, stopprice=price * 0.99, limitprice=price * 1.02,
                    exectype=backtrader.Order.Limit,
                )  # fmt: skip
                self.entries += 1
        elif self.fast[0] < self.slow[0]:
            self.close()


def job(strategy: type[Cross], work: Work) -> Job:
    frame = work.frame()
    length = backtrader.TimeFrame.Days if work.daily else backtrader.TimeFrame.Minutes

    def run() -> Any:
        cerebro = backtrader.Cerebro(stdstats=False)
        cerebro.adddata(backtrader.feeds.PandasData(dataname=frame, timeframe=length))
        cerebro.addstrategy(strategy)
        cerebro.addanalyzer(backtrader.analyzers.DrawDown)
        cerebro.addanalyzer(backtrader.analyzers.SharpeRatio, timeframe=backtrader.TimeFrame.Days, annualize=True)
        cerebro.broker.setcash(CASH)
        cerebro.broker.setcommission(FEE)
        return cerebro, cerebro.run()[0]

    def report(made: Any) -> Outcome:
        cerebro, ran = made
        return {
            "final_equity": float(cerebro.broker.getvalue()),
            "trades": ran.entries,
            "sharpe": ran.analyzers.sharperatio.get_analysis()["sharperatio"],
            "max_drawdown": -float(ran.analyzers.drawdown.get_analysis().max.drawdown) / 100,
            "sizing": "100",
            "fill": "open",
            "note": "trades are entries",
        }

    return Job(run, report)


if __name__ == "__main__":
    main({"cross": lambda work: job(Cross, work), "event": lambda work: job(LimitEntry, work)})
