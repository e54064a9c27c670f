"""What happens to the account besides orders: interest, corporate actions, margin calls, bankruptcy, delistings."""

import cython
from cython.cimports.arbitrax.kernels.broker import MARGIN_ACCOUNT, ActionRecord, ExitRecord, OrderState
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.costs import charged, commission
from cython.cimports.arbitrax.kernels.execution import (
    force,
    mark_equity,
    market_price,
    shares_as_traded,
    unhold,
    whole_lots,
)
from cython.cimports.arbitrax.kernels.ledger import (
    AT_CLOSE,
    BANKRUPT,
    BANKRUPTCY,
    BANKRUPTCY_EVENT,
    BORROW_FEE,
    CANCELLED,
    CASH_IN_LIEU,
    DELISTED,
    DELISTING,
    DIVIDEND,
    DIVIDEND_PAID,
    EXIT_CASH_IN_LIEU,
    HELD,
    INSIDE,
    INTEREST,
    KEEP_PRICE,
    LIQUIDATION,
    MARGIN_CALL,
    MARGIN_CALLED,
    PENDING,
    QUANTITY,
    RELATIVE,
    SPLIT,
    STOP,
    STOP_LIMIT,
    TARGET_QUANTITY,
    TRAILING_STOP,
    OrderRecord,
    Position,
    fill,
)
from cython.cimports.arbitrax.kernels.orders import end_order, end_protection, note_event, on_tick
from cython.cimports.libc.math import fabs, floor

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

DAY_NS = cython.declare(cython.longlong, 86_400_000_000_000)
YEAR_DAYS = cython.declare(cython.double, 360.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def accrue(b: cython.pointer[Broker]) -> cython.void:
    """Charge and credit what the balances of the bar before earned until this bar's day, ACT/360."""
    i: cython.Py_ssize_t
    s: cython.int
    days: cython.longlong
    shorts: cython.double = 0.0
    value: cython.double
    amount: cython.double
    balance: cython.double
    if b.t == 0:
        return
    days = b.time[b.t] // DAY_NS - b.time[b.t - 1] // DAY_NS
    if days <= 0:
        return
    balance = b.book.cash
    for i in range(b.held_count):
        s = b.held[i]
        if b.positions[s].quantity < 0.0:
            value = -b.positions[s].quantity * b.positions[s].mark * b.multiplier[s]
            shorts += value
            amount = value * b.borrow_rate[s] * days / YEAR_DAYS
            if amount != 0.0:
                b.book.cash -= amount
                b.positions[s].income -= amount
                note_event(b, s, BORROW_FEE, -1, b.positions[s].quantity, b.positions[s].mark, -amount)
    # The proceeds of shorts are not the account's to earn on.
    balance -= shorts
    amount = balance * (b.credit_rate if balance > 0.0 else b.debit_rate) * days / YEAR_DAYS
    if amount != 0.0:
        b.book.cash += amount
        note_event(b, -1, INTEREST, -1, 0.0, balance, amount)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def apply_actions(b: cython.pointer[Broker]) -> cython.void:
    """Apply the dividends and splits of this bar, and pay the dividends that fall due."""
    action: cython.pointer[cython.const[ActionRecord]]
    if b.payable[b.t] != 0.0:
        b.book.cash += b.payable[b.t]
        b.accrued -= b.payable[b.t]
        note_event(b, -1, DIVIDEND_PAID, -1, 0.0, 0.0, b.payable[b.t])
        b.payable[b.t] = 0.0
    while b.next_action < b.action_count and b.actions[b.next_action].bar <= b.t:
        action = cython.address(b.actions[b.next_action])
        b.next_action += 1
        if action.amount > 0.0:
            _pay_dividend(b, action)
        if action.ratio != 1.0:
            _split(b, action)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _pay_dividend(b: cython.pointer[Broker], action: cython.pointer[cython.const[ActionRecord]]) -> cython.void:
    symbol: cython.longlong = action.symbol
    position: cython.pointer[Position] = cython.address(b.positions[symbol])
    amount: cython.double = position.quantity * action.amount * b.multiplier[symbol]
    i: cython.longlong
    if amount != 0.0:
        position.income += amount
        note_event(b, symbol, DIVIDEND, -1, position.quantity, action.amount, amount)
        if action.pay_bar > b.t:
            b.accrued += amount
            b.payable[action.pay_bar] += amount
        else:
            b.book.cash += amount
    for i in range(b.working_count):
        _reduce_order(b, b.working[i], action)
    for i in range(b.order_count if b.held_orders > 0 else 0):
        if b.orders[i].status == HELD:
            _reduce_order(b, cython.cast(cython.int, i), action)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _reduce_order(
    b: cython.pointer[Broker], index: cython.int, action: cython.pointer[cython.const[ActionRecord]]
) -> cython.void:
    """Lower a buy limit or a sell stop by a dividend, unless it is marked do-not-reduce."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    exits: cython.pointer[ExitRecord]
    if order.symbol != action.symbol or (order.status != PENDING and order.status != HELD):
        return
    if order.flags & KEEP_PRICE:
        return
    exits = cython.address(b.states[index].exits)
    if not exits.relative:
        if order.side > 0:
            exits.stop_loss -= action.amount  # will be a sell stop
        elif order.side < 0:
            exits.take_profit -= action.amount  # will be a buy limit
    if order.flags & RELATIVE:
        return
    if order.side > 0 and order.kind != STOP and order.kind != STOP_LIMIT:
        order.limit = on_tick(b, order.symbol, order.limit - action.amount, False)
    elif order.side < 0:
        order.stop = on_tick(b, order.symbol, order.stop - action.amount, False)
        b.states[index].extreme -= action.amount


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _split(b: cython.pointer[Broker], action: cython.pointer[cython.const[ActionRecord]]) -> cython.void:
    symbol: cython.longlong = action.symbol
    position: cython.pointer[Position] = cython.address(b.positions[symbol])
    ratio: cython.double = action.ratio
    whole: cython.double
    left: cython.double
    price: cython.double
    i: cython.longlong
    if position.quantity != 0.0:
        position.quantity *= ratio
        position.entered *= ratio
        position.exited *= ratio
        position.mark /= ratio
        note_event(b, symbol, SPLIT, -1, position.quantity, ratio, 0.0)
        if b.lot != cython.NULL and b.lot[symbol] > 0.0:
            whole = floor(fabs(position.quantity) / b.lot[symbol] + 1e-9) * b.lot[symbol]
            left = fabs(position.quantity) - whole
            if left > 1e-9 * b.lot[symbol]:
                price = b.open_[b.t * b.symbols + symbol]
                if price != price:
                    price = position.mark
                if position.quantity < 0.0:
                    left = -left
                note_event(b, symbol, CASH_IN_LIEU, -1, -left, price, left * price * b.multiplier[symbol])
                fill(
                    cython.address(b.book), position, cython.cast(cython.int, symbol), cython.cast(cython.int, b.t),
                    -1, -left, price, b.multiplier[symbol], 0.0, 0.0, whole == 0.0, EXIT_CASH_IN_LIEU,
                )  # fmt: skip
                if position.quantity == 0.0:
                    unhold(b, symbol)
                    end_protection(b, symbol, -1)
    for i in range(b.working_count):
        _split_order(b, b.working[i], action)
    for i in range(b.order_count if b.held_orders > 0 else 0):
        if b.orders[i].status == HELD:
            _split_order(b, cython.cast(cython.int, i), action)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _split_order(
    b: cython.pointer[Broker], index: cython.int, action: cython.pointer[cython.const[ActionRecord]]
) -> cython.void:
    """Express an order in the units and prices after a split."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    state: cython.pointer[OrderState] = cython.address(b.states[index])
    ratio: cython.double = action.ratio
    if order.symbol != action.symbol or (order.status != PENDING and order.status != HELD):
        return
    if not order.flags & RELATIVE:
        order.limit = on_tick(b, order.symbol, order.limit / ratio, order.side < 0)
        order.stop = on_tick(b, order.symbol, order.stop / ratio, order.side > 0)
    if order.kind == TRAILING_STOP:
        order.trail /= ratio
    if order.size_kind == QUANTITY or order.size_kind == TARGET_QUANTITY:
        order.size *= ratio
    state.extreme /= ratio
    state.remaining *= ratio
    state.plan_held *= ratio
    if not state.exits.relative:
        state.exits.stop_loss /= ratio
        state.exits.take_profit /= ratio
        state.exits.trailing /= ratio


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def test_margin(b: cython.pointer[Broker], phase: cython.int) -> cython.void:
    """Test the account at the present marks: bankrupt at zero, liquidated below the maintenance margin.

    Called when it is short or in debt: longs that are paid for can lose no more than themselves.
    """
    mark_equity(b)
    if b.equity <= 0.0:
        _go_bankrupt(b, phase)
    elif b.account_kind == MARGIN_ACCOUNT and b.equity < b.maintenance * b.exposure:
        note_event(b, -1, MARGIN_CALL, -1, b.exposure, b.equity, b.maintenance * b.exposure - b.equity)
        _liquidate(b, phase)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _liquidate(b: cython.pointer[Broker], phase: cython.int) -> cython.void:
    """Close positions at the marks, largest first, until gross value is within leverage x equity."""
    i: cython.Py_ssize_t
    s: cython.int
    largest: cython.int
    value: cython.double
    largest_value: cython.double
    needed: cython.double
    quantity: cython.double
    sold: cython.double
    last: cython.double
    _round: cython.int
    while b.held_count > 0:
        mark_equity(b)
        needed = b.exposure - b.leverage * b.equity
        if needed <= 1e-9 * b.start_cash:
            return
        largest = -1
        largest_value = 0.0
        for i in range(b.held_count):
            s = b.held[i]
            value = fabs(b.positions[s].quantity) * b.positions[s].mark * b.multiplier[s]
            if largest < 0 or value > largest_value or (value == largest_value and s < largest):
                largest = s
                largest_value = value
        # Closing v lowers gross value by v, and leverage x equity by leverage x what it costs, which depends on v.
        sold = needed
        for _round in range(60):
            last = sold
            sold = needed + b.leverage * _cost_of_closing(b, largest, last, phase)
            if sold >= largest_value or fabs(sold - last) <= 1e-12 * largest_value:
                break
        quantity = fabs(b.positions[largest].quantity)
        if sold < largest_value:
            quantity = whole_lots(b, largest, sold / (b.positions[largest].mark * b.multiplier[largest]), True)
            if quantity > fabs(b.positions[largest].quantity):
                quantity = fabs(b.positions[largest].quantity)
        if b.positions[largest].quantity > 0.0:
            quantity = -quantity
        force(b, largest, quantity, b.positions[largest].mark, phase, LIQUIDATION, MARGIN_CALLED)
        if b.fault != 0:
            return
    mark_equity(b)
    if b.equity <= 0.0:
        _go_bankrupt(b, phase)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _cost_of_closing(
    b: cython.pointer[Broker], symbol: cython.longlong, value: cython.double, phase: cython.int
) -> cython.double:
    """Return slippage and commission of closing so much of a position at its mark."""
    mark: cython.double = b.positions[symbol].mark
    side: cython.double = 1.0 if b.positions[symbol].quantity < 0.0 else -1.0
    quantity: cython.double = value / (mark * b.multiplier[symbol])
    price: cython.double = market_price(b, symbol, mark, side, quantity, phase)
    paid: cython.double = quantity * price * b.multiplier[symbol]
    raw: cython.double = commission(
        cython.address(b.costs), paid, shares_as_traded(b, symbol, quantity), False, b.traded
    )
    return charged(cython.address(b.costs), raw, paid) + quantity * fabs(price - mark) * b.multiplier[symbol]


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _go_bankrupt(b: cython.pointer[Broker], phase: cython.int) -> cython.void:
    """Close everything at the marks, with costs, and end the run."""
    i: cython.longlong
    s: cython.int
    note_event(b, -1, BANKRUPTCY_EVENT, -1, b.exposure, b.equity, 0.0)
    for i in range(b.order_count if b.working_count + b.held_orders > 0 else 0):
        if b.orders[i].status == PENDING or b.orders[i].status == HELD:
            end_order(b, cython.cast(cython.int, i), CANCELLED, BANKRUPT)
    while b.held_count > 0 and b.fault == 0:
        s = b.held[0]
        for i in range(1, b.held_count):  # by symbol, whatever was bought first
            s = b.held[i] if b.held[i] < s else s
        force(b, s, -b.positions[s].quantity, b.positions[s].mark, phase, BANKRUPTCY, BANKRUPT)
    b.bankrupt_bar = cython.cast(cython.int, b.t)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def test_adverse_extreme(b: cython.pointer[Broker]) -> cython.void:
    """Test the account with longs at their low and shorts at their high, all at once."""
    i: cython.Py_ssize_t
    s: cython.int
    price: cython.double
    for i in range(b.held_count):
        s = b.held[i]
        price = (b.high if b.positions[s].quantity < 0.0 else b.low)[b.t * b.symbols + s]
        if price == price:
            b.positions[s].mark = price
    test_margin(b, INSIDE)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def delist(b: cython.pointer[Broker]) -> cython.void:
    """Close the positions and orders of symbols whose last bar this is; called where one ends before the run does."""
    i: cython.longlong
    s: cython.int
    for i in range(b.order_count if b.working_count + b.held_orders > 0 else 0):
        if (b.orders[i].status == PENDING or b.orders[i].status == HELD) and b.last_bar[b.orders[i].symbol] == b.t:
            end_order(b, cython.cast(cython.int, i), CANCELLED, DELISTED)
    while b.fault == 0:
        s = -1
        for i in range(b.held_count):  # by symbol, whatever was bought first
            if b.last_bar[b.held[i]] == b.t and (s < 0 or b.held[i] < s):
                s = b.held[i]
        if s < 0:
            return
        force(b, s, -b.positions[s].quantity, b.positions[s].mark, AT_CLOSE, DELISTING, DELISTED)
