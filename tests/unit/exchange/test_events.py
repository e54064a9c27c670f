"""Typed events: the record's fields, enums, sentences."""

import msgspec
import numpy as np
import pytest

from arbitrax.exchange import EVENT, Code, Event, Events, Happening, OrderBook, Side
from arbitrax.exchange.event_text import SENTENCES


def made(**fields):
    record = np.zeros(1, EVENT)
    for name, value in fields.items():
        record[name] = value
    return Events(record)[0]


def test_fields_are_those_of_the_record_in_its_order():
    assert Event.__struct_fields__ == EVENT.names
    record = np.zeros(1, EVENT)
    values = {name: 10 + at for at, name in enumerate(EVENT.names)} | {"code": 300, "kind": 5, "side": 1}
    for name, value in values.items():
        record[name] = value
    event = Events(record)[0]
    assert {name: getattr(event, name) for name in EVENT.names} == values
    assert (event.code, event.kind, event.side) == (Code.UNKNOWN_ORDER, Happening.REFUSED, Side.SELL)
    assert type(event.code) is Code


def test_events_are_frozen_and_equal_by_value():
    event = made(kind=1, order=3)
    assert event == made(kind=1, order=3)
    assert event != made(kind=1, order=4)
    with pytest.raises(AttributeError):
        event.order = 4
    assert msgspec.structs.asdict(event)["order"] == 3


def test_events_are_a_sequence():
    book = OrderBook()
    book.submit("sell", price=9, quantity=1)
    events = book.submit("buy", price=9, quantity=1)
    assert len(events) == len(events.records) == 2
    assert events[-1] in events
    assert list(events) == [events[0], events[1]] == events[:]
    assert events.index(events[1]) == 1
    with pytest.raises(IndexError):
        events[2]


def test_no_events_say_so():
    events = OrderBook().tick(5)
    assert (repr(events), events.order, events.refused, events.filled) == ("no events", 0, None, 0)


def test_every_kind_of_event_has_a_sentence():
    assert SENTENCES.keys() == set(Happening)
    assert len({str(made(kind=kind, order=1, quantity=2, price=3)) for kind in Happening}) == len(Happening)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": 1, "order": 1, "side": 1, "price": 9, "quantity": 2}, "#1 accepted: sell 2 at 9"),
        ({"kind": 1, "order": 1}, "#1 accepted: buy by funds"),
        ({"kind": 2, "order": 2, "side": 1, "maker": 1, "price": 9, "quantity": 2, "open": 1},
         "#2 sells 2 at 9 to #1: 1 and 0 open"),
        ({"kind": 2, "order": 2, "price": 9, "quantity": 2, "code": 710},
         "#2 buys 2 at 9 from the house in the auction: 0 and 0 open"),
        ({"kind": 3, "order": 2, "quantity": 2, "code": 700}, "#2 cancelled, 2 left: by owner"),
        ({"kind": 5, "code": 101}, "refused: unknown symbol"),
        ({"kind": 8, "order": 2}, "#2 is parked"),
        ({"kind": 16, "quantity": 1}, "auction"),
        ({"kind": 17, "account": 3, "code": 505}, "account 3 configured: killed"),
        ({"kind": 18, "account": 3, "price": -5, "code": 800}, "account 3 -5: fee"),
        ({"kind": 20, "price": 9, "quantity": 5, "open": 3}, "the house has 3 of 5 left at 9"),
    ],
)  # fmt: skip
def test_sentences(fields, sentence):
    assert str(made(**fields)) == sentence


def test_repr_names_what_is_there():
    event = made(kind=5, side=1, order=4, code=200)
    assert repr(event) == "Event(REFUSED, SELL, order=4, code=PRICE_NOT_POSITIVE)"
