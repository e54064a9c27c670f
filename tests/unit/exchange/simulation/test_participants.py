import pytest

from arbitrax.domain.errors import ParameterError
from arbitrax.exchange.public_book import PublicBook
from arbitrax.exchange.records import MAX_NOTIONAL, Kind
from arbitrax.exchange.simulation import (
    Fundamental,
    InformedTrader,
    Listing,
    MarketMaker,
    MomentumTrader,
    NoiseTrader,
    SimulatedMarket,
)
from arbitrax.exchange.simulation.desk import Desk
from arbitrax.exchange.simulation.draws import Draws
from arbitrax.exchange.simulation.fundamental import FundamentalValue
from arbitrax.exchange.simulation.participant import amend, cancel, market, post, take

BUY, SELL = 0, 1
STILL = Fundamental(volatility=0.0, jump_rate=0.0)


class Room:
    """One participant alone with a book that the test writes."""

    def __init__(self, participant, *, listing=None, value=10_000):
        self.desk, self.book, self.number = Desk(1, 1, participant.latency, Draws(1, 1)), PublicBook(), 100
        latent = FundamentalValue(STILL, value, Draws(1, 0))
        self.behaviour = participant.begin(self.desk, listing or Listing(), latent)
        self.behaviour.wait()

    def show(self, side, price, lots=50):
        self.number += 1
        self.book.apply((self.number, 0, price, lots, lots, lots, 1, 9, 0, 0, 1, side))

    def trade(self, price, lots=10):
        self.book.apply((0, 0, price, lots, 0, 0, 1, 9, 9, 0, 2, BUY))

    def own(self, order, side, price, lots):
        """Answer a submission."""
        self.desk.unanswered += 1
        self.desk.accept(order, side, price, lots)

    def act(self, now=0):
        return list(self.behaviour.act(now, self.book))


def test_market_maker_quotes_both_sides_of_the_reference():
    assert Room(MarketMaker(size=20, risk_aversion=0.001, volatility=0.0, decay=0.4)).act() == [
        post(BUY, 9_997, 20),
        post(SELL, 10_003, 20),
    ]


def test_market_maker_leans_against_its_inventory_and_amends():
    room = Room(MarketMaker(size=20, risk_aversion=0.001, volatility=1.0, horizon=100.0, decay=0.4))
    room.own(1, BUY, 9_997, 20)
    room.own(2, SELL, 10_003, 20)
    room.desk.inventory = 30  # lots x 0.1 ticks
    assert room.act() == [amend(1, BUY, 9_994, 20), amend(2, SELL, 10_000, 20)]


def test_market_maker_moves_the_ask_first_when_it_goes_up():
    room = Room(MarketMaker(size=20, learning=1.0, volatility=0.0, risk_aversion=0.001, decay=0.4))
    room.own(1, BUY, 9_997, 20)
    room.own(2, SELL, 10_003, 20)
    room.trade(10_010)
    assert room.act() == [amend(2, SELL, 10_013, 20), amend(1, BUY, 10_007, 20)]


def test_market_maker_keeps_its_place_until_most_is_filled():
    room = Room(MarketMaker(size=20, volatility=0.0, risk_aversion=0.001, decay=0.4))
    room.own(1, BUY, 9_997, 20)
    room.own(2, SELL, 10_003, 20)
    room.desk.fill(1, BUY, 9_997, 10, 10)
    assert room.act() == []
    room.desk.fill(1, BUY, 9_997, 1, 9)
    assert room.act() == [amend(1, BUY, 9_997, 31)]  # 11 filled and 20 to come


def test_market_maker_cancels_the_side_its_limit_forbids():
    room = Room(MarketMaker(size=20, max_inventory=50, volatility=0.0, risk_aversion=0.001, decay=0.4))
    room.own(1, BUY, 9_997, 20)
    room.own(2, SELL, 10_003, 20)
    room.desk.inventory = 50
    assert room.act() == [cancel(1, BUY)]
    room.desk.inventory = 45
    assert room.act() == [amend(1, BUY, 9_997, 5)]


@pytest.mark.parametrize("participant", [MarketMaker(), MomentumTrader(), InformedTrader()])
def test_nobody_decides_before_the_last_instruction_is_answered(participant):
    room = Room(participant, value=20_000)
    for now, price in ((0, 10_000), (60_000_000, 10_100)):
        room.show(SELL, price + 20_000 * (price == 10_000) - 15_000)
        room.show(BUY, price - 9_000)
        room.desk.unanswered = 1
        assert room.act(now) == []


def test_momentum_follows_the_change_over_its_look_back():
    room = Room(MomentumTrader(look_back=10.0, threshold=2.0, lots=5, max_position=8))
    room.show(BUY, 9_990)
    room.show(SELL, 10_002)
    assert room.act(0) == []
    room.show(BUY, 9_993)  # the middle rises by 1.5
    assert room.act(10_000_000) == []
    room.show(BUY, 9_999)  # by 4.5 since 0, by 3 since 10 s
    assert room.act(19_999_999) == [market(BUY, 5)]
    assert room.act(20_000_000) == [market(BUY, 5)]
    room.desk.inventory = 6
    assert room.act(20_000_001) == [market(BUY, 2)]
    room.desk.inventory = 8
    assert room.act(20_000_002) == []


def test_momentum_waits_until_its_look_back_is_over_and_sells_what_falls():
    room = Room(MomentumTrader(look_back=10.0, threshold=2.0, lots=5, max_position=8))
    room.show(BUY, 9_990)
    room.show(SELL, 10_002)
    assert room.act(0) == []
    room.show(SELL, 9_995)
    assert room.act(9_999_999) == []
    assert room.act(10_000_000) == [market(SELL, 5)]
    room.desk.inventory = -8
    assert room.act(10_000_001) == []


def test_informed_takes_only_what_is_better_than_the_value_by_its_costs():
    room = Room(InformedTrader(edge=2.0, lots=10, max_position=25), value=10_000)
    room.show(SELL, 9_999)
    room.show(BUY, 9_990)
    assert room.act() == []
    room.show(SELL, 9_998)
    assert room.act() == [take(BUY, 9_998, 10)]
    room.desk.inventory = 20
    assert room.act() == [take(BUY, 9_998, 5)]
    room.desk.inventory = 25
    assert room.act() == []


def test_informed_pays_the_takers_fee_out_of_its_edge():
    listing = Listing(taker_fee=100)  # a tick of 10,000
    room = Room(InformedTrader(edge=2.0), listing=listing)
    room.show(BUY, 10_002)
    assert room.act() == []
    room.show(BUY, 10_003)
    assert room.act() == [take(SELL, 10_003, 10)]


def test_noise_never_looks_at_why():
    room = Room(NoiseTrader(limit_rate=1.0, market_rate=1.0, cancel_rate=0.1, reach=5, mean_lots=3.0))
    room.show(BUY, 9_998)
    room.show(SELL, 10_003)
    for number in range(1, 11):
        room.own(number, BUY, 9_000, 1)
    asked = []
    for _ in range(3_000):
        asked += room.act()
        room.behaviour.wait()
    limits = [each for each in asked if each[0] == Kind.SUBMIT and each[2] == 0]
    assert {each[4] for each in limits if each[1] == BUY} == set(range(9_998, 10_003))
    assert {each[4] for each in limits if each[1] == SELL} == set(range(9_999, 10_004))
    assert {each[6] for each in asked if each[0] == Kind.CANCEL} == set(range(1, 11))
    for kind in (limits, [each for each in asked if each[2] == 1], [each for each in asked if each[0] == Kind.CANCEL]):
        assert 850 < len(kind) < 1_150  # three rates of one a second


def test_noise_in_an_empty_book_quotes_around_the_reference_and_sends_no_market_orders():
    room = Room(NoiseTrader(reach=1, cancel_rate=0.0))
    asked = [each for _ in range(200) for each in (room.act(), room.behaviour.wait())[0]]
    assert {(each[1], each[4]) for each in asked} == {(BUY, 9_999), (SELL, 10_001)}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MarketMaker(size=0), "MarketMaker: size is 0; give a whole number from 1 to 1,073,741,824."),
        (lambda: MarketMaker(size=2.5), "MarketMaker: size is 2.5; give a whole number from 1 to 1,073,741,824."),
        (lambda: MarketMaker(learning=1.5), "MarketMaker: learning is 1.5; give a number from 0.0 to 1.0."),
        (lambda: NoiseTrader(latency=-1), "NoiseTrader: latency is -1; give a whole number from 0 to 60,000,000."),
        (lambda: NoiseTrader(reach=True), "NoiseTrader: reach is True; give a whole number"),
        (lambda: NoiseTrader(limit_rate=0.0, market_rate=0.0), "limit_rate and market_rate are both 0; give one"),
        (lambda: MomentumTrader(rate=float("nan")), "MomentumTrader: rate is nan; give a number from 1e-06 to 100,000"),
        (lambda: InformedTrader(edge="1"), "InformedTrader: edge is '1'; give a number from"),
        (lambda: Fundamental(jump_rate=2.0), "Fundamental: jump_rate is 2.0; give a number from 0.0 to 1.0."),
        (lambda: Listing(reference=0), "Listing: reference is 0; give a whole number from 1 to"),
        (lambda: Listing(maker_fee=-5, taker_fee=2), "loss of the exchange; give a taker_fee of at least 5."),
        (lambda: SimulatedMarket([], seed=1), "SimulatedMarket: participants is empty; give one or more."),
        (lambda: SimulatedMarket([NoiseTrader()], seed=-1), "SimulatedMarket: seed is -1; give a whole number from 0"),
        (
            lambda: SimulatedMarket([NoiseTrader()] * 2, seed=1, listing=Listing(deposit=MAX_NOTIONAL)),
            "give a deposit of at most 576,460,752,303,423,488 and accounts below 4294967295.",
        ),
    ],
)
def test_a_wrong_parameter_is_one_sentence(make, message):
    with pytest.raises(ParameterError) as caught:
        make()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
