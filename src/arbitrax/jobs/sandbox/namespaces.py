"""Namespaces: a network without devices, and a scratch folder in memory that goes with the process."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

from arbitrax.domain.errors import SandboxUnavailable

NEW_NS, NEW_UTS, NEW_IPC, NEW_USER, NEW_NET = 0x00020000, 0x04000000, 0x08000000, 0x10000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
PR_SET_DUMPABLE = 4
CAPSET = {"x86_64": 126, "aarch64": 91}
CAPABILITY_VERSION = 0x20080522
NOBODY = 65534


def become_nobody(readable: Iterable[Path]) -> None:
    """Stop being root where others may read the installed code; users who are not root stay who they are."""
    if os.geteuid() == 0 and all(map(_is_open_to_others, readable)):
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # Else the files by which a user namespace is set up would be root's.
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def _is_open_to_others(folder: Path) -> bool:
    return not folder.exists() or all(each.stat().st_mode & 0o001 for each in (folder, *folder.parents))


def enter_namespaces(scratch: Path, megabytes: int, files: int) -> bool:
    """Enter namespaces of one's own and mount the scratch folder; say whether the kernel lets this user do so."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(NEW_USER | NEW_NS | NEW_NET | NEW_IPC | NEW_UTS):
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            file = os.open(f"/proc/self/{name}", os.O_WRONLY)
            try:
                os.write(file, text.encode())
            finally:
                os.close(file)
        except OSError:
            return False
    options = f"size={megabytes}m,nr_inodes={files},mode=700".encode()
    private = libc.mount(b"none", b"/", None, ctypes.c_ulong(MS_REC | MS_PRIVATE), None) == 0
    flags = ctypes.c_ulong(MS_NOSUID | MS_NODEV | MS_NOEXEC)
    if not private or libc.mount(b"scratch", os.fsencode(scratch), b"tmpfs", flags, options):
        return False
    os.chdir(scratch)
    return True


def drop_capabilities() -> None:
    """Give up what root, or the first process of a user namespace, may do."""
    libc = ctypes.CDLL(None, use_errno=True)
    head = struct.pack("<Ii", CAPABILITY_VERSION, 0)
    if libc.syscall(ctypes.c_long(CAPSET[os.uname().machine]), head, bytes(24)):
        raise SandboxUnavailable(f"capabilities cannot be given up ({os.strerror(ctypes.get_errno())})")
