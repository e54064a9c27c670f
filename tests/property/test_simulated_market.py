"""What must hold in every simulated market, and what holds in the typical one."""

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arbitrax.exchange.records import FEES
from arbitrax.exchange.simulation import (
    Fundamental,
    InformedTrader,
    Listing,
    MarketMaker,
    MomentumTrader,
    NoiseTrader,
    SimulatedMarket,
    outcomes,
    summarise,
)
from tests.simulated_market import make_engine, simulate

LATENCIES = st.sampled_from([0, 1_000, 400_000])


@st.composite
def crowds(draw):
    makers = st.builds(
        MarketMaker, size=st.integers(1, 30), max_inventory=st.integers(1, 60), latency=LATENCIES,
        risk_aversion=st.sampled_from([1e-4, 1e-2]), learning=st.floats(0, 1), tolerance=st.integers(1, 4),
    )  # fmt: skip
    noise = st.builds(NoiseTrader, market_rate=st.sampled_from([0.1, 3.0]), latency=LATENCIES)
    momentum = st.builds(
        MomentumTrader, look_back=st.sampled_from([1.0, 5.0]), max_position=st.integers(1, 20), rate=st.just(2.0),
        threshold=st.sampled_from([0.0, 2.0]), latency=LATENCIES,
    )  # fmt: skip
    informed = st.builds(InformedTrader, max_position=st.integers(1, 50), rate=st.just(3.0), latency=LATENCIES)
    every = [*draw(st.lists(makers, min_size=1, max_size=3)), *draw(st.lists(noise, min_size=1, max_size=3))]
    return every + draw(st.lists(momentum, max_size=2)) + draw(st.lists(informed, max_size=2))


@settings(max_examples=15, deadline=None)
@given(crowds(), st.integers(0, 1 << 32), st.sampled_from([(0, 0), (-100, 200), (50, 50)]))
def test_limits_hold_cash_is_conserved_and_the_book_never_crosses(crowd, seed, fees):
    listing = Listing(maker_fee=fees[0], taker_fee=fees[1])
    market = SimulatedMarket(crowd, seed=seed, listing=listing, fundamental=Fundamental(volatility=4.0))
    engine = make_engine()
    while len(commands := market.next_commands(until=20_000)):
        market.receive(engine.run(commands)[0])
        bid, ask = market.book.bid, market.book.ask
        assert not bid or not ask or bid < ask
        for each, desk in zip(market.participants, market.desks, strict=True):
            if isinstance(each, MarketMaker):
                assert abs(desk.inventory) <= each.max_inventory
                assert len(desk.orders) <= 2
            elif isinstance(each, MomentumTrader | InformedTrader):
                assert abs(desk.inventory) <= each.max_position
    accounts = [*(desk.account for desk in market.desks), FEES]
    assert sum(engine.account(each).cash for each in accounts) == len(market.desks) * listing.deposit
    assert sum(desk.inventory for desk in market.desks) == 0
    assert sum(desk.cash for desk in market.desks) == 0


def test_a_maker_that_is_run_over_stops_at_its_limit():
    """So that the limit of the property above is known to be reached."""
    crowd = [MarketMaker(size=20, max_inventory=30), InformedTrader(rate=5.0)]
    market, _, _ = simulate(1, crowd=crowd, fundamental=Fundamental(volatility=0.0, jump_rate=1.0, jump=300.0))
    assert abs(market.desks[0].inventory) == 30


def test_stylised_facts_hold_over_seeds():
    """Who knows more earns it from who does not; prices follow the value; the touch is a spread wide."""
    profits, found = Counter(), []
    for seed in range(6):
        market, run, _ = simulate(seed, until=400_000)
        for each in outcomes(market):
            profits[each.kind] += each.profit
        found.append(summarise(run))
    assert profits["InformedTrader"] >= 0
    assert profits["MarketMaker"] >= 0
    assert profits["NoiseTrader"] <= 0
    assert sum(profits.values()) == 0
    assert all(each.spread > 0 and each.depth > 0 for each in found)
    assert all(each.tracking < 2 * each.spread for each in found)
    assert abs(np.mean([each.bias for each in found])) < 1
    assert np.mean([each.autocorrelation for each in found]) < 0  # bid-ask bounce: Roll (1984)
