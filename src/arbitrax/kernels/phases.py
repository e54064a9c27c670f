"""A bar, phase by phase: what fills at the open, inside, at the close. Rules: docs/concepts/fills.md."""

import cython
from cython.cimports.arbitrax.kernels.account import accrue, apply_actions, delist, test_adverse_extreme, test_margin
from cython.cimports.arbitrax.kernels.broker import MARGIN_ACCOUNT, OrderState
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.execution import (
    execute,
    fee_for,
    mark_equity,
    price_for,
    shares_as_traded,
)
from cython.cimports.arbitrax.kernels.ledger import (
    AT_CLOSE,
    AT_OPEN,
    AT_TARGET,
    AUCTION_PASSED,
    CANCELLED,
    DATE_PASSED,
    DAY,
    END_OF_DATA,
    ENTERED_INSIDE,
    EXPIRED,
    FOK,
    GTC,
    GTD,
    HELD,
    INSIDE,
    IOC,
    LIMIT,
    LIMIT_ON_CLOSE,
    LIMIT_ON_OPEN,
    MARKET,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    NO_POSITION,
    NOT_AT_ONCE,
    PENDING,
    REDUCE_ONLY,
    SCALED_TO_CASH,
    SESSION_ENDED,
    STOP,
    STOP_LIMIT,
    TARGET_QUANTITY,
    TARGET_WEIGHT,
    TRAILING_PERCENT,
    TRAILING_STOP,
    VALUE,
    WHOLE_POSITION,
    OrderRecord,
    Position,
    mark_open_trade,
)
from cython.cimports.arbitrax.kernels.orders import compact, end_order, trailing_level
from cython.cimports.libc.math import NAN, fabs

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

DAY_NS = cython.declare(cython.longlong, 86_400_000_000_000)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def step(b: cython.pointer[Broker]) -> cython.void:
    """Run everything of bar ``b.t`` that comes before the decision at its close."""
    i: cython.Py_ssize_t
    if b.costs.tier_count > 0:
        _turn_month(b)
    if b.used != cython.NULL:
        for i in range(b.symbols):
            b.used[i] = 0.0
    if b.working_count > 0:
        compact(b)
    if not _at_risk(b) and b.action_count == 0 and not b.session[b.t] & 4 and _out_of_reach(b):
        # Most bars: nothing can fill, and longs that are paid for lose no more than themselves.
        if b.credit_rate != 0.0:
            accrue(b)
        if b.held_count > 0:
            _mark_to(b, b.close)
        elif b.exposure != 0.0 or b.credit_rate != 0.0:
            mark_equity(b)
        return
    _step_through(b)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _at_risk(b: cython.pointer[Broker]) -> cython.bint:
    """Tell whether the account can lose more than its positions: it is short, or owes more than a rounding."""
    return b.short_count > 0 or b.book.cash < -1e-9 * b.start_cash


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _out_of_reach(b: cython.pointer[Broker]) -> cython.bint:
    """Tell whether no working order can change in this bar: the others' rules need the phases."""
    i: cython.Py_ssize_t
    at: cython.longlong
    order: cython.pointer[OrderRecord]
    for i in range(b.working_count):
        order = cython.address(b.orders[b.working[i]])
        at = b.t * b.symbols + order.symbol
        if order.time_in_force != GTC and (order.time_in_force != DAY or b.session[b.t] & 2):
            return False
        if order.kind == LIMIT:
            if not (
                b.open_[at] > order.limit and b.low[at] > order.limit
                if order.side > 0
                else b.open_[at] < order.limit and b.high[at] < order.limit
            ):
                return False
        elif order.kind == STOP:
            if order.triggered_bar >= 0 or not (
                b.open_[at] < order.stop and b.high[at] < order.stop
                if order.side > 0
                else b.open_[at] > order.stop and b.low[at] > order.stop
            ):
                return False
        elif order.kind != MARKET or b.states[b.working[i]].due_bar <= b.t:
            return False
    return True


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def can_coast(b: cython.pointer[Broker]) -> cython.bint:
    """Tell whether, of one symbol, nothing can happen but new prices until somebody decides."""
    if b.working_count > 0:
        compact(b)
    return (
        b.symbols == 1
        and b.last_bar[0] == b.bars - 1
        and b.working_count == 0
        and not _at_risk(b)
        and b.action_count == 0
        and b.accrued == 0.0
        and b.credit_rate == 0.0
        and b.costs.tier_count == 0
    )


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _step_through(b: cython.pointer[Broker]) -> cython.void:
    i: cython.Py_ssize_t
    if b.credit_rate != 0.0 or b.debit_rate != 0.0 or b.short_count > 0:
        accrue(b)
    if b.action_count > 0:
        apply_actions(b)
    _mark_to(b, b.open_)
    if _at_risk(b):
        test_margin(b, AT_OPEN)
    if b.bankrupt_bar < 0 and b.working_count > 0:
        _fill_together(b, AT_OPEN)
        if b.working_count > 0:
            _fill_inside(b)
        mark_equity(b)
    # Also without a position left: what closed it may have cost more than there was.
    if b.bankrupt_bar < 0 and _at_risk(b):
        test_adverse_extreme(b)
    if b.bankrupt_bar < 0 and b.working_count > 0 and b.session[b.t] & 2:
        _fill_together(b, AT_CLOSE)
    _mark_to(b, b.close)
    if b.bankrupt_bar < 0 and _at_risk(b):
        test_margin(b, AT_CLOSE)
    if b.bankrupt_bar < 0 and b.working_count > 0 and b.session[b.t] & 2:
        for i in range(b.working_count):
            if b.orders[b.working[i]].time_in_force == DAY and b.orders[b.working[i]].status == PENDING:
                end_order(b, b.working[i], EXPIRED, SESSION_ENDED)
    if b.session[b.t] & 4 and b.bankrupt_bar < 0:
        delist(b)
    mark_equity(b)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _turn_month(b: cython.pointer[Broker]) -> cython.void:
    """Forget the value traded when the calendar month (UTC) changes."""
    # Months from days since 1970 by the 400-year cycle counted from March 1st (Howard Hinnant, chrono algorithms).
    days: cython.longlong = b.time[b.t] // DAY_NS + 719468
    era: cython.longlong = days // 146097
    day: cython.longlong = days - era * 146097
    year: cython.longlong = (day - day // 1460 + day // 36524 - day // 146096) // 365
    month: cython.longlong = (5 * (day - (365 * year + year // 4 - year // 100)) + 2) // 153
    month += (era * 400 + year) * 12
    if month != b.month:
        b.month = cython.cast(cython.int, month)
        b.traded = 0.0


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _mark_to(b: cython.pointer[Broker], prices: cython.pointer[cython.const[cython.double]]) -> cython.void:
    """Mark the positions at these prices and keep what `mark_equity` keeps."""
    i: cython.Py_ssize_t
    s: cython.int
    price: cython.double
    value: cython.double
    equity: cython.double = b.book.cash
    gross: cython.double = 0.0
    shorts: cython.longlong = 0
    for i in range(b.held_count):
        s = b.held[i]
        price = prices[b.t * b.symbols + s]
        if price == price:
            b.positions[s].mark = price
        value = b.positions[s].quantity * b.positions[s].mark * b.multiplier[s]
        equity += value
        gross += fabs(value)
        shorts += value < 0.0
    b.equity = equity + b.accrued
    b.exposure = gross
    b.short_count = shorts


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def fill_now(b: cython.pointer[Broker]) -> cython.void:
    """Fill the market orders just decided at the close that decided them."""
    if b.working_count > 0:
        _fill_together(b, AT_CLOSE + 1)
        mark_equity(b)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _reference_at(
    b: cython.pointer[Broker], index: cython.int, price: cython.double, phase: cython.int
) -> cython.double:
    """Return the price at which a working order executes at an open or a close, NaN when it does not."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    kind: cython.int = order.kind
    if kind == MARKET:
        if phase == AT_CLOSE or b.states[index].due_bar > b.t:
            return NAN
        if phase > AT_CLOSE and order.created_bar != b.t:
            return NAN
        return price
    if phase > AT_CLOSE:
        return NAN
    if phase == AT_CLOSE:
        if kind == MARKET_ON_CLOSE:
            return price
        if kind == LIMIT_ON_CLOSE and (price <= order.limit if order.side > 0 else price >= order.limit):
            return price
        return NAN
    if kind == MARKET_ON_OPEN:
        return price if b.session[b.t] & 1 else NAN
    if kind == LIMIT_ON_OPEN:
        if b.session[b.t] & 1 and (price <= order.limit if order.side > 0 else price >= order.limit):
            return price
        return NAN
    if kind == MARKET_ON_CLOSE or kind == LIMIT_ON_CLOSE:
        return NAN
    if kind != LIMIT and order.triggered_bar < 0:
        if (kind == TRAILING_STOP or kind == TRAILING_PERCENT) and b.states[index].extreme != b.states[index].extreme:
            b.states[index].extreme = price  # sent before its symbol's first bar, it starts with that bar's open
            order.stop = trailing_level(b, index)
        if not (price >= order.stop if order.side > 0 else price <= order.stop):
            return NAN
        if order.flags & REDUCE_ONLY and not _can_reduce(b, index):
            return NAN  # nothing to protect: it waits
        order.triggered_bar = cython.cast(cython.int, b.t)
    if kind == LIMIT or kind == STOP_LIMIT:
        return price if (price <= order.limit if order.side > 0 else price >= order.limit) else NAN
    return price


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _can_reduce(b: cython.pointer[Broker], index: cython.int) -> cython.bint:
    held: cython.double = b.positions[b.orders[index].symbol].quantity
    return held != 0.0 and (held < 0.0) == (b.orders[index].side > 0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _planned(
    b: cython.pointer[Broker], index: cython.int, reference: cython.double, phase: cython.int
) -> cython.double:
    """Return the signed units an order wants at a price; weights are planned together elsewhere."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    state: cython.pointer[OrderState] = cython.address(b.states[index])
    held: cython.double = b.positions[order.symbol].quantity
    side: cython.double
    price: cython.double
    quantity: cython.double
    if order.size_kind == WHOLE_POSITION:
        return -held
    if state.remaining == state.remaining:
        quantity = order.side * state.remaining
        if order.size_kind > VALUE:
            # The rest of a target counts on the position that its last fill left.
            quantity += state.plan_held - held
            if quantity * order.side <= 1e-12 * fabs(held):
                quantity = 0.0
            state.remaining = fabs(quantity)
            state.plan_held = held
    elif order.size_kind == VALUE:
        side = order.side
        quantity = order.size / (reference * b.multiplier[order.symbol])
        price = price_for(b, index, reference, side, quantity, phase)
        quantity = order.size / (price * b.multiplier[order.symbol])
        state.remaining = quantity
        quantity *= side
    else:  # a target of units or value
        state.plan_held = held
        if order.size_kind == TARGET_QUANTITY:
            quantity = order.size - held
        else:
            quantity = order.size / (reference * b.multiplier[order.symbol])
            side = 1.0 if quantity > held else -1.0
            price = price_for(b, index, reference, side, fabs(quantity - held), phase)
            quantity = order.size / (price * b.multiplier[order.symbol]) - held
            if quantity * side < 0.0:
                quantity = 0.0
        if order.size == 0.0:
            quantity = -held
        if fabs(quantity) <= 1e-12 * fabs(held):
            quantity = 0.0  # what rounding left
        if order.side == 0 and quantity != 0.0:
            order.side = 1 if quantity > 0.0 else -1
    if order.flags & REDUCE_ONLY:
        if held == 0.0 or (held > 0.0) == (quantity > 0.0):
            return 0.0
        if fabs(quantity) >= fabs(held):
            return -held
    return quantity


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fill_together(b: cython.pointer[Broker], phase: cython.int) -> cython.void:
    """Fill what executes at this open or close: plan all of it at one price each, then sells, then buys."""
    prices: cython.pointer[cython.const[cython.double]] = b.open_ if phase == AT_OPEN else b.close
    count: cython.Py_ssize_t = b.working_count
    i: cython.Py_ssize_t
    index: cython.int
    order: cython.pointer[OrderRecord]
    state: cython.pointer[OrderState]
    price: cython.double
    reference: cython.double
    weights: cython.bint = False
    any_ready: cython.bint = False
    in_cash: cython.bint
    for i in range(count):
        index = b.working[i]
        order = cython.address(b.orders[index])
        state = cython.address(b.states[index])
        state.ready = False
        if order.status != PENDING:
            continue
        if phase == AT_OPEN and order.time_in_force == GTD and b.time[b.t] > order.expires:
            end_order(b, index, EXPIRED, DATE_PASSED)
            continue
        price = prices[b.t * b.symbols + order.symbol]
        if price != price:
            continue
        reference = _reference_at(b, index, price, phase)
        if reference != reference:
            continue
        state.plan_reference = reference
        if order.size_kind == TARGET_WEIGHT and state.remaining != state.remaining:
            weights = True
        else:
            state.planned = _planned(b, index, reference, phase)
            if state.planned == 0.0:
                if order.flags & REDUCE_ONLY and order.kind != MARKET:
                    continue  # nothing to reduce yet
                end_order(b, index, CANCELLED, NO_POSITION if order.flags & REDUCE_ONLY else AT_TARGET)
                continue
        state.ready = True
        any_ready = True
    if any_ready:
        if weights:
            _plan_weights(b, count, phase)
        # An account without debt or shorts, before and after, is bounded by its cash: the exact form of the rule.
        in_cash = b.account_kind != MARGIN_ACCOUNT or (b.leverage == 1.0 and b.accrued == 0.0)
        if in_cash and b.account_kind == MARGIN_ACCOUNT:
            in_cash = b.short_count == 0
            for i in range(count):
                index = b.working[i]
                if b.states[index].ready and b.states[index].planned < 0.0:
                    if -b.states[index].planned > b.positions[b.orders[index].symbol].quantity:
                        in_cash = False
        if not in_cash:
            _scale_to_account(b, count, phase, False)
        for i in range(count):
            index = b.working[i]
            if b.states[index].ready and b.states[index].planned < 0.0:
                _execute_planned(b, index, phase)
        if in_cash:
            for i in range(count):
                if b.states[b.working[i]].ready:
                    _follow_position(b, b.working[i])
            _scale_to_account(b, count, phase, True)
        for i in range(count):
            index = b.working[i]
            if b.states[index].ready and b.states[index].planned > 0.0:
                _execute_planned(b, index, phase)
    for i in range(count):
        index = b.working[i]
        order = cython.address(b.orders[index])
        if order.status != PENDING:
            continue
        if phase == AT_OPEN:
            if order.time_in_force == IOC or order.time_in_force == FOK:
                end_order(b, index, CANCELLED, NOT_AT_ONCE)
            elif (order.kind == MARKET_ON_OPEN or order.kind == LIMIT_ON_OPEN) and b.session[b.t] & 1:
                end_order(b, index, EXPIRED, AUCTION_PASSED)
        elif phase == AT_CLOSE and (order.kind == MARKET_ON_CLOSE or order.kind == LIMIT_ON_CLOSE):
            end_order(b, index, EXPIRED, AUCTION_PASSED)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _follow_position(b: cython.pointer[Broker], index: cython.int) -> cython.void:
    """Correct the plan of a target for what other fills of this open did to its position; end it where that was all."""
    state: cython.pointer[OrderState] = cython.address(b.states[index])
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    held: cython.double = b.positions[order.symbol].quantity
    before: cython.double = state.planned
    if order.status != PENDING or not TARGET_QUANTITY <= order.size_kind <= TARGET_WEIGHT or held == state.plan_held:
        return
    state.planned += state.plan_held - held
    state.plan_held = held
    if fabs(state.planned) <= 1e-12 * fabs(before):
        state.ready = False
        end_order(b, index, CANCELLED, AT_TARGET)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _execute_planned(b: cython.pointer[Broker], index: cython.int, phase: cython.int) -> cython.void:
    state: cython.pointer[OrderState] = cython.address(b.states[index])
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    held: cython.double
    sells: cython.bint = state.planned < 0.0
    if order.status == PENDING:
        _follow_position(b, index)
        if not state.ready or (sells and state.planned > 0.0):
            return  # nothing left to do, or to be bought back with the other buys
    state.ready = False
    if order.status != PENDING:
        return  # an earlier fill of this open ended it
    held = b.positions[order.symbol].quantity
    if order.size_kind == WHOLE_POSITION:
        state.planned = -held
    if order.flags & REDUCE_ONLY:
        # So did an earlier one reduce what is left to reduce.
        if held == 0.0 or (held > 0.0) == (state.planned > 0.0):
            if order.kind == MARKET:
                end_order(b, index, CANCELLED, NO_POSITION)
            return
        if fabs(state.planned) >= fabs(held):
            state.planned = -held
    execute(b, index, state.planned, state.plan_reference, AT_CLOSE if phase > AT_CLOSE else phase, False)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _plan_weights(b: cython.pointer[Broker], count: cython.Py_ssize_t, phase: cython.int) -> cython.void:
    """Turn the ready target weights into units.

    With f the commission and sides d_s = +-1 known, equity after all costs E' solves
    ``E' = cash + sum(q p) - f sum(d (w E' - q p))``, so each target is met exactly *after* its fees.
    """
    i: cython.Py_ssize_t
    _round: cython.int
    index: cython.int
    s: cython.int
    order: cython.pointer[OrderRecord]
    state: cython.pointer[OrderState]
    position: cython.pointer[Position]
    before: cython.double = mark_equity(b)
    value: cython.double
    after: cython.double = before
    last: cython.double
    weight: cython.double = 0.0
    held: cython.double = 0.0
    side: cython.double
    units: cython.double
    costs: cython.double
    price: cython.double
    moved: cython.bint
    f: cython.double = b.costs.taker
    value = b.book.cash + b.accrued
    for i in range(b.held_count):
        # The slipped price where an order trades, the mark elsewhere; `plan_price` of its order replaces it below.
        s = b.held[i]
        value += b.positions[s].quantity * b.positions[s].mark * b.multiplier[s]
    for i in range(count):
        index = b.working[i]
        state = cython.address(b.states[index])
        order = cython.address(b.orders[index])
        if not state.ready or order.size_kind != TARGET_WEIGHT or state.remaining == state.remaining:
            continue
        position = cython.address(b.positions[order.symbol])
        units = position.quantity * b.multiplier[order.symbol]
        side = 1.0 if order.size * before > units * state.plan_reference else -1.0
        order.side = 1 if side > 0.0 else -1
        state.plan_price = price_for(
            b, index, state.plan_reference, side,
            fabs(order.size * before / (state.plan_reference * b.multiplier[order.symbol]) - position.quantity), phase,
        )  # fmt: skip
        weight += side * order.size
        held += side * units * state.plan_price
        if position.quantity != 0.0:
            value += units * (state.plan_price - position.mark)
    after = (value + f * held) / (1.0 + f * weight)
    if not b.costs.linear:
        # Costs at the last quantities give equity, equity gives quantities.
        for _round in range(60):
            last = after
            moved = False
            value = b.book.cash + b.accrued
            for i in range(b.held_count):
                s = b.held[i]
                value += b.positions[s].quantity * b.positions[s].mark * b.multiplier[s]
            costs = 0.0
            for i in range(count):
                index = b.working[i]
                state = cython.address(b.states[index])
                order = cython.address(b.orders[index])
                if not state.ready or order.size_kind != TARGET_WEIGHT or state.remaining == state.remaining:
                    continue
                position = cython.address(b.positions[order.symbol])
                units = fabs(order.size * last / (state.plan_price * b.multiplier[order.symbol]) - position.quantity)
                price = price_for(b, index, state.plan_reference, order.side, units, phase)
                moved = moved or fabs(price - state.plan_price) > 1e-14 * price
                state.plan_price = price
                costs += fee_for(
                    b, index, units * state.plan_price * b.multiplier[order.symbol],
                    shares_as_traded(b, order.symbol, units), False,
                )  # fmt: skip
                value += position.quantity * b.multiplier[order.symbol] * (state.plan_price - position.mark)
            after = value - costs
            if not moved and fabs(after - last) <= 1e-13 * before:
                break
    for i in range(count):
        index = b.working[i]
        state = cython.address(b.states[index])
        order = cython.address(b.orders[index])
        if not state.ready or order.size_kind != TARGET_WEIGHT or state.remaining == state.remaining:
            continue
        position = cython.address(b.positions[order.symbol])
        state.plan_held = position.quantity
        if order.size == 0.0:
            state.planned = -position.quantity
        else:
            state.planned = order.size * after / (state.plan_price * b.multiplier[order.symbol]) - position.quantity
        # A change smaller than its own costs: the order would have to trade the other way.
        if state.planned * order.side <= 0.0 or fabs(state.planned) <= 1e-12 * fabs(position.quantity):
            order.side = 0
            state.ready = False
            end_order(b, index, CANCELLED, AT_TARGET)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _opening(held: cython.double, planned: cython.double) -> cython.double:
    """Return the unsigned part of a planned trade that opens or adds to a position."""
    if held != 0.0 and (held > 0.0) != (planned > 0.0):
        return fabs(planned) - fabs(held) if fabs(planned) > fabs(held) else 0.0
    return fabs(planned)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _scale_to_account(
    b: cython.pointer[Broker], count: cython.Py_ssize_t, phase: cython.int, in_cash: cython.bint
) -> cython.void:
    """Scale what the planned targets open to what the account allows.

    In cash: sells have executed, and buys take cash. Else nothing has executed yet, and everything opened takes gross
    value, with leverage x its costs.
    """
    i: cython.Py_ssize_t
    index: cython.int
    order: cython.pointer[OrderRecord]
    state: cython.pointer[OrderState]
    held: cython.double
    price: cython.double
    opening: cython.double
    unit: cython.double
    fee: cython.double
    side: cython.double
    needed: cython.double = 0.0
    room: cython.double
    scale: cython.double
    share: cython.double
    mark_equity(b)
    room = b.book.cash if in_cash else b.leverage * b.equity - b.exposure
    for i in range(count):
        index = b.working[i]
        state = cython.address(b.states[index])
        if not state.ready or (in_cash and state.planned <= 0.0):
            continue
        order = cython.address(b.orders[index])
        unit = b.multiplier[order.symbol]
        held = b.positions[order.symbol].quantity
        side = 1.0 if state.planned > 0.0 else -1.0
        opening = _opening(held, state.planned)
        price = price_for(b, index, state.plan_reference, side, fabs(state.planned), phase)
        fee = fee_for(
            b, index, fabs(state.planned) * price * unit,
            shares_as_traded(b, order.symbol, fabs(state.planned)), False,
        )  # fmt: skip
        if in_cash:
            price = state.planned * price * unit + fee
            if state.fixed:
                room -= price
            else:
                needed += price
            continue
        share = opening / fabs(state.planned)
        price = b.leverage * (fabs(price - state.plan_reference) * fabs(state.planned) * unit + fee)
        room += (fabs(state.planned) - opening) * state.plan_reference * unit - (1.0 - share) * price
        if state.fixed:
            room -= opening * state.plan_reference * unit + share * price
        else:
            needed += opening * state.plan_reference * unit + share * price
    # One part in 1e12 is the rounding of the divisions before, not a shortfall.
    if needed <= 0.0 or needed <= room * (1.0 + 1e-12):
        return
    scale = room / needed
    if scale < 1e-9:  # what rounding left of the cash, or less than nothing: no order of dust
        scale = 0.0
    for i in range(count):
        index = b.working[i]
        state = cython.address(b.states[index])
        order = cython.address(b.orders[index])
        held = b.positions[order.symbol].quantity
        if not state.ready or (in_cash and state.planned <= 0.0) or state.fixed:
            continue
        opening = _opening(held, state.planned)
        if opening <= 0.0:
            continue
        order.reason = SCALED_TO_CASH
        state.planned += (opening if state.planned < 0.0 else -opening) * (1.0 - scale)
        if scale == 0.0 and fabs(state.planned) <= 1e-12 * opening:
            state.ready = False
            order.side = 0
            end_order(b, index, CANCELLED, SCALED_TO_CASH)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _fill_inside(b: cython.pointer[Broker]) -> cython.void:
    """Fill what the bar's extremes reach, one finer bar after another where they are known."""
    row: cython.longlong
    if b.fine_rows != cython.NULL and b.fine_rows[2 * b.t] < b.fine_rows[2 * b.t + 1]:
        b.in_open = b.fine_open
        b.in_high = b.fine_high
        b.in_low = b.fine_low
        b.in_close = b.fine_close
        for row in range(b.fine_rows[2 * b.t], b.fine_rows[2 * b.t + 1]):
            b.in_row = row
            _pass_inside(b, True)
    b.in_open = b.open_
    b.in_high = b.high
    b.in_low = b.low
    b.in_close = b.close
    b.in_row = b.t
    _pass_inside(b, False)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _pass_inside(b: cython.pointer[Broker], fine: cython.bint) -> cython.void:
    """Fill what the extremes of one bar reach: stops that reduce a position first, then the rest, oldest first."""
    i: cython.Py_ssize_t
    index: cython.int
    kind: cython.int
    for i in range(b.working_count):
        kind = b.orders[b.working[i]].kind
        if (
            (kind == STOP or kind == TRAILING_STOP or kind == TRAILING_PERCENT)
            and b.orders[b.working[i]].status == PENDING
            and _tells(b, b.orders[b.working[i]].symbol) == fine
            and _can_reduce(b, b.working[i])
        ):
            _try_inside(b, b.working[i])
    # The list grows by the children of what fills.
    i = 0
    while i < b.working_count:
        index = b.working[i]
        kind = b.orders[index].kind
        if (
            LIMIT <= kind <= TRAILING_PERCENT
            and b.orders[index].status == PENDING
            and _tells(b, b.orders[index].symbol) == fine
        ):
            _try_inside(b, index)
        i += 1
    for i in range(b.working_count):
        index = b.working[i]
        if b.orders[index].flags & ENTERED_INSIDE:
            b.orders[index].flags = b.orders[index].flags & ~ENTERED_INSIDE


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _tells(b: cython.pointer[Broker], symbol: cython.longlong) -> cython.bint:
    """Tell whether the present bar of a symbol is told by finer ones."""
    return b.fine_rows != cython.NULL and b.fine_tells[b.t * b.symbols + symbol] != 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _try_inside(b: cython.pointer[Broker], index: cython.int) -> cython.void:
    """Fill one order inside the bar, if the bar reached it."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    at: cython.longlong = b.in_row * b.symbols + order.symbol
    reference: cython.double
    planned: cython.double
    phase: cython.int = INSIDE
    if b.in_close[at] != b.in_close[at]:
        return
    if order.flags & REDUCE_ONLY and not _can_reduce(b, index):
        return
    if order.kind == LIMIT or (order.kind == STOP_LIMIT and order.triggered_bar >= 0):
        reference = _limit_inside(b, order, at)
    elif order.kind == STOP_LIMIT:
        reference = _stop_inside(b, order, at)
        if reference != reference:
            return
        order.triggered_bar = cython.cast(cython.int, b.t)
        if not (reference <= order.limit if order.side > 0 else reference >= order.limit):
            # When the price came back to the limit is not known: only the close is certainly later.
            reference = NAN
            if b.in_close[at] <= order.limit if order.side > 0 else b.in_close[at] >= order.limit:
                reference = order.limit
    else:
        reference = _stop_inside(b, order, at)
        if reference != reference and order.kind != STOP:
            reference = _ratchet(b, index, at)
    if reference != reference:
        return
    if order.kind != LIMIT and order.triggered_bar < 0:
        order.triggered_bar = cython.cast(cython.int, b.t)
    planned = _planned(b, index, reference, phase)
    if planned == 0.0:
        if not order.flags & REDUCE_ONLY:
            end_order(b, index, CANCELLED, AT_TARGET)
        return
    execute(b, index, planned, reference, phase, order.kind == LIMIT and reference == order.limit)


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _limit_inside(b: cython.pointer[Broker], order: cython.pointer[OrderRecord], at: cython.longlong) -> cython.double:
    open_: cython.double = b.in_open[at]
    if order.flags & ENTERED_INSIDE:
        # Only what the close proves came after the entry.
        if b.in_close[at] <= order.limit if order.side > 0 else b.in_close[at] >= order.limit:
            return order.limit
        return NAN
    if order.side > 0:
        if open_ <= order.limit:
            return open_
        return order.limit if b.in_low[at] <= order.limit else NAN
    if open_ >= order.limit:
        return open_
    return order.limit if b.in_high[at] >= order.limit else NAN


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _stop_inside(b: cython.pointer[Broker], order: cython.pointer[OrderRecord], at: cython.longlong) -> cython.double:
    """Return where a stop triggers inside the bar, NaN when it does not."""
    open_: cython.double = b.in_open[at]
    if order.triggered_bar >= 0:
        return NAN  # the rest of a capped stop goes on at the next open
    if order.side > 0:
        if not b.in_high[at] >= order.stop:
            return NAN
        return open_ if open_ >= order.stop and not order.flags & ENTERED_INSIDE else order.stop
    if not b.in_low[at] <= order.stop:
        return NAN
    return open_ if open_ <= order.stop and not order.flags & ENTERED_INSIDE else order.stop


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _ratchet(b: cython.pointer[Broker], index: cython.int, at: cython.longlong) -> cython.double:
    """Move a trailing stop with this bar's favourable extreme; return its level when the other extreme reaches it."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    state: cython.pointer[OrderState] = cython.address(b.states[index])
    favourable: cython.double
    if order.triggered_bar >= 0:
        return NAN
    favourable = b.in_low[at] if order.side > 0 else b.in_high[at]
    if order.flags & ENTERED_INSIDE:
        favourable = b.in_close[at]
    if not (favourable < state.extreme if order.side > 0 else favourable > state.extreme):
        return NAN
    state.extreme = favourable
    order.stop = trailing_level(b, index)
    if order.flags & ENTERED_INSIDE:
        return NAN
    if b.in_high[at] >= order.stop if order.side > 0 else b.in_low[at] <= order.stop:
        return order.stop
    return NAN


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def finish(b: cython.pointer[Broker]) -> cython.void:
    """End what is still alive after the last bar."""
    i: cython.longlong
    s: cython.int
    if b.bankrupt_bar < 0:
        for i in range(b.order_count if b.working_count + b.held_orders > 0 else 0):
            if b.orders[i].status == PENDING or b.orders[i].status == HELD:
                end_order(b, cython.cast(cython.int, i), CANCELLED, END_OF_DATA)
    for i in range(b.held_count):
        s = b.held[i]
        mark_open_trade(
            cython.address(b.book), cython.address(b.positions[s]), s, cython.cast(cython.int, b.t),
            b.positions[s].mark, b.multiplier[s],
        )  # fmt: skip
