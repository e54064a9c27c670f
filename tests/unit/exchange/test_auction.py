"""The auction's price against a search over every price, and the amount that trades against the same search."""

from random import Random

import pytest

from arbitrax.exchange.records import Happening, Kind, Phase, Side
from tests.exchange.implementations import IMPLEMENTATIONS
from tests.exchange.venue import Venue


def best_price(orders, reference):
    """Return (volume, price) by looking at every price."""
    found = []
    for price in range(80, 121):
        bids = sum(lots for side, limit, lots in orders if side == Side.BUY and limit >= price)
        asks = sum(lots for side, limit, lots in orders if side == Side.SELL and limit <= price)
        found.append((-min(bids, asks), abs(bids - asks), abs(price - reference), price))
    volume, _, _, price = min(found)
    return -volume, price


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_every_auction_finds_the_best_of_all_prices(name):
    random = Random(5)  # noqa: S311 - not secret
    crossed = 0
    for _ in range(150):
        reference = random.randint(85, 115)
        venue = Venue(IMPLEMENTATIONS[name](), rules={"flags": 1, "reference": reference})
        venue.phase(Kind.AUCTION)
        orders = []
        for _ in range(random.randint(2, 9)):
            side, price, lots = random.choice([Side.BUY, Side.SELL]), random.randint(90, 110), random.randint(1, 6)
            orders.append((side, price, lots))
            venue.order(side, lots, at=price)
        volume, price = best_price(orders, reference)
        venue.phase(Kind.UNCROSS)
        fills = venue.events[venue.events["kind"] == Happening.FILLED]
        assert fills["quantity"].sum() == volume
        assert set(fills["price"].tolist()) <= {price}
        assert venue.events[-1]["quantity"] == Phase.CONTINUOUS
        bids, asks = (venue.engine.depth(1, side, 1) for side in (Side.BUY, Side.SELL))
        assert not (bids and asks) or bids[0].price < asks[0].price
        crossed += volume > 0
    assert crossed > 50
