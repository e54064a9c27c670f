"""The filter of system calls, executed as the kernel would, and its numbers against the kernel's headers."""

import re
from pathlib import Path

import pytest

from arbitrax.domain.errors import SandboxUnavailable
from arbitrax.jobs.sandbox import seccomp, system_calls
from arbitrax.jobs.sandbox.seccomp import ALLOW, EPERM, KILL, program
from arbitrax.jobs.sandbox.system_calls import ALLOWED, ARCHITECTURES, ORDER

PID = 4321
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def verdict(machine, number, *arguments, architecture=None):
    """Execute the filter on a call, as seccomp(2) describes it."""
    words = {0: number, 4: ARCHITECTURES[architecture or machine]}
    for at in range(6):
        value = arguments[at] if at < len(arguments) else 0
        words[16 + 8 * at], words[20 + 8 * at] = value & 0xFFFFFFFF, value >> 32
    made, at, loaded = program(machine, PID), 0, 0
    while True:
        code, if_true, if_false, operand = made[at]
        at += 1
        if code == seccomp.LOAD:
            loaded = words[operand]
        elif code == seccomp.RETURN:
            return operand
        else:
            holds = loaded == operand if code == seccomp.EQUAL else bool(loaded & operand)
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", ORDER)
def test_what_is_named_passes_and_nothing_else(machine) -> None:
    at = ORDER.index(machine)
    named = {numbers[at] for numbers in ALLOWED.values() if numbers[at] or machine == "x86_64"}
    if machine == "x86_64":
        named |= {0}
    for number in range(512):
        assert verdict(machine, number, *[99] * 6) == (ALLOW if number in named else EPERM), number


@pytest.mark.parametrize("machine", ORDER)
def test_some_pass_with_harmless_arguments_only(machine) -> None:
    at = ORDER.index(machine)
    cases = [
        (system_calls.FCNTL, (3, 1), ALLOW),
        (system_calls.FCNTL, (3, 1030, 5), ALLOW),
        (system_calls.FCNTL, (3, 8, PID), EPERM),  # F_SETOWN
        (system_calls.FCNTL, (3, 10, 9), EPERM),  # F_SETSIG
        (system_calls.FCNTL, (3, 1031, 1 << 20), EPERM),  # F_SETPIPE_SZ
        (system_calls.IOCTL, (1, 0x5401), ALLOW),
        (system_calls.IOCTL, (1, 0x5412), EPERM),  # TIOCSTI
        (system_calls.PRLIMIT64, (0, 7, 0, 1 << 40), ALLOW),
        (system_calls.PRLIMIT64, (0, 7, 1 << 40, 0), EPERM),
        (system_calls.PRLIMIT64, (0, 7, 1, 0), EPERM),
        (system_calls.PRLIMIT64, (1, 7, 0, 1 << 40), EPERM),
        (system_calls.TGKILL, (PID, 5, 6), ALLOW),
        (system_calls.TGKILL, (PID + 1, 5, 6), EPERM),
    ]
    for numbers, arguments, expected in cases:
        assert verdict(machine, numbers[at], *arguments) == expected, (numbers, arguments)


def test_other_doors_of_a_kernel_are_shut() -> None:
    assert verdict("x86_64", 0, architecture="aarch64") == KILL
    assert verdict("x86_64", 0x40000000 | 39) == KILL  # x32


@pytest.mark.parametrize("machine", ORDER)
def test_numbers_are_the_kernels(machine) -> None:
    if not HEADERS[machine].exists():
        pytest.skip("The kernel's headers are not installed.")
    text = HEADERS[machine].read_text()
    known = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\b", text)}
    if machine == "aarch64":
        # 64-bit machines have these under their old names.
        known |= {"newfstatat": known["fstatat"]}
    at = ORDER.index(machine)
    named = {
        **ALLOWED, "fcntl": system_calls.FCNTL, "ioctl": system_calls.IOCTL, "prlimit64": system_calls.PRLIMIT64,
        "tgkill": system_calls.TGKILL,
    }  # fmt: skip
    assert {name: numbers[at] for name, numbers in named.items() if name in known} == {
        name: known[name] for name in named if name in known
    }
    absent = {name for name in named if name not in known}
    assert all(named[name][at] == 0 for name in absent), absent
    assert known["seccomp"] == seccomp.SECCOMP[machine]


def test_a_machine_nobody_wrote_down_runs_nothing() -> None:
    with pytest.raises(SandboxUnavailable, match="riscv64"):
        program("riscv64", PID)
