"""Commands of the operator: instruments, accounts, cash, limits, phases, ids. `reference.configure`, compiled."""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.auction import uncross
from cython.cimports.arbitrax.kernels.exchange.cancellation import end_session
from cython.cimports.arbitrax.kernels.exchange.events import blank, refuse
from cython.cimports.arbitrax.kernels.exchange.house import withdraw_all
from cython.cimports.arbitrax.kernels.exchange.matching import mark_touched, refresh_plain
from cython.cimports.arbitrax.kernels.exchange.order_ids import sequence
from cython.cimports.arbitrax.kernels.exchange.price_tree import clear_ladder, level_after
from cython.cimports.arbitrax.kernels.exchange.prices import side_of
from cython.cimports.arbitrax.kernels.exchange.records import (
    BAD_FIELD,
    CASH,
    CLOSED_PHASE,
    CONFIGURED,
    CONTINUOUS,
    DEFAULT_COLLAR,
    DEFAULT_MARGIN,
    DEPOSITED,
    FEES,
    HOUSE,
    IN_AUCTION_PHASE,
    MARGIN_ACCOUNT,
    MAX_DELAY,
    MAX_NOTIONAL,
    MAX_PRICE,
    MAX_QUANTITY,
    MAX_SYMBOLS,
    MAX_TICK_VALUE,
    NO_BUYING_POWER,
    NO_ROOM,
    OK,
    PRICE_NOT_POSITIVE,
    PRICE_OUT_OF_BAND,
    STATE,
    WITHDRAWN,
    AccountLimits,
    Event,
    InstrumentRules,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import give, rounded_up, take_spare
from cython.cimports.arbitrax.kernels.exchange.risk import available
from cython.cimports.arbitrax.kernels.exchange.state import (
    Balance,
    Book,
    Engine,
    Ladder,
    Position,
    balance_at,
    balance_of,
    book_at,
    has_book,
    ladder_at,
    level_at,
    open_account,
    order_at,
    position_at,
    symbol_of,
)
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

MILLION = cython.declare(cython.int, 1_000_000)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _read_rules(given: cython.pointer[cython.const[InstrumentRules]], rules: cython.pointer[Book]) -> cython.bint:
    """Read an INSTRUMENT's rules, zeros replaced by what they stand for; False: a value is out of its range."""
    memset(rules, 0, cython.sizeof(Book))
    rules.tick_value = given.tick_value
    rules.min_notional = given.min_notional
    rules.max_quantity = given.max_quantity if given.max_quantity != 0 else MAX_QUANTITY
    rules.price_step = given.price_step if given.price_step != 0 else 1
    rules.quantity_step = given.quantity_step if given.quantity_step != 0 else 1
    rules.band = given.band
    rules.collar = given.collar if given.collar != 0 else DEFAULT_COLLAR
    rules.maker_fee = given.maker_fee
    rules.taker_fee = given.taker_fee
    rules.margin = given.margin if given.margin != 0 else DEFAULT_MARGIN
    rules.flags = given.flags
    return (
        1 <= rules.tick_value <= MAX_TICK_VALUE
        and 0 <= rules.min_notional <= MAX_NOTIONAL
        and 0 < rules.max_quantity <= MAX_QUANTITY
        and 0 < rules.price_step <= MAX_PRICE
        and 0 < rules.quantity_step <= MAX_QUANTITY
        and -MILLION <= rules.maker_fee <= MILLION
        and -MILLION <= rules.taker_fee <= MILLION
        and rules.maker_fee + rules.taker_fee >= 0
        and rules.margin <= DEFAULT_MARGIN
        and rules.flags <= 1
        and 0 <= given.reference <= MAX_PRICE
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _has_orders(e: cython.pointer[Engine], book: cython.pointer[Book]) -> cython.bint:
    """Tell whether anybody has an open order in a symbol; the house has none."""
    side: cython.uint
    index: cython.uint
    slot: cython.uint
    ladder: cython.pointer[Ladder]
    if book.stops + book.in_line + book.pegs > 0:
        return True
    for side in range(2):
        ladder = side_of(e, book, side)
        index = ladder.best
        while index != 0:
            slot = level_at(e, index).head
            while slot != 0:
                if order_at(e, slot).account != HOUSE:
                    return True
                slot = order_at(e, slot).next
            index = level_after(e, ladder, level_at(e, index).key)
    return False


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _more_symbols(e: cython.pointer[Engine], symbol: cython.uint) -> cython.bint:
    """Give memory to the records of all symbols up to one; none of it is touched."""
    had: cython.size_t = e.symbols
    if symbol < e.symbols:
        return True
    if not give(
        e.ladders,
        rounded_up(2 * had * cython.sizeof(Ladder)),
        rounded_up(2 * (cython.cast(cython.size_t, symbol) + 1) * cython.sizeof(Ladder)),
    ) or not give(
        e.books,
        rounded_up(had * cython.sizeof(Book)),
        rounded_up((cython.cast(cython.size_t, symbol) + 1) * cython.sizeof(Book)),
    ):
        return False
    e.symbols = symbol + 1
    return True


def add_symbol(e, symbol, rules):
    """Add a symbol with its rules; False: there is no memory."""
    book: cython.pointer[Book]
    side: cython.uint
    if not _more_symbols(e, symbol):
        return False
    book = book_at(e, symbol)
    book[0] = rules[0]
    book.exists = True
    book.pegged[0] = book.pegged[1] = -1
    for side in range(2):
        clear_ladder(ladder_at(e, 2 * symbol + side))
    e.symbol_list[e.symbol_count] = symbol
    e.symbol_count += 1
    return True


def instrument(e, c):
    """INSTRUMENT: CONFIGURED, ``price`` its reference."""
    given: cython.pointer[cython.const[InstrumentRules]] = cython.cast(cython.pointer[cython.const[InstrumentRules]], c)
    rules: Book
    book: cython.pointer[Book]
    event: cython.pointer[Event]
    if not _read_rules(given, cython.address(rules)) or c.symbol >= MAX_SYMBOLS:
        refuse(e, c, BAD_FIELD, 0)
        return
    if not has_book(e, c.symbol):
        if e.failed or not add_symbol(e, c.symbol, cython.address(rules)):
            refuse(e, c, NO_ROOM, 0)
            return
        book = book_at(e, c.symbol)
    else:
        book = book_at(e, c.symbol)
        if (
            rules.tick_value != book.tick_value
            or rules.price_step != book.price_step
            or rules.quantity_step != book.quantity_step
            or rules.flags != book.flags
        ):
            refuse(e, c, BAD_FIELD, 0)
            return
        if (
            rules.maker_fee != book.maker_fee or rules.taker_fee != book.taker_fee or rules.margin != book.margin
        ) and _has_orders(e, book):
            refuse(e, c, BAD_FIELD, 0)
            return
        book.min_notional = rules.min_notional
        book.max_quantity = rules.max_quantity
        book.band = rules.band
        book.collar = rules.collar
        book.maker_fee = rules.maker_fee
        book.taker_fee = rules.taker_fee
        book.margin = rules.margin
    if given.reference != 0:
        book.reference = given.reference
    refresh_plain(e, book)
    mark_touched(e, book)
    event = blank(e, CONFIGURED, OK, c.symbol, 0)
    event.price = book.reference


def open_balance(e, number, kind):
    """Open an account that is not open; there is room."""
    index: cython.uint = take_spare(cython.address(e.balances), cython.sizeof(Balance))
    balance: cython.pointer[Balance] = balance_at(e, index)
    memset(balance, 0, cython.sizeof(Balance))
    balance.account = number
    balance.kind = kind
    open_account(e, number).balance = index


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _is_busy(e: cython.pointer[Engine], balance: cython.pointer[Balance]) -> cython.bint:
    """Tell whether an account has orders, positions or debts, with which its kind cannot change."""
    index: cython.uint = balance.positions
    position: cython.pointer[Position]
    while index != 0:
        position = position_at(e, index)
        if position.quantity != 0 or position.lots[0] != 0 or position.lots[1] != 0:
            return True
        index = position.next
    return balance.cash < 0


def account(e, c):
    """ACCOUNT: CONFIGURED."""
    balance: cython.pointer[Balance]
    if c.account == FEES or c.account == HOUSE or c.type > MARGIN_ACCOUNT:
        refuse(e, c, BAD_FIELD, 0)
        return
    if balance_of(e, c.account) == cython.NULL:
        if e.failed:
            refuse(e, c, NO_ROOM, 0)
            return
        open_balance(e, c.account, c.type)
    balance = balance_of(e, c.account)
    if balance.kind != c.type and _is_busy(e, balance):
        refuse(e, c, BAD_FIELD, 0)
        return
    balance.kind = c.type
    blank(e, CONFIGURED, OK, 0, c.account)


def limits(e, c):
    """LIMITS: CONFIGURED. They bind what comes later."""
    given: cython.pointer[cython.const[AccountLimits]] = cython.cast(cython.pointer[cython.const[AccountLimits]], c)
    balance: cython.pointer[Balance] = balance_of(e, c.account)
    if given.max_position < 0 or given.max_notional < 0 or given.max_orders < 0 or given.max_rate < 0:
        refuse(e, c, BAD_FIELD, 0)
        return
    balance.max_position = given.max_position
    balance.max_notional = given.max_notional
    balance.max_orders = given.max_orders
    balance.max_rate = given.max_rate
    blank(e, CONFIGURED, OK, 0, c.account)


@cython.overflowcheck(False)  # of 128 bits
def move_cash(e, c, sign):
    """DEPOSIT and WITHDRAW ``price`` units: CASH. What leaves must be there and not set aside."""
    balance: cython.pointer[Balance] = balance_of(e, c.account)
    free: int128
    event: cython.pointer[Event]
    if not 0 < c.price <= MAX_NOTIONAL or e.deposits + sign * c.price > MAX_NOTIONAL:
        refuse(e, c, BAD_FIELD, 0)
        return
    if sign < 0:
        free = available(e, balance)
        if c.price > balance.cash or c.price > free:
            refuse(e, c, NO_BUYING_POWER, 0)
            return
    balance.cash += sign * c.price
    e.deposits += sign * c.price
    event = blank(e, CASH, DEPOSITED if sign > 0 else WITHDRAWN, 0, c.account)
    event.price = sign * c.price


def set_reference(e, book, c):
    """REFERENCE: CONFIGURED."""
    if not 0 < c.price <= MAX_PRICE:
        refuse(e, c, PRICE_NOT_POSITIVE if c.price <= 0 else PRICE_OUT_OF_BAND, 0)
        return
    book.reference = c.price
    blank(e, CONFIGURED, OK, c.symbol, 0).price = c.price


def change_phase(e, book, phase):
    """HALT, AUCTION, CLOSE, RESUME, UNCROSS: what leaves or trades, then STATE, whose ``price`` is the auction's."""
    price: cython.longlong = 0
    event: cython.pointer[Event]
    symbol: cython.uint = symbol_of(e, book)
    if phase == CONTINUOUS or (phase == CLOSED_PHASE and book.phase == IN_AUCTION_PHASE):
        price = uncross(e, book)
    else:
        withdraw_all(e, book)
    if phase == CLOSED_PHASE:
        end_session(e, book)
    book.phase = phase
    refresh_plain(e, book)
    event = blank(e, STATE, OK, symbol, 0)
    event.price = price
    event.quantity = phase


def set_window(e, c):
    """WINDOW: CONFIGURED."""
    if not 0 <= c.extra <= MAX_DELAY or not 0 <= c.quantity <= MAX_QUANTITY:
        refuse(e, c, BAD_FIELD, 0)
        return
    e.window_time = c.extra
    e.window_orders = c.quantity
    blank(e, CONFIGURED, OK, 0, 0)


def set_epoch(e, c):
    """EPOCH: CONFIGURED, ``order`` the last id before the next."""
    if not e.next_id >> 48 < c.extra < 1 << 15 or not 0 <= c.quantity < 1 << 8:
        refuse(e, c, BAD_FIELD, 0)
        return
    e.next_id = c.extra << 48 | c.quantity << 40 | cython.cast(cython.longlong, sequence(e.next_id))
    blank(e, CONFIGURED, OK, 0, 0).order = e.next_id - 1
