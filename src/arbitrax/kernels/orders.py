"""The life of orders: sent, held for a parent, accepted, ended; and the groups and children that go with them."""

import cython
from cython.cimports.arbitrax.kernels.broker import OUT_OF_MEMORY, TOO_MANY_ORDERS, ExitRecord, OrderState
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import (
    BANKRUPT,
    CANCELLED,
    DELISTED,
    END_OF_DATA,
    ENTERED_INSIDE,
    FILLED,
    GTC,
    HELD,
    LIMIT,
    MARKET,
    NO_POSITION,
    NO_REASON,
    OTHER_FILLED,
    PARENT_ENDED,
    PENDING,
    PLAIN,
    QUANTITY,
    REDUCE_ONLY,
    RELATIVE,
    REPLACED,
    STOP,
    STOP_LOSS,
    TAKE_PROFIT,
    TIME_EXIT,
    TRAILING_EXIT,
    TRAILING_PERCENT,
    TRAILING_STOP,
    VALUE,
    WHOLE_POSITION,
    EventRecord,
    FillRecord,
    OrderRecord,
    TradeRecord,
)
from cython.cimports.arbitrax.kernels.memory import allocate
from cython.cimports.libc.math import NAN, ceil, floor
from cython.cimports.libc.stdlib import realloc

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _grow(
    b: cython.pointer[Broker],
    block: cython.p_void,
    room: cython.pointer[cython.longlong],
    size: cython.size_t,
) -> cython.p_void:
    """Return a block with room for twice as many; the old one and a fault when there is no memory."""
    wanted: cython.longlong = room[0] * 2 + 64
    grown: cython.p_void
    if wanted > 2147483647:
        b.fault = TOO_MANY_ORDERS
        return block
    grown = realloc(block, cython.cast(cython.size_t, wanted) * size)
    if grown == cython.NULL:
        b.fault = OUT_OF_MEMORY
        return block
    room[0] = wanted
    return grown


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _make_room(b: cython.pointer[Broker]) -> cython.bint:
    old: cython.longlong
    if b.order_count == b.order_room:
        old = b.order_room
        b.orders = cython.cast(
            cython.pointer[OrderRecord],
            _grow(b, b.orders, cython.address(b.order_room), cython.sizeof(OrderRecord)),
        )
        if b.fault == 0:
            b.order_room = old  # both blocks grow by the same step
            b.states = cython.cast(
                cython.pointer[OrderState],
                _grow(b, b.states, cython.address(b.order_room), cython.sizeof(OrderState)),
            )
    if b.working_count == b.working_room:
        b.working = cython.cast(
            cython.p_int, _grow(b, b.working, cython.address(b.working_room), cython.sizeof(cython.int))
        )
    return b.fault == 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def reserve(b: cython.pointer[Broker], orders: cython.longlong) -> cython.void:
    """Take the room for so many orders and their fills at once, where nothing is kept yet; more may still come."""
    if b.order_room > 0 or orders < 64 or orders > 2147483647:
        return
    b.orders = cython.cast(cython.pointer[OrderRecord], allocate(orders * cython.sizeof(OrderRecord)))
    b.states = cython.cast(cython.pointer[OrderState], allocate(orders * cython.sizeof(OrderState)))
    b.fills = cython.cast(cython.pointer[FillRecord], allocate(orders * cython.sizeof(FillRecord)))
    b.book.trades = cython.cast(cython.pointer[TradeRecord], allocate((orders // 2 + 1) * cython.sizeof(TradeRecord)))
    if b.orders != cython.NULL and b.states != cython.NULL:
        b.order_room = orders
    if b.fills != cython.NULL:
        b.fill_room = orders
    if b.book.trades != cython.NULL:
        b.book.trade_room = orders // 2 + 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def note_event(
    b: cython.pointer[Broker],
    symbol: cython.longlong,
    kind: cython.int,
    order: cython.int,
    quantity: cython.double,
    price: cython.double,
    amount: cython.double,
) -> cython.void:
    """Keep an event of the account."""
    event: cython.pointer[EventRecord]
    if b.event_count == b.event_room:
        b.events = cython.cast(
            cython.pointer[EventRecord],
            _grow(b, b.events, cython.address(b.event_room), cython.sizeof(EventRecord)),
        )
        if b.fault != 0:
            return
    event = cython.address(b.events[b.event_count])
    event.bar = cython.cast(cython.int, b.t)
    event.symbol = cython.cast(cython.int, symbol)
    event.kind = kind
    event.order = order
    event.quantity = quantity
    event.price = price
    event.amount = amount
    b.event_count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _note_change(b: cython.pointer[Broker], order: cython.int) -> cython.void:
    if not b.keep_changes:
        return
    if b.change_count == b.change_room:
        b.changes = cython.cast(
            cython.p_int, _grow(b, b.changes, cython.address(b.change_room), cython.sizeof(cython.int))
        )
        if b.fault != 0:
            return
    b.changes[b.change_count] = order
    b.change_count += 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def on_tick(b: cython.pointer[Broker], symbol: cython.longlong, price: cython.double, up: cython.bint) -> cython.double:
    """Return a price of an order set to the tick, which is one of prices as traded."""
    factor: cython.double
    ticks: cython.double
    if b.tick == cython.NULL or b.tick[symbol] <= 0.0 or price != price:
        return price
    factor = 1.0 if b.factor == cython.NULL else b.factor[b.t * b.symbols + symbol]
    ticks = price / factor / b.tick[symbol]
    # A price meant to be on its tick must not move by one for the last bit of the division.
    ticks = ceil(ticks - 1e-7) if up else floor(ticks + 1e-7)
    return ticks * b.tick[symbol] * factor


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def submit(
    b: cython.pointer[Broker],
    symbol: cython.longlong,
    side: cython.int,
    kind: cython.int,
    time_in_force: cython.int,
    size_kind: cython.int,
    size: cython.double,
    limit: cython.double,
    stop: cython.double,
    trail: cython.double,
    expires: cython.longlong,
    flags: cython.int,
    tag: cython.int,
    parent: cython.int,
    group: cython.int,
    role: cython.int,
    exits: cython.pointer[cython.const[ExitRecord]],
) -> cython.int:
    """Send an order; return its index, or -1 when there is no memory. The caller has checked its fields."""
    order: cython.pointer[OrderRecord]
    state: cython.pointer[OrderState]
    index: cython.int
    if not _make_room(b):
        return -1
    index = cython.cast(cython.int, b.order_count)
    order = cython.address(b.orders[index])
    order.created_bar = cython.cast(cython.int, b.t)
    order.accepted_bar = -1
    order.triggered_bar = -1
    order.ended_bar = -1
    order.symbol = cython.cast(cython.int, symbol)
    order.parent = parent
    order.group = group
    order.tag = tag
    order.side = cython.cast(cython.schar, side)
    order.kind = cython.cast(cython.schar, kind)
    order.time_in_force = cython.cast(cython.schar, time_in_force)
    order.size_kind = cython.cast(cython.schar, size_kind)
    order.role = cython.cast(cython.schar, role)
    order.status = HELD
    order.reason = NO_REASON
    order.flags = cython.cast(cython.schar, flags)
    order.size = size
    order.limit = limit
    order.stop = stop
    order.trail = trail
    order.expires = expires
    order.quantity = 0.0
    order.reference_price = NAN
    order.price = NAN
    order.fee = 0.0
    order.slippage = 0.0
    state = cython.address(b.states[index])
    state.remaining = size if size_kind == QUANTITY else NAN
    state.raw_fee = 0.0
    state.value = 0.0
    state.extreme = NAN
    state.plan_held = 0.0
    state.due_bar = 0
    state.children = 0
    state.ready = False
    state.fixed = size_kind <= VALUE
    if exits == cython.NULL:
        state.exits.stop_loss = NAN
        state.exits.take_profit = NAN
        state.exits.trailing = NAN
        state.exits.bars = 0
        state.exits.relative = False
    else:
        state.exits = exits[0]
    b.order_count += 1
    if parent >= 0:
        if b.states[parent].children == 0:
            b.states[parent].first_child = index
        b.states[parent].children += 1
        b.held_orders += 1
    else:
        accept(b, index, _last_close(b, symbol) if kind >= TRAILING_STOP else NAN, False)
    return index


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _last_close(b: cython.pointer[Broker], symbol: cython.longlong) -> cython.double:
    """Return the last close a symbol has had, NaN before its first."""
    at: cython.longlong
    for at in range(b.t, -1, -1):
        if b.close[at * b.symbols + symbol] == b.close[at * b.symbols + symbol]:
            return b.close[at * b.symbols + symbol]
    return NAN


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def accept(b: cython.pointer[Broker], index: cython.int, price: cython.double, inside: cython.bint) -> cython.void:
    """Make an order live; price: where its trailing stop starts, inside: it may have missed part of the bar."""
    order: cython.pointer[OrderRecord]
    symbol: cython.longlong
    if not _make_room(b):
        return
    order = cython.address(b.orders[index])
    symbol = order.symbol
    if order.flags & RELATIVE:
        order.flags = order.flags & ~RELATIVE
        order.limit = price * order.limit
        order.stop = price * order.stop
    # A limit inside its price, a stop beyond it: rounding must not promise more than was asked.
    order.limit = on_tick(b, symbol, order.limit, order.side < 0)
    if order.kind == TRAILING_STOP or order.kind == TRAILING_PERCENT:
        b.states[index].extreme = price
        order.stop = trailing_level(b, index)
    else:
        order.stop = on_tick(b, symbol, order.stop, order.side > 0)
    if inside:
        order.flags = order.flags | ENTERED_INSIDE
    order.status = PENDING
    order.accepted_bar = cython.cast(cython.int, b.t)
    if order.flags & REDUCE_ONLY:
        b.positions[symbol].protected_by += 1
    b.working[b.working_count] = index
    b.working_count += 1
    _note_change(b, index)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def trailing_level(b: cython.pointer[Broker], index: cython.int) -> cython.double:
    """Return where a trailing stop stands, from its extreme."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    extreme: cython.double = b.states[index].extreme
    distance: cython.double = order.trail if order.kind == TRAILING_STOP else extreme * order.trail
    return on_tick(b, order.symbol, extreme + distance if order.side > 0 else extreme - distance, order.side > 0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def end_order(b: cython.pointer[Broker], index: cython.int, status: cython.int, reason: cython.int) -> cython.void:
    """End an order that is held or works; its place among the working is freed by the next `compact`."""
    order: cython.pointer[OrderRecord] = cython.address(b.orders[index])
    if order.status == HELD:
        b.held_orders -= 1
        b.states[order.parent].children -= 1
    elif order.flags & REDUCE_ONLY:
        b.positions[order.symbol].protected_by -= 1
    order.status = cython.cast(cython.schar, status)
    order.reason = cython.cast(cython.schar, reason)
    order.ended_bar = cython.cast(cython.int, b.t)
    _note_change(b, index)
    # A fill makes them live instead.
    if status != FILLED and b.states[index].children > 0:
        end_children(b, index)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def end_children(b: cython.pointer[Broker], index: cython.int) -> cython.void:
    """Cancel the orders that wait for one: for its own reason when that holds for all orders."""
    i: cython.int
    reason: cython.int = b.orders[index].reason
    if reason != END_OF_DATA and reason != BANKRUPT and reason != DELISTED:
        reason = PARENT_ENDED
    for i in range(b.states[index].first_child, cython.cast(cython.int, b.order_count)):
        if b.states[index].children == 0:
            return
        if b.orders[i].status == HELD and b.orders[i].parent == index:
            end_order(b, i, CANCELLED, reason)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def end_group(b: cython.pointer[Broker], index: cython.int, filled: cython.double) -> cython.void:
    """After a fill of one order of a group: cancel the others, or reduce them by what was filled."""
    i: cython.longlong
    group: cython.int = b.orders[index].group
    for i in range(b.working_count):
        if b.orders[b.working[i]].group == group and b.orders[b.working[i]].status == PENDING:
            _leave_to(b, b.working[i], index, filled)
    for i in range(b.order_count if b.held_orders > 0 else 0):
        if b.orders[i].group == group and b.orders[i].status == HELD:
            _leave_to(b, cython.cast(cython.int, i), index, filled)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _leave_to(b: cython.pointer[Broker], other: cython.int, index: cython.int, filled: cython.double) -> cython.void:
    if other == index:
        return
    if b.orders[index].status != PENDING:
        end_order(b, other, CANCELLED, OTHER_FILLED)
    elif b.states[other].remaining == b.states[other].remaining:
        b.states[other].remaining -= filled
        if b.states[other].remaining <= 0.0:
            end_order(b, other, CANCELLED, OTHER_FILLED)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def end_protection(b: cython.pointer[Broker], symbol: cython.longlong, spared: cython.int) -> cython.void:
    """Cancel a symbol's reduce-only orders, but one, because its position ended."""
    i: cython.Py_ssize_t
    other: cython.int
    for i in range(b.working_count):
        other = b.working[i]
        if (
            other != spared
            and b.orders[other].symbol == symbol
            and b.orders[other].status == PENDING
            and b.orders[other].flags & REDUCE_ONLY
        ):
            end_order(b, other, CANCELLED, NO_POSITION)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def attach_exits(
    b: cython.pointer[Broker],
    index: cython.int,
    price: cython.double,
    opened: cython.double,
    inside: cython.bint,
) -> cython.void:
    """Make the exits of an entry's fill live, or let those of its earlier fills grow by ``opened`` units."""
    exits: ExitRecord = b.states[index].exits  # a copy: sending a child may move the states
    symbol: cython.int = b.orders[index].symbol
    side: cython.int = -1 if b.positions[symbol].quantity > 0.0 else 1
    size_kind: cython.int = QUANTITY if b.orders[index].size_kind <= VALUE else WHOLE_POSITION
    i: cython.Py_ssize_t
    other: cython.int
    child: cython.int
    group: cython.int
    relative: cython.double
    tag: cython.int = b.orders[index].tag
    found: cython.bint = False
    # Backwards: a child is younger than what it belongs to.
    for i in range(b.working_count - 1, -1, -1):
        other = b.working[i]
        if b.orders[other].status != PENDING or b.orders[other].symbol != symbol:
            continue
        if b.orders[other].role == PLAIN:
            continue
        if b.orders[other].parent == index:
            found = True
            if b.orders[other].size_kind == QUANTITY:
                b.states[other].remaining += opened
                b.orders[other].size += opened
        elif size_kind == WHOLE_POSITION and b.orders[other].size_kind == WHOLE_POSITION:
            end_order(b, other, CANCELLED, REPLACED)
    if found:
        return
    b.groups += 1
    group = b.groups
    relative = price if exits.relative else 0.0
    if exits.stop_loss == exits.stop_loss:
        child = _attach(
            b, index, symbol, side, STOP, size_kind, opened, NAN,
            relative * (1.0 + side * exits.stop_loss) if exits.relative else exits.stop_loss,
            NAN, tag, group, STOP_LOSS, price, inside,
        )  # fmt: skip
    if exits.take_profit == exits.take_profit:
        child = _attach(
            b, index, symbol, side, LIMIT, size_kind, opened,
            relative * (1.0 - side * exits.take_profit) if exits.relative else exits.take_profit,
            NAN, NAN, tag, group, TAKE_PROFIT, price, inside,
        )  # fmt: skip
    if exits.trailing == exits.trailing:
        child = _attach(
            b, index, symbol, side, TRAILING_PERCENT if exits.relative else TRAILING_STOP, size_kind, opened, NAN, NAN,
            exits.trailing, tag, group, TRAILING_EXIT, price, inside,
        )  # fmt: skip
    if exits.bars > 0:
        child = _attach(
            b, index, symbol, side, MARKET, size_kind, opened, NAN, NAN, NAN, tag, group, TIME_EXIT, price, inside,
        )  # fmt: skip
        if child >= 0:
            b.states[child].due_bar = cython.cast(cython.int, b.t) + exits.bars


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _attach(
    b: cython.pointer[Broker],
    parent: cython.int,
    symbol: cython.int,
    side: cython.int,
    kind: cython.int,
    size_kind: cython.int,
    size: cython.double,
    limit: cython.double,
    stop: cython.double,
    trail: cython.double,
    tag: cython.int,
    group: cython.int,
    role: cython.int,
    price: cython.double,
    inside: cython.bint,
) -> cython.int:
    child: cython.int = submit(
        b, symbol, side, kind, GTC, size_kind, size if size_kind == QUANTITY else NAN, limit, stop, trail, 0,
        REDUCE_ONLY, tag, parent, group, role, cython.NULL,
    )  # fmt: skip
    if child < 0:
        return child
    b.held_orders -= 1
    b.states[parent].children -= 1
    accept(b, child, price, inside)
    return child


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def release_children(
    b: cython.pointer[Broker], index: cython.int, price: cython.double, inside: cython.bint
) -> cython.void:
    """Make the orders that waited for this one live."""
    i: cython.int
    last: cython.int = cython.cast(cython.int, b.order_count)
    for i in range(b.states[index].first_child, last):
        if b.states[index].children == 0:
            return
        if b.orders[i].status == HELD and b.orders[i].parent == index:
            b.held_orders -= 1
            b.states[index].children -= 1
            accept(b, i, price, inside)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def compact(b: cython.pointer[Broker]) -> cython.void:
    """Forget the working orders that ended."""
    i: cython.Py_ssize_t
    kept: cython.Py_ssize_t = 0
    for i in range(b.working_count):
        if b.orders[b.working[i]].status == PENDING:
            b.working[kept] = b.working[i]
            kept += 1
    b.working_count = kept
