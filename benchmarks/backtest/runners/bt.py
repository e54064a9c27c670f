"""bt: its own momentum selection by month; it decides and trades at the month's first close, ours at the open."""

import warnings
from typing import Any

import bt
import pandas as pd

from benchmarks.backtest.momentum import target_weights
from benchmarks.backtest.reference import CASH, FEE
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main

warnings.filterwarnings("ignore")


def rotation(work: Work) -> Job:
    arrays = work.arrays()
    time = pd.to_datetime(arrays["timestamp"])
    names = [f"S{at:04}" for at in range(arrays["close"].shape[1])]
    prices = pd.DataFrame(arrays["close"], index=time, columns=names)
    weights = pd.DataFrame(target_weights(arrays["timestamp"], arrays["close"]), index=time, columns=names).dropna()

    def run() -> Any:
        strategy = bt.Strategy("s", [bt.algos.WeighTarget(weights), bt.algos.Rebalance()])
        test = bt.Backtest(
            strategy, prices, initial_capital=CASH, commissions=lambda quantity, price: abs(quantity) * price * FEE,
            integer_positions=False, progress_bar=False,
        )  # fmt: skip
        return test, bt.run(test)

    def report(made: Any) -> Outcome:
        stats = made[1].stats["s"]
        return {
            "final_equity": float(made[0].strategy.value),
            "sharpe": float(stats["daily_sharpe"]),
            "max_drawdown": float(stats["max_drawdown"]),
            "curve": made[1].prices["s"].to_numpy(),
            "note": "fills at the deciding close; the choice of symbols is given to it",
        }

    return Job(run, report)


if __name__ == "__main__":
    main({"rotation": rotation})
