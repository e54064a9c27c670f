"""Ids of orders and events go there and back, and sort like what they encode."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import DataError, UnknownNameError
from arbitrax.exchange.identifiers import (
    EventId,
    event_of,
    first_event,
    order_number,
    order_text,
    order_uuid,
    parse_order,
)
from arbitrax.exchange.journal import EntryId

NUMBERS = st.integers(0, (1 << 63) - 1)
EVENTS = st.builds(
    EventId,
    st.integers(0, (1 << 15) - 1),
    st.integers(0, 255),
    st.builds(EntryId, st.integers(0, (1 << 46) - 1), st.integers(0, (1 << 32) - 1)),
    st.integers(0, (1 << 25) - 1),
)


def uuid_of(event, side):
    return UUID(int=first_event(event.epoch, event.shard, event.entry) + 2 * event.event + side)


@given(NUMBERS, NUMBERS)
def test_an_order_has_a_uuid_and_a_text(one, other):
    assert order_number(order_uuid(one)) == parse_order(order_text(one)) == one
    assert (order_uuid(one) < order_uuid(other)) == (order_text(one) < order_text(other)) == (one < other)


@given(EVENTS, EVENTS, st.integers(0, 1), st.integers(0, 1))
def test_an_event_has_a_uuid_for_each_side(one, other, side, other_side):
    assert event_of(uuid_of(one, side)) == one
    assert (uuid_of(one, side) < uuid_of(other, other_side)) == ((one, side) < (other, other_side))


def test_an_order_of_the_first_epoch_in_full():
    number = 1 << 48 | 2 << 40 | 3
    assert order_text(number) == "ord_0001020000000003"
    assert str(order_uuid(number)) == "00010200-0000-0003-6172-626974726178"


@pytest.mark.parametrize(
    "text", ["", "ord_", "ord_1", "0001020000000003", "ord_000102000000000G", "ORD_0001020000000003"]
)
def test_what_is_no_order_is_refused(text):
    with pytest.raises(UnknownNameError, match="no id of an order"):
        parse_order(text)
    with pytest.raises(UnknownNameError, match="no id of an order"):
        order_number(UUID(int=5))


@pytest.mark.parametrize("entry", [EntryId(1 << 46, 0), EntryId(0, 1 << 32)])
def test_an_entry_of_no_clock_is_refused(entry):
    with pytest.raises(DataError, match="no clock"):
        first_event(0, 0, entry)
