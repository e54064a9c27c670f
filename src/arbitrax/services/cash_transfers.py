"""Move cash between accounts of shards: each step journaled, executed once, and on the disk before the next begins.

A step that is known here to be done cannot be lost afterwards, not even with the machine's power: else a debit could be
lost whose credit stays. Whoever dies in between leaves a transfer under way, which anybody may finish: the one who asks
again under its id, the next transfer of one of its accounts, `arbitrax exchange transfers --finish`.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import UUID

from arbitrax.domain.errors import DataError, InputError, StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.records import Code, Happening
from arbitrax.exchange.service import crash_points
from arbitrax.trading.command_channel import CommandChannel, EventRow, NotSentError
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account, Registry
from arbitrax.trading.transfers import Settled, State, Transfer, TransferStore

PATIENCE = 6.0
"""Seconds that a step's answer may take, and again its way to the disk."""
_CLIENT_AT, _LONGEST_ID = 96, 32


class _Step(NamedTuple):
    place: int
    on_source: bool
    command: Callable[[int, int], bytes]
    done: State
    refused: State | None


STEPS: Mapping[State, _Step] = {
    "begun": _Step(0, True, commands.withdraw, "debited", "refused"),
    "debited": _Step(1, False, commands.deposit, "done", "returning"),
    "returning": _Step(2, True, commands.deposit, "returned", None),
}
"""What is to be done in a state; in the others nothing is."""


class CashTransfers:
    """Transfers between the accounts of a registry, over channels to all their shards."""

    def __init__(
        self, store: TransferStore, registry: Registry, channels: Mapping[int, CommandChannel], settled: Settled
    ) -> None:
        self._store, self._channels, self._settled = store, channels, settled
        self._accounts: dict[UUID, Account] = {each.id: each for each in registry.by_id.values()}

    async def move(self, id: str, source: Account, target: Account, amount: str) -> Transfer:
        """Move cash, or find out what became of the transfer with this id.

        Raises:
            InputError: the transfer is not possible, or the id is another's. Nothing was done.
            StoreUnavailableError: it is not known yet whether it was done; ask again under the id.
        """
        check(id, source, target, amount)
        while True:
            found = await asyncio.to_thread(self._store.begin, id, source.id, target.id, amount)
            crash_points.reach("transfer.begun")
            ended = await self.finish(found)
            if ended.id == id:
                return ended

    async def finish(self, transfer: Transfer) -> Transfer:
        """Do what is left of a transfer.

        Raises:
            StoreUnavailableError: a shard does not answer, or does not get things to the disk.
            DataError: a shard knows later transfers of the account than the store.
        """
        while (step := STEPS.get(transfer.state)) is not None:
            after, reason = await self._take(transfer, step)
            await asyncio.to_thread(self._store.advance, transfer, after, reason)
            transfer = await asyncio.to_thread(self._store.find, transfer.id)
        return transfer

    async def _take(self, transfer: Transfer, step: _Step) -> tuple[State, str]:
        """Take a step; return the state it leads to, and why if it was refused."""
        account = self._accounts[transfer.source if step.on_source else transfer.target]
        row = step.command(account.number, account.cash.read(transfer.amount))
        row = row[:_CLIENT_AT] + transfer.id.encode().ljust(_LONGEST_ID, b"\0")
        own = transfer.own(account.number, step.place)
        try:
            rows = await self._channels[account.shard].send(row, PATIENCE, own)
        except NotSentError as error:
            raise StoreUnavailableError(f"{_under_way(transfer, account)}: {error}") from None
        crash_points.reach(f"transfer.{'debited' if step.on_source else 'credited'}")
        if rows is None:
            raise StoreUnavailableError(f"{_under_way(transfer, account)}, which did not answer.")
        code = outcome(rows)
        if code == Code.REPEATED:  # another process was faster, and a later transfer went on
            now = await asyncio.to_thread(self._store.find, transfer.id)
            if now.state == transfer.state:
                raise DataError(
                    f"Shard {account.shard} has executed later transfers of account {account.name} than the database "
                    f"knows, so {transfer.id} cannot be finished; restore the database's newest copy."
                )
            return now.state, now.reason
        if not await self._settled.settle(account.shard, PATIENCE):
            raise StoreUnavailableError(f"{_under_way(transfer, account)}, whose journal is not on the disk yet.")
        if code == Code.OK:
            return step.done, transfer.reason
        if step.refused is None:
            raise DataError(
                f"Shard {account.shard} takes {transfer.amount} of the transfer {transfer.id} not back to account "
                f"{account.name} ({REFUSALS[code].code}); the cash is in neither account until it does."
            )
        return step.refused, REFUSALS[code].code


def check(id: str, source: Account, target: Account, amount: str) -> None:
    """Refuse what cannot be.

    Raises:
        InputError: the id, the pair of accounts or the amount.
    """
    if not 1 <= len(id) <= _LONGEST_ID or not all("!" <= each <= "~" for each in id):
        raise InputError(f"{id!r} is no id of a transfer; give 1 to 32 printable ASCII characters without spaces.")
    if source.id == target.id:
        raise InputError(f"A transfer from {source.name} to itself moves nothing; name two accounts.")
    if source.currency != target.currency:
        raise InputError(
            f"{source.name} holds {source.currency} and {target.name} {target.currency}; a transfer is of one currency."
        )
    if min(each.cash.read(amount) for each in (source, target)) <= 0:
        raise InputError(f"amount={amount} moves nothing; give more than 0.")


def outcome(rows: list[EventRow]) -> Code:
    """Return OK when a step was done; why it was refused, now or when it was first sent; REPEATED: later ones were."""
    _, *_, code, kind, _ = rows[0]
    return Code(code) if kind in (Happening.REFUSED, Happening.REPEATED) else Code.OK


def _under_way(transfer: Transfer, account: Account) -> str:
    return (
        f"The transfer {transfer.id} is under way ({transfer.state}) and stays so; ask again under its id. "
        f"It waits for shard {account.shard}"
    )
