"""A short run on made-up bars, to see whether a strategy runs at all."""

import math

import numpy as np

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.result import Result
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY
from arbitrax.strategies.strategy import Strategy

BARS = 300


def trial_run(strategy: Strategy, *, jit: bool = False) -> Result:
    """Run a strategy over waves of rising and falling prices, a few hundred bars beyond its warm-up.

    Raises:
        StrategyError: what it raised, or why it cannot be compiled.
    """
    count = BARS + strategy.warmup
    at = np.arange(count)
    close = np.round(100 * np.exp(0.1 * np.sin(at * (2 * math.pi / 47)) + 0.05 * np.sin(at * (2 * math.pi / 7))), 2)
    first = np.concatenate((close[:1], close[:-1]))
    bars = Bars(
        "TRIAL", "1d", 10_957 * DAY + at.astype(np.int64) * DAY, first, np.maximum(first, close) * 1.01,
        np.minimum(first, close) * 0.99, close, np.full(count, 1e6),
    )  # fmt: skip
    spec = RunSpec(strategy=strategy_ref(strategy, type(strategy).__name__), symbols=("TRIAL",))
    return run_backtest(spec, strategy, bars, jit=jit)
