import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def quantise(x: NDArray[np.float64], scale: float, window: int, out: NDArray[np.int64]) -> int: ...
def rolling_sum(x: NDArray[np.int64], window: int, out: NDArray[np.int64]) -> None: ...
def compare_averages(
    first: NDArray[np.int64],
    first_window: int,
    second: NDArray[np.int64],
    second_window: int,
    out: NDArray[np.int8],
) -> None: ...
def rsi(close: NDArray[np.float64], window: int, out: NDArray[np.float64]) -> None: ...
