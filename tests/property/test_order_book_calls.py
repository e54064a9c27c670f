"""Calls of the library against the engine below: what a call lets through is well formed, and a twin repeats it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import InputError
from arbitrax.exchange import AccountKind, Code, MatchingEngine, OrderBook, SelfTrade, TimeInForce, Type, commands

SYMBOL, ACCOUNT = 1, 7
numbers = st.none() | st.integers(-1, 6)
orders = st.fixed_dictionaries(
    {
        "side": st.sampled_from(["buy", "sell"]),
        "type": st.sampled_from(list(Type)),
        "time_in_force": st.sampled_from(list(TimeInForce)),
        "self_trade": st.sampled_from(list(SelfTrade)),
    },
    optional={
        **dict.fromkeys(("price", "quantity", "stop", "distance", "display", "offset", "funds", "expire"), numbers),
        **{name: st.booleans() for name in ("post_only", "slide", "on_quote", "reduce_only", "cancel_on_disconnect")},
        "client_id": st.sampled_from(["", "a", "b"]),
    },
)  # fmt: skip
likely = st.builds(
    lambda side, price, quantity: {"side": side, "price": price, "quantity": quantity},
    st.sampled_from(["buy", "sell"]), st.integers(1, 6), st.integers(1, 6),
)  # fmt: skip


@given(st.lists(orders | likely, max_size=20))
def test_what_a_call_lets_through_is_never_a_bad_field_and_an_array_of_it_does_the_same(submissions):
    engine, twin = MatchingEngine(), MatchingEngine()
    rows = [
        commands.instrument(SYMBOL, reference=3),
        commands.open_account(ACCOUNT, AccountKind.MARGIN),
        commands.deposit(ACCOUNT, 1000),
    ]
    engine.add_instrument(SYMBOL, reference=3)
    engine.open_account(ACCOUNT, AccountKind.MARGIN)
    engine.deposit(ACCOUNT, 1000)
    said = []
    for order in submissions:
        before = engine.state_hash()
        try:
            events = engine.submit(**order, symbol=SYMBOL, account=ACCOUNT)
        except InputError:
            assert engine.state_hash() == before
            continue
        assert events.refused is not Code.BAD_FIELD
        assert events.order > 0
        said.append(events.records)
        rows.append(commands.submit(**order, symbol=SYMBOL, account=ACCOUNT))
    events, _ = twin.run(commands.as_array(rows))
    assert events[3:].tobytes() == b"".join(each.tobytes() for each in said)
    assert twin.state_hash() == engine.state_hash()


@given(st.lists(orders | likely, max_size=20), st.integers(0, 2))
def test_a_book_does_with_calls_what_it_does_with_an_array(submissions, account):
    book, twin = OrderBook(reference=3), OrderBook(reference=3)
    rows = []
    for number, order in enumerate(submissions):
        mine = {name: value for name, value in order.items() if name not in ("reduce_only", "cancel_on_disconnect")}
        try:
            events = book.submit(**mine, account=account * number % 3)
        except InputError:
            continue
        assert events.refused is not Code.BAD_FIELD
        rows.append(commands.submit(**mine, account=account * number % 3))
    twin.run(commands.as_array(rows))
    assert twin.state_hash() == book.state_hash()


@given(st.lists(likely, min_size=1, max_size=30))
def test_depth_is_the_queue_added_up(submissions):
    engine = MatchingEngine()
    engine.add_instrument(SYMBOL, accounts=False)
    for order in submissions:
        engine.submit(**order, symbol=SYMBOL, account=0)
    for side in ("buy", "sell"):
        queue = np.array(engine.queue(SYMBOL, side), np.int64).reshape(-1, 4)
        for price, shown, count in engine.depth(SYMBOL, side, 100):
            at = queue[:, 0] == price
            assert (queue[at, 2].sum(), at.sum()) == (shown, count)
        assert sum(level.orders for level in engine.depth(SYMBOL, side, 100)) == len(queue)
