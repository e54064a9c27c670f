"""What runners share: the work they are given, and how they answer.

``python -m benchmarks.backtest.runners.ENGINE TASK DATA FORMAT MODE``. In mode ``once`` the process runs and answers
once: its whole life is what is timed. In mode ``serve`` it prepares, answers ``{"ready": true}``, and then runs once
for each line it reads, so that engines take turns. Answers are JSON lines; seconds cover the run and its metrics.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.backtest import data

Outcome = dict[str, Any]
"""final_equity, trades, max_drawdown, sharpe as the engine has it, what is worth saying in ``note``, and the ``curve``
of equity where the engine gives one, of which our Sharpe is computed."""


class Job(NamedTuple):
    """What is timed, and what says afterwards how it ended."""

    run: Callable[[], Any]
    report: Callable[[Any], Outcome]


class Work(NamedTuple):
    """What to run on."""

    name: str
    format: str

    def arrays(self) -> data.Arrays:
        """Return the bars as NumPy arrays."""
        return data.load_csv(self.name) if self.format == "csv" else data.load(self.name)

    def frame(self, **names: str) -> Any:
        """Return the bars as a pandas frame by time (UTC, naive), columns Open, High, ... or as renamed."""
        import pandas as pd

        if self.format == "csv":
            table = pd.read_csv(data.FOLDER / f"{self.name}.csv", index_col="Date", parse_dates=["Date"])
            table.index = table.index.tz_localize(None)
        else:
            arrays = data.load(self.name)
            columns = {key.title(): arrays[key] for key in data.COLUMNS}
            table = pd.DataFrame(columns, index=pd.to_datetime(arrays["timestamp"]))
        return table.rename(columns=names)

    def signals(self) -> Any:
        """Return the exact decisions."""
        return data.load_signals(self.name)

    def times(self) -> Any:
        """Return the starts of the bars, ns UTC."""
        return data.load_times(self.name)

    @property
    def daily(self) -> bool:
        """Whether a bar is a day."""
        return self.name in data.PANELS or data.SERIES[self.name][1]


def sharpe(equity: Any, times: Any, *, daily: bool) -> float | None:
    """Return the Sharpe ratio by our convention: N - 1 returns from the first bar, one a day, sample deviation."""
    equity, times = equity[-len(times) :], times[-len(equity) :]
    if not daily:
        days = times // 86_400_000_000_000
        ends = np.append(np.flatnonzero(days[1:] != days[:-1]), len(days) - 1)
        equity = np.concatenate((equity[:1], equity[ends]))
    if len(equity) < 3 or (equity[:-1] <= 0).any():
        return None
    returns = equity[1:] / equity[:-1] - 1
    deviation = float(np.std(returns, ddof=1))
    return float(np.mean(returns)) / deviation * 252**0.5 if deviation else None


def peak_megabytes() -> float:
    """Return the most memory this process has held; on Linux without what its parent held before it."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def main(tasks: dict[str, Callable[[Work], Job]]) -> None:
    """Do what the command line says."""
    task, name, form, mode = sys.argv[1:]
    # Engines print as they like: only answers go to the real standard output.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(values: Outcome) -> None:
        answers.write(json.dumps(values, default=float) + "\n")
        answers.flush()

    def run() -> None:
        started = time.perf_counter()
        result = job.run()
        seconds = time.perf_counter() - started
        peak = peak_megabytes()
        made = job.report(result)
        curve = made.pop("curve", None)
        if curve is not None:
            made["our_sharpe"] = sharpe(np.asarray(curve, np.float64), work.times(), daily=work.daily)
        answer({"seconds": seconds, "peak_mb": peak, **made})

    try:
        work = Work(name, form)
        job = tasks[task](work)
        if mode == "once":
            run()
            return
        answer({"ready": True})
        for _ in sys.stdin:
            run()
    except Exception as error:
        answer({"error": f"{type(error).__name__}: {error}"})
