"""Which asset a symbol means. The rows of an asset stay its own, whatever it is called later.

Reads take the asset that has the symbol, or else had it last (``asset_of`` in the schema). Writes need one that has it
now, and make it when nobody has; what is older than the day on which another asset lost the symbol is that asset's.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.domain.ids import new_uuid
from arbitrax.storage.postgres.sql import statement

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


def hold(connection: Connection, symbol: str, *, since: date | None, received: int) -> UUID:
    """Return the asset that has a symbol, made if need be and kept from being deleted until the transaction ends.

    since: the day of the oldest thing that is to be written about it.

    Raises:
        DataError: that day belongs to an asset that had the symbol before.
    """
    keys = {"id": new_uuid(received), "symbol": symbol}
    found = connection.execute(statement("asset_hold"), keys).fetchone()
    if found is None:
        connection.execute(statement("asset_add"), keys)
        found = connection.execute(statement("asset_hold"), keys).fetchone()
    if found is None:  # only if someone deletes or renames it meanwhile
        raise StoreError(f"{symbol} was deleted or renamed while something of it was being stored; try again.")
    asset, free_from = found
    if free_from is not None:
        if since is not None and since < free_from:
            raise DataError(
                f"Until {free_from} the symbol {symbol} belonged to another asset, and what is to be stored begins on "
                f"{since}; store it under that asset's symbol, or leave out what is older than {free_from}."
            )
        connection.execute(statement("asset_note_symbol"), {"asset": asset, "symbol": symbol, "since": free_from})
    return asset
