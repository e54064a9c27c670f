import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def rsi(close: NDArray[np.float64], window: int, out: NDArray[np.float64]) -> None: ...
def cross_averages(
    price: NDArray[np.float64], scale: float, first_window: int, second_window: int, out: NDArray[np.int8]
) -> int: ...
