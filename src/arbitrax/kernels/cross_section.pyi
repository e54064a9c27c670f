import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def return_deviations(
    close: NDArray[np.float64],
    rows: NDArray[np.int64],
    window: int,
    least: int,
    work: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
