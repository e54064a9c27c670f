"""What a compiled strategy calls, as plain C functions, and the loop that calls it.

Numba reaches the broker by address: `LAYOUT` says where its fields are, `FUNCTIONS` where the calls are. Arguments that
were not given are NaN, or 0.
"""

import cython
from cython.cimports.arbitrax.kernels.broker import BAD_ORDER, LOOKED_AHEAD, Broker, ExitRecord
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.ledger import (
    BY_STRATEGY,
    CANCELLED,
    GTC,
    HELD,
    LIMIT,
    MARKET,
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
    Position,
)
from cython.cimports.arbitrax.kernels.orders import compact, end_order, reserve, submit
from cython.cimports.arbitrax.kernels.phases import fill_now, step
from cython.cimports.arbitrax.kernels.simulate import Simulation
from cython.cimports.libc.math import NAN, isfinite

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


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
) -> cython.longlong:
    """Send an order as `Context.buy` and `Context.sell` do; -1 and a fault when it makes no sense."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    exits: ExitRecord
    kind: cython.int = MARKET
    size_kind: cython.int = QUANTITY if quantity == quantity else VALUE
    size: cython.double = quantity if quantity == quantity else value
    distance: cython.double = NAN
    if symbol < 0 or symbol >= b.symbols or size != size or (quantity == quantity and value == value):
        b.fault = BAD_ORDER
        return -1
    if (
        _wrong(size) or _wrong(limit) or _wrong(stop) or _wrong(trail) or _wrong(trail_percent) or _wrong(stop_loss)
        or _wrong(take_profit) or _wrong(trailing_stop) or max_bars < 0 or trail_percent >= 1.0
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
    exits.stop_loss = stop_loss
    exits.take_profit = take_profit
    exits.trailing = trailing_stop
    exits.bars = cython.cast(cython.int, max_bars)
    exits.relative = relative != 0
    return submit(
        b, symbol, cython.cast(cython.int, side), kind, GTC, size_kind, size, limit, stop, distance, 0,
        REDUCE_ONLY if reduce_only else 0, -1, -1, -1, PLAIN, cython.address(exits),
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
) -> cython.longlong:
    """Send a target as `Context.order_target_percent` and its sisters do."""
    b: cython.pointer[Broker] = cython.cast(cython.pointer[Broker], cython.cast(cython.p_void, address))
    exits: ExitRecord
    i: cython.Py_ssize_t
    if (
        symbol < 0 or symbol >= b.symbols or not isfinite(size) or _wrong(stop_loss) or _wrong(take_profit)
        or _wrong(trailing_stop) or max_bars < 0
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
    exits.bars = cython.cast(cython.int, max_bars)
    exits.relative = relative != 0
    return submit(
        b, symbol, 0, MARKET, GTC, cython.cast(cython.int, size_kind), size, NAN, NAN, NAN, 0, 0, -1, -1, -1, PLAIN,
        cython.address(exits),
    )  # fmt: skip


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def c_close(address: cython.longlong, symbol: cython.longlong) -> cython.longlong:
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
        b, symbol, -1 if held > 0.0 else 1, MARKET, GTC, WHOLE_POSITION, NAN, NAN, NAN, NAN, 0, REDUCE_ONLY, -1, -1, -1,
        PLAIN, cython.NULL,
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
        "position_size": cython.sizeof(Position),
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


def run_compiled(simulation: Simulation, first: cython.longlong, decide: cython.size_t, memory: cython.longlong) -> int:
    """Step through the market and call the compiled ``decide(broker, memory)`` from bar ``first`` on.

    Returns the fault that stopped the run, 0 for none.
    """
    b: cython.pointer[Broker] = simulation.b
    function: DecideFunction = cython.cast(DecideFunction, cython.cast(cython.p_void, decide))
    t: cython.longlong
    reserve(b, b.bars // 4)  # room that is not used is not touched
    with cython.nogil:
        for t in range(b.bars):
            b.t = t
            step(b)
            if b.bankrupt_bar < 0 and t >= first:
                function(cython.cast(cython.longlong, cython.cast(cython.size_t, b)), memory)
                if simulation.same_close:
                    fill_now(b)
            if not simulation.keep_curves():
                break
        simulation.end()
    return b.fault
