"""A dry run of an order, from a gateway to the worker that has the lease and back, as bytes. Neither is journaled."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import json

from arbitrax.exchange.records import COMMAND, Check, Code
from arbitrax.exchange.views import Finding, Verdict


class Inquiry(NamedTuple):
    """What would become of a submission?"""

    number: int
    """By which whoever asks knows the answer again."""
    answer_to: str
    """The channel for the answer."""
    submission: bytes
    """128 bytes of COMMAND; its time is the least for which the answer holds."""


def inquiries_channel(shard: int) -> str:
    """Return where the worker of a shard listens."""
    return f"inquiries:{shard}"


def written_inquiry(inquiry: Inquiry) -> bytes:
    """Return a question as bytes."""
    return inquiry.number.to_bytes(8, "little") + inquiry.submission + inquiry.answer_to.encode()


def read_inquiry(packed: bytes) -> Inquiry | None:
    """Return the question of some bytes; None: they are none."""
    end = 8 + COMMAND.itemsize
    if len(packed) <= end:
        return None
    return Inquiry(int.from_bytes(packed[:8], "little"), packed[end:].decode(errors="replace"), packed[8:end])


def written_verdict(number: int, verdict: Verdict) -> bytes:
    """Return the answer to a question as bytes; numbers may have more than 64 bits."""
    return json.encode([number, verdict.time, verdict.repeats, verdict.fills, verdict.findings])


def read_verdict(packed: bytes) -> tuple[int, Verdict]:
    """Return the number of a question and its answer."""
    number, time, repeats, fills, findings = json.decode(packed)
    return number, Verdict(
        time,
        repeats,
        fills,
        tuple(Finding(Check(check), Code(code), value, limit) for check, code, value, limit in findings),
    )
