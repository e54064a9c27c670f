"""Everything that a process gives up before it runs code of strangers. From here on there is no way back."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from arbitrax.domain.errors import SandboxUnavailable

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
SCRATCH_MEGABYTES = 64
SCRATCH_FILES = 1_000
MOST_OPEN = 64
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo")
"""Where shared libraries and time zones are: nobody's secrets."""


def check_platform() -> None:
    """Refuse where there is nothing to confine with.

    Raises:
        SandboxUnavailable: this is not Linux.
    """
    if sys.platform != "linux":
        raise SandboxUnavailable(f"{sys.platform} has no Landlock and no filters of system calls; Linux has")


def confine(scratch: Path, megabytes: int, *, worker: int, first_thread: Callable[[], None]) -> None:
    """Give up everything but memory, the processor, open pipes, and reading installed libraries.

    Whatever the process will compute with must be imported before; ``first_thread`` is its last chance to start one.
    worker: the process to end with.
    Only Landlock and the filter of system calls are indispensable, and every user has them on Linux 5.13 or later.
    Namespaces come on top where the kernel lets a user have them, and bring the scratch folder; else there is none.

    Raises:
        SandboxUnavailable: the kernel lacks one of the two.
    """
    from arbitrax.jobs.sandbox.landlock import restrict_files
    from arbitrax.jobs.sandbox.namespaces import become_nobody, drop_capabilities, enter_namespaces
    from arbitrax.jobs.sandbox.seccomp import install_filter

    if len(os.listdir("/proc/self/task")) > 1:  # noqa: PTH208 - counts
        raise SandboxUnavailable("a library began threads, which would not be confined")
    readable = library_folders()
    become_nobody(readable)
    has_scratch = enter_namespaces(scratch, SCRATCH_MEGABYTES, SCRATCH_FILES)
    drop_capabilities()
    _limit(megabytes)
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # not earlier: a change of user undoes it
    if os.getppid() != worker:  # it ended before that
        os._exit(1)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise SandboxUnavailable("the kernel cannot keep a process from gaining rights")
    restrict_files(readable, [scratch] if has_scratch else [])
    first_thread()
    install_filter()


def library_folders() -> list[Path]:
    """Return the folders of installed code."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    installed = {Path(sysconfig.get_path(name)).resolve() for name in names}
    own = Path(__file__).resolve().parents[2]
    return sorted({*installed, own, *map(Path, LIBRARIES)})


def _limit(megabytes: int) -> None:
    """Limit memory to so much above what is mapped already, files to what the scratch folder holds."""
    pages = int(Path("/proc/self/statm").read_bytes().split()[0])
    for what, most in (
        (resource.RLIMIT_AS, pages * resource.getpagesize() + (megabytes << 20)),
        (resource.RLIMIT_FSIZE, SCRATCH_MEGABYTES << 20),
        (resource.RLIMIT_NOFILE, MOST_OPEN),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (value, value))
