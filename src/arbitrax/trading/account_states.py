"""Records of orders and positions, in ticks and lots, as the decimals that go outside."""

from arbitrax.exchange.feed.listing import Listing
from arbitrax.exchange.identifiers import fill_text, order_text
from arbitrax.exchange.recording.order_record import OrderRecord
from arbitrax.exchange.recording.ports import Fill as RecordedFill
from arbitrax.exchange.recording.position_record import PositionRecord
from arbitrax.exchange.records import Code, Flag, TimeInForce, Type
from arbitrax.trading.orders import Fill, OrderState, PositionState, Side, Status
from arbitrax.trading.refusals import REFUSALS
from arbitrax.trading.registry import Instrument

_REDUCE_ONLY = int(Flag.REDUCE_ONLY)
_LAST = ((1 << 63) - 1) // 1_000_000
"""Ms since 1970 that PostgreSQL keeps of an end: told as it is told later."""


def order_state(order: OrderRecord, instrument: Instrument) -> OrderState:
    """Return what an order is, outside."""
    price, lots = instrument.prices.write, instrument.quantities.write
    return OrderState(
        order_text(order.id),
        instrument.symbol,
        "sell" if order.side else "buy",
        None if order.limit is None else price(order.limit),
        lots(order.total),
        lots(0 if order.ended is not None else order.total - order.filled),
        lots(order.filled),
        status_of(order),
        REFUSALS[Code(order.reason)].code if order.reason else None,
        order.client,
        _word(Type, order.type),
        _word(TimeInForce, order.time_in_force),
        None if order.stop is None else price(order.stop),
        None if order.trail is None else price(order.trail),
        None if order.display is None else lots(order.display),
        None if order.offset is None else price(order.offset),
        None if order.expires is None else max(min(order.expires, _LAST), -_LAST),
        bool(order.flags & _REDUCE_ONLY),
        order.triggered,
        _mean(order, instrument) if order.filled else None,
        instrument.cash.write(order.fees),
        order.created,
        order.ended,
        order.recorded,
    )


def position_state(position: PositionRecord, instrument: Instrument) -> PositionState:
    """Return what a position is, outside."""
    cash = instrument.cash.write
    return PositionState(
        instrument.symbol,
        instrument.quantities.write(position.lots),
        cash(position.cost),
        cash(position.realised),
        cash(position.fees),
    )


def fill_state(fill: RecordedFill, instrument: Instrument) -> Fill:
    """Return what a side of a match is, outside."""
    side: Side = "buy" if fill.lots > 0 else "sell"
    quantity, price = instrument.quantities.write(abs(fill.lots)), instrument.prices.write(fill.price)
    return Fill(fill_text(fill.id), order_text(fill.order), side, quantity, price, bool(fill.id & 1))


def status_of(order: OrderRecord) -> Status:
    """Return the word for how it is."""
    word = order.status
    if word == "rejected":
        return "refused"
    if word in ("open", "partially_filled"):
        return "open"
    return "filled" if word == "filled" else "cancelled"


def _word(words: type[Type] | type[TimeInForce], number: int | None) -> str | None:
    return None if number is None else words(number).name.lower()


def _mean(order: OrderRecord, instrument: Instrument) -> str:
    listing = Listing(instrument.symbol, instrument.tick_size, instrument.lot_size, instrument.tick_value)
    return listing.mean(order.paid, order.filled)
