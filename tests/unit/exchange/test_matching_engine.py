"""The matching engine as a library: instruments, accounts, limits, phases, the house."""

import pytest

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.exchange import Code, Happening, Level, MatchingEngine, Phase, PositionView, commands
from arbitrax.exchange.records import HOUSE

SYMBOL, OTHER, ALICE, BOB = 1, 2, 7, 8


@pytest.fixture
def engine():
    engine = MatchingEngine()
    for symbol in (SYMBOL, OTHER):
        engine.add_instrument(symbol, maker_fee=1_000, taker_fee=2_000)
    for account in (ALICE, BOB):
        engine.open_account(account, "margin")
        engine.deposit(account, 100_000)
    return engine


def buy(engine, account=ALICE, **order):
    return engine.submit("buy", **{"symbol": SYMBOL, "account": account} | order)


def sell(engine, account=BOB, **order):
    return engine.submit("sell", **{"symbol": SYMBOL, "account": account} | order)


def test_a_trade_moves_cash_lots_and_fees(engine):
    sell(engine, price=1_000, quantity=10)
    assert buy(engine, price=1_000, quantity=4).filled == 4
    assert engine.position(ALICE, SYMBOL) == PositionView(4, 4_000, 0, 0, 8, 0, 0)
    assert engine.position(BOB, SYMBOL) == PositionView(-4, -4_000, 0, 0, 4, 0, 6)
    assert engine.account(ALICE).cash == 100_000 - 4_000 - 8
    assert engine.account(BOB).cash == 100_000 + 4_000 - 4
    assert engine.account(0).cash == 12


def test_what_an_account_cannot_pay_is_refused(engine):
    engine.open_account(9)
    engine.deposit(9, 500)
    assert buy(engine, 9, price=100, quantity=5).refused is Code.NO_BUYING_POWER
    assert sell(engine, 9, price=100, quantity=1).refused is Code.NO_SHORTING
    assert engine.withdraw(9, 501).refused is Code.NO_BUYING_POWER
    assert engine.withdraw(9, 500).refused is None
    assert engine.account(9).cash == 0


def test_limits_bind_what_comes_later_and_are_replaced_as_a_whole(engine):
    engine.set_limits(ALICE, max_position=5, max_orders=2)
    assert buy(engine, price=10, quantity=6).refused is Code.POSITION_LIMIT
    engine.set_limits(ALICE, max_notional=50)
    assert buy(engine, price=10, quantity=6).refused is Code.NOTIONAL_LIMIT
    engine.set_limits(ALICE, max_rate=1)
    engine.tick(5_000)
    assert buy(engine, price=10, quantity=6).refused is None
    assert buy(engine, price=10, quantity=6).refused is Code.RATE_LIMIT


def test_reduce_only_orders_open_nothing(engine):
    assert sell(engine, price=10, quantity=1, reduce_only=True).refused is Code.NOT_REDUCING


def test_orders_below_the_least_notional_are_refused(engine):
    engine.add_instrument(3, tick_value=2, min_notional=100)
    assert buy(engine, symbol=3, price=7, quantity=7).refused is Code.NOTIONAL_TOO_SMALL
    assert buy(engine, symbol=3, price=5, quantity=10).refused is None


def test_funds_cannot_go_with_reduce_only(engine):
    with pytest.raises(InputError, match="funds=5 cannot go with reduce_only=True"):
        buy(engine, type="market", funds=5, reduce_only=True)


def test_instruments_are_apart(engine):
    buy(engine, price=10, quantity=1)
    assert engine.depth(SYMBOL, "buy") == [Level(10, 1, 1)]
    assert engine.depth(OTHER, "buy") == []
    assert engine.queue(OTHER, "buy") == []
    assert "no asks" in str(engine.picture(SYMBOL))


def test_cancel_all_is_everywhere_or_of_a_symbol(engine):
    first = buy(engine, price=10, quantity=1).order
    second = buy(engine, symbol=OTHER, price=10, quantity=1).order
    third = buy(engine, symbol=OTHER, price=9, quantity=1).order
    assert [each.order for each in engine.cancel_all(account=ALICE, symbol=OTHER, side="buy")] == [second, third]
    assert [each.order for each in engine.cancel_all(account=ALICE)] == [first]


def test_amend_and_cancel_are_the_owners(engine):
    order = buy(engine, price=10, quantity=5).order
    assert engine.amend(order, account=BOB, quantity=4).refused is Code.NOT_OWNER
    assert engine.amend(order, account=ALICE, quantity=4, price=11)[0].kind is Happening.AMENDED
    assert engine.depth(SYMBOL, "buy") == [Level(11, 4, 1)]
    assert engine.cancel(order, account=ALICE)[0].code is Code.BY_OWNER


def test_a_lost_connection_and_a_dead_man_switch_take_orders_away(engine):
    keeps = buy(engine, price=10, quantity=1).order
    goes = buy(engine, price=9, quantity=1, cancel_on_disconnect=True).order
    assert [(each.order, each.code) for each in engine.disconnect(ALICE)] == [(goes, Code.DISCONNECTED)]
    engine.cancel_after(ALICE, 100)
    assert len(engine.tick(99)) == 0
    assert [(each.order, each.code) for each in engine.tick(100)] == [(keeps, Code.DEAD_MAN)]


def test_the_kill_switch_is_of_one_or_of_everybody(engine):
    buy(engine, price=10, quantity=1)
    assert [each.code for each in engine.kill(ALICE)] == [Code.KILLED, Code.KILLED]
    assert engine.account(ALICE).killed
    assert buy(engine, price=10, quantity=1).refused is Code.KILLED
    assert sell(engine, price=10, quantity=1).refused is None
    engine.revive(ALICE)
    engine.kill()
    assert buy(engine, price=10, quantity=1).refused is Code.KILLED
    engine.revive()
    assert buy(engine, price=10, quantity=1).refused is None


def test_nobody_is_killed_by_the_number_of_nobody(engine):
    with pytest.raises(InputError, match=r"account=0 is outside 1\.\."):
        engine.kill(0)


def test_the_external_market_is_traded_with_once(engine):
    engine.quote("sell", symbol=SYMBOL, price=50, quantity=3)
    assert buy(engine, price=50, quantity=5).filled == 3
    engine.quote("sell", symbol=SYMBOL, price=50, quantity=3)
    assert engine.depth(SYMBOL, "buy") == [Level(50, 2, 1)]
    events = engine.print_trade("buy", symbol=SYMBOL, price=50, quantity=2)
    assert [fill.quantity for fill in events.fills] == [2]


def test_phases_are_of_a_symbol(engine):
    engine.auction(SYMBOL)
    buy(engine, price=12, quantity=1)
    sell(engine, price=10, quantity=1)
    engine.set_reference(SYMBOL, 11)
    assert [fill.price for fill in engine.uncross(SYMBOL).fills] == [11]
    engine.halt(SYMBOL)
    assert buy(engine, price=12, quantity=1).refused is Code.HALTED
    assert buy(engine, symbol=OTHER, price=12, quantity=1).refused is None
    engine.resume(SYMBOL)
    engine.close(SYMBOL)
    assert buy(engine, price=12, quantity=1).refused is Code.CLOSED


def test_an_instrument_without_accounts_asks_for_none(engine):
    engine.add_instrument(3, accounts=False)
    assert engine.submit("buy", symbol=3, account=99, price=1, quantity=1).refused is None


def test_a_change_that_the_engine_does_not_make_is_an_event(engine):
    assert engine.add_instrument(SYMBOL, tick_value=2, maker_fee=1_000, taker_fee=2_000).refused is Code.BAD_FIELD
    assert engine.deposit(99, 5).refused is Code.UNKNOWN_ACCOUNT
    assert buy(engine, 99, price=1, quantity=1).refused is Code.UNKNOWN_ACCOUNT
    assert buy(engine, symbol=9, price=1, quantity=1).refused is Code.UNKNOWN_SYMBOL


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda engine: engine.depth(9, "buy"), "symbol=9 is no instrument here; add it with add_instrument(9)."),
        (lambda engine: engine.queue(9, "buy"), "symbol=9 is no instrument here"),
        (lambda engine: engine.picture(9), "symbol=9 is no instrument here"),
        (lambda engine: engine.position(ALICE, 9), "symbol=9 is no instrument here"),
        (lambda engine: engine.account(9), "account=9 is not open; open it with open_account(9)."),
        (lambda engine: engine.position(9, SYMBOL), "account=9 is not open"),
        (lambda engine: engine.open_account(9, "savings"), 'kind=\'savings\' is none of "cash", "margin"'),
    ],
)
def test_what_nobody_knows_is_said(engine, call, says):
    with pytest.raises(UnknownNameError) as error:
        call(engine)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: commands.instrument(1, tick_value=0), "tick_value=0 is outside 1.."),
        (lambda: commands.instrument(1 << 20), "symbol=1048576 is outside 0..1048575"),
        (lambda: commands.instrument(1, maker_fee=-2, taker_fee=1), "maker_fee=-2 and taker_fee=1 pay more"),
        (lambda: commands.instrument(1, margin=10_001), "margin=10001 is outside 1..10000"),
        (lambda: commands.limits(1, max_rate=0), "max_rate=0 is outside 1.."),
        (lambda: commands.open_account(0), "account=0 is outside 1..4294967294"),
        (lambda: commands.deposit(1, 0), "cash=0 is outside 1.."),
        (lambda: commands.withdraw(1, 1.5), "cash=1.5 is no whole number"),
        (lambda: commands.tick(-1), "time=-1 is outside 0.."),
        (lambda: commands.cancel_after(1, -1), "milliseconds=-1 is outside 0.."),
        (lambda: commands.amend(1, quantity=1, price=0), "price=0 is outside 1.."),
        (lambda: commands.cancel("1"), "order='1' is no whole number"),
        (lambda: commands.halt(-1), "symbol=-1 is outside 0.."),
    ],
)
def test_values_out_of_range_are_said_by_name(call, says):
    with pytest.raises(InputError) as error:
        call()
    assert says in str(error.value)


def test_the_journal_of_an_engine_makes_its_twin(engine):
    rows = [
        *(commands.instrument(symbol, maker_fee=1_000, taker_fee=2_000) for symbol in (SYMBOL, OTHER)),
        *(
            row
            for account in (ALICE, BOB)
            for row in (commands.open_account(account, "margin"), commands.deposit(account, 100_000))
        ),
        commands.submit("sell", symbol=SYMBOL, account=BOB, price=10, quantity=2),
        commands.submit("buy", symbol=SYMBOL, account=ALICE, type="market", quantity=1),
        commands.limits(ALICE, max_orders=3),
        commands.quote("buy", symbol=OTHER, price=5, quantity=5),
        commands.cancel_after(BOB, 50),
        commands.kill(ALICE),
        commands.tick(20),
    ]
    sell(engine, price=10, quantity=2)
    buy(engine, type="market", quantity=1)
    engine.set_limits(ALICE, max_orders=3)
    engine.quote("buy", symbol=OTHER, price=5, quantity=5)
    engine.cancel_after(BOB, 50)
    engine.kill(ALICE)
    engine.tick(20)
    twin = MatchingEngine()
    events, offsets = twin.run(commands.as_array(rows))
    assert twin.state_hash() == engine.state_hash()
    assert offsets[-1] == len(events)


def test_orders_and_instruments_are_shown(engine):
    first = sell(engine, price=1_000, quantity=10).order
    other = sell(engine, symbol=OTHER, price=50, quantity=2).order
    buy(engine, price=1_000, quantity=4)
    engine.auction(OTHER)
    assert engine.symbols() == [SYMBOL, OTHER]
    assert engine.orders(BOB) == [first, other]
    assert engine.orders(ALICE) == []
    view = engine.order(first)
    assert (view.symbol, view.account, view.total, view.open, view.price) == (SYMBOL, BOB, 10, 6, 1_000)
    assert engine.order(other).symbol == OTHER
    assert engine.order(0) is None
    assert (engine.last(SYMBOL), engine.last(OTHER), engine.reference(SYMBOL)) == (1_000, None, None)
    assert (engine.phase(SYMBOL), engine.phase(OTHER)) == (Phase.CONTINUOUS, Phase.AUCTION)
    engine.set_reference(OTHER, 55)
    assert engine.reference(OTHER) == 55
    assert repr(engine) == "MatchingEngine(2 instruments)"


def test_the_lots_ahead_of_an_order_count_the_house(engine):
    engine.quote("sell", symbol=SYMBOL, price=100, quantity=7)
    order = sell(engine, price=100, quantity=1).order
    assert engine.order(order).ahead == 7
    assert engine.orders(HOUSE) == []


def test_an_amend_keeps_what_it_does_not_name(engine):
    order = sell(engine, price=1_000, quantity=10).order
    engine.amend(order, account=BOB, price=990)
    engine.amend(order, account=BOB, quantity=8)
    assert engine.order(order)[5:10] == (990, 990, 0, 8, 8)
    with pytest.raises(InputError, match="changes nothing"):
        engine.amend(order, account=BOB)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda engine: engine.phase(3), "symbol=3 is no instrument here; add it with add_instrument(3)."),
        (lambda engine: engine.last(1 << 21), "symbol=2097152 is outside 0..1048575"),
        (lambda engine: engine.reference("1"), "symbol='1' is no whole number; give an instrument's number as an int."),
        (lambda engine: engine.depth(-1, "buy"), "symbol=-1 is outside"),
        (lambda engine: engine.queue(None, "buy"), "symbol=None is no whole number"),
        (lambda engine: engine.account(55), "account=55 is not open; open it with open_account(55)."),
        (lambda engine: engine.account(-1), "account=-1 is outside"),
        (lambda engine: engine.position(7.5, SYMBOL), "account=7.5 is no whole number"),
        (lambda engine: engine.position(ALICE, 1 << 40), "symbol=1099511627776 is outside"),
        (lambda engine: engine.orders(1 << 32), "account=4294967296 is outside"),
    ],
)
def test_wrong_arguments_of_views_are_said_by_name(engine, call, says):
    with pytest.raises(InputError) as error:
        call(engine)
    assert says in str(error.value)
