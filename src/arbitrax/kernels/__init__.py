"""All compiled code. Imports nothing of ours.

An editable install keeps the ``.py`` sources beside the compiled modules; a missing or stale one would run slow or
old code in silence. So every module carries the hash of the sources it was built from, and `verify` compares.
Importing any kernel verifies all of its folder, once per process: `arbitrax.kernels.exchange` does so by itself, so a
backtest does not load it.
"""

import hashlib
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

_HERE = Path(__file__).parent
_DECLARATIONS = b"".join(path.read_bytes() for path in sorted(_HERE.rglob("*.pxd")))
_REBUILD = "run `pip install -e .` (or `make build` in a checkout) to compile it"


def verify(package: str, folder: Path) -> None:
    """Check that every kernel of a folder is compiled from the source beside it.

    Raises:
        ImportError: one is not; the sentence names it and the command that mends it, ``name`` is this package.
    """
    declarations = hashlib.sha256(_DECLARATIONS)
    suffix = EXTENSION_SUFFIXES[0]
    sources = [source for source in sorted(folder.glob("*.py")) if source.stem != "__init__"]
    for source in sources:  # all before any: compiled modules import each other
        if not (folder / f"{source.stem}{suffix}").exists():
            raise ImportError(f"The compiled core lacks {package}.{source.stem}: {_REBUILD}.", name=__name__)
    for source in sources:
        name = f"{package}.{source.stem}"
        built = import_module(name).SOURCE_HASH
        digest = declarations.copy()
        digest.update(source.read_bytes())
        if built != digest.hexdigest():
            raise ImportError(
                f"The compiled core has a stale {name}, built from other sources: {_REBUILD}.", name=__name__
            )


verify(__name__, _HERE)
