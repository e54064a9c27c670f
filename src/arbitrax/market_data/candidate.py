"""Rows that want to become bars: as a vendor or a file has them, brought into columns and into UTC, not trusted yet."""

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

VendorBasis = Literal["raw", "split_adjusted"]
"""``raw``: as traded. ``split_adjusted``: prices divided by all later splits and volume multiplied, as Yahoo does."""

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume", "adj_close", "is_final")


class CandidateBars(Struct, frozen=True, eq=False):
    """Rows of one symbol in the order received, all arrays of shape (rows,).

    ``timestamp`` is int64 ns UTC, the bar's start; of daily and longer bars the session's date at 00:00, as `Bars` has
    it. Prices are float64 in ``currency``, ``volume`` in units traded, NaN where the source has nothing.
    """

    symbol: str
    interval: str
    timestamp: "Int64s"
    open: "Floats"
    high: "Floats"
    low: "Floats"
    close: "Floats"
    volume: "Floats"
    adj_close: "Floats | None" = None
    is_final: "NDArray[np.bool_] | None" = None
    """False for bars that still change, such as today's; None: all are final."""
    source: str = "file"
    """Who says so: a vendor's name, or ``file``."""
    basis: VendorBasis = "raw"
    currency: str | None = None

    def __len__(self) -> int:
        return len(self.timestamp)

    def take(self, rows: Any) -> "CandidateBars":
        """Return the rows that a slice, mask or index array selects."""
        return replace(self, **{name: column[rows] for name in COLUMNS if (column := getattr(self, name)) is not None})
