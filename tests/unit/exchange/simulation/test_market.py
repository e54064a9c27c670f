import hashlib

import numpy as np
import pytest

from arbitrax.domain.errors import ParameterError
from arbitrax.exchange.records import COMMAND, FEES, Code, Happening, Kind, Type
from arbitrax.exchange.simulation import (
    Fundamental,
    Listing,
    MarketMaker,
    NoiseTrader,
    SimulatedMarket,
    outcomes,
    summarise,
)
from tests.exchange.venue import command
from tests.simulated_market import CROWD, make_engine, simulate

PINNED = (3347, "19b5f2d6459855ca")


def test_a_seed_gives_the_pinned_commands_on_every_machine():
    _, run, _ = simulate(1, until=300_000)
    assert (len(run.commands), hashlib.sha256(run.commands.tobytes()).hexdigest()[:16]) == PINNED


def test_another_seed_gives_another_market():
    assert simulate(1)[1].commands.tobytes() != simulate(2)[1].commands.tobytes()


def test_the_time_at_which_it_stops_changes_nothing_before():
    _, whole, _ = simulate(3)
    market, first, engine = simulate(3, until=20_000)
    second = market.run(engine, until=60_000)
    for name in ("commands", "events", "quotes"):
        assert np.concatenate([getattr(first, name), getattr(second, name)]).tobytes() == getattr(whole, name).tobytes()
    assert first.offsets.tolist() + (second.offsets[1:] + len(first.events)).tolist() == whole.offsets.tolist()
    assert first.commands["time"].max() < 20_000 <= second.commands["time"].min()
    assert len(market.run(engine, until=60_000).commands) == 0


def test_offsets_say_whose_events_are_which():
    _, run, _ = simulate(4, until=20_000)
    events, offsets = make_engine().run(run.commands)
    assert events.tobytes() == run.events.tobytes()
    assert offsets.tolist() == run.offsets.tolist()


def test_stepping_one_command_at_a_time_is_the_same_market():
    _, run, _ = simulate(5, until=20_000)
    market, engine, sent = SimulatedMarket(CROWD, seed=5), make_engine(), []
    while len(commands := market.next_commands(until=20_000)):
        for at in range(len(commands)):
            market.receive(engine.run(commands[at : at + 1])[0])
        sent.append(commands)
    assert np.concatenate(sent).tobytes() == run.commands.tobytes()


def test_events_that_come_a_second_late_still_add_up():
    market, engine, late = SimulatedMarket(CROWD, seed=6), make_engine(), []
    for until in range(1_000, 60_000, 1_000):
        while len(commands := market.next_commands(until=until)):
            late.append(engine.run(commands)[0])
        for events in late:
            market.receive(events)
        late.clear()
    assert_desks_agree(market, engine)
    assert outcomes(market)[0].made > 0


def test_halts_auctions_kills_and_strangers_are_followed_too():
    market, engine, stranger = SimulatedMarket(CROWD, seed=12), make_engine(), 99
    events_seen = []

    def do(rows):
        events, _ = engine.run(rows)
        market.receive(events)
        events_seen.append(events)

    interruptions = [
        [command(Kind.ACCOUNT, account=stranger, type=1), command(Kind.DEPOSIT, account=stranger, price=10**12)],
        [order_of_stranger(stranger, Type.ICEBERG, side, 10_000 + 5 * side, extra=5) for side in (0, 1)],
        [command(Kind.HALT, symbol=1)],
        [command(Kind.AUCTION, symbol=1)],
        [order_of_stranger(stranger, Type.LIMIT, side, 10_020 - 40 * side) for side in (0, 1)],
        [command(Kind.UNCROSS, symbol=1)],
        [command(Kind.KILL, account=1), command(Kind.REVIVE, account=1)],
        [command(Kind.CANCEL_ALL, account=2, side=2, flags=64), order_of_stranger(stranger, Type.MARKET, 0, 0)],
    ]
    for at, rows in enumerate([[], *interruptions], 1):
        do(np.concatenate([np.zeros(0, COMMAND), *rows]))
        while len(commands := market.next_commands(until=10_000 * at)):
            do(commands)
    seen = np.concatenate(events_seen)
    assert {*seen["code"].tolist()} >= {Code.HALTED, Code.UNCROSSED, Code.KILLED, Code.BY_CANCEL_ALL}
    last = market.book.volume
    while len(commands := market.next_commands(until=100_000)):
        do(commands)
    assert market.book.volume > last
    assert_desks_agree(market, engine, stranger)
    for side in (0, 1):
        assert market.book.levels[side] == {each.price: each.shown for each in engine.depth(1, side, 1 << 30)}


def order_of_stranger(account, kind, side, price, **fields):
    return command(Kind.SUBMIT, symbol=1, account=account, type=kind, side=side, price=price, quantity=40, **fields)


def assert_desks_agree(market, engine, *strangers):
    listing = market.listing
    for desk in market.desks:
        position, account = engine.position(desk.account, listing.symbol), engine.account(desk.account)
        assert (desk.inventory, desk.fees) == (position.quantity, position.fees)
        assert listing.deposit + desk.cash - desk.fees == account.cash
        opened = [order.open for order in desk.orders.values()]
        assert sum(opened) == position.buys + position.sells
    resting = {each.order for side in (0, 1) for each in engine.queue(listing.symbol, side)}
    mine = {order for desk in market.desks for order in desk.orders}
    assert mine <= resting if strangers else mine == resting


def test_desks_know_what_the_exchange_knows():
    listing = Listing(symbol=7, first_account=40, tick_value=3, maker_fee=-20, taker_fee=50, start=1_000_000)
    market, run, engine = simulate(7, until=1_060_000, listing=listing)
    assert_desks_agree(market, engine)
    for desk in market.desks:
        arrived = np.count_nonzero((run.commands["account"] == desk.account) & (run.commands["kind"] <= Kind.AMEND))
        assert desk.sent - desk.unanswered == arrived
    found = outcomes(market)
    for each in found:
        position = engine.position(each.account, listing.symbol)  # marked at the last trade as well
        assert each.profit == position.realised + position.unrealised
    assert sum(each.profit for each in found) == 0
    assert sum(each.inventory for each in found) == 0
    assert sum(each.fees for each in found) == engine.account(FEES).cash > 0
    assert sum(each.made for each in found) == sum(each.taken for each in found) == summarise(run).volume
    refused = run.events["kind"] == Happening.REFUSED
    assert sum(each.refused for each in found) == np.count_nonzero(refused)


def test_markets_of_two_symbols_share_an_exchange():
    """Both follow all events; their ids are others than alone, their decisions the same."""
    listings = [Listing(symbol=1), Listing(symbol=2, first_account=100)]
    markets, engine = [SimulatedMarket(CROWD, seed=13, listing=listing) for listing in listings], make_engine()
    sent = [0, 0]
    for until in range(0, 20_000, 100):
        for at, market in enumerate(markets):
            while len(commands := market.next_commands(until=until)):
                events, _ = engine.run(commands)
                sent[at] += len(commands)
                for each in markets:
                    each.receive(events)
    assert sent[0] == sent[1]
    assert [each[1:] for each in markets[0].quotes] == [each[1:] for each in markets[1].quotes]
    assert markets[0].book.volume > 0
    for market in markets:
        assert_desks_agree(market, engine)


def test_instructions_arrive_by_their_latency_later():
    near, far = (simulate(8, crowd=[MarketMaker(latency=latency)])[1].commands for latency in (0, 2_000_000))
    orders = [each[each["kind"] == Kind.SUBMIT] for each in (near, far)]
    assert (orders[1]["time"][:2] - orders[0]["time"][:2]).tolist() == [2_000, 2_000]
    same = ["price", "quantity", "side"]
    assert orders[0][same][:2].tolist() == orders[1][same][:2].tolist()


def test_nobody_but_the_informed_sees_the_value():
    blind = CROWD[:-2]
    quiet, wild = (
        simulate(9, crowd=blind, fundamental=Fundamental(volatility=volatility))[1] for volatility in (0.0, 50.0)
    )
    assert quiet.commands.tobytes() == wild.commands.tobytes()
    assert quiet.quotes["value"].std() < 30 < wild.quotes["value"].std()
    seeing = simulate(9, fundamental=Fundamental(volatility=50.0))[1]
    assert seeing.commands.tobytes() != simulate(9)[1].commands.tobytes()


def test_one_more_participant_leaves_the_random_numbers_of_the_others():
    markets = [SimulatedMarket([NoiseTrader()] * crowd, seed=10) for crowd in (1, 3)]
    first, second = ([market.desks[0].draws.uniform() for _ in range(5)] for market in markets)
    assert first == second != [markets[1].desks[1].draws.uniform() for _ in range(5)]


def test_quotes_are_taken_at_even_times():
    _, run, _ = simulate(11, until=10_000, sample=500)
    assert run.quotes["time"].tolist() == list(range(0, 10_000, 500))
    assert run.quotes["volume"].tolist() == sorted(run.quotes["volume"].tolist())


def test_a_run_into_the_past_of_the_listing_is_refused():
    market = SimulatedMarket(CROWD, seed=1, listing=Listing(start=5_000))
    with pytest.raises(ParameterError, match="until is 4000; give a whole number from 5,000"):
        market.run(make_engine(), until=4_000)
