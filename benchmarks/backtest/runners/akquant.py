"""akquant: a Python strategy on its Rust engine; 100 shares an entry, fills at the next open."""

import warnings
from typing import Any

import akquant
from akquant import NextOpen

from benchmarks.backtest.data import FAST, SLOW
from benchmarks.backtest.reference import CASH, FEE, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

warnings.filterwarnings("ignore")


class Cross(akquant.Strategy):
    def __init__(self) -> None:
        super().__init__()
        self.closes: list[float] = []
        self.fast = self.slow = 0.0

    def on_bar(self, bar: Any) -> None:
        closes = self.closes
        closes.append(bar.close)
        count = len(closes)
        self.fast += bar.close - (closes[count - 1 - FAST] if count > FAST else 0.0)
        self.slow += bar.close - (closes[count - 1 - SLOW] if count > SLOW else 0.0)
        if count < SLOW:
            return
        up, held = self.fast / FAST > self.slow / SLOW, self.get_position("X")
        if up and held == 0:
            self.buy("X", UNITS)
        elif not up and held > 0:
            self.sell("X", held)


def cross(work: Work) -> Job:
    frame = work.frame(**{name.title(): name for name in ("open", "high", "low", "close", "volume")})
    frame.index = frame.index.tz_localize("UTC")
    frame.index.name = "date"
    frame["symbol"] = "X"

    def run() -> Any:
        return akquant.run_backtest(
            data=frame, strategy=Cross, symbols="X", initial_cash=CASH, commission_rate=FEE, stamp_tax_rate=0.0,
            transfer_fee_rate=0.0, min_commission=0.0, t_plus_one=False, lot_size=1, show_progress=False,
            fill_policy=NextOpen(),
        )  # fmt: skip

    def report(result: Any) -> Outcome:
        metrics = result.metrics
        return {
            "final_equity": float(metrics.end_market_value), "trades": len(result.trades_df),
            "sharpe": float(metrics.sharpe_ratio), "max_drawdown": -float(metrics.max_drawdown_pct) / 100,
            "sizing": "100", "fill": "open",
        }  # fmt: skip

    return Job(run, report)


if __name__ == "__main__":
    main({"cross": cross})
