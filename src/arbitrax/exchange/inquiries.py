"""Questions of a gateway to the worker that has the lease, and the answers, as bytes; neither is journaled.

The dry run of an order is asked with its SUBMIT, an account with an ACCOUNT of its number.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from msgspec import json

from arbitrax.exchange.records import COMMAND, Check, Code
from arbitrax.exchange.views import AccountView, Finding, Verdict

Reply: TypeAlias = Verdict | AccountView | None
"""None: there is no such account."""


class Inquiry(NamedTuple):
    """What would become of a submission, or how is an account?"""

    number: int
    """By which whoever asks knows the answer again."""
    answer_to: str
    """The channel for the answer."""
    command: bytes
    """128 bytes of COMMAND; the time of a submission is the least for which the answer holds."""


def inquiries_channel(shard: int) -> str:
    """Return where the worker of a shard listens."""
    return f"inquiries:{shard}"


def written_inquiry(inquiry: Inquiry) -> bytes:
    """Return a question as bytes."""
    return inquiry.number.to_bytes(8, "little") + inquiry.command + inquiry.answer_to.encode()


def read_inquiry(packed: bytes) -> Inquiry | None:
    """Return the question of some bytes; None: they are none."""
    end = 8 + COMMAND.itemsize
    if len(packed) <= end:
        return None
    return Inquiry(int.from_bytes(packed[:8], "little"), packed[end:].decode(errors="replace"), packed[8:end])


def written_reply(number: int, reply: Reply) -> bytes:
    """Return the answer to a question as bytes; numbers may have more than 64 bits."""
    return json.encode([number, *(reply or ())])


def read_reply(packed: bytes) -> tuple[int, Reply]:
    """Return the number of a question and its answer."""
    number, *told = json.decode(packed)
    if len(told) != len(Verdict._fields):
        return number, AccountView(*told) if told else None
    time, repeats, fills, findings = told
    return number, Verdict(
        time,
        repeats,
        fills,
        tuple(Finding(Check(check), Code(code), value, limit) for check, code, value, limit in findings),
    )
