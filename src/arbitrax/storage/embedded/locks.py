"""File locks. The kernel drops each with its last descriptor, so a killed process leaves no trace.

Three kinds are in use:

    users   one shared lock per using process; who gets it exclusively is the last one out
    start   exclusive, around starting and stopping
    life    one per server, handed down to the server and to all its children; it is free exactly
            when none of them is left, which no pid can tell (pids are reused, zombies answer signals)
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

LAST_STREAM = 2
"""The descriptor of stderr."""


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if descriptor > LAST_STREAM:
        return descriptor
    # A process without standard streams: the number would be taken over by a server's own streams.
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, LAST_STREAM + 1)
    os.close(descriptor)
    return moved


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class FileLock:
    """An exclusive lock through an open file description of its own; a forked child does not keep it."""

    __slots__ = ("descriptor",)

    def __init__(self, path: Path) -> None:
        self.descriptor = _open(path)
        _exclusive.add(self)

    def own(self) -> None:
        """Wait for the lock and take it."""
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def try_own(self) -> bool:
        """Take the lock if nobody has it."""
        return _try(self.descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Drop our part; processes that inherited the descriptor keep theirs."""
        if self in _exclusive:
            _exclusive.discard(self)
            os.close(self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class UserShare:
    """One process's share of the users lock; a forked child gets a share of its own."""

    __slots__ = ("_descriptor", "_for_child", "_path")

    def __init__(self, path: Path) -> None:
        self._path = path
        self._for_child: int | None = None
        self._descriptor: int | None = _open(path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        _shares.add(self)

    @property
    def held(self) -> bool:
        """Say whether this process still counts as a user."""
        return self._descriptor is not None

    def release(self) -> None:
        """Stop counting as a user."""
        _shares.discard(self)
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            # Explicit, because a child between fork and exec may hold a copy of the descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            os.close(descriptor)

    def before_fork(self) -> None:
        """Take the child's share ahead, so that there is no moment in which it has none."""
        try:
            self._for_child = _open(self._path)
        except OSError:
            return
        # Never waits: a thread that stops the servers right now may need the import lock held here.
        if not _try(self._for_child, fcntl.LOCK_SH):
            self.after_fork_in_parent()

    def after_fork_in_parent(self) -> None:
        """Leave the prepared share to the child."""
        prepared, self._for_child = self._for_child, None
        if prepared is not None:
            os.close(prepared)

    def after_fork_in_child(self) -> None:
        """Swap the parent's share, without unlocking it, for the prepared one."""
        inherited, self._descriptor, self._for_child = self._descriptor, self._for_child, None
        if inherited is not None:
            os.close(inherited)


_exclusive: set[FileLock] = set()
_shares: set[UserShare] = set()


def _before_fork() -> None:
    for share in tuple(_shares):
        share.before_fork()


def _after_fork_in_parent() -> None:
    for share in tuple(_shares):
        share.after_fork_in_parent()


def _after_fork_in_child() -> None:
    for lock in tuple(_exclusive):
        lock.close()
    for share in tuple(_shares):
        share.after_fork_in_child()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
