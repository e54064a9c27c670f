"""Build the kernels with the address and undefined-behaviour sanitizers and run their tests on that build."""

import os
import subprocess
import sys
from pathlib import Path

BUILD = Path("build/sanitize")
TESTS = ["tests/unit/kernels", "tests/property"]


def main() -> int:
    """Return pytest's exit code."""
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
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *TESTS]
    return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
