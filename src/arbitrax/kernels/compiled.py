"""What a compiled strategy calls, as plain C functions, and the loop that calls it.

Numba reaches the broker by address: `LAYOUT` says where its fields are, `FUNCTIONS` where the calls are. Arguments that
were not given are NaN, or 0.
"""

import cython
from cython.cimports.arbitrax.kernels.broker import (
    BAD_ORDER,
    LOOKED_AHEAD,
    OUT_OF_MEMORY,
    Broker,
    ExitRecord,
    OrderState,
)
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import (
    BY_STRATEGY,
    CANCELLED,
    FILLED,
    GTC,
    GTD,
    HELD,
    KEEP_PRICE,
    LIMIT,
    LIMIT_ON_CLOSE,
    LIMIT_ON_OPEN,
    MARKET,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    PENDING,
    PLAIN,
    QUANTITY,
    REDUCE_ONLY,
    REPLACED,
    STOP,
    STOP_LIMIT,
    TARGET_QUANTITY,
    TARGET_WEIGHT,
    TRAILING_PERCENT,
    TRAILING_STOP,
    VALUE,
    WHOLE_POSITION,
    FillRecord,
    OrderRecord,
    Position,
)
from cython.cimports.arbitrax.kernels.orders import compact, end_order, reserve, submit
from cython.cimports.arbitrax.kernels.phases import fill_now, step
from cython.cimports.arbitrax.kernels.simulate import Simulation
from cython.cimports.libc.math import NAN, isfinite
from cython.cimports.libc.stdlib import free, malloc

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

NOT_GIVEN = cython.declare(cython.longlong, -4611686018427387904)
MISSING = NOT_GIVEN
"""What stands for a whole number that was not given."""


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _wrong(value: cython.double) -> cython.bint:
    """Tell whether a number was given and is none that an order may have."""
    return value == value and not (isfinite(value) and value > 0.0)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_send(
    address: cython.longlong,
    symbol: cython.longlong,
    side: cython.longlong,
    quantity: cython.double,
    value: cython.double,
    limit: cython.double,
    stop: cython.double,
    trail: cython.double,
    trail_percent: cython.double,
    stop_loss: cython.double,
    take_profit: cython.double,
    trailing_stop: cython.double,
    max_bars: cython.longlong,
    relative: cython.longlong,
    reduce_only: cython.longlong,
    do_not_reduce: cython.longlong,
    session_end: cython.longlong,
    time_in_force: cython.longlong,
    until: cython.longlong,
    parent: cython.longlong,
    oco: cython.longlong,
    tag: cython.longlong,
) -> cython.longlong:
    """Send an order as `Context.buy` and `Context.sell` do; -1 and a fault when it makes no sense.

    session_end: 1 on the open, 2 on the close, else -1. Numbers that were not given are NaN or NOT_GIVEN.
    """
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    exits: ExitRecord
    kind: cython.int = MARKET
    size_kind: cython.int = QUANTITY if quantity == quantity else VALUE
    size: cython.double = quantity if quantity == quantity else value
    distance: cython.double = NAN
    flags: cython.int = (REDUCE_ONLY if reduce_only else 0) | (KEEP_PRICE if do_not_reduce else 0)
    group: cython.int = -1
    if symbol < 0 or symbol >= b.symbols or size != size or (quantity == quantity and value == value):
        b.fault = BAD_ORDER
        return -1
    if (
        _wrong(size) or _wrong(limit) or _wrong(stop) or _wrong(trail) or _wrong(trail_percent) or _wrong(stop_loss)
        or _wrong(take_profit) or _wrong(trailing_stop) or (max_bars != NOT_GIVEN and max_bars < 1)
        or trail_percent >= 1.0 or (relative and (stop_loss >= 1.0 or trailing_stop >= 1.0))
    ):  # fmt: skip
        b.fault = BAD_ORDER
        return -1
    if limit == limit:
        kind = LIMIT if stop != stop else STOP_LIMIT
    elif stop == stop:
        kind = STOP
    if trail == trail or trail_percent == trail_percent:
        if kind != MARKET or (trail == trail and trail_percent == trail_percent):
            b.fault = BAD_ORDER
            return -1
        kind = TRAILING_STOP if trail == trail else TRAILING_PERCENT
        distance = trail if trail == trail else trail_percent
    if session_end > 0:
        if kind > LIMIT:
            b.fault = BAD_ORDER
            return -1
        if session_end == 1:
            kind = MARKET_ON_OPEN if kind == MARKET else LIMIT_ON_OPEN
        else:
            kind = MARKET_ON_CLOSE if kind == MARKET else LIMIT_ON_CLOSE
    if until != NOT_GIVEN:
        if time_in_force >= 0 and time_in_force != GTD:
            b.fault = BAD_ORDER
            return -1
        time_in_force = GTD
    elif time_in_force == GTD:
        b.fault = BAD_ORDER
        return -1
    if parent != NOT_GIVEN:
        if parent < 0 or parent >= b.order_count:
            b.fault = BAD_ORDER
            return -1
        if b.orders[parent].status == FILLED or b.orders[parent].quantity > 0.0:
            parent = NOT_GIVEN  # it has filled: live at once
        elif b.orders[parent].status != PENDING and b.orders[parent].status != HELD:
            b.fault = BAD_ORDER
            return -1
    if oco != NOT_GIVEN:
        if oco < 0 or oco >= b.order_count or (b.orders[oco].status != PENDING and b.orders[oco].status != HELD):
            b.fault = BAD_ORDER
            return -1
        if b.orders[oco].group < 0:
            b.groups += 1
            b.orders[oco].group = b.groups
        group = b.orders[oco].group
    exits.stop_loss = stop_loss
    exits.take_profit = take_profit
    exits.trailing = trailing_stop
    exits.bars = 0 if max_bars == NOT_GIVEN else cython.cast(cython.int, max_bars)
    exits.relative = relative != 0
    return submit(
        b, symbol, cython.cast(cython.int, side), kind,
        GTC if time_in_force < 0 else cython.cast(cython.int, time_in_force), size_kind, size, limit, stop, distance,
        0 if until == NOT_GIVEN else until, flags, cython.cast(cython.int, tag),
        -1 if parent == NOT_GIVEN else cython.cast(cython.int, parent), group, PLAIN, cython.address(exits),
    )  # fmt: skip


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_aim(
    address: cython.longlong,
    symbol: cython.longlong,
    size_kind: cython.longlong,
    size: cython.double,
    stop_loss: cython.double,
    take_profit: cython.double,
    trailing_stop: cython.double,
    max_bars: cython.longlong,
    relative: cython.longlong,
    tag: cython.longlong,
) -> cython.longlong:
    """Send a target as `Context.order_target_percent` and its sisters do."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    exits: ExitRecord
    i: cython.Py_ssize_t
    if (
        symbol < 0 or symbol >= b.symbols or not isfinite(size) or _wrong(stop_loss) or _wrong(take_profit)
        or _wrong(trailing_stop) or (max_bars != NOT_GIVEN and max_bars < 1)
        or (relative and (stop_loss >= 1.0 or trailing_stop >= 1.0))
    ):  # fmt: skip
        b.fault = BAD_ORDER
        return -1
    for i in range(b.working_count):
        if (
            b.orders[b.working[i]].status == PENDING
            and b.orders[b.working[i]].symbol == symbol
            and TARGET_QUANTITY <= b.orders[b.working[i]].size_kind <= TARGET_WEIGHT
        ):
            end_order(b, b.working[i], CANCELLED, REPLACED)
    exits.stop_loss = stop_loss
    exits.take_profit = take_profit
    exits.trailing = trailing_stop
    exits.bars = 0 if max_bars == NOT_GIVEN else cython.cast(cython.int, max_bars)
    exits.relative = relative != 0
    return submit(
        b, symbol, 0, MARKET, GTC, cython.cast(cython.int, size_kind), size, NAN, NAN, NAN, 0, 0,
        cython.cast(cython.int, tag), -1, -1, PLAIN, cython.address(exits),
    )  # fmt: skip


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_close(address: cython.longlong, symbol: cython.longlong, tag: cython.longlong) -> cython.longlong:
    """End a position as `Context.close` does."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    held: cython.double
    if symbol < 0 or symbol >= b.symbols:
        b.fault = BAD_ORDER
        return -1
    held = b.positions[symbol].quantity
    if held == 0.0:
        return -1
    return submit(
        b, symbol, -1 if held > 0.0 else 1, MARKET, GTC, WHOLE_POSITION, NAN, NAN, NAN, NAN, 0, REDUCE_ONLY,
        cython.cast(cython.int, tag), -1, -1, PLAIN, cython.NULL,
    )  # fmt: skip


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_cancel(address: cython.longlong, order: cython.longlong) -> cython.longlong:
    """Cancel an order; 0 when it had ended."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    if order < 0 or order >= b.order_count:
        b.fault = BAD_ORDER
        return 0
    if b.orders[order].status != PENDING and b.orders[order].status != HELD:
        return 0
    end_order(b, cython.cast(cython.int, order), CANCELLED, BY_STRATEGY)
    return 1


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_cancel_all(address: cython.longlong, symbol: cython.longlong) -> cython.longlong:
    """Cancel the open orders of a symbol, of all with -1; return how many."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    i: cython.Py_ssize_t
    count: cython.longlong = 0
    for i in range(b.working_count):
        if b.orders[b.working[i]].status == PENDING and (symbol < 0 or b.orders[b.working[i]].symbol == symbol):
            end_order(b, b.working[i], CANCELLED, BY_STRATEGY)
            count += 1
    for i in range(b.order_count if b.held_orders > 0 else 0):
        if b.orders[i].status == HELD and (symbol < 0 or b.orders[i].symbol == symbol):
            end_order(b, cython.cast(cython.int, i), CANCELLED, BY_STRATEGY)
            count += 1
    compact(b)
    return count


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_look_ahead(address: cython.longlong) -> cython.void:
    """Stop the run: a line was indexed past the present bar, or before the first."""
    cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address)).fault = LOOKED_AHEAD


def _layout() -> dict:
    """Return the offsets, bytes, of the fields that compiled strategies read."""
    b: Broker
    p: Position
    state: OrderState
    base: cython.size_t = cython.cast(cython.size_t, cython.address(b))
    held: cython.size_t = cython.cast(cython.size_t, cython.address(p))
    return {
        "t": cython.cast(cython.size_t, cython.address(b.t)) - base,
        "symbols": cython.cast(cython.size_t, cython.address(b.symbols)) - base,
        "time": cython.cast(cython.size_t, cython.address(b.time)) - base,
        "open": cython.cast(cython.size_t, cython.address(b.open_)) - base,
        "high": cython.cast(cython.size_t, cython.address(b.high)) - base,
        "low": cython.cast(cython.size_t, cython.address(b.low)) - base,
        "close": cython.cast(cython.size_t, cython.address(b.close)) - base,
        "volume": cython.cast(cython.size_t, cython.address(b.volume)) - base,
        "cash": cython.cast(cython.size_t, cython.address(b.book.cash)) - base,
        "equity": cython.cast(cython.size_t, cython.address(b.equity)) - base,
        "exposure": cython.cast(cython.size_t, cython.address(b.exposure)) - base,
        "positions": cython.cast(cython.size_t, cython.address(b.positions)) - base,
        "multiplier": cython.cast(cython.size_t, cython.address(b.multiplier)) - base,
        "orders": cython.cast(cython.size_t, cython.address(b.orders)) - base,
        "states": cython.cast(cython.size_t, cython.address(b.states)) - base,
        "fills": cython.cast(cython.size_t, cython.address(b.fills)) - base,
        "position_size": cython.sizeof(Position),
        "order_count": cython.cast(cython.size_t, cython.address(b.order_count)) - base,
        "order_size": cython.sizeof(OrderRecord),
        "state_size": cython.sizeof(OrderState),
        "fill_size": cython.sizeof(FillRecord),
        "state.remaining": (
            cython.cast(cython.size_t, cython.address(state.remaining))
            - cython.cast(cython.size_t, cython.address(state))
        ),
        "position.quantity": cython.cast(cython.size_t, cython.address(p.quantity)) - held,
        "position.mark": cython.cast(cython.size_t, cython.address(p.mark)) - held,
        "position.entered": cython.cast(cython.size_t, cython.address(p.entered)) - held,
        "position.entry_value": cython.cast(cython.size_t, cython.address(p.entry_value)) - held,
        "position.entry_bar": cython.cast(cython.size_t, cython.address(p.entry_bar)) - held,
    }


LAYOUT = _layout()
FUNCTIONS = {
    "send": cython.cast(cython.size_t, cython.cast(cython.p_void, c_send)),
    "aim": cython.cast(cython.size_t, cython.cast(cython.p_void, c_aim)),
    "close": cython.cast(cython.size_t, cython.cast(cython.p_void, c_close)),
    "cancel": cython.cast(cython.size_t, cython.cast(cython.p_void, c_cancel)),
    "cancel_all": cython.cast(cython.size_t, cython.cast(cython.p_void, c_cancel_all)),
    "look_ahead": cython.cast(cython.size_t, cython.cast(cython.p_void, c_look_ahead)),
}


def broker_address(simulation: Simulation) -> int:
    """Return where a simulation's broker is; valid while the simulation lives."""
    return cython.cast(cython.size_t, simulation.b)


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _tell_changes(b: cython.pointer[Broker], told: DecideOn, memory: cython.longlong) -> cython.void:
    """Call ``on_order`` for each order that changed, oldest first; what it changes itself is told at the next bar."""
    i: cython.longlong
    at: cython.longlong
    number: cython.int
    count: cython.longlong = b.change_count
    changed: cython.p_int
    if count == 0:
        return
    changed = cython.cast(cython.p_int, malloc(cython.cast(cython.size_t, count) * cython.sizeof(cython.int)))
    if changed == cython.NULL:
        b.fault = OUT_OF_MEMORY
        return
    for i in range(count):  # a few of them, nearly in order
        number = b.changes[i]
        at = i
        while at > 0 and changed[at - 1] > number:
            changed[at] = changed[at - 1]
            at -= 1
        changed[at] = number
    b.change_count = 0
    for i in range(count):
        if i == 0 or changed[i] != changed[i - 1]:
            told(cython.cast(cython.longlong, cython.cast(cython.size_t, b)), memory, changed[i])
    free(changed)


def run_compiled(
    simulation: Simulation,
    first: cython.longlong,
    decide: cython.size_t,
    on_fill: cython.size_t,
    on_order: cython.size_t,
    memory: cython.longlong,
) -> int:
    """Step through the market and call the compiled ``decide(broker, memory)`` from bar ``first`` on.

    Before it ``on_fill(broker, memory, fill)`` and ``on_order(broker, memory, order)``; an address of 0: not told.
    Returns the fault that stopped the run, 0 for none.
    """
    b: cython.pointer[Broker] = simulation.b
    function: DecideFunction = cython.cast(DecideFunction, cython.cast(cython.p_void, decide))
    fills: DecideOn = cython.cast(DecideOn, cython.cast(cython.p_void, on_fill))
    orders: DecideOn = cython.cast(DecideOn, cython.cast(cython.p_void, on_order))
    address: cython.longlong = cython.cast(cython.longlong, cython.cast(cython.size_t, b))
    t: cython.longlong
    done: cython.longlong = 0
    reserve(b, b.bars // 4)  # room that is not used is not touched
    with cython.nogil:
        for t in range(b.bars):
            b.t = t
            step(b)
            if b.bankrupt_bar < 0 and t >= first:
                if on_fill != 0:
                    while done < b.fill_count:
                        done += 1
                        fills(address, memory, done - 1)
                if on_order != 0:
                    _tell_changes(b, orders, memory)
                function(address, memory)
                if simulation.same_close:
                    fill_now(b)
            if not simulation.keep_curves():
                break
        simulation.end()
    return b.fault


def number_tags(simulation: Simulation, names: list) -> list:
    """Number the tags of a compiled run in the order of their first use; return those that were used."""
    b: cython.pointer[Broker] = simulation.b
    i: cython.longlong
    places: dict = {}
    for i in range(b.order_count):
        if b.orders[i].tag >= 0:
            b.orders[i].tag = places.setdefault(b.orders[i].tag, len(places))
    return [names[code] for code in places]
