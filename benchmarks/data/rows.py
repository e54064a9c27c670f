"""What a row of the table is."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Row(NamedTuple):
    """A step of ingestion to be timed."""

    name: str
    prepare: Callable[[Path], Callable[[], int]]
    """Given a folder of its own, return what is timed; that returns how many bars it got through."""
    least: float | None = None
    """Bars a second that are asked for."""
