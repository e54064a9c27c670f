"""What an instrument refuses, never rounds. Each check returns the first code that applies, in the order written."""

from arbitrax.exchange.records import (
    MAX_PARTS,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TIME,
    Code,
    Flag,
    Phase,
    SelfTrade,
    Side,
    TimeInForce,
    Type,
)
from arbitrax.exchange.reference.book import Book
from arbitrax.exchange.reference.command import Command

PASSIVE = (TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD)
STOPS = (Type.STOP, Type.STOP_LIMIT, Type.TRAILING_STOP)
LIMITED = (Type.LIMIT, Type.ICEBERG, Type.STOP_LIMIT, Type.PEG)
"""Types with a limit price."""


def check_form(command: Command) -> int:
    """Refuse numbers outside the enums and combinations that mean nothing: BAD_FIELD.

    Post-only is for LIMIT, ICEBERG and STOP_LIMIT that may rest; SLIDE says more of it, not of STOP_LIMIT; ON_QUOTE is
    for stops. An iceberg may rest and shows 1..quantity lots; a peg may rest, its distance is not below 0. Funds are
    for market buys that are neither FOK nor DECREMENT nor reduce-only. Fields that a type does not use are ignored.
    """
    kind, rests = command.type, command.time_in_force in PASSIVE
    by_funds = kind == Type.MARKET and command.quantity == 0 and command.extra != 0
    bad = (
        command.side not in (Side.BUY, Side.SELL)
        or kind not in tuple(Type)
        or command.time_in_force not in tuple(TimeInForce)
        or command.self_trade not in tuple(SelfTrade)
        or bool(command.flags & (Flag.BASIS_OPEN | Flag.ALL_SYMBOLS | Flag.REQUEUE))
        or (command.flags & Flag.POST_ONLY and not (rests and kind in (Type.LIMIT, Type.ICEBERG, Type.STOP_LIMIT)))
        or (command.flags & Flag.SLIDE and (not command.flags & Flag.POST_ONLY or kind == Type.STOP_LIMIT))
        or (command.flags & Flag.ON_QUOTE and kind not in STOPS)
        or (kind == Type.ICEBERG and not (rests and 0 < command.extra <= command.quantity))
        or (kind == Type.PEG and not (rests and 0 <= command.extra <= MAX_PRICE))
        or (by_funds and (command.side != Side.BUY or command.extra < 0 or command.extra > 1 << 60))
        or (by_funds and (command.time_in_force == TimeInForce.FOK or command.self_trade == SelfTrade.DECREMENT))
        or (by_funds and command.flags & Flag.REDUCE_ONLY)
        or (command.time_in_force == TimeInForce.GTD and not 0 < command.expire <= MAX_TIME)
    )
    return Code.BAD_FIELD if bad else Code.OK


def check_phase(phase: int, *, collects: bool) -> int:
    """Refuse what the phase does not take. An auction collects what rests and what waits."""
    if phase == Phase.HALTED:
        return Code.HALTED
    if phase == Phase.CLOSED:
        return Code.CLOSED
    return Code.IN_AUCTION if phase == Phase.AUCTION and not collects else Code.OK


def is_collected(command: Command) -> bool:
    """Whether an auction takes a submission: a limit or iceberg that rests and is not post-only, or a stop."""
    if command.type in STOPS:
        return True
    resting = command.type in (Type.LIMIT, Type.ICEBERG) and command.time_in_force in PASSIVE
    return resting and not command.flags & Flag.POST_ONLY


def check_price(book: Book, price: int, *, banded: bool) -> int:
    """Check a price, a trigger or a distance: above 0, at most MAX_PRICE, on the step, within the band."""
    if price <= 0:
        return Code.PRICE_NOT_POSITIVE
    if price > MAX_PRICE:
        return Code.PRICE_OUT_OF_BAND
    if price % book.rules.price_step:
        return Code.OFF_TICK
    away = abs(price - book.reference) * 10_000
    outside = banded and book.rules.band and book.reference and away > book.rules.band * book.reference
    return Code.PRICE_OUT_OF_BAND if outside else Code.OK


def check_quantity(book: Book, quantity: int) -> int:
    """Check lots: above 0, at most the instrument's, a multiple of its step."""
    if quantity <= 0:
        return Code.QUANTITY_NOT_POSITIVE
    if quantity > min(book.rules.max_quantity, MAX_QUANTITY):
        return Code.QUANTITY_TOO_LARGE
    return Code.OFF_LOT if quantity % book.rules.quantity_step else Code.OK


def check_display(book: Book, display: int, quantity: int) -> int:
    """Check what an iceberg shows: a multiple of the lot step, and not in too many parts."""
    if display % book.rules.quantity_step:
        return Code.OFF_LOT
    return Code.QUANTITY_TOO_LARGE if quantity > display * MAX_PARTS else Code.OK


def check_notional(book: Book, notional: int) -> int:
    """Check the value of an order at its limit, else its trigger, else the touch; 0: it has none and passes."""
    return Code.NOTIONAL_TOO_SMALL if 0 < notional < book.rules.min_notional else Code.OK


def check_submission(book: Book, command: Command, touch: int | None) -> int:
    """Check prices, then the distance of a peg, then quantity, the display of an iceberg, notional."""
    stop_code = limit_code = Code.OK.value
    if command.type in LIMITED:
        limit_code = check_price(book, command.price, banded=True)
    if command.type in STOPS:
        stop_code = check_price(book, command.stop, banded=False)
    if limit_code or stop_code:
        return limit_code or stop_code
    if command.type == Type.PEG and command.extra % book.rules.price_step:
        return Code.OFF_TICK
    if command.type == Type.MARKET and command.quantity == 0 and command.extra:
        return check_notional(book, command.extra)
    code = check_quantity(book, command.quantity)
    if code == Code.OK and command.type == Type.ICEBERG:
        code = check_display(book, command.extra, command.quantity)
    price = command.price if command.type in LIMITED else command.stop if command.type in STOPS else touch or 0
    if command.type == Type.TRAILING_STOP:
        price = 0  # its stop is a distance
    return code or check_notional(book, price * command.quantity * book.rules.tick_value)
