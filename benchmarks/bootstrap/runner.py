"""Time one engine's bootstrap in its own process and print the seconds and the intervals as JSON.

python -m benchmarks.bootstrap.runner ours|arch returns.npy TASK
"""

import json
import sys
import time

import numpy as np

RESAMPLES = 1_000
BLOCK = 10.0
PERIODS = 252
SEED = 7
WARM = 3
"""Repetitions in a process, of which the fastest counts."""


def figures(returns):
    """Return Sharpe ratio, CAGR and deepest drawdown, in NumPy."""
    curve = np.cumprod(1 + returns)
    peak = np.maximum(np.maximum.accumulate(curve), 1.0)
    return np.array(
        [
            returns.mean() / returns.std(ddof=1) * PERIODS**0.5,
            curve[-1] ** (PERIODS / len(returns)) - 1,
            (curve / peak - 1).min(),
        ]
    )


def sharpe(returns):
    return returns.mean() / returns.std(ddof=1) * PERIODS**0.5


def ours(returns, task):
    from arbitrax.backtest.resampling import percentile_interval
    from arbitrax.kernels.bootstrap import stationary_bootstrap

    out = np.empty((RESAMPLES, 4))
    stationary_bootstrap(returns, BLOCK, SEED, out)
    mean, deviation, growth, drawdown = out.T
    columns = [mean / deviation * PERIODS**0.5]
    if task == "all":
        columns += [growth ** (PERIODS / len(returns)) - 1, drawdown]
    return np.array([percentile_interval(column) for column in columns]).T


def arch(returns, task):
    from arch.bootstrap import StationaryBootstrap

    function = figures if task == "all" else sharpe
    made = StationaryBootstrap(BLOCK, returns, seed=SEED)
    return made.conf_int(function, RESAMPLES, method="percentile")


def main():
    engine, path, task = sys.argv[1:]
    returns = np.load(path)
    run = {"ours": ours, "arch": arch}[engine]
    seconds = []
    for _ in range(WARM):
        started = time.perf_counter()
        found = run(returns, task)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": min(seconds), "intervals": np.asarray(found).T.tolist()}))


if __name__ == "__main__":
    main()
