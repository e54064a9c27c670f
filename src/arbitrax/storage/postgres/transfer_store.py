"""The port for transfers of cash on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.trading.transfers import State, Transfer

if TYPE_CHECKING:
    from arbitrax.storage.postgres.connection import Connection


class PostgresTransferStore:
    """Transfers in PostgreSQL. They begin one at a time, so that their numbers ascend and no account has two."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, id: str, source: UUID, target: UUID, amount: str) -> Transfer:
        """Return the transfer with this id, or one that must end before it begins."""
        wanted = {"id": id, "source": source, "target": target, "amount": amount, "accounts": [source, target]}
        with self._database.connection() as connection, connection.transaction():
            connection.execute(statement("exchange_transfers_lock"))
            found = _find(connection, id)
            if found is None:
                others = _all(connection, "exchange_transfers_unfinished", wanted)
                if others:
                    return others[0]
                connection.execute(statement("exchange_transfer_add"), wanted)
                found = _find(connection, id)
        assert found is not None  # noqa: S101 - added
        if (found.source, found.target, found.amount) != (source, target, plain(amount)):
            raise InputError(f"The id {id} was used for another transfer, of {found.amount}; choose a new one.")
        return found

    def find(self, id: str) -> Transfer:
        """Return one."""
        with self._database.connection() as connection:
            found = _find(connection, id)
        if found is None:
            raise UnknownNameError(f"There is no transfer {id}; `arbitrax exchange transfers` shows them.")
        return found

    def advance(self, transfer: Transfer, state: State, reason: str) -> None:
        """Store the next state."""
        keys = {"id": transfer.id, "before": transfer.state, "after": state, "reason": reason}
        with self._database.connection() as connection:
            connection.execute(statement("exchange_transfer_advance"), keys)

    def unfinished(self) -> list[Transfer]:
        """Return those under way."""
        with self._database.connection() as connection:
            return _all(connection, "exchange_transfers_unfinished", {"accounts": None})

    def newest(self, most: int) -> list[Transfer]:
        """Return the newest."""
        with self._database.connection() as connection:
            return _all(connection, "exchange_transfers_list", {"most": most})


def plain(amount: str) -> str:
    """Return a decimal as PostgreSQL writes it: without zeros at its end."""
    return amount.rstrip("0").rstrip(".") if "." in amount else amount


def _find(connection: Connection, id: str) -> Transfer | None:
    return next(iter(_all(connection, "exchange_transfer_find", {"id": id})), None)


def _all(connection: Connection, name: str, keys: dict[str, Any]) -> list[Transfer]:
    return [Transfer(*row) for row in connection.execute(statement(name), keys).fetchall()]
