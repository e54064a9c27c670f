"""Bars of many symbols on one time axis: the union of their sessions.

Arrays are (bars, symbols), time on axis 0, so that one row is the market at one moment. A symbol has a bar in a row
exactly where its close is not NaN; one that starts later or pauses has NaN there and nowhere a made-up price.
"""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, json
from msgspec.structs import replace

from arbitrax.domain.bars import Bars, PriceBasis
from arbitrax.domain.errors import DataError, InputError, UnknownNameError, did_you_mean

if TYPE_CHECKING:
    from arbitrax.domain.bars import Floats, Int64s

PRICES = ("open", "high", "low", "close")
FIELDS = (*PRICES, "volume", "factor")

BLOCK = 64
"""Symbols scattered at a time: rows of this many columns fill whole cache lines, and the buffer stays in cache."""
EMPTIEST = 100
"""A grid with more cells than this a bar is refused (if it is large): its symbols hardly share a moment."""
SMALL = 10_000_000


class Panel(Struct, frozen=True, eq=False):
    """Price bars of several symbols, oldest first.

    timestamp: (bars,) int64 ns UTC, as in `Bars`. Prices and volume: (bars, symbols) float64, C-contiguous, NaN where
    a symbol has no bar. ``volume`` is None where nobody needs it. ``factor`` is ``adj_close / close`` of raw prices,
    NaN for symbols without adjusted closes, or None when no symbol has any.

    Raises:
        InputError: a symbol twice.
        DataError: arrays of another shape, type or order, or times not ascending.
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
        _refuse_duplicates(self.symbols)
        if self.timestamp.dtype != "int64" or not _ascending(self.timestamp):
            raise DataError("The times of a panel must be int64 nanoseconds, each later than the one before.")
        for name in FIELDS:
            array = getattr(self, name)
            if array is None and name not in PRICES:
                continue
            if array.shape != self.shape or array.dtype != "float64" or not array.flags.c_contiguous:
                raise DataError(
                    f"The panel's {name} is {array.dtype} of shape {array.shape}; give C-contiguous float64 of shape "
                    f"{self.shape}, bars by symbols."
                )

    @classmethod
    def from_bars(cls, bars: Iterable[Bars], *, symbols: int | None = None, volume: bool = True) -> "Panel":
        """Align series on the union of their times; ``volume=False`` leaves volume out.

        A bar whose close is NaN counts as none. With ``symbols``, how many series will come, they are taken as they
        come and not kept: those of a whole market then need no more memory than the panel.

        Raises:
            InputError: no series, a symbol twice, or series of different intervals or price bases.
            DataError: times not ascending, or so few in common that the panel would be nearly empty.
        """
        if symbols is None:
            bars = list(bars)
            symbols = len(bars)
        grid = _Grid(symbols, volume=volume)
        series = iter(bars)
        while block := list(islice(series, BLOCK)):
            grid.add(block)
        if not grid.names:
            raise InputError("A panel needs the bars of at least one symbol, and none were given.")
        return cls(
            symbols=tuple(grid.names),
            interval=grid.interval,
            timestamp=grid.timestamp,
            basis=grid.basis,
            **grid.columns,
        )

    def __len__(self) -> int:
        return len(self.timestamp)

    @property
    def shape(self) -> tuple[int, int]:
        """Bars and symbols."""
        return len(self.timestamp), len(self.symbols)

    def column(self, symbol: str) -> Bars:
        """Return one symbol's own bars, without the rows in which it has none.

        Volume is NaN in a panel without it. ``adj_close`` is ``close * factor``, so the source's to 1e-15 relative,
        and in an adjusted panel the close.

        Raises:
            UnknownNameError: the panel has no such symbol.
        """
        if symbol not in self.symbols:
            raise UnknownNameError(
                f"The panel has no symbol '{symbol}' among its {len(self.symbols)}{did_you_mean(symbol, self.symbols)}."
            )
        at = self.symbols.index(symbol)
        own = self.close[:, at] == self.close[:, at]
        close = self.close[own, at]
        adj_close = close if self.basis == "adjusted" else None
        if self.factor is not None and (self.factor[own, at] > 0).any():
            adj_close = close * self.factor[own, at]
        return Bars(
            symbol=symbol,
            interval=self.interval,
            timestamp=self.timestamp[own],
            open=self.open[own, at],
            high=self.high[own, at],
            low=self.low[own, at],
            close=close,
            volume=close * float("nan") if self.volume is None else self.volume[own, at],
            adj_close=adj_close,
            basis=self.basis,
        )

    def between(self, start: int | None, end: int | None) -> "Panel":
        """Return the rows with ``start <= timestamp < end`` (ns UTC; None leaves that side open), without copying."""
        first = 0 if start is None else int(self.timestamp.searchsorted(start))
        last = len(self) if end is None else int(self.timestamp.searchsorted(end))
        rows = slice(first, max(first, last))
        columns = {name: array[rows] for name in FIELDS if (array := getattr(self, name)) is not None}
        return replace(self, timestamp=self.timestamp[rows], **columns)

    def adjusted(self) -> "Panel":
        """Return prices multiplied by ``factor``, as `Bars.adjusted` does: symbols without adjusted closes stay.

        Raises:
            DataError: some bars of a symbol lack the adjusted close that others have.
        """
        if self.basis == "adjusted" or self.factor is None:
            return self
        import numpy as np

        usable = self.factor > 0
        some = usable.any(axis=0)
        lacking = (~usable & (self.close == self.close)).any(axis=0) & some
        if lacking.any():
            raise DataError(
                f"{self.symbols[int(lacking.argmax())]} has bars without an adjusted close; import the series with "
                "it, or run on raw prices."
            )
        factor = np.where(some, self.factor, 1.0)
        prices = {name: getattr(self, name) * factor for name in PRICES}
        return replace(self, **prices, factor=None, basis="adjusted")

    def content_hash(self) -> str:
        """Return the SHA-256 of symbols, interval, basis, times and columns (little-endian, in `FIELDS` order)."""
        digest = hashlib.sha256(f"panel/1 {self.interval} {self.basis} {len(self)} ".encode())
        digest.update(json.encode(self.symbols))
        for name in ("timestamp", *FIELDS):
            array = getattr(self, name)
            digest.update(name.encode())
            if array is not None:
                digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view("uint8"))
        return digest.hexdigest()


class _Grid:
    """A panel in the making: columns filled a block of symbols at a time, rows added where new times appear."""

    def __init__(self, symbols: int, *, volume: bool) -> None:
        import numpy as np

        self.names: list[str] = []
        self.interval = ""
        self.basis: PriceBasis = "raw"
        self.timestamp: Int64s = np.zeros(0, np.int64)
        fields = [*PRICES, *(["volume"] if volume else [])]
        self.columns: dict[str, Floats] = {name: np.empty((0, symbols)) for name in fields}
        self._symbols = symbols
        self._given = 0
        self._buffer = np.empty((BLOCK, 0))

    def add(self, block: list[Bars]) -> None:
        """Write the next series into their columns."""
        import numpy as np

        if not self.names:
            self.interval, self.basis = block[0].interval, block[0].basis
        self._refuse_mixture(block)
        first = len(self.names)
        self.names += [each.symbol for each in block]
        self._given += sum(map(len, block))
        self._widen(_union([self.timestamp, *(each.timestamp for each in block)], ["", *(e.symbol for e in block)]))
        # Adjusted prices have a factor of 1 throughout; nothing to keep.
        if self.basis == "raw" and "factor" not in self.columns and any(e.adj_close is not None for e in block):
            self.columns["factor"] = np.empty((len(self.timestamp), self._symbols))
            self.columns["factor"][:, :first] = np.nan
        rows = [_rows(self.timestamp, each.timestamp) for each in block]
        for name, target in self.columns.items():
            for at, each in enumerate(block):
                if each.timestamp.size < len(self.timestamp):
                    self._buffer[at] = np.nan
                self._buffer[at, rows[at]] = _factor(each) if name == "factor" else getattr(each, name)
            target[:, first : first + len(block)] = self._buffer[: len(block)].T

    def _widen(self, timestamp: "Int64s") -> None:
        """Take the times given, which hold all that the panel has."""
        import numpy as np

        if len(timestamp) == len(self.timestamp):
            return
        done = len(self.names)
        if len(timestamp) * done > max(SMALL, EMPTIEST * self._given):
            raise DataError(
                f"{done} symbols with {self._given} bars share so few times that their panel would have "
                f"{len(timestamp)} rows, nearly all empty; resample them to one interval and session, or run them "
                "apart."
            )
        rows = timestamp.searchsorted(self.timestamp)
        for name, narrow in self.columns.items():
            wide = np.empty((len(timestamp), self._symbols))
            if len(rows):
                wide[:, :done] = np.nan
                wide[rows, :done] = narrow[:, :done]
            self.columns[name] = wide
        self.timestamp = timestamp
        self._buffer = np.empty((BLOCK, len(timestamp)))

    def _refuse_mixture(self, block: list[Bars]) -> None:
        """Raise unless all series are of the interval and price basis of the first."""
        for each in block:
            if each.interval != self.interval:
                raise InputError(
                    f"A panel has one interval: {self.names[0] if self.names else block[0].symbol} has {self.interval} "
                    f"bars and {each.symbol} {each.interval}; resample one of them."
                )
            if each.basis != self.basis:
                raise InputError(
                    f"A panel has one price basis: {self.names[0] if self.names else block[0].symbol} is {self.basis} "
                    f"and {each.symbol} {each.basis}; adjust all of them or none."
                )


def _refuse_duplicates(symbols: Sequence[str]) -> None:
    """Raise when a symbol occurs twice."""
    seen: set[str] = set()
    for symbol in symbols:
        if symbol in seen:
            raise InputError(f"A panel takes each symbol once, and {symbol} is given twice; drop or rename one.")
        seen.add(symbol)


def _union(times: "Sequence[Int64s]", symbols: Sequence[str]) -> "Int64s":
    """Return all times of all series, ascending and distinct.

    Most series share most of their times, so only what the longest one lacks is sorted.
    """
    import numpy as np

    longest = max(times, key=len)
    lacking = [longest]
    for each, symbol in zip(times, symbols, strict=True):
        if not _ascending(each):
            raise DataError(f"The times of {symbol} are not ascending; sort its bars and drop those that repeat.")
        if each is longest or np.array_equal(each, longest) or not len(each):
            continue
        at = longest.searchsorted(each)
        at[at == len(longest)] = 0
        new = each[longest[at] != each]
        if len(new):
            lacking.append(new)
    return longest if len(lacking) == 1 else np.unique(np.concatenate(lacking))


def _rows(union: "Int64s", own: "Int64s") -> "slice | Int64s":
    """Return the rows of the union that a series occupies, as a slice where they are in one piece."""
    if not len(own):
        return slice(0, 0)
    first, last = (int(each) for each in union.searchsorted([own[0], own[-1]]))
    return slice(first, last + 1) if last - first + 1 == len(own) else union.searchsorted(own)


def _factor(bars: Bars) -> "Floats | float":
    """Return ``adj_close / close``, NaN where there is none."""
    return float("nan") if bars.adj_close is None else bars.adj_close / bars.close


def _ascending(timestamp: "Int64s") -> bool:
    return bool((timestamp[1:] > timestamp[:-1]).all())
