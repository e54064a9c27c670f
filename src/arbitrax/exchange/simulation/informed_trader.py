"""Informed traders: they know what it is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

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
    take,
)


@dataclass(frozen=True, slots=True)
class InformedTrader:
    """Take what is offered below the latent value, and hit what is bid above it, by more than it costs.

    The informed of Glosten & Milgrom (1985), who trade at a quote exactly when it is on the wrong side of the value; in
    parts, as in Kyle (1985), so prices take the news in with time. Orders are immediate-or-cancel, limited to the
    value less costs, so what the book does on their way cannot make them lose.

    Costs are ``edge`` and the taker's fee at the listing's reference price.

    Args:
        edge: ticks that a trade must be better than the value, after fees.
        lots: of an order.
        max_position: lots, long or short.
        rate: looks a second, at Poisson times.
        latency: microseconds from a decision to its arrival.
    """

    edge: float = bounded(1.0, 0.0, 1e12)
    lots: int = bounded(10, 1, MAX_LOTS)
    max_position: int = bounded(2_000, 1, MAX_LOTS)
    rate: float = bounded(0.5, 1e-6, MAX_RATE)
    latency: int = bounded(5_000, 0, MAX_LATENCY)

    def __post_init__(self) -> None:
        check_bounds(self)

    def begin(self, desk: Desk, listing: Listing, value: FundamentalValue) -> "InformedTrading":
        """Return it at work."""
        costs = self.edge + max(listing.taker_fee, 0) * listing.reference / 1_000_000
        return InformedTrading(self, desk, costs, value)


class InformedTrading:
    """An informed trader at work; ``costs`` in ticks."""

    def __init__(self, parameters: InformedTrader, desk: Desk, costs: float, value: FundamentalValue) -> None:
        self.parameters, self.desk, self.costs, self.value = parameters, desk, costs, value

    def wait(self) -> int:
        """Return the microseconds until it looks next."""
        return self.desk.draws.wait(self.parameters.rate)

    def act(self, now: int, book: PublicBook) -> Sequence[Instruction]:
        """Compare the touch with the value."""
        if self.desk.unanswered:
            return ()
        value, held = self.value.at(now), self.desk.inventory
        highest, lowest = floor(value - self.costs), ceil(value + self.costs)
        bid, ask = book.bid, book.ask
        if ask and ask <= highest:
            lots = min(self.parameters.lots, self.parameters.max_position - held)
            return (take(BUY, highest, lots),) if lots > 0 else ()
        if bid >= lowest:
            lots = min(self.parameters.lots, self.parameters.max_position + held)
            return (take(SELL, lowest, lots),) if lots > 0 else ()
        return ()
