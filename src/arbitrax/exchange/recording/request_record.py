"""Requests that changed something, for the audit log: who asked for what, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from arbitrax.exchange.identifiers import order_text
from arbitrax.exchange.origins import Origin, read_origins
from arbitrax.exchange.records import Code, Happening, Kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.exchange.journal import CommandEntry, EntryId

ACTIONS = {
    Kind.SUBMIT: "order.submit",
    Kind.AMEND: "order.amend",
    Kind.CANCEL: "order.cancel",
    Kind.CANCEL_ALL: "order.cancel_all",
    Kind.CANCEL_AFTER: "order.cancel_all_after",
    Kind.DISCONNECT: "order.disconnect",
    Kind.KILL: "account.kill",
    Kind.REVIVE: "account.revive",
}
_ANSWERS = (Happening.ACCEPTED, Happening.REFUSED, Happening.REPEATED)


class RequestRecord(NamedTuple):
    """A request: one command, or the orders of one frame."""

    origin: Origin
    action: str
    account: int
    order: int
    """The only one it is about; 0: several, or all."""
    detail: dict[str, Any]
    time: int
    """Ms since 1970: when it was journaled."""


def requests_of(
    name: EntryId,
    entry: CommandEntry,
    counts: NDArray[np.uint32],
    events: NDArray[np.void],
    seen: dict[int, tuple[int, int]],
) -> Iterator[RequestRecord]:
    """Yield the requests of an entry. One that was appended twice, as no reply came, was executed and is told once.

    ``seen``: the last (epoch, seq) of each producer, which goes on from call to call.
    """
    at = event = 0
    for count, origin in read_origins(entry.origins):
        commands, made = entry.commands[at : at + count], counts[at : at + count]
        said = events[event : event + int(made.sum())]
        at, event = at + count, event + len(said)
        kind = int(commands["kind"][0]) if len(commands) else 0
        if len(commands):
            producer, *last = (int(commands[each][-1]) for each in ("producer", "producer_epoch", "seq"))
            if producer and tuple(last) <= seen.get(producer, (-1, -1)):
                continue
            seen[producer] = last[0], last[1]
        refusals = Counter(said["code"][said["kind"] == Happening.REFUSED].tolist())
        if origin is None or kind not in ACTIONS:
            continue
        orders = _orders(kind, commands, said)
        detail: dict[str, Any] = {"entry": str(name), "orders": [order_text(each) for each in orders]}
        if refusals:
            detail["refused"] = {Code(code).name.lower(): number for code, number in sorted(refusals.items())}
        if kind == Kind.CANCEL_AFTER:
            detail["milliseconds"] = int(commands["extra"][0])
        single = orders[0] if count == 1 and len(orders) == 1 else 0
        yield RequestRecord(origin, ACTIONS[Kind(kind)], int(commands["account"][0]), single, detail, name.ms)


def _orders(kind: int, commands: NDArray[np.void], said: NDArray[np.void]) -> list[int]:
    """Return the orders a request is about: those it made or named, or those that it cancelled."""
    if kind in (Kind.AMEND, Kind.CANCEL):
        return [int(each) for each in commands["order"]]
    chosen = _ANSWERS if kind == Kind.SUBMIT else (Happening.CANCELLED,)
    return [int(each) for each in said["order"][np.isin(said["kind"], chosen)] if each > 0]
