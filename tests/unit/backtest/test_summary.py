import numpy as np
import pytest

from arbitrax.backtest.summary import event_totals, refusals
from arbitrax.backtest.wording import EVENTS, REASONS, ROLES
from arbitrax.domain.orders import EventKind, OrderReason, OrderRole, OrderStatus
from arbitrax.kernels.ledger import EVENT_DTYPE, ORDER_DTYPE


def orders(*rows):
    records = np.zeros(len(rows), ORDER_DTYPE)
    for record, (status, reason, role, quantity) in zip(records, rows, strict=True):
        record["status"], record["reason"], record["role"], record["quantity"] = status, reason, role, quantity
    return records


def test_refused_orders_are_counted_by_reason():
    refused, plain = OrderStatus.REFUSED, OrderRole.PLAIN
    made = orders(
        (refused, OrderReason.NO_CASH, plain, 0),
        (OrderStatus.CANCELLED, OrderReason.NO_CASH, plain, 0),
        (refused, OrderReason.NO_SHORTING, plain, 0),
        (refused, OrderReason.NO_SHORTING, plain, 0),
    )
    assert list(refusals(made).items()) == [(OrderReason.NO_SHORTING, 2), (OrderReason.NO_CASH, 1)]
    assert refusals(orders()) == {}


def test_events_are_totalled_by_kind_and_forced_fills_among_them():
    events = np.zeros(4, EVENT_DTYPE)
    events["kind"] = (EventKind.INTEREST, EventKind.MARGIN_CALL, EventKind.INTEREST, EventKind.SPLIT)
    events["amount"] = (2.0, 99.0, -0.5, 0.0)
    made = orders(
        (OrderStatus.FILLED, OrderReason.MARGIN_CALLED, OrderRole.LIQUIDATION, 5.0),
        (OrderStatus.FILLED, OrderReason.NONE, OrderRole.PLAIN, 5.0),
    )
    assert [(each.name, each.count, each.amount) for each in event_totals(events, made)] == [
        ("margin_call", 1, None),
        ("liquidation", 1, None),
        ("split", 1, None),
        ("interest", 2, 1.5),
    ]


@pytest.mark.parametrize(("words", "codes"), [(REASONS, OrderReason), (EVENTS, EventKind)])
def test_every_code_has_words(words, codes):
    assert set(words) == set(codes)
    assert ROLES.keys() < set(OrderRole)
