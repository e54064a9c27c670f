"""Hear what code says by `print` and by `logging`, line by line."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout

OURS, STRATEGIES = "arbitrax.", "arbitrax.strategies."


@contextmanager
def heard(say: Callable[[str], None]) -> Iterator[None]:
    """Give each line that is said inside to ``say``: of loggers those of level INFO or higher, none of our own."""
    lines = _Lines(say)
    root, handler = logging.getLogger(), _Handler(say, lines)
    level = root.level
    root.addHandler(handler)
    root.setLevel(min(level, logging.INFO) if level else logging.INFO)
    try:
        with redirect_stdout(lines):
            yield
    finally:
        lines.finish()
        root.removeHandler(handler)
        root.setLevel(level)


class _Handler(logging.Handler):
    def __init__(self, say: Callable[[str], None], lines: _Lines) -> None:
        super().__init__(logging.INFO)
        self._say, self._lines = say, lines

    def emit(self, record: logging.LogRecord) -> None:
        # While prints go elsewhere, as when a run is checked by running it again, nothing of the run is logged.
        if sys.stdout is not self._lines:
            return
        if record.name.startswith(OURS) and not record.name.startswith(STRATEGIES):
            return
        try:
            text = record.getMessage()
        except Exception:  # of the strategy's own arguments
            self.handleError(record)
            return
        head = "" if record.levelno == logging.INFO else f"{record.levelname.lower()}: "
        for line in text.splitlines():
            self._say(head + line)


class _Lines(io.TextIOBase):
    """A file whose lines are told."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say, self._rest = say, ""

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        *lines, rest = (self._rest + text).split("\n")
        self._rest = rest[-_LONGEST:]
        for line in lines:
            self._say(line)
        return len(text)

    def finish(self) -> None:
        if self._rest:
            self._say(self._rest)
            self._rest = ""


_LONGEST = 10_000
"""Characters that are kept of a line that does not end."""
