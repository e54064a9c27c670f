"""The system calls that a process which only computes needs, by their number on each architecture.

Numbers are those of Linux's asm/unistd_64.h and asm-generic/unistd.h. A call that one architecture does not have is 0
there.
"""

from __future__ import annotations

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_* of linux/audit.h, by `platform.machine()`."""
ORDER = tuple(ARCHITECTURES)

ALLOWED: dict[str, tuple[int, int]] = {
    # Memory, waiting, time.
    "brk": (12, 214), "mmap": (9, 222), "mprotect": (10, 226), "munmap": (11, 215), "mremap": (25, 216),
    "madvise": (28, 233), "futex": (202, 98), "sched_yield": (24, 124), "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99), "set_tid_address": (218, 96), "rseq": (334, 293), "membarrier": (324, 283),
    "nanosleep": (35, 101), "clock_nanosleep": (230, 115), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "gettimeofday": (96, 169), "times": (100, 153), "getrusage": (98, 165), "getrandom": (318, 278),
    # Its own signals and end.
    "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
    "exit": (60, 93), "exit_group": (231, 94), "restart_syscall": (219, 128),
    # Files, as far as Landlock lets it, and its pipes.
    "read": (0, 63), "write": (1, 64), "readv": (19, 65), "writev": (20, 66), "pread64": (17, 67),
    "pwrite64": (18, 68), "open": (2, 0), "openat": (257, 56), "close": (3, 57), "close_range": (436, 436),
    "stat": (4, 0), "fstat": (5, 80), "lstat": (6, 0), "newfstatat": (262, 79), "statx": (332, 291),
    "lseek": (8, 62), "access": (21, 0), "faccessat": (269, 48), "faccessat2": (439, 439), "getcwd": (79, 17),
    "chdir": (80, 49), "getdents64": (217, 61), "readlink": (89, 0), "readlinkat": (267, 78), "mkdir": (83, 0),
    "mkdirat": (258, 34), "rmdir": (84, 0), "unlink": (87, 0), "unlinkat": (263, 35), "rename": (82, 0),
    "renameat": (264, 38), "renameat2": (316, 276), "ftruncate": (77, 46), "fsync": (74, 82), "fdatasync": (75, 83),
    "dup": (32, 23), "dup2": (33, 0), "dup3": (292, 24), "poll": (7, 0), "ppoll": (271, 73), "select": (23, 0),
    "pselect6": (270, 72), "pipe": (22, 0), "pipe2": (293, 59),
    # Who it is.
    "getpid": (39, 172), "getppid": (110, 173), "gettid": (186, 178), "getuid": (102, 174), "geteuid": (107, 175),
    "getgid": (104, 176), "getegid": (108, 177), "uname": (63, 160), "sysinfo": (99, 179),
}  # fmt: skip
"""Whatever their arguments are."""
FCNTL = (72, 25)
IOCTL = (16, 29)
PRLIMIT64 = (302, 261)
TGKILL = (234, 131)
