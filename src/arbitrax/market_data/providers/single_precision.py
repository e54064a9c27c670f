"""Bring back the decimals that single precision blurred: 166.69000244140625 was 166.69."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats

MOST_DECIMALS = 12


def shortest_decimals(values: "Floats") -> "Floats":
    """Return each value that is exactly a float32 as the decimal with the fewest places that rounds to that float32.

    Others, NaN among them, stay as they are. Shape (rows,) in and out.
    """
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    found = values.copy()
    open_rows = np.flatnonzero((single.astype(np.float64) == values) & np.isfinite(values))
    for places in range(MOST_DECIMALS + 1):
        if not len(open_rows):
            break
        rounded = np.round(values[open_rows], places)
        fits = rounded.astype(np.float32) == single[open_rows]
        found[open_rows[fits]] = rounded[fits]
        open_rows = open_rows[~fits]
    return found
