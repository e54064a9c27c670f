import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
MAX_NUMERIC_BYTES: int

def encode_rows(
    head: bytes,
    tail: bytes,
    stamps: NDArray[np.int64],
    amounts: NDArray[np.float64],
    first: int,
    last: int,
    out: NDArray[np.uint8],
) -> int: ...
def decode_array(data: NDArray[np.uint8], out: NDArray[np.float64]) -> int: ...
