"""Run an uploaded strategy in a sandbox, from outside: start it, feed it, and believe nothing that comes back."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.backtest.outcome import Outcome, check_outcome
from arbitrax.domain import errors
from arbitrax.domain.errors import ArbitraxError, Cancelled, SandboxUnavailable, StrategyError
from arbitrax.domain.panel import Panel
from arbitrax.jobs.sandbox.frames import (
    MOST_RECORDS,
    RECORDS,
    Failed,
    Ran,
    Said,
    Task,
    Ticked,
    Told,
    read_array,
    read_header,
    write_frame,
)
from arbitrax.jobs.sandbox.series import describe_series
from arbitrax.services.run_log import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from arbitrax.backtest.engine import Watch
    from arbitrax.backtest.spec import RunSpec
    from arbitrax.domain.bars import Bars, Floats
    from arbitrax.domain.corporate_actions import CorporateAction
    from arbitrax.strategies.parameters import Value

FLOAT = np.dtype("<f8")
_SCRATCH = "arbitrax-scratch-"
MOST_DETAIL = 1_000
MOST_PARAMETERS = 100
REFUSALS = ("StrategyError", "ParameterError", "RangeError", "DataError", "InputError", "UnknownNameError")
"""Errors that a strategy may end with. What else it says it ended with is a `StrategyError`."""


def _sweep() -> None:
    """Remove the empty folders of jobs whose process was killed; what was in them went with it."""
    for each in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        with suppress(OSError, ValueError):  # another user's, or gone already
            if not _is_running(int(each.name.removeprefix(_SCRATCH).partition("-")[0])):
                each.rmdir()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True


class Sandbox:
    """Runs uploaded strategies in processes that may use so much memory each."""

    def __init__(self, megabytes: int, say: Callable[[str, int | None], None] = lambda _text, _bar: None) -> None:
        """Take the limit of memory, and who hears what a strategy says, with the bar in ns UTC."""
        self._megabytes, self._say = megabytes, say

    def simulate(
        self,
        spec: RunSpec,
        source: str,
        raw: Bars | Panel,
        *,
        finer: Panel | None,
        actions: Sequence[CorporateAction],
        panel: Panel,
        watch: Watch | None = None,
    ) -> tuple[str, dict[str, Value], Outcome]:
        """Return the class that ran, with its parameters, and the outcome of its simulation on these bars.

        panel: what the run trades, as the engine opens it, for ``watch``.

        Raises:
            SandboxUnavailable: this machine cannot confine a process.
            StrategyError: the strategy failed, broke its process, or reported the impossible.
            MemoryError: it wanted more memory than it may have.
            Cancelled: somebody asked for its end.
        """
        _sweep()
        with tempfile.TemporaryDirectory(prefix=f"{_SCRATCH}{os.getpid()}-") as scratch:
            process = _Process(Path(scratch), self._megabytes)
            try:
                seen = _Seen(process, len(panel), len(panel.symbols))
                if watch is not None:
                    watch(seen, panel)  # type: ignore[arg-type]  # what of a simulation one looks at
                raw_head, raw_arrays = describe_series(raw)
                finer_head, finer_arrays = (None, []) if finer is None else describe_series(finer)
                task = Task(spec, source, raw_head, finer_head, tuple(actions))
                process.send(task, *raw_arrays, *finer_arrays)
                return _follow(process, seen, lambda text, at: self._say(text, _time_at(panel, at)))
            finally:
                process.close()


class _Process:
    """The sandbox's process and our ends of its pipes."""

    def __init__(self, scratch: Path, megabytes: int) -> None:
        task, self._task = os.pipe()
        self.answer, answer = os.pipe()
        program = ["-I", "-B", "-X", "utf8", "-m", "arbitrax.jobs.sandbox.process"]
        # Its whole environment: threads of libraries would not be confined.
        environment = {
            "HOME": str(scratch), "TMPDIR": str(scratch), "LC_ALL": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        }  # fmt: skip
        try:
            self._process = Popen(  # noqa: S603 - our own program
                [sys.executable, *program, *map(str, (task, answer, os.getpid(), megabytes)), str(scratch)],
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                cwd=scratch,
                env=environment,
                pass_fds=(task, answer),
            )
        finally:
            os.close(task)
            os.close(answer)
        self.cancelled = False

    def send(self, task: Task, *arrays: NDArray[Any]) -> None:
        """Give it its task. If it is gone, its answer says why."""
        try:
            write_frame(self._task, task, *arrays)
        except BrokenPipeError:
            pass
        finally:
            os.close(self._task)
            self._task = -1

    def cancel(self) -> None:
        """End it, for its run is not wanted any more."""
        self.cancelled = True
        self._process.kill()

    def ended(self) -> ArbitraxError:
        """Return why it ended without a result."""
        status = self._process.wait()
        if self.cancelled:
            return Cancelled("The backtest was cancelled.")
        if status < 0:
            how = f"was killed by {signal.Signals(-status).name}, signal {-status}"
        else:
            how = f"ended with exit code {status}"
        return StrategyError(f"The strategy's process {how} before it had a result.")

    def close(self) -> None:
        """End it and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        os.close(self.answer)
        if self._task >= 0:
            os.close(self._task)


class _Seen:
    """What `Watcher` looks at of a simulation, as far as the sandbox told."""

    def __init__(self, process: _Process, bars: int, symbols: int) -> None:
        self._process = process
        self._positions: Floats = np.zeros((symbols, 3))
        self.equity: Floats = np.zeros(bars)
        self.bars_done = 0

    def positions(self) -> Floats:
        """Return (symbols, 3): quantity, average price, profit."""
        return self._positions

    def cancel(self) -> None:
        """End the simulation."""
        self._process.cancel()

    def take(self, tick: Ticked) -> bool:
        """Take what follows a tick; False at the end of the pipe."""
        before, bars = self.bars_done, len(self.equity)
        if not before < tick.done <= bars:
            raise StrategyError("The strategy's process reported bars that there are not; its result was thrown away.")
        equity = read_array(self._process.answer, FLOAT, tick.done - before)
        held = read_array(self._process.answer, FLOAT, self._positions.size)
        if equity is None or held is None:
            return False
        # Feeds take no NaN; the curve that counts comes at the end, and is refused if it has one.
        self.equity[before : tick.done] = np.nan_to_num(equity, nan=0.0, posinf=0.0, neginf=0.0)
        self._positions = np.nan_to_num(held, nan=0.0, posinf=0.0, neginf=0.0).reshape(self._positions.shape)
        self.bars_done = tick.done
        return True


def _time_at(panel: Panel, at: int) -> int | None:
    return int(panel.timestamp[at]) if 0 <= at < len(panel) else None


def _follow(process: _Process, seen: _Seen, say: Callable[[str, int], None]) -> tuple[str, dict[str, Value], Outcome]:
    while True:
        told: Told | None = read_header(process.answer, Told)  # type: ignore[arg-type]  # a union is a type
        if isinstance(told, Ticked):
            if seen.take(told):
                continue
        elif isinstance(told, Said):
            for text, at in told.lines[:MOST_AT_ONCE]:
                say(text, at)
            continue
        elif isinstance(told, Failed):
            raise _refusal(told)
        elif isinstance(told, Ran):
            outcome = _outcome(process.answer, told, len(seen.equity))
            if outcome is not None:
                check_outcome(outcome, len(seen.equity), len(seen.positions()))
                _check_reference(told)
                return told.class_name, told.parameters, outcome
        raise process.ended()


def _outcome(answer: int, ran: Ran, bars: int) -> Outcome | None:
    counts = list(zip(RECORDS, ran.records, strict=True))
    if any(count < 0 for count in ran.records) or sum(kind.itemsize * count for kind, count in counts) > MOST_RECORDS:
        raise StrategyError(f"The strategy made more than {MOST_RECORDS >> 20} MB of orders and trades; trade less.")
    curves = [read_array(answer, FLOAT, bars) for _ in range(2)]
    records = [read_array(answer, kind, count) for kind, count in counts]
    equity, exposure = curves
    orders, fills, events, trades = records
    if equity is None or exposure is None or orders is None or fills is None or events is None or trades is None:
        return None
    return Outcome(equity, exposure, orders, fills, events, trades, ran.tags, ran.bankrupt_bar, ran.notices)


def _check_reference(ran: Ran) -> None:
    if not ran.class_name.isidentifier():
        raise StrategyError("The strategy's process reported an impossible class; its result was thrown away.")
    texts = [ran.class_name, *ran.parameters, *(each for each in ran.parameters.values() if isinstance(each, str))]
    if len(ran.parameters) > MOST_PARAMETERS or any(len(each) > 256 or not each.isprintable() for each in texts):
        raise StrategyError("The strategy's process reported impossible parameters; its result was thrown away.")


def _refusal(told: Failed) -> Exception:
    """Return the error that the sandbox ended with: of a few kinds, its text without anything but text."""
    if told.out_of_memory:
        return MemoryError()
    detail = "".join(each if each.isprintable() else " " for each in told.detail[:MOST_DETAIL])
    if told.kind == SandboxUnavailable.__name__:
        return SandboxUnavailable(f"Uploaded strategies cannot run on this machine: {detail}.")
    kind: type[ArbitraxError] = getattr(errors, told.kind) if told.kind in REFUSALS else StrategyError
    return kind(detail)
