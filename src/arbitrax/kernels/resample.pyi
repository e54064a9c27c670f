import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def aggregate(
    starts: NDArray[np.int64],
    open: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    volume: NDArray[np.float64],
    adj_close: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None: ...
def group_by_time(
    timestamp: NDArray[np.int64],
    session_starts: NDArray[np.int64],
    anchors: NDArray[np.int64],
    length: int,
    starts: NDArray[np.int64],
    stamps: NDArray[np.int64],
) -> int: ...
def group_by_sum(
    price: NDArray[np.float64], size: NDArray[np.float64], threshold: float, starts: NDArray[np.int64]
) -> int: ...
