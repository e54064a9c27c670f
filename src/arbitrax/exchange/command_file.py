"""Read a file of commands: a NumPy `.npy` array, shape (n,), of `records.COMMAND`."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arbitrax.domain.errors import DataError
from arbitrax.exchange.records import COMMAND


def read_command_file(path: Path) -> NDArray[np.void]:
    """Return the commands of a file, mapped into memory, not read.

    Raises:
        DataError: it is missing, empty, cut short, no `.npy` file, or of another dtype or shape.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            magic = file.read(6)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from None
    if not size:
        raise DataError(f"{path} is empty; write commands with numpy.save.")
    if not magic.startswith(b"\x93NUMPY"):
        raise DataError(f"{path} is no .npy file: it begins with {magic!r}; write commands with numpy.save.")
    try:
        commands: NDArray[np.void] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        if "Python objects" in str(error):
            raise DataError(
                f"{path} holds Python objects; save an array of arbitrax.exchange.records.COMMAND."
            ) from None
        raise DataError(f"{path} is cut short or damaged, at {size:,} bytes; write it again.") from None
    if commands.dtype != COMMAND:
        raise DataError(f"{path} holds {_kind_of(commands.dtype)}, not arbitrax.exchange.records.COMMAND; convert it.")
    if commands.ndim != 1:
        raise DataError(f"{path} has the shape {commands.shape}; commands are a list, of shape (n,).")
    if not len(commands):
        raise DataError(f"{path} holds no commands.")
    return commands


def _kind_of(dtype: np.dtype) -> str:
    names = dtype.names
    if names is None:
        return f"values of {dtype}"
    return f"records of {dtype.itemsize} bytes ({', '.join(names[:4])}{', ...' if len(names) > 4 else ''})"
