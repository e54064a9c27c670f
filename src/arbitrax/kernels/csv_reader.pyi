"""Types of the compiled CSV reader; what each argument holds stands in ``csv_reader.py``."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: Final[str]

OPEN: Final[int]
HIGH: Final[int]
LOW: Final[int]
CLOSE: Final[int]
VOLUME: Final[int]
ADJ_CLOSE: Final[int]
TICK_VOLUME: Final[int]
DATE: Final[int]
TIME: Final[int]
SYMBOL: Final[int]
FLOATS: Final[int]
IGNORED: Final[int]

YEAR_MONTH_DAY: Final[int]
MONTH_DAY_YEAR: Final[int]
DAY_MONTH_YEAR: Final[int]
COMPACT: Final[int]
EPOCH: Final[int]

RAGGED: Final[int]
UNTERMINATED: Final[int]
EMPTY: Final[int]
TEXT: Final[int]
NOT_FINITE: Final[int]
BAD_STAMP: Final[int]
BAD_YEAR: Final[int]
PROBLEMS: Final[int]

NO_OFFSET: Final[int]
FIRST_YEAR: Final[int]
LAST_YEAR: Final[int]

PROBLEM: Final[np.dtype[Any]]

def read_rows(
    data: bytes,
    start: int,
    line: int,
    delimiter: int,
    roles: NDArray[np.int32],
    layout: int,
    separator: int,
    timed: bool,
    floats: NDArray[np.float64],
    stamps: NDArray[np.int64],
    offsets: NDArray[np.int32],
    lines: NDArray[np.int64],
    symbols: NDArray[np.int32],
    slots: NDArray[np.int32],
    symbol_starts: NDArray[np.int64],
    symbol_lengths: NDArray[np.int64],
    problems: NDArray[Any],
) -> int: ...
