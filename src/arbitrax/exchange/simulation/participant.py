"""What a participant is, and what it asks for."""

from collections.abc import Sequence
from typing import Protocol

from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.records import Flag, Kind, Side, TimeInForce, Type
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.fundamental import FundamentalValue
from arbitrax.exchange.simulation.listing import Listing

BUY, SELL = int(Side.BUY), int(Side.SELL)
MAX_RATE = 1e5
"""A second: of anything a participant does."""
MAX_LATENCY = 60_000_000
"""Microseconds."""
MAX_LOTS = 1 << 30


SUBMIT, AMEND, CANCEL = int(Kind.SUBMIT), int(Kind.AMEND), int(Kind.CANCEL)
LIMIT, MARKET = int(Type.LIMIT), int(Type.MARKET)
GTC, IOC = int(TimeInForce.GTC), int(TimeInForce.IOC)
SLIDING = int(Flag.POST_ONLY | Flag.SLIDE)

Instruction = tuple[int, int, int, int, int, int, int, int]
"""What a participant asks for: kind, side, type, time in force, price, quantity, order and flags of COMMAND."""


def post(side: int, price: int, lots: int) -> Instruction:
    """Return a limit order that never takes: it slides behind the touch instead."""
    return SUBMIT, side, LIMIT, GTC, price, lots, 0, SLIDING


def limit(side: int, price: int, lots: int) -> Instruction:
    """Return a limit order that stays until cancelled."""
    return SUBMIT, side, LIMIT, GTC, price, lots, 0, 0


def take(side: int, price: int, lots: int) -> Instruction:
    """Return an order that trades at once at ``price`` or better, or not at all."""
    return SUBMIT, side, LIMIT, IOC, price, lots, 0, 0


def market(side: int, lots: int) -> Instruction:
    """Return a market order."""
    return SUBMIT, side, MARKET, GTC, 0, lots, 0, 0


def amend(order: int, side: int, price: int, total: int) -> Instruction:
    """Return a new limit and new total quantity of an order."""
    return AMEND, side, LIMIT, GTC, price, total, order, 0


def cancel(order: int, side: int) -> Instruction:
    """Return the end of an order."""
    return CANCEL, side, LIMIT, GTC, 0, 0, order, 0


class Behaviour(Protocol):
    """A participant at work: it wakes, looks and decides."""

    def wait(self) -> int:
        """Return the microseconds until it wakes next."""

    def act(self, now: int, book: PublicBook) -> Sequence[Instruction]:
        """Return what it asks for, ``now`` microseconds from the start."""


class Participant(Protocol):
    """The parameters of a participant. Frozen: one may take part in many markets."""

    @property
    def latency(self) -> int:
        """Microseconds from a decision to its arrival at the exchange."""

    def begin(self, desk: Desk, listing: Listing, value: FundamentalValue) -> Behaviour:
        """Return it at work. Only the informed may keep ``value``."""
