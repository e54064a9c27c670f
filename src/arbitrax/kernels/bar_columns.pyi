import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def in_order(timestamp: NDArray[np.int64], first: int, end: int) -> bool: ...
def sound_prices(
    open_: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    volume: NDArray[np.float64],
) -> bool: ...
def closed_within(
    open_: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    tolerance: float,
) -> bool: ...
def count_steps(timestamp: NDArray[np.int64], length: int) -> int: ...
def long_steps(timestamp: NDArray[np.int64], least: int, out: NDArray[np.int64]) -> int: ...
def day_ends(timestamp: NDArray[np.int64], cut: int, day: int, out: NDArray[np.int64]) -> int: ...
