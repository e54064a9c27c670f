"""Time commands as whole processes, in turn, so that the machine's drift falls on all of them alike."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence


def interleave(
    commands: Mapping[str, Sequence[str]], *, rounds: int, environment: Mapping[str, str] | None = None
) -> dict[str, list[float]]:
    """Run every command once per round after one warm-up round; return wall seconds by name."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **(environment or {})})
            if number:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def row(name: str, seconds: list[float], beside: list[float] | None = None) -> str:
    """Return a line: median, spread, and the median of the pairwise ratios to another command."""
    line = f"{name:<46} {statistics.median(seconds):8.3f} s   ({min(seconds):.3f} to {max(seconds):.3f})"
    if beside is not None:
        ratio = statistics.median(a / b for a, b in zip(seconds, beside, strict=True))
        line += f"   ratio {ratio:.2f}"
    return line
