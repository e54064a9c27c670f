"""The recorder's positions are the engine's, and round trips take them apart without a rest."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.reference.accounts import Position

TRADES = st.lists(
    st.tuples(st.integers(-9, 9).filter(bool), st.integers(1, 50), st.integers(-30, 30)), min_size=1, max_size=40
)


@given(TRADES, st.integers(1, 7))
def test_round_trips_make_up_the_position(trades, tick_value):
    engine, record, trips = Position(), PositionRecord(1, 1), []
    for number, (lots, price, fee) in enumerate(trades):
        engine.trade(lots, price, tick_value)
        before = record.lots
        ended = record.trade(lots, price, fee, tick_value=tick_value, order=number, event=number, time=number)
        assert (record.lots, record.cost, record.realised) == (engine.quantity, engine.cost, engine.realised)
        assert (ended is not None) == (before != 0 and (record.lots == 0 or before * record.lots < 0))
        if ended is not None:
            trips.append(ended)
            assert ended.is_long == (before > 0)
            assert ended.reversed == (record.lots != 0)
            assert ended.exit_order == number
            sign = 1 if ended.is_long else -1
            assert ended.realised == sign * (ended.received - ended.paid) * tick_value
        assert (record.trip_order is None) == (record.lots == 0)
        assert record.trip_entered - record.trip_exited == abs(record.lots)
    assert record.realised == sum(each.realised for each in trips) + record.trip_realised
    assert record.fees == sum(fee for *_, fee in trades) == sum(each.fees for each in trips) + record.trip_fees
    orders = [(each.entry_order, each.exit_order) for each in trips]
    assert all(before[1] <= after[0] < after[1] for before, after in pairwise(orders))
