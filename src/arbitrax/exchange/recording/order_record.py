"""An order as it is recorded: what was asked for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from arbitrax.exchange.records import Code, TimeInForce, Type
from arbitrax.exchange.reference.fold import fold

LIMITED = frozenset({Type.LIMIT, Type.ICEBERG, Type.STOP_LIMIT, Type.PEG})
"""Types with a limit price."""
TRIGGERED = frozenset({Type.STOP, Type.STOP_LIMIT})
"""Types with a trigger price of their own."""
EXPIRIES = frozenset({Code.EXPIRED, Code.SESSION_ENDED})


class Answer(NamedTuple):
    """What a SUBMIT came to, as it was told: its order as all events of the command left it. Lots."""

    events: int
    """Of the command, from its acceptance on: fills among them are of the answer."""
    total: int
    """What it asked for when it was accepted."""
    left: int
    """What was open when the command was over."""

    def last(self, first: int) -> int:
        """Return the highest number that an event of the command can have, by that of its acceptance."""
        return first + 2 * self.events - 1


@dataclass(eq=False, slots=True)
class OrderRecord:
    """Prices in ticks, quantities in lots, cash in units, times in ms since 1970; None: it has none."""

    id: int
    account: int
    symbol: int
    side: int
    type: int
    time_in_force: int
    self_trade: int
    flags: int
    total: int
    """What was asked for; of a market order by funds what it has traded."""
    limit: int | None = None
    stop: int | None = None
    """Trigger price; of a trailing stop once it has triggered."""
    trail: int | None = None
    display: int | None = None
    offset: int | None = None
    funds: int | None = None
    expires: int | None = None
    client: str = ""
    body: int | None = None
    """What makes two submissions under a client id the same: see `body_of`."""
    created: int = 0
    executed: int | None = None
    """When its command had been executed; None: it was not told."""
    answer: Answer | None = None
    """What its command came to; None: refused, or recorded before that was kept."""
    event: int = 0
    """The event that accepted or refused it."""
    last_event: int = 0
    filled: int = 0
    paid: int = 0
    """Ticks times lots of what traded."""
    fees: int = 0
    traded: int | None = None
    """When it traded last."""
    triggered: int | None = None
    ended: int | None = None
    reason: int = Code.OK
    refused: bool = False
    recorded: int | None = None
    """When it was stored last; None: not yet."""

    @property
    def status(self) -> str:
        """Return the word of the table."""
        if self.refused:
            return "rejected"
        if self.ended is None:
            return "partially_filled" if self.filled else "open"
        if self.reason == Code.OK or (self.reason == Code.FUNDS_SPENT and self.filled):
            return "filled"
        return "expired" if self.reason in EXPIRIES else "cancelled"


def body_of(command: tuple[Any, ...]) -> int:
    """Return the engine's word of what a SUBMIT, a row of `records.COMMAND` as a tuple, asks for; 64 bits, signed.

    All but time, deadline, and who carried it: `arbitrax.exchange.reference.identity.body_of`.
    """
    word = 0
    options = command[14] | command[15] << 8 | command[16] << 16 | command[17] << 24 | command[18] << 32
    for value in (command[9], options, command[2], command[3], command[4], command[5], command[6]):
        word = fold(word, value)
    return word - (word >> 63 << 64)


def submitted(
    command: tuple[Any, ...], *, order: int, event: int, time: int, executed: int | None = None
) -> OrderRecord:
    """Return the order of a SUBMIT: a row of `records.COMMAND` as a tuple."""
    kind, quantity, extra = command[15], command[3], command[5]
    return OrderRecord(
        id=order,
        account=command[10],
        symbol=command[9],
        side=command[14],
        type=kind,
        time_in_force=command[16],
        self_trade=command[17],
        flags=command[18],
        total=quantity,
        limit=command[2] if kind in LIMITED else None,
        stop=command[4] if kind in TRIGGERED else None,
        trail=command[4] if kind == Type.TRAILING_STOP else None,
        display=extra if kind == Type.ICEBERG else None,
        offset=extra if kind == Type.PEG else None,
        funds=extra if kind == Type.MARKET and not quantity else None,
        expires=command[6] if command[16] == TimeInForce.GTD else None,
        client=command[20].decode("ascii", "replace"),
        body=body_of(command) if command[20] else None,
        created=time,
        executed=executed,
        event=event,
        last_event=event,
    )
