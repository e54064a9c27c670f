"""Deposits to and withdrawals from an account of the exchange, each once by its id.

A movement is noted beside the journal before its command is sent: its id, and the next sequence number of the account's
cash. The engine executes each number once, so whoever does not know what became of a movement sends it again. There is
one open movement an account: who finds another's finishes it first, so numbers are executed in order and none is passed
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


class CashMovement(Struct, frozen=True):
    """What is asked for."""

    id: str
    kind: Literal["deposit", "withdrawal"]
    account: int
    """Its number on the shard."""
    units: int
    """Of cash."""


class NotedMovement(Struct, frozen=True):
    """A movement under its sequence number."""

    movement: CashMovement
    seq: int
    outcome: str | None
    """`DONE`, or the code of a refusal; None: it is open."""


class MovementNotes(Protocol):
    """Where movements are noted."""

    async def begin(self, shard: int, movement: CashMovement) -> NotedMovement:
        """Note a movement under the next number; return what is noted of its id, or of the account's open movement."""

    async def end(self, shard: int, movement: CashMovement, outcome: str) -> None:
        """Note what became of one; a second time changes nothing."""


class CashMoved(Struct, frozen=True):
    """What became of a movement."""

    id: str
    kind: Literal["deposit", "withdrawal"]
    account: str
    amount: str
    """Decimal, of ``currency``."""
    currency: str
    repeated: bool
    """It was noted before."""
    refused: Refused | None = None


async def move_cash(
    account: Account,
    kind: Literal["deposit", "withdrawal"],
    amount: str,
    *,
    id: str,
    channel: CommandChannel,
    notes: MovementNotes,
) -> CashMoved:
    """Pay in or out, or say what became of it when it was asked for before.

    Raises:
        InputError: the amount or the id is not possible, or the id is of another movement.
        StoreUnavailableError: the exchange did not answer.
    """
    if not 1 <= len(id) <= LONGEST_ID or not id.isprintable() or " " in id:
        raise InputError(f"The id {id!r} is not possible; give 1 to {LONGEST_ID} printable characters without spaces.")
    wanted = CashMovement(id, kind, account.number, account.cash.read(amount))
    row_of(wanted)
    known = True
    while True:
        noted = await notes.begin(account.shard, wanted)
        if noted.movement.id == id and noted.movement != wanted:
            raise InputError(
                f"The id {id} is of another movement of cash, a {noted.movement.kind} of "
                f"{account.cash.write(noted.movement.units)}; choose a new one."
            )
        outcome = noted.outcome
        if outcome is None:
            known = False
            outcome = await _execute(noted, account, channel)
            if outcome is not None:
                await notes.end(account.shard, noted.movement, outcome)
        if outcome is not None and noted.movement.id == id:
            refused = None if outcome == DONE else _refusal(outcome)
            amount = account.cash.write(wanted.units)
            return CashMoved(id, kind, account.name, amount, account.currency, known, refused)


def row_of(movement: CashMovement) -> bytes:
    """Return the command.

    Raises:
        InputError: the amount is out of range.
    """
    make = commands.deposit if movement.kind == "deposit" else commands.withdraw
    return make(movement.account, movement.units)


async def _execute(noted: NotedMovement, account: Account, channel: CommandChannel) -> str | None:
    """Send a movement that is open; return its outcome, None when another process has seen to it meanwhile."""
    own = Own(CASH_PRODUCER + noted.movement.account, 1, noted.seq)
    rows = await channel.send(row_of(noted.movement), PATIENCE, own)
    if rows is None:
        raise StoreUnavailableError(
            f"The exchange did not answer in time, so the outcome of the {noted.movement.kind} {noted.movement.id} of "
            f"{account.name} is unknown; run it again with --id {noted.movement.id}: it is executed once."
        )
    answer = read_answer(rows, None, "")
    if not isinstance(answer, Refused):
        return DONE
    return None if answer.code == REFUSALS[Code.REPEATED].code else answer.code


def _refusal(code: str) -> Refused:
    """Return the refusal that was noted."""
    found = next((each for each in REFUSALS.values() if each.code == code), None)
    if found is None:
        raise DataError(f"A movement was noted with the outcome {code!r}, which this release does not know.")
    return Refused(code, found.sentence, http_status=found.http_status, exit_code=found.exit_code)
