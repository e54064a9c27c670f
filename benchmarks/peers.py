"""Peers live in virtual environments of their own under build/peers, never in the project's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("build/peers")
REQUIREMENTS = {
    "raptorbt": ["raptorbt==0.13.4", "numpy==2.4.6", "pandas==3.1.1"],
    "backtestingpy": ["backtesting==0.6.6", "numpy==2.4.6", "pandas==3.1.1"],
    "vectorbt": ["vectorbt==1.2.0", "vectorbt-rust==1.2.0", "numba==0.68.1", "numpy==2.4.6", "pandas==3.1.1"],
    "bt": ["bt==1.4.1", "numpy==2.4.6", "pandas==3.1.1"],
    "backtrader": ["backtrader==1.9.78.123", "numpy==2.4.6", "pandas==3.1.1"],
    "nautilus": ["nautilus_trader==1.221.0", "numpy==2.4.6", "pandas==2.3.3"],
    "akquant": ["akquant==0.3.71", "numpy==2.4.6", "pandas==3.1.1"],
    "arch": ["arch==8.0.0", "numpy==2.4.6", "pandas==2.3.3"],
    "zipline": ["zipline-reloaded==3.2.1", "empyrical-reloaded==0.7.1", "numpy==2.4.6", "pandas==2.3.3"],
    "empyrical": ["empyrical-reloaded==0.7.1", "numpy==2.4.6", "pandas==2.3.3"],
    "quantstats": ["quantstats==0.0.81", "numpy==2.4.6", "pandas==2.3.3"],
    "talipp": ["talipp==2.7.0"],
    "orderly_chaos": ["orderly-chaos==0.2.0"],
    "obook": ["obook==0.1.0"],
    "litebook": ["litebook==0.0.1"],
    "liquibook": ["liquibook==2.0.1"],
    "lightmatchingengine": ["lightmatchingengine==2019.1.4"],
    "pyorderbook": ["pyorderbook==0.4.9"],
    "fastapi": [
        "fastapi==0.165.0",
        "uvicorn==0.54.0",
        "uvloop==0.23.0",
        "httptools==0.9.0",
        "websockets==17.4",
        "psycopg[binary,pool]==3.3.9",
        "valkey[libvalkey]==6.2.0",
        "pyjwt[crypto]",
    ],
    "matching_engine": ["matching-engine==0.1.1"],
    "matching_engine_gateway": ["matching-engine[gateway]==0.1.1", "uvicorn==0.54.0", "uvloop==0.23.0"],
}
INTERPRETERS = {"matching_engine": "python3.12", "matching_engine_gateway": "python3.12"}
"""Peers that need another Python than ours."""


def interpreter(peer: str) -> str | None:
    """Return the Python that makes the peer's environment; None when it is not there."""
    name = INTERPRETERS.get(peer)
    if name is None or sys.version_info[:2] == tuple(map(int, name.removeprefix("python").split("."))):
        return sys.executable
    # A name in the path may be pyenv's switch between versions of which none is chosen: then those it has.
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [shutil.which(name), *map(str, versions.glob(f"*/bin/{name}"))]
    return next((each for each in places if each is not None and _works(each)), None)


def _works(python: str) -> bool:
    return not subprocess.run([python, "--version"], capture_output=True, check=False).returncode


def python_of(peer: str) -> str | None:
    """Return the peer's interpreter, installing the peer at first; None when it cannot be installed."""
    home = FOLDER / peer
    python = home / "bin" / "python"
    if not (home / ".installed").exists():
        print(f"installing {peer} into {home} ...", file=sys.stderr)
        maker = interpreter(peer)
        if maker is None or subprocess.run([maker, "-m", "venv", str(home)], check=False).returncode:
            return None
        installed = subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *REQUIREMENTS[peer]],
            check=False,
        )
        if installed.returncode:
            return None
        (home / ".installed").touch()
    return str(python)
