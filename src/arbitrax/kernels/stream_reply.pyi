import numpy as np
from numpy.typing import NDArray

SOURCE_HASH: str
MOST_FIELDS: int

Bytes = bytes | bytearray | memoryview

def end_of_reply(data: Bytes, size: int, at: int, pending: int) -> tuple[int, int]: ...
def read_head(data: Bytes, size: int) -> tuple[int, int]: ...
def read_entries(
    data: Bytes, size: int, at: int, most: int
) -> tuple[tuple[bytes, ...], NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint32], int] | None: ...
def gather(data: Bytes, starts: NDArray[np.int64], lengths: NDArray[np.uint32]) -> bytes: ...
def first_wrong(
    data: Bytes, names: tuple[bytes, ...], starts: NDArray[np.int64], lengths: NDArray[np.uint32], checksum: int
) -> int: ...
