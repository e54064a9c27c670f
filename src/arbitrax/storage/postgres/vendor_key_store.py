"""The port for vendors' keys on PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from arbitrax.services.vendor_keys import SealedKey
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import utc


class PostgresVendorKeys:
    """The port `arbitrax.services.vendor_keys.VendorKeyStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, vendor: str, sealed: bytes, set_by: UUID | None) -> None:
        """Keep a key."""
        with self._database.connection() as connection:
            keys = {"vendor": vendor, "sealed": sealed, "set_by": set_by}
            connection.execute(statement("vendor_key_put"), keys)

    def remove(self, vendor: str) -> None:
        """Forget a key."""
        with self._database.connection() as connection:
            connection.execute(statement("vendor_key_remove"), {"vendor": vendor})

    def list(self) -> list[SealedKey]:
        """Return all, by vendor."""
        with self._database.connection() as connection:
            rows = connection.execute(statement("vendor_keys_list")).fetchall()
        return [SealedKey(vendor, bytes(sealed), utc(at)) for vendor, sealed, at in rows]
