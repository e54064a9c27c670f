"""SUBMIT from typed arguments. What the engine would call BAD_FIELD is said here in words, by the argument's name."""

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
from arbitrax.exchange.command_row import INT64, UNITS, pack_row
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
RESTING = (TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD)
TRIGGERED = (Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP)
FLAGS = tuple(
    int(each) for each in (Flag.POST_ONLY, Flag.SLIDE, Flag.ON_QUOTE, Flag.REDUCE_ONLY, Flag.CANCEL_ON_DISCONNECT)
)
CLIENT_ID_LENGTH = 32
_BUY, _SELL, _LIMIT, _ICEBERG, _PEG, _GTD, _SUBMIT = (
    Side.BUY,
    Side.SELL,
    Type.LIMIT,
    Type.ICEBERG,
    Type.PEG,
    TimeInForce.GTD,
    int(Kind.SUBMIT),
)
"""Looked up once: a member's name costs a tenth of a microsecond each time."""


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
        # A member is its own answer: hashing one costs a Python call.
        kind = type if type.__class__ is Type else TYPES[type]
        way = side if side is _BUY or side is _SELL else SIDES[side]
        duration = time_in_force if time_in_force.__class__ is TimeInForce else TIMES_IN_FORCE[time_in_force]
        prevention = self_trade if self_trade.__class__ is SelfTrade else SELF_TRADES[self_trade]
    except (KeyError, TypeError):
        choose("side", side, SIDES)
        choose("type", type, TYPES)
        choose("time_in_force", time_in_force, TIMES_IN_FORCE)
        choose("self_trade", self_trade, SELF_TRADES)
        raise
    flags = 0
    if post_only or slide or on_quote or reduce_only or cancel_on_disconnect:
        chosen = (post_only, slide, on_quote, reduce_only, cancel_on_disconnect)
        flags = sum(flag for flag, wanted in zip(FLAGS, chosen, strict=True) if wanted)
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
        named = {
            "price": price, "quantity": quantity, "stop": stop, "distance": distance, "display": display,
            "offset": offset, "funds": funds,
        }  # fmt: skip
        given = {name: value for name, value in named.items() if value is not None}
        check_given(kind, given)
        trigger = stop if distance is None else distance
        extra = next((each for each in (display, offset, funds) if each is not None), None)
        if kind is _ICEBERG or kind is _PEG:
            check_resting(kind, duration, given)
        if funds is not None:
            check_funds(way, duration, prevention, funds, flags)
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


def check_given(kind: Type, given: dict[str, int]) -> None:
    """Refuse arguments that the type does not use, those it misses, and what is no whole number."""
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
        whole(name, given[name], *INT64, UNITS[name])


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


def check_resting(kind: Type, duration: TimeInForce, given: dict[str, int]) -> None:
    """Refuse icebergs and pegs that could not rest, or have no fitting display or offset."""
    if duration not in RESTING:
        raise InputError(f"time_in_force={name_of(duration)} never rests; type={name_of(kind)} does. Use another.")
    if kind == Type.ICEBERG:
        if given["quantity"] > 0:  # else the engine refuses the quantity
            whole("display", given["display"], 1, given["quantity"], "lots")
    else:
        whole("offset", given["offset"], 0, MAX_PRICE, "ticks")


def check_funds(way: Side, duration: TimeInForce, prevention: SelfTrade, funds: int, flags: int) -> None:
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
    if not good or not (client_id.isascii() and client_id.isprintable()) or " " in client_id:
        raise InputError(
            f"client_id={client_id!r} is no id; use 1 to {CLIENT_ID_LENGTH} printable ASCII characters without spaces."
        )
    return client_id.encode()
