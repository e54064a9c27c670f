"""An order's bytes, and what is wrong with its form in the words and units of who sends it."""

import re
from collections.abc import Iterator

from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.exchange import commands
from arbitrax.exchange.records import TimeInForce, Type
from arbitrax.exchange.submission import NEEDS, RESTING
from arbitrax.trading.decimals import InexactError, Steps
from arbitrax.trading.orders import NewOrder
from arbitrax.trading.registry import Account, Instrument

_MEANINGS = {
    "price": "its limit price",
    "quantity": "how much",
    "stop": "its trigger price",
    "distance": "how far behind the price it follows",
    "display": "the part of its quantity that it shows",
    "funds": "the cash to spend",
}
"""Of the fields that a type may need. A peg's offset is 0 when it is left out."""
_FLAG = re.compile(r"(post_only|slide|on_quote|reduce_only)=")


class FormError(InputError):
    """What cannot be sent. ``field`` is the one that is wrong, ``refusal`` the code it is refused with."""

    def __init__(self, message: str, field: str, refusal: str = "order.invalid") -> None:
        super().__init__(message)
        self.field, self.refusal = field, refusal


def encode(order: NewOrder, owner: Account, instrument: Instrument) -> bytes:
    """Return an order's 128 bytes.

    Raises:
        FormError: a decimal that is none or off its step, or fields that contradict each other.
        UnknownNameError: a word that is none of those there are.
    """
    prices, lots = instrument.prices.read, instrument.quantities.read
    try:
        return commands.submit(
            order.side,
            symbol=instrument.number,
            account=owner.number,
            type=order.type,
            time_in_force=order.time_in_force,
            expire=order.expire,
            post_only=order.post_only,
            slide=order.slide,
            on_quote=order.on_quote,
            reduce_only=order.reduce_only,
            cancel_on_disconnect=order.cancel_on_disconnect,
            self_trade=order.self_trade,
            client_id=order.client_order_id,
            price=None if order.price is None else prices(order.price),
            quantity=None if order.quantity is None else lots(order.quantity),
            stop=None if order.stop is None else prices(order.stop),
            distance=None if order.distance is None else prices(order.distance),
            offset=None if order.offset is None else prices(order.offset),
            display=None if order.display is None else lots(order.display),
            funds=None if order.funds is None else instrument.cash.read(order.funds),
        )
    except UnknownNameError:
        raise
    except InputError as error:  # it speaks of ticks, lots and units of cash
        raise next(_faults(order, instrument), None) or _as_said(error) from None


def read_field(field: str, codec: Steps, text: str) -> int:
    """Return the steps of a field's decimal.

    Raises:
        FormError: it is none, is no whole number of steps, or too large.
    """
    try:
        return codec.read(text)
    except InputError as error:
        sentence = f"{field}={str(error).partition('=')[2]}"
        raise FormError(
            sentence, field, error.refusal if isinstance(error, InexactError) else "order.invalid"
        ) from None


def _as_said(error: InputError) -> FormError:
    """Return what needs no other words: of flags, and of the client order id."""
    flag = _FLAG.match(str(error))
    return FormError(str(error), flag[1] if flag else "")


def _faults(order: NewOrder, instrument: Instrument) -> Iterator[FormError]:
    """Yield what is wrong with an order's amounts and times."""
    prices, lots = instrument.prices, instrument.quantities
    codecs = {"price": prices, "quantity": lots, "stop": prices, "distance": prices, "display": lots, "offset": prices}
    given: dict[str, str] = {name: text for name in (*codecs, "funds") if (text := getattr(order, name)) is not None}
    steps = {name: read_field(name, codecs.get(name, instrument.cash), text) for name, text in given.items()}
    yield from _wrong_fields(order, given)
    if "display" in steps and not 0 < steps["display"] <= max(steps["quantity"], 1):
        yield FormError(
            f"display={order.display} is no part of the quantity {order.quantity}; show more than 0, and all at most.",
            "display",
        )
    if steps.get("offset", 0) < 0:
        yield FormError(f"offset={order.offset} is below 0; give how far behind the best price it stays.", "offset")
    if order.funds is not None:
        yield from _wrong_funds(order, steps["funds"])
    yield from _wrong_times(order)


def _wrong_fields(order: NewOrder, given: dict[str, str]) -> Iterator[FormError]:
    needs = NEEDS[Type[order.type.upper()]]
    if order.type == "market" and order.funds is not None:
        if order.quantity is not None:
            yield FormError(
                f"funds={order.funds} and quantity={order.quantity} both say how much; give one of them.", "funds"
            )
        needs = ("funds",)
    for name, text in given.items():
        if name not in needs:
            users = [each.name.lower() for each, used in NEEDS.items() if name in used] or ["market"]
            yield FormError(
                f"{name}={text} means nothing to an order of type {order.type}; it is for {', '.join(users)}.", name
            )
    for name in needs:
        if name not in given and name in _MEANINGS:
            yield FormError(f"{name} is missing; an order of type {order.type} needs {_MEANINGS[name]}.", name)


def _wrong_funds(order: NewOrder, units: int) -> Iterator[FormError]:
    if units <= 0:
        yield FormError(f"funds={order.funds} is not above 0; give the cash to spend.", "funds")
    reasons = {
        "side sell": order.side == "sell",
        "time_in_force fok": order.time_in_force == "fok",
        "self_trade decrement": order.self_trade == "decrement",
        "reduce_only": order.reduce_only,
    }
    for reason, holds in reasons.items():
        if holds:
            yield FormError(f"funds={order.funds} cannot go with {reason}; give a quantity instead.", "funds")


def _wrong_times(order: NewOrder) -> Iterator[FormError]:
    rests = TimeInForce[order.time_in_force.upper()] in RESTING
    if order.type in ("iceberg", "peg") and not rests:
        yield FormError(
            f"time_in_force={order.time_in_force} never rests; an order of type {order.type} does; use another.",
            "time_in_force",
        )
    if order.expire is not None and order.time_in_force != "gtd":
        yield FormError(
            f"expires_at means nothing to time_in_force {order.time_in_force}; it is for gtd.", "expires_at"
        )
    if order.expire is None and order.time_in_force == "gtd":
        yield FormError("expires_at is missing; time_in_force gtd needs it.", "expires_at")
    if order.expire is not None and order.expire < 1:
        yield FormError("expires_at is before 1970; give a time to come.", "expires_at")
