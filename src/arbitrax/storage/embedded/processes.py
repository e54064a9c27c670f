"""Run, launch, recognise and end the servers' processes."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arbitrax.storage.embedded.account import Account

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES")
"""What servers may know of our environment: how to find libraries, no secrets, no PG* settings."""


def run(
    command: Sequence[str],
    *,
    account: Account | None,
    directory: Path = Path("/"),
    text: str = "",
    life: int | None = None,
) -> tuple[int, str]:
    """Run a command to its end; return its exit code and all it printed."""
    import subprocess

    done = subprocess.run(  # noqa: S603 -- our own programs, no shell text from outside
        list(command),
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
        **_surroundings(account, directory, life),
    )
    return done.returncode, done.stdout


def launch(command: Sequence[str], *, account: Account | None, directory: Path, log: Path, life: int) -> None:
    """Start a server that outlives us and is nobody's child, so that no starter keeps its zombie."""
    import subprocess

    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    output = os.open(log, flags, 0o600)
    try:
        subprocess.run(  # noqa: S603 -- the command is an argument vector, not shell text
            ["/bin/sh", "-c", '"$@" &', "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=True,
            **_surroundings(account, directory, life),
        )
    finally:
        os.close(output)


def _surroundings(account: Account | None, directory: Path, life: int | None) -> dict[str, Any]:
    """Return what every process of ours gets: own session, narrow umask, little environment."""
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    options: dict[str, Any] = {
        "cwd": directory,
        "env": environment | {"LC_ALL": "C"},
        "umask": 0o077,
        "start_new_session": True,
        "close_fds": True,
        "pass_fds": () if life is None else (life,),
    }
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def exists(pid: int) -> bool:
    """Say whether a process of that number, which we may signal, exists."""
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError):
        return False
    return True


def works_in(pid: int, directory: Path, program: str) -> bool:
    """Say whether a process is that program, working in a data directory; numbers are reused."""
    proc = Path(f"/proc/{pid}")
    if not Path("/proc/self").exists():
        return _listed_by_ps(pid, directory.stat().st_uid, program)
    try:
        name = (proc / "comm").read_text()
        return name.startswith(program[:15]) and (proc / "cwd").samefile(directory)
    except OSError:
        return False


def _listed_by_ps(pid: int, uid: int, program: str) -> bool:
    code, line = run(["/bin/ps", "-o", "uid=,command=", "-p", str(pid)], account=None)
    return code == 0 and line.split()[:1] == [str(uid)] and program in line


def send(pid: int, number: signal.Signals) -> None:
    """Signal a process that may just have ended."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def workers_in(directory: Path, program: str) -> Iterator[int]:
    """Yield the processes of a program in a data directory; none where there is no /proc."""
    if not Path("/proc/self").exists():
        return
    for entry in os.listdir("/proc"):  # noqa: PTH208 -- names only, and no object per process
        if entry.isdecimal() and works_in(int(entry), directory, program):
            yield int(entry)
