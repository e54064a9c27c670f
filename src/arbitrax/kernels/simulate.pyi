import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def count_orders(targets: NDArray[np.float64]) -> int: ...
def simulate(
    open_: NDArray[np.float64],
    high: NDArray[np.float64],
    low: NDArray[np.float64],
    close: NDArray[np.float64],
    targets: NDArray[np.float64],
    cash: float,
    commission: float,
    slippage: float,
    equity: NDArray[np.float64],
    exposure: NDArray[np.float64],
    orders: NDArray[np.void],
    trades: NDArray[np.void],
) -> tuple[int, int, int]: ...
