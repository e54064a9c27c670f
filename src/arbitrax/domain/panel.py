"""Bars of several symbols side by side, on the union of their times."""

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars, PriceBasis
from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arbitrax.domain.bars import Floats, Int64s

PRICES = ("open", "high", "low", "close")


class Panel(Struct, frozen=True, eq=False):
    """Price bars of several symbols: (bars, symbols) float64, C-contiguous, NaN where a symbol has no bar.

    timestamp: (bars,) as in `Bars`. volume: units as traded, None when unknown. factor: adjusted / raw price, None
    when prices are raw or their adjustment is unknown.
    """

    symbols: tuple[str, ...]
    interval: str
    timestamp: "Int64s"
    open: "Floats"
    high: "Floats"
    low: "Floats"
    close: "Floats"
    volume: "Floats | None" = None
    factor: "Floats | None" = None
    basis: PriceBasis = "raw"

    def __post_init__(self) -> None:
        shape = (len(self.timestamp), len(self.symbols))
        for name in (*PRICES, "volume", "factor"):
            column = getattr(self, name)
            if column is not None and column.shape != shape:
                raise InputError(
                    f"A panel of {shape[0]} bars and {shape[1]} symbols has {name} of shape {column.shape}; give "
                    "(bars, symbols)."
                )

    def __len__(self) -> int:
        return len(self.timestamp)

    def rows(self, column: int) -> "Int64s":
        """Return the numbers of the bars that a symbol has."""
        return np.flatnonzero(~np.isnan(self.close[:, column]))

    def column(self, symbol: str) -> Bars:
        """Return one symbol's own bars."""
        at = self.symbols.index(symbol)
        rows: Any = self.rows(at)
        if len(rows) == len(self):
            rows = slice(None)
        columns = {name: getattr(self, name)[rows, at] for name in PRICES}
        volume = np.full(len(self), np.nan)[rows] if self.volume is None else self.volume[rows, at]
        return Bars(symbol, self.interval, self.timestamp[rows], **columns, volume=volume, basis=self.basis)

    def between(self, start: int | None, end: int | None) -> "Panel":
        """Return the bars with ``start <= timestamp < end`` (ns UTC; None leaves that side open), as views."""
        first = 0 if start is None else int(self.timestamp.searchsorted(start))
        last = len(self) if end is None else int(self.timestamp.searchsorted(end))
        cut = {name: getattr(self, name) for name in (*PRICES, "volume", "factor")}
        return replace(
            self,
            timestamp=self.timestamp[first:last],
            **{name: column[first:last] for name, column in cut.items() if column is not None},
        )

    def content_hash(self) -> str:
        """Return the SHA-256 of interval, basis, symbols and columns."""
        symbols = " ".join(self.symbols)
        digest = hashlib.sha256(f"panel/1 {self.interval} {self.basis} {len(self)} {symbols}".encode())
        for name in ("timestamp", *PRICES, "volume", "factor"):
            column = getattr(self, name)
            digest.update(name.encode())
            if column is not None:
                digest.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).data)
        return digest.hexdigest()

    @classmethod
    def from_bars(cls, series: "Sequence[Bars]", *, adjusted: bool = False) -> "Panel":
        """Return series side by side, on the union of their times; ``adjusted``: in adjusted prices.

        Raises:
            InputError: no series, two of one symbol, or several intervals or price bases.
        """
        if not series:
            raise InputError("A panel needs the bars of at least one symbol.")
        first = series[0]
        symbols = tuple(each.symbol for each in series)
        if len(set(symbols)) < len(symbols):
            twice = next(symbol for symbol in symbols if symbols.count(symbol) > 1)
            raise InputError(f"{twice} is given twice; give each symbol once.")
        for each in series:
            for name in ("interval", "basis"):
                if getattr(each, name) != getattr(first, name):
                    raise InputError(
                        f"{each.symbol} has {getattr(each, name)} {'bars' if name == 'interval' else 'prices'} and "
                        f"{first.symbol} {getattr(first, name)}; a panel has one {name}."
                    )
        timestamp = _union([each.timestamp for each in series])
        shape = (len(timestamp), len(series))
        made: dict[str, Any] = {name: np.full(shape, np.nan) for name in (*PRICES, "volume")}
        factors = adjusted and any(each.adj_close is not None for each in series)
        factor = np.ones(shape) if factors else None
        for column, each in enumerate(series):
            shown = each.adjusted() if adjusted else each
            rows: Any = slice(None)
            if len(each) < len(timestamp):
                rows = timestamp.searchsorted(each.timestamp)
            for name, values in made.items():
                values[rows, column] = getattr(shown, name)
            if factor is not None and each.adj_close is not None:
                factor[rows, column] = each.adj_close / each.close
        return cls(
            symbols,
            first.interval,
            timestamp,
            **made,
            factor=factor,
            basis="adjusted" if adjusted and all(each.adj_close is not None for each in series) else first.basis,
        )


def _union(times: "list[Int64s]") -> "Int64s":
    """Return all times once, ascending. Most series share theirs with the longest one, which makes this short."""
    longest = max(times, key=len)
    extra = []
    for each in times:
        if each is longest:
            continue
        at = longest.searchsorted(each)
        missing = each[longest[np.minimum(at, len(longest) - 1)] != each] if len(longest) else each
        if len(missing):
            extra.append(missing)
    if not extra:
        return longest
    return np.unique(np.concatenate((longest, *extra)))
