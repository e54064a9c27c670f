import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
LONGEST: int

class MovingAverageComparison:
    def __init__(self, first: int, second: int) -> None: ...
    def update(self, price: float) -> int: ...

def average_unit(first: float) -> float: ...
def cross_averages(
    price: NDArray[np.float64], scale: float, first_window: int, second_window: int, out: NDArray[np.int8]
) -> int: ...
