"""Positions held from an entry to its exit, in arrays."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats


def held(weights: "Floats") -> "Floats":
    """Carry each stated weight forward over the NaN after it; 0 before the first; (bars,)."""
    stated = np.where(np.isnan(weights), 0, np.arange(len(weights)))
    return np.nan_to_num(weights[np.maximum.accumulate(stated)])
