"""The port for the catalogue on PostgreSQL: assets, the symbols they have had, and what is stored of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from psycopg import errors

from arbitrax.domain.assets import Asset
from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.services.catalogue_ports import CatalogueEntry, Coverage, SymbolPeriod
from arbitrax.storage.postgres.bar_rows import check_symbol
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.holders import hold
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import utc

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


class PostgresAssetStore:
    """Assets in PostgreSQL."""

    def __init__(self, database: Database, clock: Callable[[], int] = time.time_ns) -> None:
        self._database = database
        self._clock = clock

    def describe(self, asset: Asset) -> None:
        """Add an asset, or what is said of one and was not known before; what is known stays."""
        check_symbol(asset.symbol)
        with self._database.connection() as connection, connection.transaction():
            describe(connection, hold(connection, asset.symbol, since=None, received=self._clock()), asset)

    def change(self, asset: Asset) -> None:
        """Replace what is known of an asset by what is said; fields that are None stay.

        Raises:
            UnknownNameError: nobody has the symbol.
        """
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("asset_change"), _facts(_lock(connection, asset.symbol), asset))

    def find(self, symbol: str) -> CatalogueEntry | None:
        """Return the asset that has this symbol now, or else had it last; None when nobody did."""
        with self._database.reading() as connection:
            found = connection.execute(statement("asset_find"), {"symbol": symbol}).fetchone()
            return None if found is None or found[0] is None else _entries(connection, [found[0]])[0]

    def taken_until(self, symbol: str) -> date | None:
        """Return the day until which other assets had a symbol than the one that has it or gets it next, if any had."""
        with self._database.connection() as connection:
            row = connection.execute(statement("asset_taken_until"), {"symbol": symbol}).fetchone()
        return None if row is None else row[0]

    def search(self, text: str, *, limit: int) -> list[CatalogueEntry]:
        """Return assets whose symbol or name holds the text, exact symbols first; symbols of the past count too."""
        with self._database.reading() as connection:
            found = connection.execute(statement("asset_search"), {"text": text, "limit": limit}).fetchall()
            return _entries(connection, [row[0] for row in found])

    def page(self, text: str | None, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Return assets by symbol, those after a symbol, whose symbol or name holds a text."""
        with self._database.reading() as connection:
            keys = {"text": text, "after": after, "limit": limit}
            found = connection.execute(statement("asset_page"), keys).fetchall()
            return _entries(connection, [row[0] for row in found])

    def rename(self, symbol: str, to: str, *, on: date) -> None:
        """Give an asset another symbol from a day on; reads by the old one find it as long as nobody else has it.

        Raises:
            UnknownNameError: nobody has the symbol.
            InputError: another asset has the new symbol, or had it on that day, or the asset did not have the old one.
        """
        check_symbol(to)
        if to == symbol:
            raise InputError(f"{symbol} is called so already; give another symbol.")
        with self._database.connection() as connection:
            try:
                with connection.transaction():
                    keys = {"asset": _lock(connection, symbol), "symbol": symbol, "to": to, "on": on}
                    for name in ("asset_end_symbol", "asset_rename", "asset_begin_symbol"):
                        connection.execute(statement(name), keys)
            except errors.UniqueViolation:
                raise InputError(
                    f"{symbol} cannot become {to}: another asset has that symbol; release or rename that one first."
                ) from None
            except errors.ExclusionViolation:
                raise InputError(
                    f"{symbol} cannot become {to} on {on}: another asset had that symbol then; give a later day."
                ) from None
            except errors.CheckViolation:
                raise _too_early(symbol, on) from None

    def release(self, symbol: str, *, on: date) -> None:
        """End an asset's right to its symbol, so that another asset can have it from a day on.

        Until one does, reads by the symbol still find this asset; afterwards none do, so rename an asset whose bars
        are to stay within reach.

        Raises:
            UnknownNameError: nobody has the symbol.
            InputError: the asset did not have it yet on that day.
        """
        with self._database.connection() as connection:
            try:
                with connection.transaction():
                    keys = {"asset": _lock(connection, symbol), "symbol": symbol, "on": on}
                    for name in ("asset_end_symbol", "asset_release"):
                        connection.execute(statement(name), keys)
            except errors.CheckViolation:
                raise _too_early(symbol, on) from None


def describe(connection: Connection, held: UUID, asset: Asset) -> None:
    """Add to an asset what was not known, inside the caller's transaction."""
    connection.execute(statement("asset_describe"), _facts(held, asset))


def _facts(held: UUID, asset: Asset) -> dict[str, Any]:
    return {"asset": held, **msgspec.structs.asdict(asset)}


def _lock(connection: Connection, symbol: str) -> UUID:
    found = connection.execute(statement("asset_lock"), {"symbol": symbol}).fetchone()
    if found is None:
        raise UnknownNameError(f"No asset has the symbol {symbol} now; `arbitrax data list` shows those that do.")
    return found[0]


def _too_early(symbol: str, on: date) -> InputError:
    return InputError(f"On {on} the asset did not have the symbol {symbol} yet; give a day after it got it.")


def _entries(connection: Connection, assets: Sequence[UUID]) -> list[CatalogueEntry]:
    rows = connection.execute(statement("asset_entry"), {"assets": list(assets)}).fetchall()
    found = {row[0]: _entry(row[1:]) for row in rows}
    return [found[asset] for asset in assets if asset in found]


def _entry(row: tuple[Any, ...]) -> CatalogueEntry:
    symbol, name, asset_type, exchange, currency, tick_size, lot_size, has_symbol, symbols, coverage = row
    return CatalogueEntry(
        asset=Asset(
            symbol=symbol,
            name=name,
            asset_type=asset_type,
            exchange=exchange,
            currency=currency,
            tick_size=tick_size,
            lot_size=lot_size,
        ),
        coverage=tuple(
            Coverage(interval, rows, utc(first), utc(last), source, score)
            for interval, rows, first, last, source, score in msgspec.json.decode(coverage, type=list[_Covered])
        ),
        symbols=tuple(SymbolPeriod(*each) for each in msgspec.json.decode(symbols, type=list[_Period])),
        has_symbol=has_symbol,
    )


_Period = tuple[str, date, date | None]
_Covered = tuple[str, int, datetime, datetime, str, float | None]
