"""The backtest loop: target weights in, equity and records of orders and trades out.

Shapes: prices and targets are (bars, symbols) float64, C-contiguous, time on axis 0, quote currency. A NaN price
means no bar; a NaN target keeps the last one. Rules: docs/concepts/fills.md. In short: a target that changes at the
close of bar t becomes a market order that fills at the next open; within a bar sells execute before buys; a
shortfall of cash scales that bar's buys pro rata.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import (
    AT_TARGET,
    BANKRUPT,
    CANCELLED,
    END_OF_DATA,
    EXIT_BANKRUPT,
    EXIT_SIGNAL,
    FILLED,
    NO_REASON,
    PENDING,
    REPLACED,
    SCALED_TO_CASH,
    Book,
    OrderRecord,
    Position,
    TradeRecord,
    fill,
    mark_open_trade,
)
from cython.cimports.libc.math import NAN, fabs
from cython.cimports.libc.stdlib import calloc, free

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

# One order at most waits per symbol: a target order lives from its bar's close to the next open.
Working = cython.struct(
    order=cython.longlong,  # index of the waiting order + 1; 0 when none waits
    last_target=cython.double,
    mark=cython.double,  # last known price
    side=cython.double,  # +1 buys, -1 sells at this open; 0 does not trade
    signed_quantity=cython.double,  # planned at this open
    price=cython.double,
    closes=cython.bint,  # ends exactly flat
)
Run = cython.struct(
    commission=cython.double,
    slippage=cython.double,
    order_count=cython.longlong,
    bankrupt_bar=cython.longlong,
    pending=cython.longlong,
)


def count_orders(targets: cython.const[cython.double][:, ::1]) -> cython.Py_ssize_t:
    """Return how many orders the targets make: changes from one stated weight to another, from 0 at the start."""
    t: cython.Py_ssize_t
    s: cython.Py_ssize_t
    count: cython.Py_ssize_t = 0
    last: cython.double
    with cython.nogil:
        for s in range(targets.shape[1]):
            last = 0.0
            for t in range(targets.shape[0]):
                if targets[t, s] == targets[t, s] and targets[t, s] != last:
                    count += 1
                    last = targets[t, s]
    return count


def simulate(
    open_: cython.const[cython.double][:, ::1],
    high: cython.const[cython.double][:, ::1],
    low: cython.const[cython.double][:, ::1],
    close: cython.const[cython.double][:, ::1],
    targets: cython.const[cython.double][:, ::1],
    cash: cython.double,
    commission: cython.double,
    slippage: cython.double,
    equity: cython.double[::1],
    exposure: cython.double[::1],
    orders: OrderRecord[::1],
    trades: TradeRecord[::1],
) -> tuple:
    """Run one simulation and return (orders written, trades written, bar of bankruptcy or -1).

    cash: at the start, quote currency. commission, slippage: fractions of a fill's value. equity, exposure: (bars,)
    outputs at each close, exposure being gross position value. orders: room for `count_orders` + symbols; trades:
    room for as many + symbols.
    """
    symbols: cython.Py_ssize_t = close.shape[1]
    positions: cython.pointer[Position] = cython.cast(
        cython.pointer[Position], calloc(symbols, cython.sizeof(Position))
    )
    state: cython.pointer[Working] = cython.cast(cython.pointer[Working], calloc(symbols, cython.sizeof(Working)))
    book: Book
    run: Run
    if positions == cython.NULL or state == cython.NULL:
        free(positions)
        free(state)
        raise MemoryError
    book.cash = cash
    book.trades = cython.address(trades[0])
    book.trade_count = 0
    run.commission = commission
    run.slippage = slippage
    run.order_count = 0
    run.bankrupt_bar = -1
    run.pending = 0
    with cython.nogil:
        _loop(
            open_,
            high,
            low,
            close,
            targets,
            equity,
            exposure,
            cython.address(orders[0]),
            cython.address(book),
            positions,
            state,
            cython.address(run),
        )
    free(positions)
    free(state)
    return run.order_count, book.trade_count, run.bankrupt_bar


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _loop(
    open_: cython.const[cython.double][:, ::1],
    high: cython.const[cython.double][:, ::1],
    low: cython.const[cython.double][:, ::1],
    close: cython.const[cython.double][:, ::1],
    targets: cython.const[cython.double][:, ::1],
    equity: cython.double[::1],
    exposure: cython.double[::1],
    orders: cython.pointer[OrderRecord],
    book: cython.pointer[Book],
    positions: cython.pointer[Position],
    state: cython.pointer[Working],
    run: cython.pointer[Run],
) -> cython.void:
    bars: cython.Py_ssize_t = close.shape[0]
    symbols: cython.Py_ssize_t = close.shape[1]
    t: cython.Py_ssize_t
    s: cython.Py_ssize_t
    value: cython.double
    gross: cython.double
    worst: cython.double
    short: cython.bint
    for t in range(bars):
        for s in range(symbols):
            if open_[t, s] == open_[t, s]:
                state[s].mark = open_[t, s]
        if _equity(book, positions, state, symbols) <= 0.0:
            _go_bankrupt(run, book, positions, state, orders, symbols, t)
        elif run.pending > 0:
            _fill_at_open(run, book, positions, state, orders, open_, t)
        # Only a short can lose more than the cash: test it at the bar's adverse extreme.
        short = False
        worst = book.cash
        for s in range(symbols):
            if positions[s].quantity < 0.0:
                short = True
                worst += positions[s].quantity * (high[t, s] if high[t, s] == high[t, s] else state[s].mark)
            elif positions[s].quantity > 0.0:
                worst += positions[s].quantity * (low[t, s] if low[t, s] == low[t, s] else state[s].mark)
        if short and worst <= 0.0:
            for s in range(symbols):
                if high[t, s] == high[t, s]:
                    state[s].mark = high[t, s] if positions[s].quantity < 0.0 else low[t, s]
            _go_bankrupt(run, book, positions, state, orders, symbols, t)
        value = book.cash
        gross = 0.0
        for s in range(symbols):
            if close[t, s] == close[t, s]:
                state[s].mark = close[t, s]
            if positions[s].quantity != 0.0:
                value += positions[s].quantity * state[s].mark
                gross += fabs(positions[s].quantity) * state[s].mark
        equity[t] = value
        exposure[t] = gross
        if run.bankrupt_bar >= 0:
            for s in range(t + 1, bars):
                equity[s] = value
                exposure[s] = 0.0
            return
        for s in range(symbols):
            if targets[t, s] == targets[t, s] and targets[t, s] != state[s].last_target:
                _create_order(run, state, orders, s, t, targets[t, s])
    for s in range(symbols):
        if state[s].order > 0:
            _cancel(run, state, orders, s, END_OF_DATA)
        mark_open_trade(book, cython.address(positions[s]), s, bars - 1, state[s].mark)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _equity(
    book: cython.pointer[Book],
    positions: cython.pointer[Position],
    state: cython.pointer[Working],
    symbols: cython.Py_ssize_t,
) -> cython.double:
    s: cython.Py_ssize_t
    value: cython.double = book.cash
    for s in range(symbols):
        if positions[s].quantity != 0.0:
            value += positions[s].quantity * state[s].mark
    return value


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _create_order(
    run: cython.pointer[Run],
    state: cython.pointer[Working],
    orders: cython.pointer[OrderRecord],
    s: cython.Py_ssize_t,
    t: cython.Py_ssize_t,
    target: cython.double,
) -> cython.void:
    order: cython.pointer[OrderRecord]
    if state[s].order > 0:
        _cancel(run, state, orders, s, REPLACED)
    order = cython.address(orders[run.order_count])
    order.created_bar = t
    order.filled_bar = -1
    order.symbol = cython.cast(cython.int, s)
    order.side = 0
    order.kind = 0
    order.status = PENDING
    order.reason = NO_REASON
    order.target = target
    order.quantity = 0.0
    order.reference_price = NAN
    order.price = NAN
    order.fee = 0.0
    order.slippage = 0.0
    run.order_count += 1
    run.pending += 1
    state[s].order = run.order_count
    state[s].last_target = target


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _cancel(
    run: cython.pointer[Run],
    state: cython.pointer[Working],
    orders: cython.pointer[OrderRecord],
    s: cython.Py_ssize_t,
    reason: cython.schar,
) -> cython.void:
    orders[state[s].order - 1].status = CANCELLED
    orders[state[s].order - 1].reason = reason
    state[s].order = 0
    run.pending -= 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fill_at_open(
    run: cython.pointer[Run],
    book: cython.pointer[Book],
    positions: cython.pointer[Position],
    state: cython.pointer[Working],
    orders: cython.pointer[OrderRecord],
    open_: cython.const[cython.double][:, ::1],
    t: cython.Py_ssize_t,
) -> cython.void:
    """Fill the waiting orders at this open.

    With f the commission and sides d_s = +-1 known, equity after all costs E' solves
    ``E' = cash + sum(q p) - f sum(d (w E' - q p))``, so each target is met exactly *after* its fees.
    """
    symbols: cython.Py_ssize_t = open_.shape[1]
    s: cython.Py_ssize_t
    target: cython.double
    before: cython.double = _equity(book, positions, state, symbols)
    after: cython.double
    value: cython.double = book.cash
    weight: cython.double = 0.0
    held: cython.double = 0.0
    needed: cython.double = 0.0
    scale: cython.double = 1.0
    f: cython.double = run.commission
    for s in range(symbols):
        state[s].price = state[s].mark
        state[s].side = 0.0
        if state[s].order > 0 and open_[t, s] == open_[t, s]:
            target = orders[state[s].order - 1].target
            state[s].side = 1.0 if target * before > positions[s].quantity * open_[t, s] else -1.0
            state[s].price = open_[t, s] * (1.0 + state[s].side * run.slippage)
            weight += state[s].side * target
            held += state[s].side * positions[s].quantity * state[s].price
        if positions[s].quantity != 0.0:
            value += positions[s].quantity * state[s].price
    after = (value + f * held) / (1.0 + f * weight)
    for s in range(symbols):
        state[s].signed_quantity = 0.0
        if state[s].side != 0.0:
            target = orders[state[s].order - 1].target
            state[s].closes = target == 0.0
            if state[s].closes:
                state[s].signed_quantity = -positions[s].quantity
            else:
                state[s].signed_quantity = target * after / state[s].price - positions[s].quantity
            # A change smaller than its own costs: the order would have to trade the other way.
            if state[s].signed_quantity * state[s].side <= 0.0:
                _cancel(run, state, orders, s, AT_TARGET)
                state[s].signed_quantity = 0.0
    for s in range(symbols):
        if state[s].signed_quantity < 0.0:
            _execute(run, book, positions, state, orders, open_[t, s], s, t, NO_REASON, EXIT_SIGNAL)
        elif state[s].signed_quantity > 0.0:
            needed += state[s].signed_quantity * state[s].price * (1.0 + f)
    # One part in 1e12 is the rounding of the division above, not a shortfall.
    if needed > book.cash * (1.0 + 1e-12):
        scale = book.cash / needed
        if scale < 1e-9:  # what rounding left of the cash, or less than nothing: no order of dust
            scale = 0.0
    for s in range(symbols):
        if state[s].signed_quantity > 0.0:
            state[s].signed_quantity *= scale
            if scale == 0.0:
                _cancel(run, state, orders, s, SCALED_TO_CASH)
            else:
                if scale < 1.0:
                    state[s].closes = False
                _execute(
                    run,
                    book,
                    positions,
                    state,
                    orders,
                    open_[t, s],
                    s,
                    t,
                    SCALED_TO_CASH if scale < 1.0 else NO_REASON,
                    EXIT_SIGNAL,
                )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _execute(
    run: cython.pointer[Run],
    book: cython.pointer[Book],
    positions: cython.pointer[Position],
    state: cython.pointer[Working],
    orders: cython.pointer[OrderRecord],
    reference: cython.double,
    s: cython.Py_ssize_t,
    t: cython.Py_ssize_t,
    reason: cython.schar,
    exit_reason: cython.schar,
) -> cython.void:
    order: cython.pointer[OrderRecord] = cython.address(orders[state[s].order - 1])
    quantity: cython.double = state[s].signed_quantity
    order.filled_bar = t
    order.side = 1 if quantity > 0.0 else -1
    order.status = FILLED
    order.reason = reason
    order.quantity = fabs(quantity)
    order.reference_price = reference
    order.price = state[s].price
    order.fee = order.quantity * order.price * run.commission
    order.slippage = order.quantity * fabs(order.price - reference)
    fill(
        book,
        cython.address(positions[s]),
        cython.cast(cython.int, s),
        t,
        quantity,
        order.price,
        order.fee,
        order.slippage,
        state[s].closes,
        exit_reason,
    )
    state[s].order = 0
    run.pending -= 1
    state[s].signed_quantity = 0.0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _go_bankrupt(
    run: cython.pointer[Run],
    book: cython.pointer[Book],
    positions: cython.pointer[Position],
    state: cython.pointer[Working],
    orders: cython.pointer[OrderRecord],
    symbols: cython.Py_ssize_t,
    t: cython.Py_ssize_t,
) -> cython.void:
    """Close everything at the marks, with costs, and end the run."""
    s: cython.Py_ssize_t
    for s in range(symbols):
        if state[s].order > 0:
            _cancel(run, state, orders, s, BANKRUPT)
    for s in range(symbols):
        if positions[s].quantity != 0.0:
            _create_order(run, state, orders, s, t, 0.0)
            state[s].signed_quantity = -positions[s].quantity
            state[s].closes = True
            state[s].price = state[s].mark * (1.0 + (run.slippage if positions[s].quantity < 0.0 else -run.slippage))
            _execute(run, book, positions, state, orders, state[s].mark, s, t, BANKRUPT, EXIT_BANKRUPT)
    run.bankrupt_bar = t
