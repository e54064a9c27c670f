"""What a strategy says while it runs: by `print`, or by Python's `logging`. The newest lines are kept with the run."""

from __future__ import annotations

from collections import deque
from contextlib import suppress

from msgspec import Struct

MOST_LINES = 1_000
"""That are kept of a run."""
MOST_LINE = 1_000
"""Characters of a line; the rest is cut."""
MOST_AT_ONCE = 50
"""Lines that are told a moment later; of more in that moment the newest, so that a loop that prints floods nobody."""


class LogLine(Struct, frozen=True):
    """A line, and the bar (ns UTC) at which it was said; None: before the first one."""

    text: str
    bar: int | None = None


class RunLog(Struct, frozen=True):
    """The newest lines, oldest first, and how many came before them that are not kept."""

    lines: tuple[LogLine, ...] = ()
    cut: int = 0


class LogKeeper:
    """Keeps the log of one run, and what of it was not told yet."""

    def __init__(self) -> None:
        self._lines = deque[LogLine](maxlen=MOST_LINES)
        self._count = 0
        self._untold = deque[LogLine](maxlen=MOST_AT_ONCE)

    def add(self, text: str, bar: int | None = None) -> None:
        """Take a line."""
        line = LogLine("".join(each if each.isprintable() else " " for each in text[:MOST_LINE]), bar)
        self._count += 1
        self._lines.append(line)
        self._untold.append(line)

    def untold(self) -> list[LogLine]:
        """Return the lines since the last time, the newest of them."""
        found = list[LogLine]()
        with suppress(IndexError):  # other threads may add and take meanwhile
            while True:
                found.append(self._untold.popleft())
        return found

    @property
    def log(self) -> RunLog:
        """What there is to keep."""
        lines = tuple(self._lines)
        return RunLog(lines, self._count - len(lines))
