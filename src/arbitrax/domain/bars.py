"""One symbol's price bars as parallel arrays.

Times are int64 nanoseconds UTC and mark the *start* of a bar. A daily or longer bar carries its session date at
00:00 UTC, whatever the exchange's clock; intraday bars carry the instant.
"""

import hashlib
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Int64s = NDArray[np.int64]
    Floats = NDArray[np.float64]

PriceBasis = Literal["raw", "adjusted"]
"""``raw``: as traded. ``adjusted``: scaled by ``adj_close / close``, so splits and dividends leave no jump."""

COLUMNS = ("timestamp", "open", "high", "low", "close", "volume", "adj_close")


class Bars(Struct, frozen=True, eq=False):
    """Price bars of one symbol, oldest first, all arrays of shape (bars,).

    ``open, high, low, close, adj_close`` are in quote currency, ``volume`` in units traded. ``adj_close`` is the
    vendor's close adjusted for later splits and dividends, or None when the source has none.
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
    basis: PriceBasis = "raw"

    def __len__(self) -> int:
        return len(self.timestamp)

    def take(self, rows: Any) -> "Bars":
        """Return the bars that a slice, mask or index array selects."""
        return replace(
            self,
            **{name: column[rows] for name in COLUMNS if (column := getattr(self, name)) is not None},
        )

    def between(self, start: int | None, end: int | None) -> "Bars":
        """Return the bars with ``start <= timestamp < end`` (ns UTC; None leaves that side open)."""
        first = 0 if start is None else int(self.timestamp.searchsorted(start))
        last = len(self) if end is None else int(self.timestamp.searchsorted(end))
        return self.take(slice(first, last))

    def adjusted(self) -> "Bars":
        """Return prices multiplied by ``adj_close / close``; unchanged without ``adj_close`` or if adjusted already.

        Volume stays as traded: one adjusted close cannot tell a split from a dividend.

        Raises:
            DataError: some bars lack the adjusted close that others have.
        """
        if self.basis == "adjusted" or self.adj_close is None:
            return self
        factor = self.adj_close / self.close
        if not (factor > 0).all():  # NaN too: the loop would take such a bar for none
            raise DataError(
                f"{self.symbol} has bars without an adjusted close; import the series with it, or run on raw prices."
            )
        return replace(
            self,
            open=self.open * factor,
            high=self.high * factor,
            low=self.low * factor,
            close=self.adj_close,
            basis="adjusted",
        )

    def content_hash(self) -> str:
        """Return the SHA-256 of interval, basis and columns (little-endian, in `COLUMNS` order), not the symbol."""
        digest = hashlib.sha256(f"bars/1 {self.interval} {self.basis} {len(self)}".encode())
        for name in COLUMNS:
            column = getattr(self, name)
            digest.update(name.encode())
            if column is not None:
                digest.update(column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes())
        return digest.hexdigest()
