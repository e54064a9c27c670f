import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str

def stationary_bootstrap(
    returns: NDArray[np.float64], mean_block: float, seed: int, out: NDArray[np.float64]
) -> None: ...
