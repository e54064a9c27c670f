"""Landlock: which files a process may open. It holds for whatever code runs in it, and cannot be taken off again."""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

from arbitrax.domain.errors import SandboxUnavailable

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
PATH_BENEATH = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
WRITE_FILE, REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many rights to files an ABI knows, from the version on that brought them."""
READING = READ_FILE | READ_DIR
WRITING = READING | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
TCP, SIGNALS_AND_SOCKETS = 0b11, 0b11


def restrict_files(readable: list[Path], writable: list[Path]) -> None:
    """Leave this thread, and those it starts, these folders only; where the kernel can, no TCP and no signals either.

    Needs PR_SET_NO_NEW_PRIVS.

    Raises:
        SandboxUnavailable: this kernel has no Landlock.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if version < 1:
        raise SandboxUnavailable(f"the kernel has no Landlock ({os.strerror(ctypes.get_errno())})")
    rights = (1 << max(count for since, count in FILE_RIGHTS.items() if since <= version)) - 1
    words = [rights]
    if version >= 4:
        words.append(TCP)
    if version >= 6:
        words.append(SIGNALS_AND_SOCKETS)
    attributes = struct.pack(f"<{len(words)}Q", *words)
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    if ruleset < 0:
        raise SandboxUnavailable(f"Landlock refuses ({os.strerror(ctypes.get_errno())})")
    try:
        for paths, wanted in ((readable, READING), (writable, WRITING)):
            for path in paths:
                _allow(libc, ruleset, path, wanted & rights)
        if libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)):
            raise SandboxUnavailable(f"Landlock refuses ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC | os.O_DIRECTORY)
    except OSError:
        return  # what is not there needs no rule
    try:
        rule = struct.pack("<Qi", rights, folder)
        if libc.syscall(ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(PATH_BENEATH), rule, ctypes.c_uint(0)):
            raise SandboxUnavailable(f"Landlock refuses a rule ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(folder)
