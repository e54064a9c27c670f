"""A new strategy's first file and its test, from the texts beside this file."""

import keyword
import sys
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from arbitrax.domain.errors import InputError


class Written(Struct, frozen=True):
    """What was written."""

    strategy: Path
    test: Path
    class_name: str


def write_strategy(name: str, directory: Path, *, events: bool = False) -> Written:
    """Write ``name.py``, a documented strategy that works, and ``test_name.py`` beside it.

    events: one that is called bar by bar, instead of one that decides from arrays.

    Raises:
        InputError: no name for a module, files that exist already, or a directory that cannot be written to.
    """
    class_name = "".join(part[:1].upper() + part[1:] for part in name.split("_"))
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise InputError(f"'{name}' is no name for a Python file; use letters, digits and _, such as my_strategy.")
    written = Written(directory / f"{name}.py", directory / f"test_{name}.py", class_name)
    for path in (written.strategy, written.test):
        if path.exists():
            raise InputError(f"{path} exists already, and nothing is overwritten; choose another name or directory.")
    if _is_installed(name):
        raise InputError(f"'{name}' is a module that Python has, which a file of that name would hide; choose another.")
    form = "events" if events else "signals"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, template in ((written.strategy, form), (written.test, f"{form}_test")):
            text = Path(__file__).with_name(f"{template}.py.txt").read_text(encoding="utf-8")
            for word, value in (
                ("CLASS_NAME", class_name), ("FILE_NAME", written.strategy.name), ("TEST_NAME", written.test.name),
            ):  # fmt: skip
                text = text.replace(word, value)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise InputError(f"{error.filename or directory} cannot be written: {error.strerror}.") from error
    return written


def _is_installed(name: str) -> bool:
    """Tell whether importing a name gives something that is not from the present folder."""
    if name in sys.stdlib_module_names:
        return True
    try:
        found = find_spec(name)
    except (ImportError, ValueError):
        return False
    return found is not None and (found.origin is None or Path(found.origin).parent != Path.cwd())
