"""Build the compiled core: one extension per module below ``arbitrax/kernels``, Cython's pure-Python mode.

``ARBITRAX_KERNELS=debug`` builds with bounds and overflow checks, ``sanitize`` adds ASan and UBSan; both are slow
builds for the tests. ``none`` builds nothing: the Makefile compiles in place, and the installer would do it a second
time elsewhere. Each extension carries the hash of the sources it was built from, which ``arbitrax.kernels`` compares
with the sources beside it.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from Cython.Build import cythonize
from Cython.Compiler.Options import get_directive_defaults
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

SOURCES = Path("src")
KERNELS = SOURCES / "arbitrax" / "kernels"
UTILITY = "arbitrax.kernels._cyutility"  # Cython's memoryview code, compiled once instead of once per module
MODES = {
    # No -ffast-math, no -march=native, no contraction: one result on every machine. Nobody reads errno, nor the flags
    # of floating point exceptions.
    "release": [
        "-O3",
        "-g0",
        "-fno-strict-aliasing",
        "-ffp-contract=off",
        "-fno-math-errno",
        "-fno-trapping-math",
    ],
    "debug": ["-O1", "-g1", "-fno-strict-aliasing", "-ffp-contract=off"],
    "sanitize": [
        "-O1",
        "-g1",
        "-fno-strict-aliasing",
        "-ffp-contract=off",
        "-fno-omit-frame-pointer",
        "-fsanitize=address,undefined",
    ],
}
MODE = os.environ.get("ARBITRAX_KERNELS", "release")
if MODE != "none" and MODE not in MODES:
    sys.exit(f"ARBITRAX_KERNELS is {MODE!r}; use one of {', '.join(MODES)}.")
CHECKED = MODE != "release"
CHECKS = [("ARBITRAX_CHECKED", "1")] if CHECKED else []


def source_hash(module: Path) -> str:
    """SHA-256 of every declaration file and the module; `arbitrax.kernels` computes the same."""
    digest = hashlib.sha256()
    for declarations in sorted(KERNELS.rglob("*.pxd")):
        digest.update(declarations.read_bytes())
    digest.update(module.read_bytes())
    return digest.hexdigest()


class BuildKernels(build_ext):
    """build_ext that says what to install when there is no compiler."""

    def finalize_options(self):
        super().finalize_options()
        self.parallel = self.parallel or os.cpu_count()

    def run(self):
        compiler = (os.environ.get("CC") or "cc").split()[0]
        if not (shutil.which(compiler) or shutil.which("gcc") or shutil.which("clang")):
            sys.exit(
                f"ArbitraX compiles its core at install and found no C compiler ({compiler}): install gcc and "
                "the Python headers (Debian: apt-get install gcc python3-dev; macOS: xcode-select --install), "
                "then install again."
            )
        headers = Path(sysconfig.get_path("include")) / "Python.h"
        if not headers.exists():
            sys.exit(
                f"ArbitraX compiles its core at install and found no Python headers ({headers}): install them "
                "(Debian: apt-get install python3-dev), then install again."
            )
        super().run()


def extensions() -> list[Extension]:
    """One extension a kernel module, and the shared utility module."""
    found = [
        Extension(
            ".".join(module.relative_to(SOURCES).with_suffix("").parts),
            [str(module)],
            depends=[str(each) for each in KERNELS.rglob("*.pxd")],  # they are part of every hash
            define_macros=[("ARBITRAX_SOURCE_HASH", f'"{source_hash(module)}"'), *CHECKS],
            extra_compile_args=MODES[MODE],
            extra_link_args=["-fsanitize=address,undefined"] if MODE == "sanitize" else [],
        )
        for module in sorted(KERNELS.rglob("*.py"))
        if module.stem != "__init__"
    ]
    # Generated C stays apart by mode: checks are in the C, so a debug build must not leave its files to a release.
    generated = Path("build") / f"cython-{MODE}"
    utility = generated / "_cyutility.c"
    if not utility.exists():
        generated.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-m", "cython", "-3", f"--generate-shared={utility}"], check=True)
    extra = Extension(UTILITY, [str(utility)], extra_compile_args=["-O1", "-g0"])
    directives = get_directive_defaults() | {
        "language_level": 3,
        "boundscheck": CHECKED,
        "wraparound": False,
        "initializedcheck": CHECKED,
        "overflowcheck": CHECKED,
        "cdivision": True,
        "embedsignature": False,
        "show_performance_hints": False,
    }
    return cythonize(
        [*found, extra],
        compiler_directives=directives,
        shared_utility_qualified_name=UTILITY,
        build_dir=str(generated),
        quiet=True,
    )


setup(ext_modules=[] if MODE == "none" else extensions(), cmdclass={"build_ext": BuildKernels})
