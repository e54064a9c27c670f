"""Noise traders: orders without a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from arbitrax.domain.errors import ParameterError
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
    Instruction,
    cancel,
    limit,
    market,
)


@dataclass(frozen=True, slots=True)
class NoiseTrader:
    """Zero intelligence: limit orders, market orders and cancellations as independent Poisson processes.

    Smith, Farmer, Gillemot & Krishnamurthy (2003): both sides alike, limit orders anywhere behind the
    opposite best price with equal chance, each open order cancelled at one rate; as in Cont, Stoikov & Talreja (2010,
    section 2) limit orders are placed from the opposite best price, here up to ``reach`` ticks away.

    Args:
        limit_rate: limit orders a second, both sides together.
        market_rate: market orders a second, both sides together.
        cancel_rate: cancellations a second of each open order.
        reach: ticks.
        mean_lots: of an order; geometric.
        latency: microseconds from a decision to its arrival.
    """

    limit_rate: float = bounded(1.0, 0.0, MAX_RATE)
    market_rate: float = bounded(0.3, 0.0, MAX_RATE)
    cancel_rate: float = bounded(0.02, 0.0, MAX_RATE)
    reach: int = bounded(30, 1, 1 << 40)
    mean_lots: float = bounded(5.0, 1.0, MAX_LOTS / 64)
    latency: int = bounded(50_000, 0, MAX_LATENCY)

    def __post_init__(self) -> None:
        check_bounds(self)
        if not self.limit_rate + self.market_rate > 0:
            raise ParameterError("NoiseTrader: limit_rate and market_rate are both 0; give one of them above 0.")

    def begin(self, desk: Desk, listing: Listing, value: FundamentalValue) -> "NoiseTrading":
        """Return it at work."""
        del value
        return NoiseTrading(self, desk, listing.reference)


class NoiseTrading:
    """A noise trader at work."""

    def __init__(self, parameters: NoiseTrader, desk: Desk, reference: int) -> None:
        self.parameters, self.orders, self.draws, self.reference = parameters, desk.orders, desk.draws, reference
        self.arrivals = parameters.limit_rate + parameters.market_rate
        self.rate = 0.0
        """Events a second of all three processes when the next one was drawn."""

    def wait(self) -> int:
        """Return the microseconds until the first of the processes says something."""
        self.rate = self.arrivals + self.parameters.cancel_rate * len(self.orders)
        return self.draws.wait(self.rate)

    def act(self, now: int, book: PublicBook) -> Sequence[Instruction]:
        """Do what the process that spoke says.

        Orders that were filled meanwhile keep their share of the draw and nothing happens: thinning, which leaves the
        processes exact (Lewis & Shedler 1979).
        """
        del now
        draws, parameters = self.draws, self.parameters
        chosen = draws.uniform() * self.rate
        if chosen < parameters.limit_rate:
            place, lots = draws.below(2 * parameters.reach), draws.lots(parameters.mean_lots)
            side, away = place & 1, 1 + (place >> 1)
            opposite = book.best(1 - side) or book.last or self.reference
            return (limit(side, max(opposite - away if side == BUY else opposite + away, 1), lots),)
        if chosen < self.arrivals:
            side, lots = draws.below(2), draws.lots(parameters.mean_lots)
            return (market(side, lots),) if book.best(1 - side) else ()
        which = int((chosen - self.arrivals) / parameters.cancel_rate) if parameters.cancel_rate else 0
        if which >= len(self.orders):
            return ()
        number = next(islice(self.orders, which, None))
        return (cancel(number, self.orders[number].side),)
