"""Build the kernels with the address and undefined-behaviour sanitizers and run their tests on that build."""

import os
import subprocess
import sys
from pathlib import Path

BUILD = Path("build/sanitize")
MACHINE = "tests/property/test_exchange.py"
EXCHANGE = "tests/unit/exchange"
NIGHTLY = {"HYPOTHESIS_PROFILE": "nightly"}
RUNS: list[tuple[dict[str, str], list[str]]] = [
    # A million random commands of the exchange's state machine, and as many of its random streams.
    (NIGHTLY, [MACHINE]),
    ({}, [f"{EXCHANGE}/test_streams.py", f"{EXCHANGE}/test_scenarios.py"]),
    ({}, ["-m", "not nightly", "tests/unit/kernels", f"{EXCHANGE}/test_hard_markets.py"]),
    ({}, ["tests/property", f"--ignore={MACHINE}"]),
]
"""Variables and arguments of pytest; the runs go beside each other."""


def main() -> int:
    """Return the worst of pytest's exit codes."""
    environment = {**os.environ, "ARBITRAX_KERNELS": "sanitize"}
    build = [sys.executable, "setup.py", "-q", "build", "--build-base", str(BUILD), "--build-lib", str(BUILD / "lib")]
    subprocess.run(build, check=True, env=environment)
    libraries = [
        subprocess.run(["gcc", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
        for name in ("libasan.so", "libubsan.so")
    ]
    environment.update(
        LD_PRELOAD=" ".join(libraries),
        # CPython keeps memory until its end, which is no leak of ours.
        ASAN_OPTIONS="detect_leaks=0:abort_on_error=1",
        UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1",
        PYTHONMALLOC="malloc",
        PYTHONPATH=str((BUILD / "lib").absolute()),
    )
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    running = [subprocess.Popen([*pytest, *arguments], env=environment | more) for more, arguments in RUNS]
    return max(abs(each.wait()) for each in running)


if __name__ == "__main__":
    sys.exit(main())
