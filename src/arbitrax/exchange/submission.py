"""SUBMIT from typed arguments. What the engine would call BAD_FIELD is said here in words, by the argument's name."""

from typing import Any

from arbitrax.domain.errors import InputError
from arbitrax.exchange.arguments import (
    SELF_TRADES,
    SIDES,
    TIMES_IN_FORCE,
    TYPES,
    AnySelfTrade,
    AnySide,
    AnyTimeInForce,
    AnyType,
    choose,
    whole,
)
from arbitrax.exchange.command_row import pack_row
from arbitrax.exchange.records import (
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_TIME,
    Flag,
    Kind,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)

NEEDS = {
    Type.LIMIT: ("price", "quantity"),
    Type.MARKET: ("quantity",),
    Type.STOP: ("stop", "quantity"),
    Type.STOP_LIMIT: ("stop", "price", "quantity"),
    Type.TRAILING_STOP: ("distance", "quantity"),
    Type.ICEBERG: ("price", "quantity", "display"),
    Type.PEG: ("price", "quantity", "offset"),
}
UNITS = {
    "price": "ticks", "quantity": "lots", "stop": "ticks", "distance": "ticks", "display": "lots", "offset": "ticks",
    "funds": "units of cash",
}  # fmt: skip
RESTING = (TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD)
TRIGGERED = (Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP)
CLIENT_ID_LENGTH = 32
_LIMIT, _PEG, _GTD, _SUBMIT = Type.LIMIT, Type.PEG, TimeInForce.GTD, int(Kind.SUBMIT)


def encode_order(  # noqa: PLR0917 - see its docstring
    side: AnySide,
    symbol: int,
    account: int,
    quantity: int | None,
    price: int | None,
    type: AnyType,
    time_in_force: AnyTimeInForce,
    stop: int | None,
    distance: int | None,
    display: int | None,
    offset: int | None,
    funds: int | None,
    expire: int | None,
    post_only: bool,
    slide: bool,
    on_quote: bool,
    reduce_only: bool,
    cancel_on_disconnect: bool,
    self_trade: AnySelfTrade,
    client_id: str,
) -> bytes:
    """Return a SUBMIT, 128 bytes; `commands.submit` says what the arguments mean.

    By position: passing twenty names on would cost as much as everything else a call does here.
    """
    try:
        kind, way = TYPES[type], SIDES[side]
        duration, prevention = TIMES_IN_FORCE[time_in_force], SELF_TRADES[self_trade]
    except (KeyError, TypeError):
        choose("side", side, SIDES)
        choose("type", type, TYPES)
        choose("time_in_force", time_in_force, TIMES_IN_FORCE)
        choose("self_trade", self_trade, SELF_TRADES)
        raise
    flags = 0
    if post_only or slide or on_quote or reduce_only or cancel_on_disconnect:
        flags = (
            post_only * Flag.POST_ONLY
            | slide * Flag.SLIDE
            | on_quote * Flag.ON_QUOTE
            | reduce_only * Flag.REDUCE_ONLY
            | cancel_on_disconnect * Flag.CANCEL_ON_DISCONNECT
        )
        check_flags(kind, duration, flags)
    trigger = extra = None
    if (
        kind is not _LIMIT
        or price is None
        or quantity is None
        or not (stop is distance is display is offset is funds is None)
    ):
        if kind is _PEG and offset is None:
            offset = 0
        given = {
            "price": price, "quantity": quantity, "stop": stop, "distance": distance, "display": display,
            "offset": offset, "funds": funds,
        }  # fmt: skip
        check_given(kind, {name: value for name, value in given.items() if value is not None})
        trigger = stop if distance is None else distance
        extra = next((each for each in (display, offset, funds) if each is not None), None)
        if kind in (Type.ICEBERG, Type.PEG):
            check_resting(kind, duration, quantity=quantity, display=display, offset=offset)
        if funds is not None:
            check_funds(way, duration, prevention, funds=funds, flags=flags)
    if duration is _GTD or expire is not None:
        check_expiry(duration, expire)
    numbers = (
        0, 0, 0 if price is None else price, 0 if quantity is None else quantity, 0 if trigger is None else trigger,
        0 if extra is None else extra, expire or 0, 0, 0, symbol, account, 0, 0,
        _SUBMIT, way, kind, duration, prevention, flags,
    )  # fmt: skip
    return pack_row(numbers, encode_client_id(client_id) if client_id else b"")


def name_of(kind: Type | TimeInForce) -> str:
    """Return how an argument would name it."""
    return f'"{kind.name.lower()}"'


def check_given(kind: Type, given: dict[str, Any]) -> None:
    """Refuse arguments that the type does not use, and those it misses."""
    needs = NEEDS[kind]
    if kind == Type.MARKET and "funds" in given:
        if "quantity" in given:
            raise InputError(
                f"quantity={given['quantity']} and funds={given['funds']} both say how much; give one of them."
            )
        needs = ("funds",)
    for name, value in given.items():
        if name not in needs:
            users = [name_of(each) for each, used in NEEDS.items() if name in used] or [name_of(Type.MARKET)]
            raise InputError(f"{name}={value} means nothing to type={name_of(kind)}; it is for {', '.join(users)}.")
    for name in needs:
        if name not in given:
            raise InputError(f"{name} is missing; type={name_of(kind)} needs it, in {UNITS[name]}.")


def check_flags(kind: Type, duration: TimeInForce, flags: int) -> None:
    """Refuse flags that mean nothing here."""
    if flags & Flag.POST_ONLY and kind not in (Type.LIMIT, Type.ICEBERG, Type.STOP_LIMIT):
        raise InputError(f"post_only=True means nothing to type={name_of(kind)}; leave it out.")
    if flags & Flag.POST_ONLY and duration not in RESTING:
        raise InputError(f"post_only=True contradicts time_in_force={name_of(duration)}, which never rests; drop one.")
    if flags & Flag.SLIDE and not flags & Flag.POST_ONLY:
        raise InputError("slide=True says more of a post-only order; add post_only=True.")
    if flags & Flag.SLIDE and kind == Type.STOP_LIMIT:
        raise InputError('slide=True is not for type="stop_limit"; leave it out.')
    if flags & Flag.ON_QUOTE and kind not in TRIGGERED:
        raise InputError(f"on_quote=True is for stops, not for type={name_of(kind)}; leave it out.")


def check_resting(
    kind: Type, duration: TimeInForce, *, quantity: int | None, display: int | None, offset: int | None
) -> None:
    """Refuse icebergs and pegs that could not rest, or have no fitting display or offset."""
    if duration not in RESTING:
        raise InputError(f"time_in_force={name_of(duration)} never rests; type={name_of(kind)} does. Use another.")
    if kind == Type.ICEBERG:
        lots = whole("quantity", quantity, -(1 << 63), (1 << 63) - 1, "lots")
        if lots > 0:  # else the engine refuses the quantity
            whole("display", display, 1, lots, "lots")
    else:
        whole("offset", offset, 0, MAX_PRICE, "ticks")


def check_funds(way: Side, duration: TimeInForce, prevention: SelfTrade, *, funds: int, flags: int) -> None:
    """Refuse funds where only a quantity makes sense."""
    whole("funds", funds, 1, MAX_NOTIONAL, "units of cash")
    reasons = {
        'side="sell"': way == Side.SELL,
        'time_in_force="fok"': duration == TimeInForce.FOK,
        'self_trade="decrement"': prevention == SelfTrade.DECREMENT,
        "reduce_only=True": bool(flags & Flag.REDUCE_ONLY),
    }
    for reason, holds in reasons.items():
        if holds:
            raise InputError(f"funds={funds} cannot go with {reason}; give a quantity instead.")


def check_expiry(duration: TimeInForce, expire: int | None) -> None:
    """Refuse an end without "gtd" and the reverse."""
    if duration != TimeInForce.GTD:
        raise InputError(f'expire={expire} means nothing to time_in_force={name_of(duration)}; use "gtd".')
    if expire is None:
        raise InputError('expire is missing; time_in_force="gtd" needs it, in milliseconds of engine time.')
    whole("expire", expire, 1, MAX_TIME, "milliseconds of engine time")


def encode_client_id(client_id: str) -> bytes:
    """Return an id as the record has it.

    Raises:
        InputError: it is no printable ASCII, has spaces, or is too long.
    """
    good = isinstance(client_id, str) and len(client_id) <= CLIENT_ID_LENGTH
    if not good or not all("!" <= each <= "~" for each in client_id):
        raise InputError(
            f"client_id={client_id!r} is no id; use 1 to {CLIENT_ID_LENGTH} printable ASCII characters without spaces."
        )
    return client_id.encode()
