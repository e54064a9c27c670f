"""The filter of system calls: what is not named fails with EPERM.

There are no sockets in it, no programs, processes or threads, no signals to others. It is classic BPF (seccomp(2)), a
list of comparisons made here.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from typing import NamedTuple

from arbitrax.domain.errors import SandboxUnavailable
from arbitrax.jobs.sandbox.system_calls import (
    ALLOWED,
    ARCHITECTURES,
    FCNTL,
    IOCTL,
    ORDER,
    PRLIMIT64,
    TGKILL,
)

SECCOMP = {"x86_64": 317, "aarch64": 277}
SET_MODE_FILTER, FOR_ALL_THREADS = 1, 1
ALLOW, KILL = 0x7FFF0000, 0x80000000
EPERM = 0x00050001
"""SECCOMP_RET_ERRNO with the number of the error."""
LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCHITECTURE = 0, 4
"""Offsets in struct seccomp_data."""
X32 = 0x40000000
FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC; not F_SETOWN, which has others signalled."""
IOCTL_COMMANDS = (0x5401, 0x5450, 0x5451)
"""TCGETS, which tells that something is no terminal, FIONCLEX, FIOCLEX."""

Instruction = tuple[int, int, int, int]


def install_filter() -> None:
    """Apply the filter to all threads of the process; it cannot be taken off again. Needs PR_SET_NO_NEW_PRIVS.

    Raises:
        SandboxUnavailable: this kernel or machine has no such filters.
    """
    words = b"".join(struct.pack("<HBBI", *each) for each in program(platform.machine(), os.getpid()))
    memory = ctypes.create_string_buffer(words, len(words))
    head = struct.pack("<HxxxxxxQ", len(words) // 8, ctypes.addressof(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    call = ctypes.c_long(SECCOMP[platform.machine()])
    if libc.syscall(call, ctypes.c_uint(SET_MODE_FILTER), ctypes.c_uint(FOR_ALL_THREADS), head):
        raise SandboxUnavailable(f"the kernel takes no filter of system calls ({os.strerror(ctypes.get_errno())})")


def program(machine: str, pid: int) -> list[Instruction]:
    """Return the filter for a machine and the process that gets it, as (code, jump if true, if false, operand).

    Raises:
        SandboxUnavailable: nobody has written down this machine's system calls.
    """
    if machine not in ARCHITECTURES:
        raise SandboxUnavailable(f"system calls of {machine} are not known; {' and '.join(ARCHITECTURES)} are")
    at = ORDER.index(machine)
    made: list[Instruction] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, ARCHITECTURES[machine]),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
        (ANY_BIT, 0, 1, X32),
        (RETURN, 0, 0, KILL),
    ]
    for numbers in ALLOWED.values():
        if numbers[at] or numbers is ALLOWED["read"]:  # on x86-64 that is 0
            made += [(EQUAL, 0, 1, numbers[at]), (RETURN, 0, 0, ALLOW)]
    for command in FCNTL_COMMANDS:
        made += _when(FCNTL[at], Condition(1, command))
    for command in IOCTL_COMMANDS:
        made += _when(IOCTL[at], Condition(1, command))
    # Its own limits, which it may read.
    made += _when(PRLIMIT64[at], Condition(0, 0), Condition(2, 0), Condition(2, 0, high_word=True))
    made += _when(TGKILL[at], Condition(0, pid))  # abort(3)
    made.append((RETURN, 0, 0, EPERM))
    return made


class Condition(NamedTuple):
    """What a word of an argument must be."""

    argument: int
    operand: int
    high_word: bool = False

    @property
    def offset(self) -> int:
        """In struct seccomp_data."""
        return 16 + 8 * self.argument + 4 * self.high_word


def _when(call: int, *conditions: Condition) -> list[Instruction]:
    """Return instructions that allow a call if all conditions hold, and otherwise go on with the number loaded."""
    made: list[Instruction] = [(RETURN, 0, 0, ALLOW), (LOAD, 0, 0, NUMBER)]
    for each in reversed(conditions):
        made[:0] = [(LOAD, 0, 0, each.offset), (EQUAL, 0, len(made) - 1, each.operand)]  # else to the reload
    return [(EQUAL, 0, len(made), call), *made]
