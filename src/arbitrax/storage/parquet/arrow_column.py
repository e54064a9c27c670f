"""NumPy columns as Arrow arrays without a copy, and without Pandas: `pyarrow.array` would import it, for a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray


def arrow_column(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """Return (rows,) values, none of them null, as an array of a type of the same width."""
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(np.ascontiguousarray(values))])
