"""Deposits to and withdrawals from an account of the exchange, each once by its id.

A transfer is noted beside the journal before its command is sent: its id, and the next sequence number of the account's
cash. The engine executes each number once, so whoever does not know what became of a transfer sends it again. There is
one open transfer an account: who finds another's finishes it first, so numbers are executed in order and none is passed
over.
"""

from typing import Literal, Protocol

from msgspec import Struct

from arbitrax.domain.errors import DataError, InputError, StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.records import CASH_PRODUCER, Code
from arbitrax.trading.answers import read_answer
from arbitrax.trading.command_channel import CommandChannel, Own
from arbitrax.trading.orders import Refused
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Account

PATIENCE = 6.0
"""Seconds."""
DONE = "done"
LONGEST_ID = 64


class Transfer(Struct, frozen=True):
    """What is asked for."""

    id: str
    kind: Literal["deposit", "withdrawal"]
    account: int
    """Its number on the shard."""
    units: int
    """Of cash."""


class NotedTransfer(Struct, frozen=True):
    """A transfer under its sequence number."""

    transfer: Transfer
    seq: int
    outcome: str | None
    """`DONE`, or the code of a refusal; None: it is open."""


class TransferNotes(Protocol):
    """Where transfers are noted."""

    async def begin(self, shard: int, transfer: Transfer) -> NotedTransfer:
        """Note a transfer under the next number; return what is noted of its id, or of the account's open transfer."""

    async def end(self, shard: int, transfer: Transfer, outcome: str) -> None:
        """Note what became of one; a second time changes nothing."""


class Transferred(Struct, frozen=True):
    """What became of a transfer."""

    id: str
    kind: Literal["deposit", "withdrawal"]
    account: str
    amount: str
    """Decimal, of ``currency``."""
    currency: str
    repeated: bool
    """It was noted before."""
    refused: Refused | None = None


async def transfer(
    account: Account,
    kind: Literal["deposit", "withdrawal"],
    amount: str,
    *,
    id: str,
    channel: CommandChannel,
    notes: TransferNotes,
) -> Transferred:
    """Pay in or out, or say what became of it when it was asked for before.

    Raises:
        InputError: the amount or the id is not possible, or the id is of another transfer.
        StoreUnavailableError: the exchange did not answer.
    """
    if not 1 <= len(id) <= LONGEST_ID or not id.isprintable() or " " in id:
        raise InputError(f"The id {id!r} is not possible; give 1 to {LONGEST_ID} printable characters without spaces.")
    wanted = Transfer(id, kind, account.number, account.cash.read(amount))
    row_of(wanted)
    known = True
    while True:
        noted = await notes.begin(account.shard, wanted)
        if noted.transfer.id == id and noted.transfer != wanted:
            raise InputError(
                f"The id {id} is of another transfer, a {noted.transfer.kind} of "
                f"{account.cash.write(noted.transfer.units)}; choose a new one."
            )
        outcome = noted.outcome
        if outcome is None:
            known = False
            outcome = await _execute(noted, account, channel)
            if outcome is not None:
                await notes.end(account.shard, noted.transfer, outcome)
        if outcome is not None and noted.transfer.id == id:
            refused = None if outcome == DONE else _refusal(outcome)
            amount = account.cash.write(wanted.units)
            return Transferred(id, kind, account.name, amount, account.currency, known, refused)


def row_of(transfer: Transfer) -> bytes:
    """Return the command.

    Raises:
        InputError: the amount is out of range.
    """
    make = commands.deposit if transfer.kind == "deposit" else commands.withdraw
    return make(transfer.account, transfer.units)


async def _execute(noted: NotedTransfer, account: Account, channel: CommandChannel) -> str | None:
    """Send a transfer that is open; return its outcome, None when another process has seen to it meanwhile."""
    own = Own(CASH_PRODUCER + noted.transfer.account, 1, noted.seq)
    rows = await channel.send(row_of(noted.transfer), PATIENCE, own)
    if rows is None:
        raise StoreUnavailableError(
            f"The exchange did not answer in time, so the outcome of the {noted.transfer.kind} {noted.transfer.id} of "
            f"{account.name} is unknown; run it again with --id {noted.transfer.id}: it is executed once."
        )
    answer = read_answer(rows, None, "")
    if not isinstance(answer, Refused):
        return DONE
    return None if answer.code == REFUSALS[Code.REPEATED].code else answer.code


def _refusal(code: str) -> Refused:
    """Return the refusal that was noted."""
    found = next((each for each in REFUSALS.values() if each.code == code), None)
    if found is None:
        raise DataError(f"A transfer was noted with the outcome {code!r}, which this release does not know.")
    return Refused(code, found.sentence, http_status=found.http_status, exit_code=found.exit_code)
