"""Disks that are slow to sync or full now and then, for everything that is started meanwhile."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FULL = "full"
"""File of the folder that makes its disk full while it is there."""


@contextmanager
def disk(folder: Path, *, slow_sync: int = 0, fills: bool = False) -> Iterator[None]:
    """Preload libraries.

    Args:
        folder: where they are compiled.
        slow_sync: milliseconds that fdatasync takes longer.
        fills: whether the disk is full while the file FULL is in the folder.
    """
    libraries = []
    if slow_sync:
        libraries.append(_compiled(folder, "slow_sync", f"-DDELAY_MS={slow_sync}"))
    if fills:
        libraries.append(_compiled(folder, "full_disk", f'-DFLAG="{folder / FULL}"'))
    if not libraries:
        yield
        return
    os.environ["LD_PRELOAD"] = " ".join(libraries)
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]


def _compiled(folder: Path, name: str, definition: str) -> str:
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    subprocess.run(["cc", "-shared", "-fPIC", definition, "-o", str(library), str(source)], check=True)
    return str(library)
