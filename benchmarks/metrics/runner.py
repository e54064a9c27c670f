"""Time one library's metrics of one run in its own process and print the seconds and a few values as JSON.

python -m benchmarks.metrics.runner ours|empyrical|quantstats FOLDER

Every library computes all scalar metrics it has of a run; imports and the reading of files do not count. Ours joins
minutes to sessions first, as sessions are what returns are annualised from; the others take what they are given, a
return a bar.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

WARM = 3
"""Repetitions in a process, of which the fastest counts."""
PERIODS = 252 * 390


def ours(folder):
    import msgspec

    import arbitrax as ax

    time_, close = (np.load(folder / f"{name}.npy") for name in ("time", "close"))
    bars = ax.Bars("BENCH", "1m", time_, close, close, close, close, np.ones(len(close)))
    made = ax.backtest(ax.SmaCross(fast=200, slow=1000), bars)
    np.save(folder / "equity.npy", made.equity_curve)

    def run():
        metrics = msgspec.structs.replace(made).metrics
        return len(metrics), metrics["max_drawdown"], metrics["total_return"]

    return run


def loaded(folder):
    import pandas as pd

    index = pd.DatetimeIndex(np.load(folder / "time.npy").view("M8[ns]"))
    equity, close = (pd.Series(np.load(folder / f"{name}.npy"), index) for name in ("equity", "close"))
    return equity.pct_change().dropna(), close.pct_change().dropna()


def empyrical(folder):
    import empyrical as e

    returns, market = loaded(folder)
    alone = [
        lambda: e.annual_return(returns, annualization=PERIODS), lambda: e.cagr(returns, annualization=PERIODS),
        lambda: e.annual_volatility(returns, annualization=PERIODS),
        lambda: e.sharpe_ratio(returns, annualization=PERIODS), lambda: e.sortino_ratio(returns, annualization=PERIODS),
        lambda: e.calmar_ratio(returns, annualization=PERIODS), lambda: e.omega_ratio(returns),
        lambda: e.tail_ratio(returns), lambda: e.downside_risk(returns, annualization=PERIODS),
        lambda: e.stability_of_timeseries(returns), lambda: e.value_at_risk(returns, 0.05),
        lambda: e.value_at_risk(returns, 0.01), lambda: e.conditional_value_at_risk(returns, 0.05),
        lambda: e.conditional_value_at_risk(returns, 0.01), lambda: e.excess_sharpe(returns, market),
        lambda: e.alpha_beta(returns, market, annualization=PERIODS),
        lambda: e.up_capture(returns, market), lambda: e.down_capture(returns, market),
    ]  # fmt: skip

    def run():
        for each in alone:
            each()
        return len(alone) + 2, e.max_drawdown(returns), e.cum_returns_final(returns)

    return run


def quantstats(folder):
    from quantstats import stats as q

    returns, market = loaded(folder)
    names = [
        "cagr", "volatility", "sharpe", "sortino", "calmar", "omega", "gain_to_pain_ratio", "recovery_factor",
        "ulcer_index", "skew", "kurtosis", "tail_ratio", "value_at_risk", "cvar", "kelly_criterion", "profit_factor",
        "payoff_ratio", "win_rate", "exposure", "best", "worst", "expected_return", "probabilistic_sharpe_ratio",
    ]  # fmt: skip
    yearly = {"cagr", "volatility", "sharpe", "sortino"}
    beside = [q.information_ratio, q.greeks, q.r_squared, q.treynor_ratio]

    def run():
        for name in names:
            getattr(q, name)(returns, **({"periods": PERIODS} if name in yearly else {}))
        for each in beside:
            each(returns, market)
        return len(names) + len(beside) + 2, q.max_drawdown(returns), q.comp(returns)

    return run


def main():
    engine, folder = sys.argv[1:]
    warnings.simplefilter("ignore")
    run = {"ours": ours, "empyrical": empyrical, "quantstats": quantstats}[engine](Path(folder))
    seconds = []
    for _ in range(WARM):
        started = time.perf_counter()
        count, drawdown, total = run()
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": min(seconds), "metrics": count, "drawdown": float(drawdown), "total": float(total)}))


if __name__ == "__main__":
    main()
