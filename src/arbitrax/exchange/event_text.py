"""Events as sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from arbitrax.exchange.records import Code, Happening, Phase, Side

if TYPE_CHECKING:
    from arbitrax.exchange.events import Event


def words(name: str) -> str:
    """Return an enum's name as words."""
    return name.lower().replace("_", " ")


def order_name(order: int) -> str:
    """Return ``#7``; the house has no number."""
    return f"#{order}" if order else "the house"


def because(event: Event) -> str:
    """Return ``: why``, when there is a reason."""
    return f": {words(event.code.name)}" if event.code else ""


def at_price(event: Event) -> str:
    """Return `` at 100``; nothing when there is no price."""
    return f" at {event.price}" if event.price else ""


def accepted(event: Event) -> str:
    """Say what was taken."""
    what = f"{event.quantity} " if event.quantity else "by funds "
    return f"{order_name(event.order)} accepted: {words(event.side.name)} {what.strip()}{at_price(event)}"


def filled(event: Event) -> str:
    """Say who traded with whom, and what is left of both."""
    does, whence = ("buys", "from") if event.side == Side.BUY else ("sells", "to")
    how = " in the auction" if event.code == Code.UNCROSSED else ""
    trade = (
        f"{order_name(event.order)} {does} {event.quantity} at {event.price} {whence} {order_name(event.maker)}{how}"
    )
    return f"{trade}: {event.open} and {event.maker_open} open"


def refused(event: Event) -> str:
    """Say what was refused, and why."""
    return f"{order_name(event.order)} refused{because(event)}" if event.order else f"refused{because(event)}"


def cancelled(event: Event) -> str:
    """Say what ended, and why."""
    return f"{order_name(event.order)} cancelled, {event.quantity} left{because(event)}"


def repriced(event: Event) -> str:
    """Say where a peg went."""
    return (
        f"{order_name(event.order)} moves to {event.price}" if event.price else f"{order_name(event.order)} is parked"
    )


def configured(event: Event) -> str:
    """Say what was set."""
    whose = "the instrument" if event.symbol or not event.account else f"account {event.account}"
    return f"{whose} configured{because(event)}"


SENTENCES: dict[Happening, Callable[[Event], str]] = {
    Happening.ACCEPTED: accepted,
    Happening.FILLED: filled,
    Happening.CANCELLED: cancelled,
    Happening.AMENDED: lambda e: f"{order_name(e.order)} amended: {e.open} of {e.quantity} open{at_price(e)}",
    Happening.REFUSED: refused,
    Happening.TRIGGERED: lambda e: f"{order_name(e.order)} triggered{at_price(e)}",
    Happening.REFILLED: lambda e: f"{order_name(e.order)} shows {e.quantity} more{at_price(e)}",
    Happening.REPRICED: repriced,
    Happening.DECREMENTED: lambda e: f"{order_name(e.order)} loses {e.quantity}, {e.open} open{because(e)}",
    Happening.STATE: lambda e: f"{words(Phase(e.quantity).name)}{at_price(e)}",
    Happening.CONFIGURED: configured,
    Happening.CASH: lambda e: f"account {e.account} {e.price:+d}{because(e)}",
    Happening.REPEATED: lambda e: f"repeated: {order_name(e.order)}{because(e)}",
    Happening.QUOTED: lambda e: f"{order_name(e.order)} has {e.open} of {e.quantity} left{at_price(e)}",
}


def describe(event: Event) -> str:
    """Return an event as a sentence; symbols and accounts are left to the fields."""
    return SENTENCES[event.kind](event)
