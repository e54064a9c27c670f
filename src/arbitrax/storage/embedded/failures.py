"""One sentence for each failure: what is wrong, the value, what to do."""

import errno
import os
from pathlib import Path

from arbitrax.domain.errors import StoreError, StoreUnavailableError

DISK_FULL_TEXTS = ("No space left on device", "Disk quota exceeded", "File too large")
"""What servers print when the disk is full, and when a file may not grow."""

_NEARLY_FULL = 4 << 20
"""Bytes; below this PostgreSQL and Valkey cannot even write the reason to their log."""

_REASON_MARKS = ("FATAL", "PANIC", "ERROR", "error", "annot", "an't", "Bad file", "denied", "could not")


def disk_full(path: Path) -> StoreError:
    """Say that the disk is full."""
    return StoreUnavailableError(f"The disk that holds {path} is full; free some space and try again")


def is_disk_full(path: Path, output: str) -> bool:
    """Tell from a server's output, or from the disk itself, whether it is full."""
    if any(text in output for text in DISK_FULL_TEXTS):
        return True
    try:
        room = os.statvfs(path)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _NEARLY_FULL


def from_os_error(error: OSError, home: Path) -> StoreError:
    """Turn a refusal of the operating system into a sentence about the home directory."""
    where = error.filename if isinstance(error.filename, str) else str(error.filename or home)
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return disk_full(Path(where))
    if error.errno in {errno.ENOTDIR, errno.EEXIST, errno.ELOOP}:
        return StoreError(f"{where} is not a directory; set ARBITRAX_HOME (now {home}) to a directory you can write to")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENAMETOOLONG}:
        return StoreError(
            f"Cannot use {where} ({error.strerror}); set ARBITRAX_HOME (now {home}) to a directory you can write to"
        )
    return StoreError(f"Cannot use {where} ({error.strerror}); check the disk that holds {home} and try again")


def last_reason(output: str) -> str:
    """Return the line of a server's output that most likely says why it gave up."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reasons = [line for line in lines if any(mark in line for mark in _REASON_MARKS)]
    return (reasons or lines or ["it said nothing"])[-1]


def did_not_start(title: str, place: Path, log: Path, output: str) -> StoreError:
    """Say why a server or its set-up ended, from what it printed."""
    if is_disk_full(place, output):
        return disk_full(place)
    return StoreError(f"{title} did not start: {last_reason(output)!r}; see {log}, then try again")
