"""What an instrument refuses, never rounds. `arbitrax.exchange.reference.filters`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.records import (
    ALL_SYMBOLS,
    BAD_FIELD,
    BASIS_OPEN,
    BUY,
    CHECK_DISPLAY,
    CHECK_MAX_QUANTITY,
    CHECK_MIN_NOTIONAL,
    CHECK_PRICE,
    CHECK_PRICE_BAND,
    CHECK_PRICE_STEP,
    CHECK_QUANTITY,
    CHECK_QUANTITY_STEP,
    CHECK_TRIGGER,
    CHECK_TRIGGER_STEP,
    CLOSED,
    CLOSED_PHASE,
    DECREMENT,
    FOK,
    GTD,
    HALTED,
    HALTED_PHASE,
    ICEBERG,
    IN_AUCTION,
    IN_AUCTION_PHASE,
    IOC,
    LIMIT,
    MARKET,
    MAX_NOTIONAL,
    MAX_PARTS,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_TIME,
    NOTIONAL_TOO_SMALL,
    OFF_LOT,
    OFF_TICK,
    OK,
    ON_QUOTE,
    PEG,
    POST_ONLY,
    PRICE_NOT_POSITIVE,
    PRICE_OUT_OF_BAND,
    QUANTITY_NOT_POSITIVE,
    QUANTITY_TOO_LARGE,
    REDUCE_ONLY,
    REQUEUE,
    SELL,
    SLIDE,
    STOP,
    STOP_LIMIT,
    TRAILING_STOP,
)
from cython.cimports.arbitrax.kernels.exchange.verdict import fails, stops

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def check_form(c):
    """Refuse numbers outside the enums and combinations that mean nothing: BAD_FIELD."""
    passive: cython.bint = c.time_in_force < IOC
    by_funds: cython.bint = c.type == MARKET and c.quantity == 0 and c.extra != 0
    if c.side > SELL or c.type > PEG or c.time_in_force > FOK or c.self_trade > DECREMENT:
        return BAD_FIELD
    if c.flags & (BASIS_OPEN | ALL_SYMBOLS | REQUEUE):
        return BAD_FIELD
    if c.flags & POST_ONLY and not (passive and (c.type == LIMIT or c.type == ICEBERG or c.type == STOP_LIMIT)):
        return BAD_FIELD
    if c.flags & SLIDE and (not c.flags & POST_ONLY or c.type == STOP_LIMIT):
        return BAD_FIELD
    if c.flags & ON_QUOTE and not STOP <= c.type <= TRAILING_STOP:
        return BAD_FIELD
    if c.type == ICEBERG and not (passive and 0 < c.extra <= c.quantity):
        return BAD_FIELD
    if c.type == PEG and not (passive and 0 <= c.extra <= MAX_PRICE):
        return BAD_FIELD
    if by_funds:
        if c.side != BUY or c.extra < 0 or c.extra > MAX_NOTIONAL:
            return BAD_FIELD
        if c.time_in_force == FOK or c.self_trade == DECREMENT or c.flags & REDUCE_ONLY:
            return BAD_FIELD
    return BAD_FIELD if c.time_in_force == GTD and not 0 < c.expire <= MAX_TIME else OK


def check_phase(book, collects):
    """Refuse what the phase does not take. An auction collects what rests and what waits."""
    if book.phase == HALTED_PHASE:
        return HALTED
    if book.phase == CLOSED_PHASE:
        return CLOSED
    return IN_AUCTION if book.phase == IN_AUCTION_PHASE and not collects else OK


def is_collected(c):
    """Tell whether an auction takes a submission: a limit or iceberg that rests and is not post-only, or a stop."""
    if STOP <= c.type <= TRAILING_STOP:
        return True
    return (c.type == LIMIT or c.type == ICEBERG) and c.time_in_force < IOC and not c.flags & POST_ONLY


@cython.overflowcheck(False)  # of 128 bits
def check_price(book, price, banded, v):
    """Check a price, a trigger or a distance: above 0, at most MAX_PRICE, on the step, within the band."""
    away: cython.longlong
    most: int128 = 0
    far: cython.bint
    off: cython.bint = book.price_step != 1 and price % book.price_step != 0
    if fails(v, CHECK_PRICE if banded else CHECK_TRIGGER, PRICE_NOT_POSITIVE, price, 0, price <= 0):
        return PRICE_NOT_POSITIVE
    if price > MAX_PRICE:
        fails(v, CHECK_PRICE_BAND if banded else CHECK_TRIGGER, PRICE_OUT_OF_BAND, price, MAX_PRICE, True)
        return PRICE_OUT_OF_BAND
    if stops(v, CHECK_PRICE_STEP if banded else CHECK_TRIGGER_STEP, OFF_TICK, price, book.price_step, off):
        return OFF_TICK
    if banded and book.band != 0 and book.reference != 0:
        away = price - book.reference if price > book.reference else book.reference - price
        far = cython.cast(int128, away) * 10_000 > cython.cast(int128, book.reference) * book.band
        if v != cython.NULL:
            most = cython.cast(int128, book.reference) * book.band // 10_000
        if stops(v, CHECK_PRICE_BAND, PRICE_OUT_OF_BAND, away, most, far):
            return PRICE_OUT_OF_BAND
    return OK


def check_quantity(book, quantity, v):
    """Check lots: above 0, at most the instrument's, a multiple of its step."""
    off: cython.bint = book.quantity_step != 1 and quantity % book.quantity_step != 0
    if fails(v, CHECK_QUANTITY, QUANTITY_NOT_POSITIVE, quantity, 0, quantity <= 0):
        return QUANTITY_NOT_POSITIVE
    if quantity > MAX_QUANTITY:
        fails(v, CHECK_MAX_QUANTITY, QUANTITY_TOO_LARGE, quantity, book.max_quantity, True)
        return QUANTITY_TOO_LARGE
    if stops(v, CHECK_MAX_QUANTITY, QUANTITY_TOO_LARGE, quantity, book.max_quantity, quantity > book.max_quantity):
        return QUANTITY_TOO_LARGE
    if stops(v, CHECK_QUANTITY_STEP, OFF_LOT, quantity, book.quantity_step, off):
        return OFF_LOT
    return OK


@cython.overflowcheck(False)  # of 128 bits
def check_display(book, display, quantity, v):
    """Check what an iceberg shows: a multiple of the lot step, and not in too many parts."""
    most: int128 = cython.cast(int128, display) * MAX_PARTS
    if stops(v, CHECK_QUANTITY_STEP, OFF_LOT, display, book.quantity_step, display % book.quantity_step != 0):
        return OFF_LOT
    if stops(v, CHECK_DISPLAY, QUANTITY_TOO_LARGE, quantity, most, most < quantity):
        return QUANTITY_TOO_LARGE
    return OK


@cython.overflowcheck(False)  # of 128 bits
def check_notional(book, notional, v):
    """Check the value of an order; 0: it has none and passes."""
    small: cython.bint = notional < book.min_notional
    if notional > 0 and stops(v, CHECK_MIN_NOTIONAL, NOTIONAL_TOO_SMALL, notional, book.min_notional, small):
        return NOTIONAL_TOO_SMALL
    return OK


@cython.overflowcheck(False)  # of 128 bits
def check_submission(book, c, touch, v):
    """Check prices, then the distance of a peg, then quantity, the display of an iceberg, notional."""
    code: cython.int = OK
    price: cython.longlong = touch
    limited: cython.bint = c.type == LIMIT or c.type == ICEBERG or c.type == STOP_LIMIT or c.type == PEG
    waits: cython.bint = STOP <= c.type <= TRAILING_STOP
    off: cython.bint
    if limited:
        code = check_price(book, c.price, True, v)
    if code == OK and waits:
        code = check_price(book, c.stop, False, v)
    if code != OK:
        return code
    if c.type == PEG:
        off = c.extra % book.price_step != 0
        if stops(v, CHECK_PRICE_STEP, OFF_TICK, c.extra, book.price_step, off):
            return OFF_TICK
    if c.type == MARKET and c.quantity == 0 and c.extra != 0:
        return check_notional(book, c.extra, v)
    code = check_quantity(book, c.quantity, v)
    if code == OK and c.type == ICEBERG:
        code = check_display(book, c.extra, c.quantity, v)
    if code != OK:
        return code
    if limited:
        price = c.price
    elif c.type == TRAILING_STOP:
        price = 0  # its stop is a distance
    elif waits:
        price = c.stop
    return check_notional(book, cython.cast(int128, price) * c.quantity * book.tick_value, v)
