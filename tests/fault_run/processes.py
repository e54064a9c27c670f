"""The processes of the exchange under test: started, killed, started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from arbitrax.exchange.service import crash_points


@dataclass
class Member:
    """A process that somebody keeps running: what it says goes to one file, whatever life it is in."""

    name: str
    words: list[str]
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen | None = None
    endings: list[str] = field(default_factory=list)
    """What it said last when it ended by itself."""
    crash_at: str = ""
    """The named point at which this life of it ends, if it comes by there."""
    notes: Path | None = None
    """A trader's file, in which each life of it begins with a line."""
    lives: int = 0
    """Those that had begun when this one was started."""

    def start(self, crash_at: str = "") -> None:
        """Start it; ``crash_at``: until a named point, ``name:times``."""
        self.crash_at, self.lives = crash_at, self._lives()
        more = {crash_points.VARIABLE: crash_at} if crash_at else {}
        with self.log.open("ab") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.words], stdout=file, stderr=file, env=self.environment | more
            )

    def _lives(self) -> int:
        return self.notes.read_text().count('{"life": ') if self.notes and self.notes.exists() else 0

    def has_begun(self) -> bool:
        """Say whether a trader trades: one that is asked to stop before does not end well."""
        return self._lives() > self.lives

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def crashed(self) -> bool:
        """Say whether it ended at its named point."""
        return bool(self.crash_at) and self.process.poll() == -signal.SIGKILL

    def has_ended(self) -> bool:
        """Say whether it ended by itself, and note its last word."""
        if self.process.poll() is None:
            return False
        lines = self.said().splitlines()
        self.endings.append(f"{self.name} ended with {self.process.returncode}: {lines[-1] if lines else ''}")
        return True

    def said(self) -> str:
        """Return all it said."""
        return self.log.read_text(errors="replace")

    def ask_to_stop(self) -> None:
        """Let it end as an operator does."""
        self.process.send_signal(signal.SIGTERM)

    def stopped(self, seconds: float) -> bool:
        """Wait until it ended; False: it did not, or not well."""
        try:
            return self.process.wait(seconds) == 0
        except subprocess.TimeoutExpired:
            return False


def environment_of(home: Path, **more: str) -> dict[str, str]:
    """Return what the processes of a home are started with."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
    return {**kept, "ARBITRAX_HOME": str(home), **more}


def until(condition, seconds: float, what: str) -> None:
    """Wait for something other processes do.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"after {seconds:.0f} s still not: {what}")
        threading.Event().wait(0.05)
