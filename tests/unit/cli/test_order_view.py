from arbitrax.cli.order_view import COLUMNS, row, terms
from arbitrax.trading.orders import OrderState


def order(**fields: object) -> OrderState:
    plain: dict[str, object] = {"order": "ord_1", "symbol": "AAPL", "side": "buy", "price": "90.00", "quantity": "10"}
    plain |= {"open": "10", "filled": "0", "status": "open", "type": "limit", "time_in_force": "gtc"}
    return OrderState(**plain | fields)  # type: ignore[arg-type]


def test_what_has_no_column_stands_beside_the_type() -> None:
    assert terms(order()) == "limit"
    assert terms(order(type="iceberg", display="2")) == "iceberg, shows 2"
    assert terms(order(type="peg", offset="0.00")) == "peg, behind by 0.00"
    assert terms(order(type="trailing_stop", distance="1.50")) == "trailing stop, trails by 1.50"
    assert terms(order(type="stop_limit", stop="95.00", triggered=1)) == "stop limit, stop 95.00"
    until = order(time_in_force="gtd", expire=1_796_068_800_000, reduce_only=True)
    assert terms(until) == "limit, until 2026-11-30T20:00:00Z, reduce only"
    assert terms(order(expire=1_796_068_800_005)) == "limit, until 2026-11-30T20:00:00.005Z"
    assert terms(order(type=None)) == "unknown"


def test_a_row_has_a_value_of_each_column() -> None:
    shown = dict(zip(COLUMNS, row(order(price=None, filled="3", open="7")), strict=True))
    assert (shown["price"], shown["filled"], shown["open"], shown["type"]) == ("market", "3", "7", "limit")
