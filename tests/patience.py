"""Waiting for what other threads and processes do, as long as it takes on a busy machine."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0


def eventually(look: Callable[[], T]) -> T:
    """Return what is found as soon as something is."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "It did not happen."
        threading.Event().wait(0.02)
    return found
