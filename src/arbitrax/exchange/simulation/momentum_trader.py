"""Momentum traders: they buy what rose and sell what fell."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.fundamental import FundamentalValue
from arbitrax.exchange.simulation.listing import Listing
from arbitrax.exchange.simulation.parameters import bounded, check_bounds
from arbitrax.exchange.simulation.participant import (
    BUY,
    MAX_LATENCY,
    MAX_LOTS,
    MAX_RATE,
    SELL,
    Instruction,
    market,
)


@dataclass(frozen=True, slots=True)
class MomentumTrader:
    """Trade in the direction of the middle price's change over a look-back: trend following with a threshold.

    The chartists of Chiarella & Iori (2002) and the trend followers of Farmer & Joshi (2002).
    Each look that finds a change of ``threshold`` or more sends a market order of ``lots`` that way, until the
    position is ``max_position`` that way.

    Args:
        look_back: seconds. The change is from the last look before that to now.
        threshold: ticks.
        lots: of an order.
        max_position: lots, long or short.
        rate: looks a second, at Poisson times.
        latency: microseconds from a decision to its arrival.
    """

    look_back: float = bounded(30.0, 1e-3, 1e6)
    threshold: float = bounded(3.0, 0.0, 1e12)
    lots: int = bounded(5, 1, MAX_LOTS)
    max_position: int = bounded(50, 1, MAX_LOTS)
    rate: float = bounded(0.2, 1e-6, MAX_RATE)
    latency: int = bounded(20_000, 0, MAX_LATENCY)

    def __post_init__(self) -> None:
        check_bounds(self)

    def begin(self, desk: Desk, listing: Listing, value: FundamentalValue) -> "MomentumTrading":
        """Return it at work."""
        del listing, value
        return MomentumTrading(self, desk)


class MomentumTrading:
    """A momentum trader at work."""

    def __init__(self, parameters: MomentumTrader, desk: Desk) -> None:
        self.parameters, self.desk = parameters, desk
        self.look_back = int(parameters.look_back * 1e6)
        self.seen: deque[tuple[int, int]] = deque()
        """(microseconds, bid + ask) of its looks, from the last one before the look-back on."""

    def wait(self) -> int:
        """Return the microseconds until it looks next."""
        return self.desk.draws.wait(self.parameters.rate)

    def act(self, now: int, book: PublicBook) -> Sequence[Instruction]:
        """Look; follow the trend if there is one."""
        bid, ask = book.bid, book.ask
        if not bid or not ask:
            return ()
        seen, since = self.seen, now - self.look_back
        seen.append((now, bid + ask))
        while len(seen) > 1 and seen[1][0] <= since:
            seen.popleft()
        if seen[0][0] > since or self.desk.unanswered:
            return ()
        change = (bid + ask - seen[0][1]) / 2
        if not change or abs(change) < self.parameters.threshold:
            return ()
        side = BUY if change > 0 else SELL
        held = self.desk.inventory if side == BUY else -self.desk.inventory
        lots = min(self.parameters.lots, self.parameters.max_position - held)
        return (market(side, lots),) if lots > 0 else ()
