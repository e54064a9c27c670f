"""A position as the engine counts it, and the round trip that is under way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class RoundTrip(NamedTuple):
    """A position from flat to flat, or to the other side. Ticks, lots, units of cash."""

    id: int
    """The fill that closed it."""
    account: int
    symbol: int
    is_long: bool
    lots: int
    """All that was entered, and exited."""
    paid: int
    """Ticks times lots of what was entered."""
    received: int
    """The same of what was exited."""
    realised: int
    """Profit before fees."""
    fees: int
    entry_order: int
    exit_order: int
    began: int
    ended: int
    reversed: bool
    """The order that closed it opened the other side."""


@dataclass(eq=False, slots=True)
class PositionRecord:
    """Lots and units of cash, as `arbitrax.exchange.reference.accounts.Position`; ``trip_`` is of the round trip."""

    account: int
    symbol: int
    lots: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    trip_entered: int = 0
    trip_paid: int = 0
    trip_exited: int = 0
    trip_received: int = 0
    trip_realised: int = 0
    trip_fees: int = 0
    trip_order: int | None = None
    trip_began: int | None = None
    last_event: int = 0

    def trade(
        self, lots: int, price: int, fee: int, *, tick_value: int, order: int, event: int, time: int
    ) -> RoundTrip | None:
        """Take a fill in, ``lots`` below 0 were sold; return the round trip it closed.

        What closes releases its share of the cost, rounded towards 0, as in the engine. Of a fill that goes through 0
        the fee is shared by lots.
        """
        size, held, ended = abs(lots), self.lots, None
        closed = min(size, abs(held)) if held * lots < 0 else 0
        opened = size - closed
        closing_fee = fee * closed // size
        if closed:
            share = abs(self.cost) * closed // abs(held) * (1 if self.cost > 0 else -1)
            paid = closed * price * tick_value * (1 if lots > 0 else -1)
            self.realised += -paid - share
            self.cost -= share
            self.trip_realised += -paid - share
            self.trip_exited += closed
            self.trip_received += closed * price
            self.trip_fees += closing_fee
            if closed == abs(held):
                ended = self._end_trip(order, event, time, reverses=opened > 0)
        if opened:
            if self.trip_order is None:
                self.trip_order, self.trip_began = order, time
            self.cost += opened * price * tick_value * (1 if lots > 0 else -1)
            self.trip_entered += opened
            self.trip_paid += opened * price
            self.trip_fees += fee - closing_fee
        self.lots += lots
        self.fees += fee
        self.last_event = event
        return ended

    def _end_trip(self, order: int, event: int, time: int, *, reverses: bool) -> RoundTrip:
        assert self.trip_order is not None  # noqa: S101 - a position that is not flat has begun -- there is a position
        assert self.trip_began is not None  # noqa: S101 - a position that is not flat has begun
        trip = RoundTrip(
            id=event,
            account=self.account,
            symbol=self.symbol,
            is_long=self.lots > 0,
            lots=self.trip_entered,
            paid=self.trip_paid,
            received=self.trip_received,
            realised=self.trip_realised,
            fees=self.trip_fees,
            entry_order=self.trip_order,
            exit_order=order,
            began=self.trip_began,
            ended=time,
            reversed=reverses,
        )
        self.trip_entered = self.trip_paid = self.trip_exited = self.trip_received = 0
        self.trip_realised = self.trip_fees = 0
        self.trip_order = self.trip_began = None
        return trip
