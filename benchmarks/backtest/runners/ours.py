"""ArbitraX: the run and all 29 metrics."""

import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import arbitrax as ax
from arbitrax.domain.bars import Bars
from arbitrax.indicators.crossings import compare_moving_averages
from benchmarks.backtest.data import FAST, FOLDER, SLOW, STORE
from benchmarks.backtest.momentum import LOOKBACK, SKIP, TOP, decision_bars
from benchmarks.backtest.reference import CASH, UNITS
from benchmarks.backtest.runners.worker import Job, Outcome, Work, main


def report(result: Any) -> Outcome:
    metrics = result.metrics
    return {
        "final_equity": float(result.equity_curve[-1]),
        "trades": int(metrics["trades"] or 0),
        "sharpe": metrics["sharpe"],
        "max_drawdown": metrics["max_drawdown"],
        "curve": result.equity_curve,
        "sizing": "all-in",
        "fill": "open",
    }


def measured(strategy: Any, bars: Any, **options: Any) -> Callable[[], Any]:
    def run() -> Any:
        result = ax.backtest(strategy, bars, cash=CASH, commission_bps=10, **options)
        _ = result.metrics
        return result

    return run


def bars_of(work: Work) -> Any:
    if work.format == "csv":
        return str(FOLDER / f"{work.name}.csv")
    arrays = work.arrays()
    return Bars("X", "1d" if work.daily else "1m", *(arrays[name] for name in ("timestamp", *OHLCV)))


OHLCV = ("open", "high", "low", "close", "volume")


class Given(ax.Strategy):
    """Follows decisions made in exact integers, the same for every engine."""

    def signals(self, bars: Bars) -> Any:
        return self.weights  # type: ignore[attr-defined]


class LimitEntry(ax.Strategy):
    """A limit below the close while the averages are up, with a stop and a target; out when they turn."""

    fast: int = ax.parameter(FAST)
    slow: int = ax.parameter(SLOW)

    @property
    def warmup(self) -> int:
        return self.slow

    def on_start(self, ctx: Any) -> None:
        self.up = ctx.indicator(compare_moving_averages(ctx.bars.close, self.fast, self.slow))

    def on_bar(self, ctx: Any) -> None:
        if ctx.position:
            if self.up[-1] < 0:
                ctx.close()
        else:
            ctx.cancel_all()
            if self.up[-1] > 0:
                price = ctx.price * 0.9995
                ctx.buy(UNITS, limit=price, stop_loss=price * 0.99, take_profit=price * 1.02)


class Rotation(ax.Strategy):
    """The best tenth by 12-1 month return, equally weighted, chosen at each month's last close."""

    def portfolio(self, panel: Any) -> Any:
        from arbitrax.portfolio import equal_weight, rank_top, returns_over

        rows = decision_bars(panel.timestamp)
        scores = returns_over(panel.close, LOOKBACK, SKIP, rows)
        return ax.Rebalance(rows, equal_weight(rank_top(scores, fraction=TOP)))


def cross(work: Work) -> Job:
    return Job(measured(ax.SmaCross(fast=FAST, slow=SLOW), bars_of(work)), report)


def cross_exact(work: Work) -> Job:
    strategy = Given()
    strategy.weights = work.signals().astype(np.float64)
    return Job(measured(strategy, bars_of(work)), report)


def event(work: Work) -> Job:
    return Job(measured(LimitEntry(), bars_of(work)), report)


def compiled(work: Work) -> Job:
    run = measured(LimitEntry(), bars_of(work), jit=True)
    run()  # compiles
    return Job(run, report)


def rotation(work: Work) -> Job:
    arrays = work.arrays()
    symbols = tuple(f"S{at:04}" for at in range(arrays["close"].shape[1]))
    panel = ax.Panel(symbols, "1d", *(arrays[name] for name in ("timestamp", *OHLCV)))
    return Job(measured(Rotation(), panel), report)


def stored(work: Work) -> Job:
    """The same from stored bars: PostgreSQL is running, and what is timed starts with the symbols' names."""
    from arbitrax.bootstrap import open_store  # not at the top: cold rows pay for what a run needs alone
    from arbitrax.settings import read_settings

    os.environ["ARBITRAX_HOME"] = str(STORE.absolute())
    with open_store(read_settings()) as store:
        arrays = work.arrays()
        symbols = [f"S{at:04}" for at in range(arrays["close"].shape[1])]
        known = {each.symbol for each in store.bars.catalogue()}
        for first in range(0, len(symbols), 100):
            series = [
                Bars(symbol, "1d", arrays["timestamp"], *(np.ascontiguousarray(arrays[name][:, at]) for name in OHLCV))
                for at, symbol in enumerate(symbols[first : first + 100], first)
                if symbol not in known
            ]
            store.bars.store(series, source="benchmark", received=time.time_ns(), rows_done=lambda _rows: None)
    return Job(measured(Rotation(), symbols), report)


if __name__ == "__main__":
    main(
        {
            "cross": cross,
            "cross-exact": cross_exact,
            "event": event,
            "compiled": compiled,
            "rotation": rotation,
            "stored": stored,
        }
    )
