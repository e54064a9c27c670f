"""What is wrong with an order is said in the words and units of who sends it."""

from typing import Any
from uuid import UUID

import pytest
from msgspec import structs

from arbitrax.trading.order_form import FormError, encode
from arbitrax.trading.orders import NewOrder
from arbitrax.trading.registry import Account, Instrument

COIN = Instrument("COIN", 0, 1, "0.01", "0.01", "0.0001", "USD")
OWNER = Account(UUID(int=1), "mine", 0, 1, "USD", "0.0001", "cash")
LIMIT = NewOrder("COIN", "buy", "1", price="100")
ICEBERG = structs.replace(LIMIT, type="iceberg", display="0.1")


def changed(order: NewOrder, **changes: Any) -> NewOrder:
    return structs.replace(order, **changes)


@pytest.mark.parametrize(
    ("order", "field", "said"),
    [
        (changed(LIMIT, price=None), "price", "price is missing; an order of type limit needs its limit price."),
        (changed(LIMIT, quantity=None), "quantity", "quantity is missing; an order of type limit needs how much."),
        (changed(LIMIT, type="peg", price=None), "price", "price is missing; an order of type peg needs its limit"),
        (changed(LIMIT, type="stop", price=None), "stop", "stop is missing; an order of type stop needs its trigger"),
        (changed(LIMIT, type="market"), "price", "price=100 means nothing to an order of type market; it is for limit"),
        (changed(LIMIT, stop="90"), "stop", "stop=90 means nothing to an order of type limit; it is for stop"),
        (changed(LIMIT, price="100.001"), "price", "price=100.001 is not a multiple of the tick 0.01; the nearest are"),
        (changed(LIMIT, type="stop_limit", stop="90.005"), "stop", "stop=90.005 is not a multiple of the tick 0.01"),
        (changed(LIMIT, price="1e5"), "price", "price='1e5' is no decimal"),
        (changed(ICEBERG, display="1.5"), "display", "display=1.5 is no part of the quantity 1; show more than 0"),
        (changed(ICEBERG, display="0"), "display", "display=0 is no part of the quantity 1"),
        (changed(ICEBERG, display="0.001"), "display", "display=0.001 is not a multiple of the lot 0.01"),
        (changed(ICEBERG, time_in_force="ioc"), "time_in_force", "time_in_force=ioc never rests; an order of type ice"),
        (changed(LIMIT, type="peg", offset="-0.01"), "offset", "offset=-0.01 is below 0"),
        (changed(LIMIT, time_in_force="gtd"), "expires_at", "expires_at is missing; time_in_force gtd needs it."),
        (changed(LIMIT, expire=1), "expires_at", "expires_at means nothing to time_in_force gtc"),
        (changed(LIMIT, expire=-1, time_in_force="gtd"), "expires_at", "expires_at is before 1970"),
        (changed(LIMIT, type="market", price=None, funds="5"), "funds", "funds=5 and quantity=1 both say how much"),
        (NewOrder("COIN", "buy", type="market", funds="0"), "funds", "funds=0 is not above 0; give the cash to spend."),
        (NewOrder("COIN", "sell", type="market", funds="5"), "funds", "funds=5 cannot go with side sell"),
        (changed(LIMIT, slide=True), "slide", "slide=True says more of a post-only order"),
    ],
)
def test_a_form_that_is_wrong_is_said_in_the_users_units(order: NewOrder, field: str, said: str) -> None:
    with pytest.raises(FormError) as refused:
        encode(order, OWNER, COIN)
    sentence = str(refused.value)
    assert sentence.startswith(said), sentence
    assert refused.value.field == field
    assert not {"ticks", "lots", "units"} & set(sentence.replace(",", " ").replace(".", " ").split())


def test_a_step_that_is_missed_keeps_its_code() -> None:
    for order, code in (
        (changed(LIMIT, price="1.001"), "price_off_tick"),
        (changed(LIMIT, quantity="0.001"), "quantity_off_lot"),
    ):
        with pytest.raises(FormError) as refused:
            encode(order, OWNER, COIN)
        assert refused.value.refusal == f"order.{code}"


@pytest.mark.parametrize(
    "order", [LIMIT, ICEBERG, changed(LIMIT, type="peg"), changed(LIMIT, post_only=True, slide=True)]
)
def test_what_is_right_is_128_bytes(order: NewOrder) -> None:
    assert len(encode(order, OWNER, COIN)) == 128
