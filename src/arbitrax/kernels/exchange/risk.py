"""Cash, positions, limits and buying power, in the same step as matching: `arbitrax.exchange.reference.risk`, compiled.

Cash and costs are 128-bit sums of exact products; what one order may be worth has 60 bits.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH, int128
from cython.cimports.arbitrax.kernels.exchange.index import add_to_index, first_of, mixed
from cython.cimports.arbitrax.kernels.exchange.prices import mark
from cython.cimports.arbitrax.kernels.exchange.records import (
    BUY,
    CASH_ACCOUNT,
    CHECK_BUYING_POWER,
    CHECK_MAX_NOTIONAL,
    CHECK_MAX_POSITION,
    CHECK_OPEN_ORDERS,
    CHECK_RATE,
    CHECK_SHORTING,
    FEES,
    HOUSE,
    MARGIN_ACCOUNT,
    MARKET,
    MAX_NOTIONAL,
    NO_BUYING_POWER,
    NO_SHORTING,
    NOTIONAL_LIMIT,
    OK,
    ORDER_LIMIT,
    POSITION_LIMIT,
    RATE_LIMIT,
    REDUCE_ONLY,
    SELL,
)
from cython.cimports.arbitrax.kernels.exchange.reserved import take_spare
from cython.cimports.arbitrax.kernels.exchange.risk import MILLION
from cython.cimports.arbitrax.kernels.exchange.state import (
    Balance,
    Book,
    Engine,
    Extension,
    Order,
    Position,
    account_at,
    balance_at,
    balance_of,
    book_at,
    leading_zeros,
    position_at,
    sign,
)
from cython.cimports.arbitrax.kernels.exchange.verdict import Verdict, fails, stops
from cython.cimports.libc.string import memset

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _hash(e: cython.pointer[Engine], account: cython.uint, symbol: cython.uint) -> cython.uint:
    word: cython.ulonglong = mixed(e.salt, cython.cast(cython.ulonglong, account) << 32 | symbol)
    return cython.cast(cython.uint, mixed(word, word >> 29))


def find_position(e, account, symbol):
    """Return the record of what an account has in a symbol; 0: it never had an order or a trade there."""
    balance: cython.pointer[Balance] = balance_of(e, account)
    index: cython.uint
    position: cython.pointer[Position]
    if balance == cython.NULL or balance.positions == 0:
        return 0
    if position_at(e, balance.positions).symbol == symbol:  # most accounts trade one symbol at a time
        return balance.positions
    index = first_of(cython.address(e.position_index), _hash(e, account, symbol))
    while index != 0:
        position = position_at(e, index)
        if position.symbol == symbol and position.account == account:
            return index
        index = position.link
    return 0


def open_position(e, account, symbol):
    """Return the same, made when new; the account is open and there is room."""
    index: cython.uint = find_position(e, account, symbol)
    position: cython.pointer[Position]
    balance: cython.pointer[Balance]
    if index != 0:
        return index
    index = take_spare(cython.address(e.positions), cython.sizeof(Position))
    position = position_at(e, index)
    memset(position, 0, cython.sizeof(Position))
    position.account = account
    position.symbol = symbol
    position.balance = account_at(e, account).balance
    balance = balance_at(e, position.balance)
    position.next = balance.positions
    balance.positions = index
    add_to_index(cython.address(e.position_index), cython.address(e.positions), index, _hash(e, account, symbol))
    return index


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _rounded_up(numerator: int128, denominator: cython.longlong) -> int128:
    """Return the quotient rounded up; the denominator is above 0. Most numerators are short, which is faster."""
    short: cython.longlong = cython.cast(cython.longlong, numerator)
    if short == numerator:
        return short // denominator + (short % denominator > 0)
    return numerator // denominator + (numerator % denominator > 0)


@cython.overflowcheck(False)  # of 128 bits
def fee_of(notional, rate):
    """Return the fee of a fill, rounded up: a fee never falls to 0, a rebate is never more than its rate."""
    if rate == 0:
        return 0
    return cython.cast(cython.longlong, _rounded_up(cython.cast(int128, notional) * rate, MILLION))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _exposed(position: cython.pointer[cython.const[Position]], side: cython.uint) -> cython.longlong:
    """Return the open lots of a side that would do more than close the position."""
    held: cython.longlong = -position.quantity if side == BUY else position.quantity
    left: cython.longlong = position.lots[side] - (held if held > 0 else 0)
    return left if left > 0 else 0


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _reserved(position: cython.pointer[cython.const[Position]], side: cython.uint) -> int128:
    """Return what a margin account sets aside for open orders of a side: the exposed share, rounded up."""
    exposed: cython.longlong = _exposed(position, side)
    if exposed == position.lots[side]:
        return position.reserves[side]
    return _rounded_up(position.reserves[side] * exposed, position.lots[side])


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _margin(value: int128, rate: cython.uint) -> int128:
    """Return so many basis points of a value, rounded up; their product may be more than 128 bits."""
    short: cython.longlong = cython.cast(cython.longlong, value)
    if short == value:
        return cython.cast(int128, short // 10_000) * rate + (short % 10_000 * rate + 9_999) // 10_000
    return value // 10_000 * rate + _rounded_up(value % 10_000 * rate, 10_000)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _free_on_margin(e: cython.pointer[Engine], balance: cython.pointer[cython.const[Balance]]) -> int128:
    free: int128 = balance.cash
    value: int128
    index: cython.uint = balance.positions
    position: cython.pointer[Position]
    book: cython.pointer[Book]
    while index != 0:
        position = position_at(e, index)
        if position.quantity != 0:
            book = book_at(e, position.symbol)
            value = cython.cast(int128, position.quantity) * mark(book) * book.tick_value
            free += value
            free -= _margin(value if value > 0 else -value, book.margin)
        free -= _reserved(position, BUY) + _reserved(position, SELL)
        index = position.next
    return free


@cython.overflowcheck(False)  # of 128 bits
def available(e, balance):
    """Return the buying power: cash that is not set aside."""
    if balance.kind == CASH_ACCOUNT:
        return balance.cash - balance.set_aside
    return _free_on_margin(e, balance)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _worst_price(
    book: cython.pointer[Book],
    balance: cython.pointer[cython.const[Balance]],
    order: cython.pointer[cython.const[Order]],
    x: cython.pointer[cython.const[Extension]],
    touch: cython.longlong,
) -> cython.longlong:
    """Return the price an order is valued at, ticks; 0: a market order that meets nothing."""
    worst: cython.longlong = x.limit if x.limit != 0 else x.bound
    if order.side == BUY:
        return worst
    if order.type == MARKET:
        worst = touch
    if worst != 0 and balance.kind == MARGIN_ACCOUNT:
        worst = book.last if book.last > worst else worst
        worst = book.reference if book.reference > worst else worst
    return worst


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _lot_reserve(
    book: cython.pointer[Book],
    balance: cython.pointer[cython.const[Balance]],
    side: cython.uint,
    worst: cython.longlong,
) -> int128:
    """Return the cash that each lot of an order sets aside at its worst price."""
    value: int128
    fee: int128
    rate: cython.int
    if worst == 0 or (balance.kind == CASH_ACCOUNT and side == SELL):
        return 0
    value = cython.cast(int128, worst) * book.tick_value
    rate = book.maker_fee if book.maker_fee > book.taker_fee else book.taker_fee
    fee = _rounded_up(value * rate, MILLION) if rate > 0 else 0
    return fee + (value if balance.kind == CASH_ACCOUNT else _rounded_up(value * book.margin, 10_000))


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _funds_reserve(
    book: cython.pointer[Book],
    balance: cython.pointer[cython.const[Balance]],
    x: cython.pointer[cython.const[Extension]],
    lots: cython.longlong,
) -> int128:
    """Return the cash that a market buy by funds sets aside: its funds, and fees for the lots they buy at the touch."""
    rate: cython.int = book.maker_fee if book.maker_fee > book.taker_fee else book.taker_fee
    fee: int128 = 0
    if rate > 0:
        fee = _rounded_up(cython.cast(int128, x.bound) * book.tick_value * rate, MILLION)
    if balance.kind == CASH_ACCOUNT:
        return x.funds + lots * fee
    return _rounded_up(cython.cast(int128, x.funds) * book.margin, 10_000) + lots * fee


def count_reducing(e, order, x, change):
    """Count a reduce-only order in or out."""
    if order.flags & REDUCE_ONLY and x.position != 0:
        if change > 0:  # -1 is no unsigned number to add
            position_at(e, x.position).reducing[order.side] += 1
        else:
            position_at(e, x.position).reducing[order.side] -= 1


def reduces(position, side, lots, reduce_only):
    """Tell whether so many lots more of a side leave every reduce-only order room to only reduce."""
    if not reduce_only and position.reducing[side] == 0:
        return True
    return position.lots[side] + lots <= (-position.quantity if side == BUY else position.quantity)


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _check_rate(e: cython.pointer[Engine], balance: cython.pointer[Balance], v: cython.pointer[Verdict]) -> cython.int:
    """Count a submission in its second of engine time, or refuse it. One that is only asked about does not count."""
    second: cython.longlong = e.now // 1000
    submitted: cython.longlong = balance.submitted if balance.second == second else 0
    many: cython.bint = balance.max_rate != 0 and submitted >= balance.max_rate
    if stops(v, CHECK_RATE, RATE_LIMIT, submitted + 1, balance.max_rate, many):
        return RATE_LIMIT
    if v == cython.NULL:
        balance.second = second
        balance.submitted = submitted + 1
    return OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
def _check_limits(
    balance: cython.pointer[cython.const[Balance]],
    position: cython.pointer[cython.const[Position]],
    side: cython.uint,
    lots: cython.longlong,
    notional: int128,
    new: cython.bint,
    v: cython.pointer[Verdict],
) -> cython.int:
    """Check the account's limits for so many lots more of a side: orders, notional, position, shorting."""
    held: cython.longlong = position.quantity if side == BUY else -position.quantity
    most: cython.longlong = balance.max_notional if balance.max_notional != 0 else MAX_NOTIONAL
    asked: cython.longlong = position.lots[side] + lots
    beyond: cython.bint
    beyond = balance.max_orders != 0 and balance.orders >= balance.max_orders
    if new and stops(v, CHECK_OPEN_ORDERS, ORDER_LIMIT, balance.orders + 1, balance.max_orders, beyond):
        return ORDER_LIMIT
    if notional > MAX_NOTIONAL:
        fails(v, CHECK_MAX_NOTIONAL, NOTIONAL_LIMIT, notional, most, True)
        return NOTIONAL_LIMIT
    if stops(v, CHECK_MAX_NOTIONAL, NOTIONAL_LIMIT, notional, most, notional > most):
        return NOTIONAL_LIMIT
    if lots <= 0:
        return OK
    beyond = balance.max_position != 0 and held + asked > balance.max_position
    if stops(v, CHECK_MAX_POSITION, POSITION_LIMIT, held + asked, balance.max_position, beyond):
        return POSITION_LIMIT
    if side == SELL and balance.kind == CASH_ACCOUNT:
        if stops(v, CHECK_SHORTING, NO_SHORTING, asked, position.quantity, asked > position.quantity):
            return NO_SHORTING
    return OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _check_power(
    e: cython.pointer[Engine],
    balance: cython.pointer[cython.const[Balance]],
    position: cython.pointer[Position],
    side: cython.uint,
    lots: cython.longlong,
    cash: int128,
    v: cython.pointer[Verdict],
) -> cython.int:
    """Check that so many lots more of a side, and the cash set aside for them, are covered."""
    free: int128
    had: int128 = 0
    before: cython.longlong
    after: cython.longlong
    if v != cython.NULL:
        had = available(e, balance)
    if cash <= 0:
        stops(v, CHECK_BUYING_POWER, NO_BUYING_POWER, 0, had, False)
        return OK
    if balance.kind == CASH_ACCOUNT:
        free = balance.cash - balance.set_aside - (cash if side == BUY else 0)
        return NO_BUYING_POWER if stops(v, CHECK_BUYING_POWER, NO_BUYING_POWER, had - free, had, free < 0) else OK
    before = _exposed(position, side)
    position.lots[side] += lots
    position.reserves[side] += cash
    after = _exposed(position, side)
    free = had if after <= before else _free_on_margin(e, balance)
    position.lots[side] -= lots
    position.reserves[side] -= cash
    if stops(v, CHECK_BUYING_POWER, NO_BUYING_POWER, had - free, had, after > before and free < 0):
        return NO_BUYING_POWER
    return OK


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _judge(
    e: cython.pointer[Engine],
    book: cython.pointer[Book],
    order: cython.pointer[cython.const[Order]],
    x: cython.pointer[Extension],
    lots: cython.longlong,
    touch: cython.longlong,
    v: cython.pointer[Verdict],
) -> cython.int:
    position: cython.pointer[Position] = position_at(e, x.position)
    balance: cython.pointer[Balance] = balance_at(e, position.balance)
    worst: cython.longlong = _worst_price(book, balance, order, x, touch)
    notional: int128 = x.funds
    cash: int128
    code: cython.int = _check_rate(e, balance, v)
    if x.funds == 0:  # no conditional expression: of numbers of 64 and of 128 bits, Cython makes one of 64
        notional = cython.cast(int128, worst) * lots * book.tick_value
    if code == OK:
        code = _check_limits(balance, position, order.side, lots, notional, True, v)
    if code != OK:
        return code
    if x.funds != 0:
        cash = _funds_reserve(book, balance, x, lots)
    else:
        x.lot_reserve = cython.cast(cython.longlong, _lot_reserve(book, balance, order.side, worst))
        cash = cython.cast(int128, lots) * x.lot_reserve
    return _check_power(e, balance, position, order.side, lots, cash, v)


def check_new_order(e, book, order, x, lots, touch):
    """Check rate, limits and buying power of a new order, and note what each of its lots sets aside."""
    return _judge(e, book, order, x, lots, touch, cython.NULL)


def judge_new_order(e, book, order, x, lots, touch, v):
    """Do the same, and write down what each check finds, unless ``v`` is NULL."""
    return _judge(e, book, order, x, lots, touch, v)


@cython.overflowcheck(False)  # of 128 bits
def check_change(e, book, order, was, changed, total):
    """Check limits and the difference in what is set aside of an order that gets another total, limit or stop."""
    position: cython.pointer[Position] = position_at(e, was.position)
    balance: cython.pointer[Balance] = balance_at(e, position.balance)
    worst: cython.longlong = _worst_price(book, balance, order, changed, 0)
    lot: int128 = was.lot_reserve
    more: cython.longlong = total - order.total
    left: cython.longlong = order.open + more
    code: cython.int
    if changed.limit != was.limit or changed.stop != was.stop:
        lot = _lot_reserve(book, balance, order.side, worst)
    if more <= 0 and lot <= was.lot_reserve:
        changed.lot_reserve = cython.cast(cython.longlong, lot)
        return OK
    code = _check_limits(
        balance, position, order.side, more, cython.cast(int128, worst) * total * book.tick_value, False, cython.NULL
    )
    if code != OK:
        return code
    changed.lot_reserve = cython.cast(cython.longlong, lot)
    return _check_power(
        e,
        balance,
        position,
        order.side,
        more,
        cython.cast(int128, left) * lot - cython.cast(int128, order.open) * was.lot_reserve,
        cython.NULL,
    )


@cython.cfunc
@cython.inline
@cython.nogil
@cython.exceptval(check=False)
@cython.overflowcheck(False)  # of 128 bits
def _share(cost: int128, closed: cython.longlong, held: cython.longlong) -> int128:
    """Return the closed lots' share of a cost, rounded towards 0; both lots are above 0."""
    whole: int128 = cost if cost > 0 else -cost
    short: cython.longlong = cython.cast(cython.longlong, whole)
    if closed == held:
        return cost
    if short == whole and leading_zeros(short | 1) + leading_zeros(closed) > 64:
        whole = short * closed // held
    else:
        whole = whole * closed // held
    return whole if cost > 0 else -whole


@cython.overflowcheck(False)  # of 128 bits
def settle(e, book, order, x, lots, price, rate):
    """Move cash and lots of one side of a fill. Return the fee paid."""
    notional: cython.longlong
    fee: cython.longlong
    signed: cython.longlong
    held: cython.longlong
    closed: cython.longlong
    share: int128
    position: cython.pointer[Position]
    if x.position == 0:
        return 0
    position = position_at(e, x.position)
    notional = lots * price * book.tick_value
    fee = 0 if order.account == HOUSE else fee_of(notional, rate)
    balance_at(e, position.balance).cash -= sign(order) * notional + fee
    balance_of(e, FEES).cash += fee
    position.fees += fee
    signed = sign(order) * lots
    held = position.quantity
    closed = 0
    if (held > 0) != (signed > 0) and held != 0:
        held = held if held > 0 else -held
        closed = lots if lots < held else held
        share = _share(position.cost, closed, held)
        position.realised -= sign(order) * closed * price * book.tick_value + share
        position.cost -= share
    position.cost += sign(order) * (lots - closed) * price * book.tick_value
    position.quantity += signed
    return fee
