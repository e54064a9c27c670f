"""Large pages made whole again after a fork.

A fork shares pages until one side writes; Linux then splits the large page (2 MB) that is written to into small ones.
The next fork copies an entry for each of those: five times the pause, with 1M open orders. So pages that were asked to
be large are collapsed once the child is gone, by a thread of its own; nothing happens where the system cannot.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

LARGE_PAGE = 2 << 20
_MADV_COLLAPSE = 25
"""Linux 6.1 and later; earlier ones refuse it and change nothing."""
_RANGE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) ")


def collapse() -> int:
    """Make the pages large again that this process asked to be; return how many are, or 0 where none can be."""
    try:
        maps = Path("/proc/self/smaps").read_text()
        madvise = ctypes.CDLL(None).madvise
    except (OSError, AttributeError):
        return 0
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    large = 0
    for start, end in _asked(maps):
        for at in range(-(-start // LARGE_PAGE) * LARGE_PAGE, end - LARGE_PAGE + 1, LARGE_PAGE):
            # One at a time: a page that the engine wants meanwhile is waited for.
            large += madvise(at, LARGE_PAGE, _MADV_COLLAPSE) == 0
    return large


def _asked(maps: str) -> list[tuple[int, int]]:
    """Return the ranges whose pages shall be large, MADV_HUGEPAGE, by the system's description of memory."""
    found, start, end = [], 0, 0
    for line in maps.splitlines():
        if head := _RANGE.match(line):
            start, end = (int(each, 16) for each in head.groups())
        elif line.startswith("VmFlags:") and "hg" in line.split():
            found.append((start, end))
    return found
