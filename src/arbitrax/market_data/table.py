"""Rows of one or more symbols, read but not yet trusted, and how they become checked series."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import UnknownNameError, did_you_mean
from arbitrax.market_data.bar_times import Stamps, check_offsets, resolve_times, shown
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.checks import check_price, check_values, distinct_rows, notice_outside, order_of
from arbitrax.market_data.series import Series
from arbitrax.market_data.source import Source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats
    from arbitrax.market_data.providers.provider import Fetched


class Table(Struct, frozen=True, eq=False):
    """Parallel columns of shape (rows,)."""

    source: Source
    stamps: Stamps
    columns: "Mapping[str, Floats]"
    """open, high, low, close; volume, tick_volume and adj_close where the source has them."""
    symbols: tuple[str, ...] = ()
    """The symbols a symbol column names; empty without one."""
    symbol_of_row: "NDArray[np.int32] | None" = None
    """(rows,) positions in ``symbols``."""
    notices: tuple[str, ...] = ()
    split_adjusted: bool = False
    """Whether the source is known to divide prices by later splits."""

    def rows_of(self, position: int) -> "Table":
        """Return the rows of one symbol."""
        if len(self.symbols) == 1 or self.symbol_of_row is None:
            return self
        rows = np.flatnonzero(self.symbol_of_row == position)
        return replace(
            self,
            source=self.source.take(rows),
            stamps=self.stamps.take(rows),
            columns={role: column[rows] for role, column in self.columns.items()},
            symbol_of_row=None,
        )


def build_series(
    table: Table, *, symbol: str | None, default: str, timezone: str | None, interval: str | None
) -> list[Series]:
    """Check a table and return one series a symbol, in the order of their first rows.

    ``symbol`` picks from a symbol column; without one it names the rows, else ``default`` does.

    Raises:
        DataError: a value, time or duplicate that cannot be trusted.
        UnknownNameError: the symbol column does not hold ``symbol``.
    """
    table = _without_empty_volume(_with_volume(replace(table, stamps=check_offsets(table.stamps, table.source))))
    check_values(table.columns, table.source)
    return [_one_series(rows, name, timezone, interval) for rows, name in _by_symbol(table, symbol, default)]


def build_candidates(
    table: Table, *, symbol: str | None, default: str, timezone: str | None, interval: str | None
) -> "list[Fetched]":
    """Return the rows of each symbol, not looked at but for their times; arguments as of `build_series`.

    Raises:
        DataError: times that cannot be told, in one of the ways `resolve_times` names.
        UnknownNameError: the symbol column does not hold ``symbol``.
    """
    from arbitrax.market_data.providers.provider import Fetched

    table = _with_volume(replace(table, stamps=check_offsets(table.stamps, table.source)))
    found = []
    for rows, name in _by_symbol(table, symbol, default):
        times = resolve_times(rows.stamps, rows.source, timezone=timezone, interval=interval)
        numbers = {role: np.where(np.isfinite(column), column, np.nan) for role, column in rows.columns.items()}
        candidate = CandidateBars(
            name,
            times.interval,
            times.timestamp,
            open=numbers["open"],
            high=numbers["high"],
            low=numbers["low"],
            close=numbers["close"],
            volume=numbers["volume"],
            adj_close=numbers.get("adj_close"),
            basis="split_adjusted" if table.split_adjusted else "raw",
        )
        found.append(Fetched(candidate, notices=(*rows.notices, *times.notices)))
    return found


def _by_symbol(table: Table, symbol: str | None, default: str) -> list[tuple[Table, str]]:
    """Return the rows of each symbol, or of the one that is wanted, with its name."""
    if not table.symbols:
        return [(table, symbol or default)]
    wanted = range(len(table.symbols)) if symbol is None else [_position(table, symbol)]
    return [(table.rows_of(k), table.symbols[k]) for k in wanted]


def _position(table: Table, symbol: str) -> int:
    """Return which of the symbols is meant, whatever its case."""
    by_name = {name.upper(): k for k, name in enumerate(table.symbols)}
    if symbol in table.symbols:
        return table.symbols.index(symbol)
    if symbol.upper() not in by_name:
        held = ", ".join(table.symbols[:5]) + (", ..." if len(table.symbols) > 5 else "")
        hint = did_you_mean(symbol, table.symbols)
        raise UnknownNameError(f"{table.source.name} has no symbol '{symbol}' among {held}{hint or '.'}")
    return by_name[symbol.upper()]


def _with_volume(table: Table) -> Table:
    """Settle on one volume: as traded, else MetaTrader's tick volume, else 0."""
    columns = dict(table.columns)
    ticks = columns.pop("tick_volume", None)
    volume = columns.get("volume")
    name, notices = table.source.name, table.notices
    if ticks is not None and (volume is None or not volume.any()):
        volume = ticks
        notices += (f"{name} has no traded volume; its tick volume, the number of price changes, is used.",)
    if volume is None:
        volume = np.zeros(len(columns["close"]))
        notices += (f"{name} has no volume column; volume is 0.",)
    return replace(table, columns=columns | {"volume": volume}, notices=notices)


def _without_empty_volume(table: Table) -> Table:
    """Take a volume that is empty for 0."""
    volume = table.columns["volume"]
    empty = np.flatnonzero(np.isnan(volume))
    if not len(empty):
        return table
    first = shown(int(table.stamps.written[empty[0]]))
    rows = "1 row" if len(empty) == 1 else f"{len(empty)} rows"
    told = f"{table.source.name} has no volume in {rows} (first {first}); volume is 0 there."
    columns = {**table.columns, "volume": np.where(np.isnan(volume), 0.0, volume)}
    return replace(table, columns=columns, notices=(*table.notices, told))


def _with_adj_close(table: Table) -> Table:
    """Leave out adjusted closes that are all empty; refuse those that are so in part."""
    prices = table.columns.get("adj_close")
    if prices is None:
        return table
    if np.isnan(prices).all():
        columns = {role: column for role, column in table.columns.items() if role != "adj_close"}
        told = f"{table.source.name} has an empty column '{table.source.label('adj_close')}'; it was left out."
        return replace(table, columns=columns, notices=(*table.notices, told))
    check_price("adj_close", prices, table.source)
    return table


def _one_series(table: Table, symbol: str, timezone: str | None, interval: str | None) -> Series:
    """Sort, drop identical rows and assemble."""
    table = _with_adj_close(table)
    times = resolve_times(table.stamps, table.source, timezone=timezone, interval=interval)
    order, reordered = order_of(times.timestamp)
    timestamp = times.timestamp[order]
    columns = {role: column[order] for role, column in table.columns.items()}
    source = table.source.take(order)
    kept, dropped = distinct_rows(columns, timestamp, source)
    timestamp = timestamp[kept]
    columns = {role: np.ascontiguousarray(column[kept]) for role, column in columns.items()}
    return Series(
        bars=Bars(
            symbol,
            times.interval,
            np.ascontiguousarray(timestamp),
            open=columns["open"],
            high=columns["high"],
            low=columns["low"],
            close=columns["close"],
            volume=columns["volume"],
            adj_close=columns.get("adj_close"),
        ),
        rows_read=len(table.stamps.written),
        duplicates_dropped=dropped,
        rows_reordered=reordered,
        notices=(*table.notices, *times.notices, *notice_outside(columns, timestamp, source)),
    )
