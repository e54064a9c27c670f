"""Market maker: quotes both sides around a price that leans against its inventory."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.draws import logarithm
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
    amend,
    cancel,
    post,
)


@dataclass(frozen=True, slots=True)
class MarketMaker:
    """Quote by Avellaneda & Stoikov (2008, section 3) with a rolling horizon T and inventory limits.

    Of the price s, inventory q, risk aversion g, volatility v and decay k: reservation price r = s - q g v^2 T, bid and
    ask at r -+ (g v^2 T / 2 + ln(1 + g / k) / g), rounded away from r.

    They take s from outside. Here the book's middle is mostly made by the quotes themselves and would chase itself,
    so s is what trades teach: it moves by ``learning`` of the way to the average price of what traded since the last
    look (quotes as expectations given the trades: Glosten & Milgrom 1985).

    Quotes are post-only, moved by amending one order a side: only when they are ``tolerance`` away, or more than half
    filled, so a good place in the queue is kept. A side that the limit forbids is cancelled. Bought or sold by
    whatever sequence of fills, the inventory never passes ``max_inventory``.

    Args:
        size: lots a side.
        max_inventory: lots, long or short.
        risk_aversion: g, 1 / (ticks x lots).
        volatility: v, ticks a square root of a second.
        horizon: T, seconds.
        decay: k, 1 / ticks: how fast orders that would trade with a quote get fewer with its distance.
        learning: share.
        tolerance: ticks.
        rate: looks a second, at Poisson times.
        latency: microseconds from a decision to its arrival.
    """

    size: int = bounded(20, 1, MAX_LOTS)
    max_inventory: int = bounded(400, 1, MAX_LOTS)
    risk_aversion: float = bounded(0.0005, 1e-9, 1e3)
    volatility: float = bounded(0.7, 0.0, 1e6)
    horizon: float = bounded(60.0, 0.0, 1e6)
    decay: float = bounded(0.4, 1e-6, 1e6)
    learning: float = bounded(0.3, 0.0, 1.0)
    tolerance: int = bounded(1, 1, 1 << 40)
    rate: float = bounded(2.0, 1e-6, MAX_RATE)
    latency: int = bounded(500, 0, MAX_LATENCY)

    def __post_init__(self) -> None:
        check_bounds(self)

    def begin(self, desk: Desk, listing: Listing, value: FundamentalValue) -> "MarketMaking":
        """Return it at work."""
        del value
        return MarketMaking(self, desk, listing.reference)


class MarketMaking:
    """A market maker at work; ``price`` is its s."""

    def __init__(self, parameters: MarketMaker, desk: Desk, price: int) -> None:
        self.parameters, self.desk, self.price = parameters, desk, float(price)
        aversion = parameters.risk_aversion
        self.lean = aversion * parameters.volatility * parameters.volatility * parameters.horizon
        """Ticks a lot of inventory."""
        depth = float(logarithm(np.array([1 + aversion / parameters.decay]))[0]) / aversion
        self.half_spread = self.lean / 2 + depth
        self.volume = self.turnover = 0

    def wait(self) -> int:
        """Return the microseconds until it looks next."""
        return self.desk.draws.wait(self.parameters.rate)

    def act(self, now: int, book: PublicBook) -> Sequence[Instruction]:
        """Learn from what traded; move the quotes that are off."""
        del now
        traded = book.volume - self.volume
        if traded:
            average = (book.turnover - self.turnover) / traded
            self.price += self.parameters.learning * (average - self.price)
            self.volume, self.turnover = book.volume, book.turnover
        if self.desk.unanswered:
            return ()
        inventory, room, size = self.desk.inventory, self.parameters.max_inventory, self.parameters.size
        middle = self.price - inventory * self.lean
        bid, ask = max(floor(middle - self.half_spread), 1), max(ceil(middle + self.half_spread), 2)
        quotes = [
            (BUY, bid, min(size, room - inventory)),
            (SELL, ask, min(size, room + inventory)),
        ]
        mine = {
            order.side: (number, order.price, order.open, order.filled) for number, order in self.desk.orders.items()
        }
        if BUY in mine and bid > mine[BUY][1]:
            quotes.reverse()  # upwards the ask goes first, or the new bid would meet the old ask
        wanted = []
        for side, price, lots in quotes:
            if side not in mine:
                if lots > 0:
                    wanted.append(post(side, price, lots))
                continue
            number, standing, left, filled = mine[side]
            if lots <= 0:
                wanted.append(cancel(number, side))
            elif abs(price - standing) >= self.parameters.tolerance or 2 * left < lots or left > lots:
                wanted.append(amend(number, side, price, filled + lots))
        return wanted
