"""The order book as a library: what its calls do, answer, refuse and say."""

import copy
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.exchange import (
    COMMAND,
    Code,
    Happening,
    Level,
    MatchingEngine,
    OrderBook,
    OrderView,
    Phase,
    Place,
    Queued,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
    commands,
)


@pytest.fixture
def book():
    return OrderBook()


def kinds(events):
    return [each.kind for each in events]


def test_a_crossing_order_trades_at_the_resting_price_and_rests_with_what_is_left(book):
    resting = book.submit("sell", price=100, quantity=3)
    taking = book.submit("buy", price=102, quantity=5)
    assert kinds(resting) == [Happening.ACCEPTED]
    assert kinds(taking) == [Happening.ACCEPTED, Happening.FILLED]
    (fill,) = taking.fills
    assert (fill.order, fill.maker, fill.price, fill.quantity, fill.open) == (taking.order, resting.order, 100, 3, 2)
    assert taking.filled == 3
    assert (book.best_bid, book.best_ask, book.spread) == (102, None, None)


def test_depth_and_queue_are_best_first(book):
    for price, quantity in ((99, 1), (100, 2), (100, 3)):
        book.submit(Side.BUY, price=price, quantity=quantity)
    book.submit(Side.SELL, price=103, quantity=4)
    assert book.bids() == [Level(100, 5, 2), Level(99, 1, 1)]
    assert book.bids(1) == [Level(100, 5, 2)]
    assert book.asks(0) == []
    assert book.queue("buy") == [Queued(100, 2, 2, 2), Queued(100, 3, 3, 3), Queued(99, 1, 1, 1)]
    assert book.spread == 3


def test_enums_and_their_names_are_the_same(book):
    other = OrderBook()
    book.submit(
        Side.SELL, price=100, quantity=9, type=Type.ICEBERG, display=2, time_in_force=TimeInForce.DAY,
        self_trade=SelfTrade.CANCEL_OLDEST,
    )  # fmt: skip
    other.submit(
        "sell", price=100, quantity=9, type="iceberg", display=2, time_in_force="day", self_trade="cancel_oldest"
    )
    assert book.state_hash() == other.state_hash()


def test_numbers_of_numpy_are_numbers(book):
    prices = np.array([100, 101])
    assert book.submit("buy", price=prices[0], quantity=prices[1]).refused is None
    assert book.bids() == [Level(100, 101, 1)]


def test_a_market_order_stays_within_the_collar():
    book = OrderBook(collar=100)
    book.submit("sell", price=100, quantity=1)
    book.submit("sell", price=102, quantity=1)
    events = book.submit("buy", type="market", quantity=2)
    assert [fill.price for fill in events.fills] == [100]
    assert events[-1].code is Code.BEYOND_COLLAR


def test_a_market_buy_by_funds_spends_them(book):
    book.submit("sell", price=100, quantity=9)
    assert book.submit("buy", type="market", funds=350).filled == 3


def test_stops_wait_and_then_run_in_the_same_step(book):
    book.submit("buy", price=99, quantity=5, account=1)
    book.submit("sell", price=100, quantity=1, account=1)
    stop = book.submit("sell", type="stop", stop=100, quantity=2, account=2).order
    limit = book.submit("sell", type="stop_limit", stop=99, price=98, quantity=1, account=3).order
    events = book.submit("buy", price=100, quantity=1, account=4)
    assert (events.filled, len(events.fills)) == (1, 3)
    assert [each.order for each in events if each.kind == Happening.TRIGGERED] == [stop, limit]
    assert book.bids() == [Level(99, 2, 1)]


def test_a_trailing_stop_follows_the_price(book):
    for price in (100, 110):
        book.submit("sell", price=price, quantity=1, account=1)
    book.submit("buy", price=100, quantity=1, account=2)
    stop = book.submit("sell", type="trailing_stop", distance=5, quantity=1, account=3).order
    book.submit("buy", price=110, quantity=1, account=2)
    book.submit("buy", price=105, quantity=1, account=1)
    events = book.submit("sell", price=105, quantity=1, account=2)
    assert (Happening.TRIGGERED, stop, 105) in [(each.kind, each.order, each.price) for each in events]


def test_an_iceberg_shows_its_display_and_refills_at_the_back(book):
    iceberg = book.submit("sell", type="iceberg", price=100, quantity=5, display=2).order
    plain = book.submit("sell", price=100, quantity=1).order
    book.submit("buy", price=100, quantity=2)
    assert book.queue("sell") == [Queued(100, plain, 1, 1), Queued(100, iceberg, 2, 3)]


def test_a_peg_follows_the_best_price_up_to_its_limit(book):
    book.submit("buy", price=100, quantity=1)
    peg = book.submit("buy", type="peg", price=101, quantity=1).order
    behind = book.submit("buy", type="peg", price=101, quantity=1, offset=2).order
    moved = [each for each in book.submit("buy", price=103, quantity=1) if each.kind == Happening.REPRICED]
    assert [(each.order, each.price) for each in moved] == [(peg, 101), (behind, 101)]


@pytest.mark.parametrize(("time_in_force", "filled", "code"), [("ioc", 2, Code.NOT_AT_ONCE), ("fok", 0, None)])
def test_what_cannot_trade_at_once_goes(book, time_in_force, filled, code):
    book.submit("sell", price=100, quantity=2)
    events = book.submit("buy", price=100, quantity=3, time_in_force=time_in_force)
    assert events.filled == filled
    assert events.refused is (None if code else Code.NOT_ALL_AT_ONCE)
    assert events[-1].code is (code or Code.NOT_ALL_AT_ONCE)
    assert book.bids() == []


def test_post_only_is_refused_or_slides(book):
    book.submit("sell", price=100, quantity=2)
    assert book.submit("buy", price=100, quantity=1, post_only=True).refused is Code.WOULD_TRADE
    assert book.submit("buy", price=100, quantity=1, post_only=True, slide=True).refused is None
    assert book.best_bid == 99


def test_orders_of_one_account_do_not_trade_with_each_other(book):
    book.submit("sell", price=100, quantity=2, account=5)
    assert book.submit("buy", price=100, quantity=2, account=5)[-1].code is Code.SELF_TRADE
    assert book.submit("buy", price=100, quantity=2, account=6).filled == 2


def test_an_amend_names_the_new_total_and_less_keeps_the_place(book):
    first = book.submit("buy", price=100, quantity=10).order
    second = book.submit("buy", price=100, quantity=10).order
    book.submit("sell", price=100, quantity=4)
    assert book.amend(first, quantity=6)[0].open == 2
    assert [each.order for each in book.queue("buy")] == [first, second]
    book.amend(first, quantity=6, requeue=True)
    assert [each.order for each in book.queue("buy")] == [second, first]
    book.amend(first, quantity=6, price=101)
    assert book.best_bid == 101


def test_a_stop_is_amended_by_its_trigger(book):
    stop = book.submit("sell", type="stop", stop=90, quantity=1).order
    book.submit("buy", price=99, quantity=2)
    book.amend(stop, quantity=1, stop=99)
    events = book.submit("sell", price=99, quantity=1)
    assert stop in [each.order for each in events if each.kind == Happening.TRIGGERED]


def test_only_the_owner_cancels(book):
    order = book.submit("buy", price=100, quantity=1, account=3).order
    assert book.cancel(order).refused is Code.NOT_OWNER
    assert book.cancel(order, account=3)[0].code is Code.BY_OWNER
    assert book.cancel(order, account=3).refused is Code.NOTHING_OPEN


def test_cancel_all_is_of_an_account_and_of_a_side(book):
    mine = [book.submit(side, price=price, quantity=1, account=3).order for side, price in (("buy", 9), ("sell", 11))]
    book.submit("buy", price=9, quantity=1, account=4)
    assert [each.order for each in book.cancel_all(account=3, side="sell")] == mine[1:]
    assert [each.order for each in book.cancel_all(account=3)] == mine[:1]
    assert book.bids() == [Level(9, 1, 1)]


def test_time_passes_when_told(book):
    book.submit("buy", price=9, quantity=1, time_in_force="gtd", expire=500)
    assert len(book.tick(499)) == 0
    assert book.tick(500)[0].code is Code.EXPIRED


def test_an_auction_collects_and_trades_at_one_price():
    book = OrderBook(reference=100)
    book.auction()
    book.submit("buy", price=102, quantity=5)
    book.submit("sell", price=99, quantity=5)
    assert book.spread == -3
    assert "crossed by 3" in str(book.picture())
    events = book.uncross()
    assert [(fill.price, fill.code) for fill in events.fills] == [(100, Code.UNCROSSED)]
    assert book.uncross().refused is Code.NOT_IN_AUCTION


def test_halt_and_close_take_nothing(book):
    book.submit("buy", price=9, quantity=1, time_in_force="day")
    book.halt()
    assert book.submit("buy", price=9, quantity=1).refused is Code.HALTED
    book.resume()
    assert book.submit("buy", price=9, quantity=1).refused is None
    assert book.close()[0].code is Code.SESSION_ENDED
    assert book.submit("buy", price=9, quantity=1).refused is Code.CLOSED


def test_prices_off_their_step_are_refused_never_rounded():
    book = OrderBook(price_step=5, quantity_step=10, max_quantity=100, reference=100, band=1000)
    assert book.submit("buy", price=101, quantity=10).refused is Code.OFF_TICK
    assert book.submit("buy", price=100, quantity=11).refused is Code.OFF_LOT
    assert book.submit("buy", price=100, quantity=110).refused is Code.QUANTITY_TOO_LARGE
    assert book.submit("buy", price=115, quantity=10).refused is Code.PRICE_OUT_OF_BAND
    book.set_reference(120)
    assert book.submit("buy", price=115, quantity=10).refused is None


def test_a_client_id_answers_with_the_first_outcome(book):
    first = book.submit("buy", price=9, quantity=1, client_id="a-1")
    again = book.submit("buy", price=9, quantity=1, client_id="a-1")
    assert kinds(again) == [Happening.REPEATED]
    assert (again.order, again.refused) == (first.order, None)
    assert book.submit("buy", price=8, quantity=1, client_id="a-1").refused is Code.CLIENT_ID_USED


def test_a_repeat_of_what_was_refused_is_refused(book):
    first = book.submit("buy", price=-9, quantity=1, client_id="a-1")
    again = book.submit("buy", price=-9, quantity=1, client_id="a-1")
    assert kinds(again) == [Happening.REPEATED]
    assert first.refused is again.refused is Code.PRICE_NOT_POSITIVE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"price": 1.5, "quantity": 1}, "price=1.5 is no whole number; give ticks as an int"),
        ({"price": 0.0, "quantity": 1}, "price=0.0 is no whole number"),
        ({"price": "5", "quantity": 1}, "price='5' is no whole number"),
        ({"price": 1, "quantity": 1 << 63}, "quantity=9223372036854775808 is outside"),
        ({"quantity": 1}, 'price is missing; type="limit" needs it, in ticks'),
        ({"price": 1}, 'quantity is missing; type="limit" needs it, in lots'),
        ({"price": 1, "quantity": 1, "type": "market"}, 'price=1 means nothing to type="market"'),
        ({"price": 1, "quantity": 1, "display": 1}, 'display=1 means nothing to type="limit"; it is for "iceberg"'),
        ({"price": 1, "quantity": 1, "funds": 1}, 'funds=1 means nothing to type="limit"; it is for "market"'),
        ({"price": 1, "quantity": 2, "type": "iceberg", "display": 3}, "display=3 is outside 1..2"),
        ({"price": 1, "quantity": 2, "type": "iceberg", "display": 1, "time_in_force": "ioc"}, '"ioc" never rests'),
        ({"price": 1, "quantity": 2, "type": "peg", "offset": -1}, "offset=-1 is outside 0.."),
        ({"type": "market", "funds": 9, "quantity": 1}, "quantity=1 and funds=9 both say how much"),
        ({"type": "market", "funds": 0}, "funds=0 is outside 1.."),
        ({"type": "market", "funds": 9, "time_in_force": "fok"}, 'funds=9 cannot go with time_in_force="fok"'),
        ({"price": 1, "quantity": 1, "time_in_force": "gtd"}, 'expire is missing; time_in_force="gtd" needs it'),
        ({"price": 1, "quantity": 1, "expire": 5}, 'expire=5 means nothing to time_in_force="gtc"'),
        ({"price": 1, "quantity": 1, "time_in_force": "gtd", "expire": 0}, "expire=0 is outside 1.."),
        ({"type": "stop", "stop": 1.5, "quantity": 1}, "stop=1.5 is no whole number; give ticks as an int"),
        ({"type": "trailing_stop", "distance": "5", "quantity": 1}, "distance='5' is no whole number"),
        ({"price": 1, "quantity": 1, "slide": True}, "add post_only=True"),
        ({"type": "stop_limit", "stop": 1, "price": 1, "quantity": 1, "post_only": True, "slide": True},
         'slide=True is not for type="stop_limit"'),
        ({"price": 1, "quantity": 1, "post_only": True, "time_in_force": "fok"}, "post_only=True contradicts"),
        ({"type": "stop", "stop": 1, "quantity": 1, "post_only": True}, 'post_only=True means nothing to type="stop"'),
        ({"price": 1, "quantity": 1, "on_quote": True}, "on_quote=True is for stops"),
        ({"price": 1, "quantity": 1, "client_id": "a b"}, "client_id='a b' is no id"),
        ({"price": 1, "quantity": 1, "client_id": "a" * 33}, "is no id; use 1 to 32"),
        ({"price": 1, "quantity": 1, "account": -1}, "account=-1 is outside 0..4294967295"),
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense_are_said_by_name_and_change_nothing(book, arguments, says):
    before = book.state_hash()
    with pytest.raises(InputError) as error:
        book.submit("buy", **arguments)
    assert says in str(error.value)
    assert str(error.value).endswith(".")
    assert book.state_hash() == before


def test_a_sell_has_no_funds_to_spend(book):
    with pytest.raises(InputError, match='funds=5 cannot go with side="sell"'):
        book.submit("sell", type="market", funds=5)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"side": "by"}, "side='by' is none of \"buy\", \"sell\"; did you mean 'buy'?"),
        ({"side": Side.BOTH}, 'is none of "buy", "sell"'),
        ({"type": "icebrg"}, "did you mean 'iceberg'?"),
        ({"type": []}, "type=[] is none of"),
        ({"time_in_force": "gtx"}, "time_in_force='gtx' is none of"),
        ({"self_trade": "newest"}, "self_trade='newest' is none of"),
    ],
)
def test_unknown_names_are_said_with_those_that_are_known(book, arguments, says):
    with pytest.raises(UnknownNameError) as error:
        book.submit(**{"side": "buy", "price": 1, "quantity": 1} | arguments)
    assert says in str(error.value)


def test_an_array_does_what_the_calls_do(book):
    other = OrderBook()
    called = [book.submit("sell", price=101, quantity=5), book.submit("buy", price=101, quantity=2), book.cancel(1)]
    rows = [
        commands.submit("sell", price=101, quantity=5),
        commands.submit("buy", price=101, quantity=2),
        commands.cancel(1),
    ]
    events, offsets = other.run(commands.as_array(rows))
    assert other.state_hash() == book.state_hash()
    assert offsets.tolist() == [0, 1, 3, 4]
    assert events.tobytes() == b"".join(each.records.tobytes() for each in called)


@pytest.mark.parametrize(
    ("array", "says"),
    [
        ([1], "commands are list; give an array"),
        (np.zeros(3), "commands are an array of float64; give an array"),
        (np.zeros((2, 2), COMMAND), "commands are of shape (2, 2); give an array"),
    ],
)
def test_other_arrays_are_no_commands(book, array, says):
    with pytest.raises(InputError) as error:
        book.run(array)
    assert says in str(error.value)


def test_events_of_earlier_calls_stay_what_they_were(book):
    first = book.submit("buy", price=9, quantity=1)
    book.submit("buy", price=8, quantity=2)
    assert (first[0].price, first.records["price"][0]) == (9, 9)


def test_the_book_says_its_touch(book):
    assert repr(book) == "OrderBook(no bid, no ask)"
    book.submit("sell", price=9, quantity=3)
    assert repr(book) == "OrderBook(no bid, 3 ask at 9)"


def test_an_open_order_is_shown_with_its_place_and_the_lots_ahead(book):
    iceberg = book.submit("sell", type="iceberg", price=100, quantity=9, display=2).order
    order = book.submit("sell", price=100, quantity=5, account=7, time_in_force="gtd", expire=60).order
    book.submit("buy", price=100, quantity=4, account=8)
    view = book.order(order)
    assert view == OrderView(
        symbol=0, account=7, side=Side.SELL, type=Type.LIMIT, time_in_force=TimeInForce.GTD, price=100, limit=100,
        stop=0, total=5, open=3, shown=3, place=Place.BOOK, ahead=0, expire=60,
    )  # fmt: skip
    assert type(view.place) is Place
    assert (book.order(iceberg).ahead, book.order(iceberg).shown, book.order(iceberg).open) == (3, 2, 7)
    assert repr(view) == (
        "OrderView(SELL, LIMIT, GTD, BOOK, account=7, price=100, limit=100, total=5, open=3, shown=3, expire=60)"
    )


def test_a_waiting_stop_and_a_parked_peg_are_shown_and_what_closed_is_not(book):
    first = book.submit("sell", type="stop", stop=90, quantity=4).order
    stop = book.submit("sell", type="stop_limit", stop=90, price=88, quantity=2).order
    peg = book.submit("buy", type="peg", price=95, quantity=1).order
    assert book.orders() == [first, stop, peg]
    view = book.order(stop)
    assert (view.place, view.stop, view.limit, view.price, view.shown, view.ahead) == (Place.WAITING, 90, 88, 0, 0, 4)
    assert (book.order(peg).place, book.order(peg).limit) == (Place.PARKED, 95)
    book.cancel(stop)
    assert book.order(stop) is book.order(99) is book.order(0) is book.order(-1) is None
    assert book.orders() == [first, peg]
    assert book.orders(5) == []


def test_the_book_tells_phase_last_trade_and_reference():
    book = OrderBook(reference=100)
    assert (book.phase, book.last, book.reference) == (Phase.CONTINUOUS, None, 100)
    book.submit("sell", price=101, quantity=1)
    book.submit("buy", price=101, quantity=1)
    book.halt()
    assert (book.phase, book.last) == (Phase.HALTED, 101)
    assert OrderBook().reference is None


def test_an_amend_keeps_what_it_does_not_name(book):
    order = book.submit("buy", price=100, quantity=10).order
    behind = book.submit("buy", price=100, quantity=10).order
    book.submit("sell", price=100, quantity=4)
    book.amend(order, quantity=8)
    assert (book.order(order).price, book.order(order).total, book.order(order).open) == (100, 8, 4)
    book.amend(order, price=99)
    assert (book.order(order).price, book.order(order).total, book.order(order).open) == (99, 8, 4)
    book.amend(behind, requeue=True)
    assert book.order(behind).total == 10
    stop = book.submit("sell", type="stop", stop=50, quantity=3).order
    book.amend(stop, stop=60)
    assert (book.order(stop).stop, book.order(stop).total) == (60, 3)


def test_an_amend_of_what_is_not_open_is_refused_whatever_it_names(book):
    order = book.submit("buy", price=100, quantity=1, account=3).order
    assert book.amend(order, price=99).refused is Code.NOT_OWNER
    book.cancel(order, account=3)
    assert book.amend(order, price=99, account=3).refused is Code.NOTHING_OPEN
    assert book.amend(77, price=99).refused is Code.UNKNOWN_ORDER


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda book: book.amend(1), "amend of order=1 changes nothing; give quantity, price, stop or requeue=True."),
        (lambda book: book.amend("1", price=5), "order='1' is no whole number; give an order id as an int."),
        (lambda book: book.order(1.0), "order=1.0 is no whole number"),
        (lambda book: book.order(1 << 63), "order=9223372036854775808 is outside"),
        (lambda book: book.orders(-1), "account=-1 is outside 0..4294967295"),
        (lambda book: book.cancel(None), "order=None is no whole number"),
        (lambda book: book.bids("3"), "levels='3' is no whole number"),
    ],
)
def test_wrong_arguments_of_views_are_said_by_name(book, call, says):
    with pytest.raises(InputError) as error:
        call(book)
    assert says in str(error.value)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, pickle.dumps])
@pytest.mark.parametrize("kind", [OrderBook, MatchingEngine])
def test_a_book_is_not_copied_and_says_what_to_do(kind, make):
    with pytest.raises(TypeError, match=f"A {kind.__name__} is neither copied nor pickled: .* run them on a new"):
        make(kind())


def test_answers_are_copied_and_pickled(book):
    events = book.submit("buy", price=9, quantity=1)
    view = book.order(events.order)
    for each in (pickle.loads(pickle.dumps(events)), copy.deepcopy(events)):  # noqa: S301 - our own
        assert list(each) == list(events)
    assert pickle.loads(pickle.dumps(view)) == view  # noqa: S301 - our own
    assert pickle.loads(pickle.dumps(events[0])) == events[0]  # noqa: S301 - our own


def test_two_books_in_two_threads_do_not_meet():
    rows = [commands.submit(side, price=100 + at % 7, quantity=1) for at in range(500) for side in ("buy", "sell")]
    array, alone = commands.as_array(rows), OrderBook()
    for _ in range(20):
        alone.run(array)

    def play(book):
        for _ in range(20):
            book.run(array)
        return book.state_hash()

    with ThreadPoolExecutor(2) as threads:
        assert set(threads.map(play, [OrderBook(), OrderBook()])) == {alone.state_hash()}


def test_a_book_that_another_thread_runs_is_not_touched():
    rows = commands.as_array([commands.submit("buy", price=1 + at % 999, quantity=1) for at in range(1000)] * 300)
    said = []
    with ThreadPoolExecutor(1) as threads:
        for _ in range(100):  # the machine may let the other thread finish unseen
            book = OrderBook()
            running = threads.submit(book.run, rows)
            while not running.done():
                try:
                    book.submit("sell", price=5_000, quantity=1)
                except RuntimeError as error:
                    said.append(str(error))
            assert len(running.result()[0]) == len(rows)
            if said:
                break
    assert said[0].startswith("Another thread is running this engine")


FORK = """
import os
from arbitrax.exchange import OrderBook
book = OrderBook()
book.submit("buy", price=9, quantity=1)
before = book.state_hash()
child = os.fork()
if not child:
    book.submit("buy", price=9, quantity=1)
    os._exit(book.state_hash() == before or len(book.queue("buy")) != 2)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert book.state_hash() == before
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_a_book_of_its_own():
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
