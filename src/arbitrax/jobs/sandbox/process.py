"""The sandbox itself, a fresh process: gives up what it may, then runs the strategy that comes through the pipe.

Started by `arbitrax.jobs.sandbox.run` with the numbers of two pipes, of the worker's process and of the megabytes it
may have, and the scratch folder. It is not forked: nothing that the worker knows is in its memory.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections import deque
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from arbitrax.domain.errors import ArbitraxError, SandboxUnavailable

if TYPE_CHECKING:
    from arbitrax.domain.panel import Panel
    from arbitrax.jobs.sandbox.frames import Task
    from arbitrax.kernels.simulate import Simulation
    from arbitrax.strategies.strategy import Strategy

TICK_SECONDS = 0.25
MOST_SAID, MOST_CHARACTERS = 50, 1_000
"""Lines a tick, and of a line, that leave the sandbox."""
MOST_TASK = 64 << 20
UPLOADED_FILE = "uploaded.py"
"""What messages call the text."""


def main() -> None:
    """Do one task and end."""
    task, answer, worker, megabytes = map(int, sys.argv[1:5])
    scratch = Path(sys.argv[5])
    from arbitrax.jobs.sandbox.confine import check_platform, confine
    from arbitrax.jobs.sandbox.frames import Failed, write_frame

    teller = _Teller(answer)
    try:
        check_platform()
        _load()
        confine(scratch, megabytes, worker=worker, first_thread=teller.start)
    except SandboxUnavailable as error:
        write_frame(answer, Failed(type(error).__name__, str(error)))
        return
    with suppress(BrokenPipeError):  # the worker has lost interest
        _run(task, answer, teller)
    os._exit(0)  # threads of the strategy do not hold it up


def _load() -> None:
    """Import what runs will use; afterwards only installed libraries can be imported."""
    for name in (
        "backtest.engine", "backtest.events", "backtest.notices", "backtest.outcome", "indicators",
        "jobs.said", "jobs.sandbox.series", "market_data.alignment", "market_data.resample", "strategies.registry",
        "strategies.shares",
    ):  # fmt: skip
        import_module(f"arbitrax.{name}")


def _run(task_pipe: int, answer: int, teller: _Teller) -> None:
    from arbitrax.backtest.engine import open_market, simulate
    from arbitrax.backtest.notices import level_notices
    from arbitrax.backtest.outcome import outcome_of
    from arbitrax.jobs.said import heard
    from arbitrax.jobs.sandbox.frames import Failed, Ran, Task, read_header, write_frame
    from arbitrax.jobs.sandbox.series import read_series

    task = read_header(task_pipe, Task, most=MOST_TASK)
    if task is None:
        return
    raw = read_series(task_pipe, task.raw)
    finer = None if task.finer is None else read_series(task_pipe, task.finer)
    os.close(task_pipe)
    try:
        strategy = _strategy_of(task)
        market = open_market(task.spec, raw, task.actions, finer, strategy=type(strategy), jit=False)
        with heard(teller.say):
            simulation, tags = simulate(task.spec, strategy, market, teller.watch)
        outcome = outcome_of(simulation, tags)
        records = (outcome.orders, outcome.fills, outcome.events, outcome.trades)
        ran = Ran(
            type(strategy).__name__,
            strategy.values,
            tags,
            level_notices(type(strategy)) if market.factor is not None else (),
            outcome.bankrupt_bar,
            (len(records[0]), len(records[1]), len(records[2]), len(records[3])),
        )
    except BaseException as error:  # the strategy is code of strangers: whatever it raises is its end
        kind = type(error).__name__ if isinstance(error, ArbitraxError) else "StrategyError"
        said = _without_folders(str(error) if isinstance(error, ArbitraxError) else f"{type(error).__name__}: {error}")
        exhausted = isinstance(error, MemoryError) or isinstance(error.__cause__, MemoryError)
        with teller.ending:
            teller.flush()
            write_frame(answer, Failed(kind, said, exhausted))
        return
    with teller.ending:
        teller.flush()
        write_frame(answer, ran, outcome.equity, outcome.exposure, *records)


def _without_folders(text: str) -> str:
    """Return what an error says with the names of this machine's files, not where they are."""
    own = {sys.prefix, sys.base_prefix, str(Path(__file__).parents[3]), str(Path.cwd())} - {"/"}
    for folder in sorted(own, key=len, reverse=True):
        text = re.sub(rf"{re.escape(folder)}/(?:[^\s'\"(),:]*/)?", "", text)
    return text


def _strategy_of(task: Task) -> Strategy:
    from arbitrax.strategies.registry import load_source

    reference = task.spec.strategy
    return load_source(task.source, reference.class_name, UPLOADED_FILE)(**reference.parameters)


class _Teller:
    """Tells the worker how far the simulation is."""

    def __init__(self, answer: int) -> None:
        self._answer = answer
        self._simulation: Simulation | None = None
        self._said: deque[tuple[str, int]] = deque(maxlen=MOST_SAID)
        self.ending = threading.Lock()
        """Held while a frame is written; whoever writes the last one keeps it."""

    def start(self) -> None:
        """Start the thread that tells."""
        threading.Thread(target=self._tell, daemon=True).start()

    def watch(self, simulation: Simulation, _: Panel) -> None:
        """Begin to look at a simulation, which is about to run."""
        self._simulation = simulation

    def say(self, text: str) -> None:
        """Take a line that the strategy said."""
        self._said.append((text[:MOST_CHARACTERS], -1 if self._simulation is None else self._simulation.bars_done))

    def flush(self) -> None:
        """Tell what was said since the last time; `ending` is held."""
        from arbitrax.jobs.sandbox.frames import Said, write_frame

        lines = []
        while self._said:
            lines.append(self._said.popleft())
        if lines:
            write_frame(self._answer, Said(tuple(lines)))

    def _tell(self) -> None:
        from arbitrax.jobs.sandbox.frames import Ticked, write_frame

        pause, told = threading.Event(), 0
        with suppress(OSError):
            while not pause.wait(TICK_SECONDS):
                if self._said and self.ending.acquire(blocking=False):
                    self.flush()
                    self.ending.release()
                simulation = self._simulation
                done = 0 if simulation is None else simulation.bars_done
                if simulation is not None and done > told and self.ending.acquire(blocking=False):
                    write_frame(self._answer, Ticked(done), simulation.equity[told:done], simulation.positions())
                    told = done
                    self.ending.release()


if __name__ == "__main__":
    main()
