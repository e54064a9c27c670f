"""The C++ programs of this benchmark, compiled when they are first needed."""

import shutil
import subprocess
from pathlib import Path

from benchmarks.exchange.stream import FOLDER


def compiled(name: str) -> Path | None:
    """Return the program made of ``name``.cpp; None, said in a sentence, without a compiler."""
    source, program = Path(__file__).with_name(f"{name}.cpp"), FOLDER / name
    compiler = shutil.which("g++")
    if compiler is None:
        print(f"There is no g++, so {source.name} is left out.")
        return None
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        program.parent.mkdir(parents=True, exist_ok=True)
        flags = ["-O3", "-march=native", "-ffp-contract=off", "-std=c++17"]
        subprocess.run([compiler, *flags, "-o", program, source, "-ldl"], check=True)
    return program
