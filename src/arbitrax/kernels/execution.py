"""One fill: its price after slippage, its commission, whether the account can carry it, and what follows from it."""

import cython
from cython.cimports.arbitrax.kernels.broker import CASH_ACCOUNT, OUT_OF_MEMORY
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.costs import charged, commission, slipped
from cython.cimports.arbitrax.kernels.ledger import (
    AT_OPEN,
    BELOW_LOT,
    CANCELLED,
    DELISTING,
    EXIT_BANKRUPT,
    EXIT_DELISTED,
    EXIT_LIQUIDATION,
    EXIT_SIGNAL,
    EXIT_STOP_LOSS,
    EXIT_TAKE_PROFIT,
    EXIT_TIME_STOP,
    EXIT_TRAILING_STOP,
    FILLED,
    FOK,
    GTC,
    INSIDE,
    LIMIT,
    LIMIT_ON_CLOSE,
    LIMIT_ON_OPEN,
    LIQUIDATION,
    MARKET,
    NO_CASH,
    NO_MARGIN,
    NO_REASON,
    NO_SHORTING,
    NOT_AT_ONCE,
    PLAIN,
    QUANTITY,
    REFUSED,
    SCALED_TO_CASH,
    STOP_LIMIT,
    STOP_LOSS,
    TAKE_PROFIT,
    TIME_EXIT,
    TRAILING_EXIT,
    FillRecord,
    OrderRecord,
    Position,
    fill,
)
from cython.cimports.arbitrax.kernels.orders import (
    attach_exits,
    end_group,
    end_order,
    end_protection,
    release_children,
    submit,
)
from cython.cimports.libc.math import NAN, ceil, fabs, floor, sqrt
from cython.cimports.libc.stdlib import realloc

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

# Constants must be compile-time numbers in nogil code.
WINDOW = cython.declare(cython.int, 20)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def mark_equity(b: cython.pointer[Broker]) -> cython.double:
    """Return equity at the present marks, and keep it with the gross exposure and the number of shorts."""
    i: cython.Py_ssize_t
    s: cython.int
    equity: cython.double = b.book.cash
    value: cython.double
    gross: cython.double = 0.0
    shorts: cython.longlong = 0
    for i in range(b.held_count):
        s = b.held[i]
        value = b.positions[s].quantity * b.positions[s].mark * b.multiplier[s]
        equity += value
        gross += fabs(value)
        shorts += value < 0.0
    b.equity = equity + b.accrued
    b.exposure = gross
    b.short_count = shorts
    return b.equity


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def shares_as_traded(b: cython.pointer[Broker], symbol: cython.longlong, quantity: cython.double) -> cython.double:
    """Return units of the prices as they were traded: adjusted prices count smaller units."""
    if b.factor == cython.NULL:
        return quantity
    return quantity * b.factor[b.t * b.symbols + symbol]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def whole_lots(
    b: cython.pointer[Broker], symbol: cython.longlong, quantity: cython.double, up: cython.bint
) -> cython.double:
    """Return an unsigned quantity cut to whole lots, which are of units as traded."""
    factor: cython.double
    lots: cython.double
    if b.lot == cython.NULL or b.lot[symbol] <= 0.0:
        return quantity
    factor = 1.0 if b.factor == cython.NULL else b.factor[b.t * b.symbols + symbol]
    lots = quantity * factor / b.lot[symbol]
    lots = ceil(lots - 1e-9) if up else floor(lots + 1e-9)
    return lots * b.lot[symbol] / factor


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _volume_at(b: cython.pointer[Broker], symbol: cython.longlong, at: cython.longlong) -> cython.double:
    """Return the volume of a bar in units of the present prices."""
    volume: cython.double = b.volume[at * b.symbols + symbol]
    if b.factor != cython.NULL:
        return volume / b.factor[at * b.symbols + symbol]
    return volume * split_since(b, symbol, at) if b.next_action > 0 else volume


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def split_since(b: cython.pointer[Broker], symbol: cython.longlong, at: cython.longlong) -> cython.double:
    """Return into how many units one of bar ``at`` has been split until now."""
    ratio: cython.double = 1.0
    i: cython.longlong = b.next_action - 1
    while i >= 0 and b.actions[i].bar > at:
        if b.actions[i].symbol == symbol:
            ratio *= b.actions[i].ratio
        i -= 1
    return ratio


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def volume_for(b: cython.pointer[Broker], symbol: cython.longlong, phase: cython.int) -> cython.double:
    """Return the volume a fill is measured against, in units of the prices; NaN where it is not known."""
    at: cython.longlong
    first: cython.longlong
    total: cython.double = 0.0
    count: cython.longlong = 0
    volume: cython.double
    if b.volume == cython.NULL:
        return NAN
    if phase != AT_OPEN:
        return _volume_at(b, symbol, b.t)
    # The bar's own volume is not known at its open.
    first = b.t - WINDOW
    for at in range(first if first > 0 else 0, b.t):
        volume = _volume_at(b, symbol, at)
        if volume == volume:
            total += volume
            count += 1
    return total / count if count > 0 else NAN


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def volatility_for(b: cython.pointer[Broker], symbol: cython.longlong) -> cython.double:
    """Return the sample deviation of the last 20 close-to-close returns before this bar; 0 for fewer than 2."""
    at: cython.longlong
    first: cython.longlong = b.t - WINDOW
    before: cython.double
    change: cython.double
    delta: cython.double
    mean: cython.double = 0.0
    squares: cython.double = 0.0
    count: cython.longlong = 0
    for at in range(first if first > 1 else 1, b.t):
        before = b.close[(at - 1) * b.symbols + symbol]
        if b.next_action > 0:
            before /= split_since(b, symbol, at - 1) / split_since(b, symbol, at)
        change = b.close[at * b.symbols + symbol] / before - 1.0
        if change == change:
            count += 1
            delta = change - mean
            mean += delta / count
            squares += delta * (change - mean)
    return sqrt(squares / (count - 1)) if count > 1 else 0.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def price_for(
    b: cython.pointer[Broker],
    index: cython.int,
    reference: cython.double,
    side: cython.double,
    quantity: cython.double,
    phase: cython.int,
) -> cython.double:
    """Return the price of a fill: limits pay no slippage, everything else does and is set to the tick."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    if (
        order.kind == LIMIT
        or order.kind == LIMIT_ON_OPEN
        or order.kind == LIMIT_ON_CLOSE
        or order.kind == STOP_LIMIT
    ):  # fmt: skip
        return reference
    return market_price(b, order.symbol, reference, side, quantity, phase)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def market_price(
    b: cython.pointer[Broker],
    symbol: cython.longlong,
    reference: cython.double,
    side: cython.double,
    quantity: cython.double,
    phase: cython.int,
) -> cython.double:
    """Return a price after slippage, set to the tick against the trader."""
    price: cython.double
    factor: cython.double
    ticks: cython.double
    if b.costs.volume_share == 0.0 and b.costs.square_root == 0.0:
        price = slipped(cython.address(b.costs), reference, side, quantity, NAN, 0.0)
    else:
        price = slipped(
            cython.address(b.costs),
            reference,
            side,
            quantity,
            volume_for(b, symbol, phase),
            volatility_for(b, symbol) if b.costs.square_root != 0.0 else 0.0,
        )
    if b.tick == cython.NULL or b.tick[symbol] <= 0.0 or price == reference:
        return price
    factor = 1.0 if b.factor == cython.NULL else b.factor[b.t * b.symbols + symbol]
    ticks = price / factor / b.tick[symbol]
    ticks = ceil(ticks - 1e-7) if side > 0.0 else floor(ticks + 1e-7)
    return (ticks if ticks > 1.0 else 1.0) * b.tick[symbol] * factor


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def fee_for(
    b: cython.pointer[Broker], index: cython.int, value: cython.double, shares: cython.double, maker: cython.bint
) -> cython.double:
    """Return what a fill of an order would be charged, given its earlier fills; value: quote currency, unsigned."""
    raw: cython.double
    if b.costs.linear:
        return value * b.costs.taker
    raw = b.states[index].raw_fee + commission(cython.address(b.costs), value, shares, maker, b.traded)
    return charged(cython.address(b.costs), raw, b.states[index].value + value) - b.orders[index].fee


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _exit_reason(role: cython.int) -> cython.schar:
    if role == PLAIN:
        return EXIT_SIGNAL
    if role == STOP_LOSS:
        return EXIT_STOP_LOSS
    if role == TAKE_PROFIT:
        return EXIT_TAKE_PROFIT
    if role == TRAILING_EXIT:
        return EXIT_TRAILING_STOP
    if role == TIME_EXIT:
        return EXIT_TIME_STOP
    if role == LIQUIDATION:
        return EXIT_LIQUIDATION
    if role == DELISTING:
        return EXIT_DELISTED
    return EXIT_BANKRUPT


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _refusal(
    b: cython.pointer[Broker],
    index: cython.int,
    signed_quantity: cython.double,
    price: cython.double,
    reference: cython.double,
    fee: cython.double,
) -> cython.int:
    """Return why the account cannot carry a fill, or NO_REASON."""
    symbol: cython.longlong = b.orders[index].symbol
    held: cython.double = b.positions[symbol].quantity
    after: cython.double = held + signed_quantity
    cash: cython.double
    equity: cython.double
    gross: cython.double
    if b.account_kind == CASH_ACCOUNT:
        if signed_quantity > 0.0:
            cash = b.book.cash - signed_quantity * price * b.multiplier[symbol] - fee
            if cash < -1e-9 * b.start_cash:
                return NO_CASH
        return NO_REASON
    if fabs(after) <= fabs(held) and (after > 0.0) == (held > 0.0):
        return NO_REASON
    mark_equity(b)
    # Both at the price before slippage, which is the mark.
    gross = b.exposure - fabs(held) * b.positions[symbol].mark * b.multiplier[symbol]
    gross += fabs(after) * reference * b.multiplier[symbol]
    equity = b.equity - fee - fabs(signed_quantity) * fabs(price - reference) * b.multiplier[symbol]
    if held != 0.0:
        equity += held * (reference - b.positions[symbol].mark) * b.multiplier[symbol]
    if gross > b.leverage * equity + 1e-9 * b.start_cash:
        return NO_MARGIN
    return NO_REASON


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _hold(b: cython.pointer[Broker], symbol: cython.longlong) -> cython.void:
    b.positions[symbol].slot = cython.cast(cython.int, b.held_count)
    b.held[b.held_count] = cython.cast(cython.int, symbol)
    b.held_count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def unhold(b: cython.pointer[Broker], symbol: cython.longlong) -> cython.void:
    """Take a symbol from the list of positions; the others keep their order, as sums depend on it."""
    i: cython.Py_ssize_t
    for i in range(b.positions[symbol].slot, b.held_count - 1):
        b.held[i] = b.held[i + 1]
        b.positions[b.held[i]].slot = cython.cast(cython.int, i)
    b.held_count -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def execute(
    b: cython.pointer[Broker],
    index: cython.int,
    signed_quantity: cython.double,
    reference: cython.double,
    phase: cython.int,
    maker: cython.bint,
) -> cython.bint:
    """Fill an order by up to ``signed_quantity`` at ``reference``; tell whether anything was filled.

    The volume cap and the account decide how much. What does not fill stays in the order, which then works on.
    """
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    symbol: cython.int = order.symbol
    position: cython.pointer[Position] = cython.address(b.positions[symbol])
    held: cython.double = position.quantity
    side: cython.double = 1.0 if signed_quantity > 0.0 else -1.0
    wanted: cython.double = fabs(signed_quantity)
    quantity: cython.double = wanted
    forced: cython.bint = order.role >= LIQUIDATION
    closes: cython.bint = held != 0.0 and fabs(signed_quantity + held) <= 1e-12 * fabs(held)
    capped: cython.bint = False
    room: cython.double
    price: cython.double
    value: cython.double
    fee: cython.double
    slippage: cython.double
    refusal: cython.int
    total: cython.double
    made: cython.pointer[FillRecord]
    grown: cython.p_void
    if b.used != cython.NULL and not forced:
        room = volume_for(b, symbol, phase) * b.costs.participation - b.used[symbol]
        if not room > 0.0:
            room = 0.0  # an unknown volume too
        if quantity > room:
            quantity = whole_lots(b, symbol, room, False)
            capped = True
            closes = False
            if order.time_in_force == FOK or not quantity > 0.0:
                if order.time_in_force != FOK:
                    return False
                end_order(b, index, CANCELLED, NOT_AT_ONCE)
                return False
    if not capped and not closes and not forced:
        quantity = whole_lots(b, symbol, quantity, False)
        if not quantity > 0.0:
            end_order(b, index, CANCELLED, BELOW_LOT)
            return False
    price = price_for(b, index, reference, side, quantity, phase)
    value = quantity * price * b.multiplier[symbol]
    fee = fee_for(b, index, value, shares_as_traded(b, symbol, quantity), maker)
    if not forced and b.account_kind == CASH_ACCOUNT and held - wanted < -1e-9 * fabs(held) and side < 0.0:
        end_order(b, index, REFUSED if order.quantity == 0.0 else CANCELLED, NO_SHORTING)
        return False
    if not forced and b.states[index].fixed:
        refusal = _refusal(b, index, side * wanted, price, reference, fee * wanted / quantity)
        if refusal != NO_REASON:
            end_order(b, index, REFUSED if order.quantity == 0.0 else CANCELLED, refusal)
            return False
    if not b.costs.linear:
        b.states[index].raw_fee += commission(
            cython.address(b.costs), value, shares_as_traded(b, symbol, quantity), maker, b.traded
        )
        b.states[index].value += value
        b.traded += value
    if b.used != cython.NULL:
        b.used[symbol] += quantity
    slippage = quantity * fabs(price - reference) * b.multiplier[symbol]
    total = order.quantity + quantity
    order.side = 1 if side > 0.0 else -1
    order.price = price if order.quantity == 0.0 else (order.price * order.quantity + price * quantity) / total
    order.reference_price = (
        reference if order.quantity == 0.0 else (order.reference_price * order.quantity + reference * quantity) / total
    )
    order.quantity = total
    order.fee += fee
    order.slippage += slippage
    fill(
        cython.address(b.book),
        position,
        symbol,
        cython.cast(cython.int, b.t),
        index,
        side * quantity,
        price,
        b.multiplier[symbol],
        fee,
        slippage,
        closes,
        _exit_reason(order.role),
    )
    if b.book.trade_room < 0:
        b.fault = OUT_OF_MEMORY
    if b.fill_count == b.fill_room:
        grown = realloc(b.fills, cython.cast(cython.size_t, b.fill_room * 2 + 64) * cython.sizeof(FillRecord))
        if grown == cython.NULL:
            b.fault = OUT_OF_MEMORY
            return False
        b.fills = cython.cast(cython.pointer[FillRecord], grown)
        b.fill_room = b.fill_room * 2 + 64
    made = cython.address(b.fills[b.fill_count])
    made.order = index
    made.bar = cython.cast(cython.int, b.t)
    made.symbol = symbol
    made.phase = cython.cast(cython.schar, phase)
    made.maker = maker
    made.unused = 0
    made.quantity = side * quantity
    made.reference_price = reference
    made.price = price
    made.fee = fee
    b.fill_count += 1
    if held == 0.0:
        _hold(b, symbol)
        position.mark = reference
    elif position.quantity == 0.0:
        unhold(b, symbol)
    b.states[index].remaining = wanted - quantity
    b.states[index].plan_held = position.quantity
    if not capped:
        b.states[index].remaining = 0.0
        if order.reason != SCALED_TO_CASH:
            order.reason = NO_REASON
        end_order(b, index, FILLED, order.reason)
    _after_fill(b, index, held, side * quantity, price, phase)
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _after_fill(
    b: cython.pointer[Broker],
    index: cython.int,
    held: cython.double,
    signed_quantity: cython.double,
    price: cython.double,
    phase: cython.int,
) -> cython.void:
    """End what a fill ends, and make live what waited for it. May move the orders: no pointer into them survives."""
    symbol: cython.int = b.orders[index].symbol
    now: cython.double = b.positions[symbol].quantity
    exits: cython.bint
    opened: cython.double
    if b.orders[index].group >= 0:
        end_group(b, index, fabs(signed_quantity))
    if held != 0.0 and (now == 0.0 or (now > 0.0) != (held > 0.0)) and b.positions[symbol].protected_by > 0:
        end_protection(b, symbol, index)
    if b.states[index].children > 0:
        release_children(b, index, price, phase == INSIDE)
    exits = (
        b.states[index].exits.bars > 0
        or b.states[index].exits.stop_loss == b.states[index].exits.stop_loss
        or b.states[index].exits.take_profit == b.states[index].exits.take_profit
        or b.states[index].exits.trailing == b.states[index].exits.trailing
    )
    if exits and now != 0.0 and (now > 0.0) == (signed_quantity > 0.0):
        # Of a reversal only what opens the new position is protected.
        opened = fabs(signed_quantity) if fabs(now) > fabs(signed_quantity) else fabs(now)
        attach_exits(b, index, price, opened, phase == INSIDE)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def force(
    b: cython.pointer[Broker],
    symbol: cython.longlong,
    signed_quantity: cython.double,
    reference: cython.double,
    phase: cython.int,
    role: cython.int,
    reason: cython.int,
) -> cython.void:
    """Trade without asking anybody: a liquidation, a delisting, the end of a bankrupt account."""
    index: cython.int = submit(
        b, symbol, 1 if signed_quantity > 0.0 else -1, MARKET, GTC, QUANTITY, fabs(signed_quantity), NAN, NAN, NAN, 0,
        0, -1, -1, -1, role, cython.NULL,
    )  # fmt: skip
    if index >= 0:
        if execute(b, index, signed_quantity, reference, phase, False):
            b.orders[index].reason = cython.cast(cython.schar, reason)
