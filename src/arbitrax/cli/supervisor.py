"""Processes that are kept running: started again when they die, their lines told apart, stopped in order.

A process has a session of its own, so that Ctrl-C on the terminal reaches the supervisor alone, which then asks each to
finish. When the supervisor itself is killed a pipe closes, and its processes end as well: see `end_with_supervisor`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from threading import Event, Lock, Thread
from time import monotonic
from typing import IO, NamedTuple

FIRST_PAUSE = 0.2
"""Seconds before a dead process is started again; doubled each time it dies soon."""
LONGEST_PAUSE = 10.0
SOON = 10.0
"""Seconds of life after which a death is a new matter."""
PATIENCE = 40.0
"""Seconds that a process may take to finish once it was asked to: a gateway gives the requests it answers 25."""
REFUSED = 2
"""Exit code of a process that refuses its words or settings: starting it again would not help."""
VARIABLE = "SUPERVISOR_PIPE"
"""Not one of the settings, which refuse names they do not know."""

Say = Callable[[str, str], None]
"""Takes the name of a process and a line of it; called by several threads."""


class Process(NamedTuple):
    """What is to run: `arbitrax` with these words."""

    name: str
    words: tuple[str, ...]


class Supervisor:
    """Keeps processes running; they start in order and are stopped in the reverse one."""

    def __init__(self, processes: Sequence[Process], say: Say) -> None:
        self._say = say
        self._stop = Event()
        self._refused: str | None = None
        self._pipe, self._held = os.pipe()
        self._keepers = [_Keeper(each, self._pipe, say, self._refuse) for each in processes]

    def stop(self) -> None:
        """Begin to stop; may be called by a signal handler."""
        self._stop.set()

    def run(self) -> str | None:
        """Run everything until `stop`; return the name of a process that refuses its settings, if one did."""
        try:
            for keeper in self._keepers:
                keeper.start()
            self._stop.wait()
            for keeper in reversed(self._keepers):
                keeper.finish()
        finally:
            os.close(self._pipe)
            os.close(self._held)
        return self._refused

    def _refuse(self, name: str) -> None:
        self._refused = self._refused or name
        self._stop.set()


class _Keeper(Thread):
    """Keeps one process running."""

    def __init__(self, process: Process, pipe: int, say: Say, refuse: Callable[[str], None]) -> None:
        super().__init__(name=process.name, daemon=True)
        self._process, self._pipe, self._say, self._refuse = process, pipe, say, refuse
        self._living: Popen[bytes] | None = None
        self._starting = Lock()
        self._end = Event()

    def run(self) -> None:
        """Start the process, again and again."""
        pause = FIRST_PAUSE
        while not self._end.is_set():
            began = monotonic()
            code = self._live()
            if self._end.is_set():
                return
            if code == REFUSED:
                self._refuse(self.name)
                return
            pause = FIRST_PAUSE if monotonic() - began > SOON else min(pause * 2, LONGEST_PAUSE)
            self._say(self.name, f"{_how(code)}; it is started again in {pause:.1f} s")
            self._end.wait(pause)

    def finish(self) -> None:
        """Ask the process to finish, insist when it does not, and wait until it has."""
        with self._starting:
            self._end.set()
            living = self._living
        if living is not None:
            living.terminate()
            try:
                living.wait(PATIENCE)
            except TimeoutExpired:
                self._say(self.name, f"did not finish within {PATIENCE:.0f} s and is killed")
                living.kill()
        self.join()

    def _live(self) -> int:
        """Run the process once; return its exit code."""
        with self._starting:
            if self._end.is_set():
                return 0
            living = self._living = Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "arbitrax.cli.main", *self._process.words],
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                env={**os.environ, VARIABLE: str(self._pipe), "PYTHONUNBUFFERED": "1"},
                pass_fds=(self._pipe,),
                start_new_session=True,
            )
        # In a thread of its own: a child of a killed process may hold its streams for longer.
        told = Thread(target=self._tell, args=(living.stdout,), daemon=True)
        told.start()
        code = living.wait()
        told.join(1.0)
        return code

    def _tell(self, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._say(self.name, line.decode(errors="replace").rstrip("\n"))


def _how(code: int) -> str:
    """Say how a process ended."""
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def end_with_supervisor() -> None:
    """In a process that a supervisor started: ask it to finish when the supervisor has gone, however it went."""
    given = os.environ.pop(VARIABLE, None)
    if given is None:
        return
    pipe = int(given)
    os.set_inheritable(pipe, False)

    def watch() -> None:
        os.read(pipe, 1)  # nobody writes: it returns when the other end closes
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="supervisor", daemon=True).start()
