"""The backtest loop: a market and decisions in, equity and records out.

Shapes: market arrays are (bars, symbols) float64, C-contiguous, time on axis 0, quote currency; NaN means no bar. What
fills when and at what price is decided in `phases` and below; the rules are in docs/concepts/fills.md.

A `Simulation` is run once, in one of three ways: `run_targets` and `run_signals` follow arrays, `step` and `settle`
let a caller decide at each close.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.broker import (
    CANCELLED_RUN,
    STRATEGY_STOPPED,
    ActionRecord,
    Broker,
    ExitRecord,
)
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.arbitrax.kernels.costs import Tier
from cython.cimports.arbitrax.kernels.ledger import (
    CANCELLED,
    GTC,
    MARKET,
    PENDING,
    PLAIN,
    REDUCE_ONLY,
    REPLACED,
    TARGET_WEIGHT,
    WHOLE_POSITION,
    Position,
)
from cython.cimports.arbitrax.kernels.memory import allocate
from cython.cimports.arbitrax.kernels.orders import end_order, reserve, submit
from cython.cimports.arbitrax.kernels.phases import can_coast, fill_now, finish, step
from cython.cimports.cpython.buffer import PyBuffer_FillInfo
from cython.cimports.libc.math import NAN
from cython.cimports.libc.stdlib import calloc, free

from arbitrax.kernels.ledger import EVENT_DTYPE, FILL_DTYPE, ORDER_DTYPE, TRADE_DTYPE

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()

ACTION_DTYPE = np.dtype(
    [
        *((name, "<i4") for name in ("bar", "symbol", "pay_bar", "unused")),
        ("ratio", "<f8"),
        ("amount", "<f8"),
    ]
)
FAULTS = {1: "out of memory", 2: "too many orders", 6: "cancelled"}


@cython.cclass
class _Block:
    """Memory of records, given to NumPy without a copy."""

    data: cython.p_void
    size: cython.Py_ssize_t

    def __getbuffer__(self, buffer: cython.pointer[Py_buffer], flags: cython.int):
        PyBuffer_FillInfo(buffer, self, self.data, self.size, 0, flags)

    def __dealloc__(self):
        free(self.data)


@cython.cfunc
def _records(data: cython.p_void, count: cython.longlong, dtype: object) -> object:
    block: _Block
    if data == cython.NULL and count > 0:
        raise MemoryError
    if count == 0:
        free(data)
        return np.zeros(0, dtype)
    block = _Block()
    block.data = data
    block.size = count * dtype.itemsize
    return np.frombuffer(block, dtype, count)


@cython.cclass
class Simulation:
    """One run of the engine over a market."""

    def __cinit__(self):
        self.b = cython.cast(cython.pointer[Broker], calloc(1, cython.sizeof(Broker)))
        if self.b == cython.NULL:
            raise MemoryError

    def __init__(
        self,
        open_: cython.const[cython.double][:, ::1],
        high: cython.const[cython.double][:, ::1],
        low: cython.const[cython.double][:, ::1],
        close: cython.const[cython.double][:, ::1],
        time: cython.const[cython.longlong][::1],
        session: cython.const[cython.schar][::1],
        last_bar: cython.const[cython.int][::1],
        multiplier: cython.const[cython.double][::1],
        borrow_rate: cython.const[cython.double][::1],
        volume: cython.const[cython.double][:, ::1] = None,
        factor: cython.const[cython.double][:, ::1] = None,
        tick: cython.const[cython.double][::1] = None,
        lot: cython.const[cython.double][::1] = None,
        actions: cython.const[ActionRecord][::1] = None,
        tiers: cython.const[Tier][::1] = None,
        finer: object = None,
        *,
        cash: cython.double,
        margin: cython.bint = True,
        leverage: cython.double = 1.0,
        maintenance: cython.double = 0.0,
        credit_rate: cython.double = 0.0,
        debit_rate: cython.double = 0.0,
        taker: cython.double = 0.0,
        maker: cython.double = 0.0,
        per_share: cython.double = 0.0,
        per_order: cython.double = 0.0,
        minimum: cython.double = 0.0,
        maximum: cython.double = 0.0,
        slippage: cython.double = 0.0,
        half_spread: cython.double = 0.0,
        volume_share: cython.double = 0.0,
        square_root: cython.double = 0.0,
        participation: cython.double = 0.0,
        currency_unit: cython.double = 0.0,
        same_close: cython.bint = False,
        keep_changes: cython.bint = False,
    ):
        b: cython.pointer[Broker] = self.b
        equity: cython.double[::1]
        exposure: cython.double[::1]
        symbols: cython.Py_ssize_t = close.shape[1]
        self.keep = (open_, high, low, close, time, session, last_bar, multiplier, borrow_rate, volume, factor, tick,
                     lot, actions, tiers, finer)  # fmt: skip
        b.bars = close.shape[0]
        b.symbols = symbols
        if not b.bars or not symbols:
            raise ValueError("a simulation needs at least one bar and one symbol")
        market: tuple = (b.bars, symbols)
        for given in (*self.keep[:4], *self.keep[9:11]):
            if given is not None and tuple(given.shape[:2]) != market:
                raise ValueError(f"market arrays differ in shape: {tuple(given.shape[:2])} and {market}")
        for given in (*self.keep[6:9], *self.keep[11:13]):
            if given is not None and given.shape[0] != symbols:
                raise ValueError(f"an array of one value a symbol has {given.shape[0]} for {symbols}")
        if time.shape[0] != b.bars or session.shape[0] != b.bars:
            raise ValueError("time and session have another length than the market")
        b.open_ = cython.address(open_[0, 0])
        b.high = cython.address(high[0, 0])
        b.low = cython.address(low[0, 0])
        b.close = cython.address(close[0, 0])
        if finer is not None:
            self.take_finer(finer)
        b.volume = cython.address(volume[0, 0]) if volume is not None else cython.NULL
        b.factor = cython.address(factor[0, 0]) if factor is not None else cython.NULL
        b.time = cython.address(time[0])
        b.session = cython.address(session[0])
        b.last_bar = cython.address(last_bar[0])
        b.tick = cython.address(tick[0]) if tick is not None else cython.NULL
        b.lot = cython.address(lot[0]) if lot is not None else cython.NULL
        b.multiplier = cython.address(multiplier[0])
        b.borrow_rate = cython.address(borrow_rate[0])
        b.book.cash = cash
        b.start_cash = cash
        b.equity = cash
        b.account_kind = 1 if margin else 0
        b.leverage = leverage if margin else 1.0
        b.maintenance = maintenance
        b.credit_rate = credit_rate
        b.debit_rate = debit_rate
        b.month = -1
        b.bankrupt_bar = -1
        b.keep_changes = keep_changes
        b.costs.taker = taker
        b.costs.maker = maker
        b.costs.per_share = per_share
        b.costs.per_order = per_order
        b.costs.minimum = minimum
        b.costs.maximum = maximum
        b.costs.slippage = slippage
        b.costs.half_spread = half_spread
        b.costs.volume_share = volume_share
        b.costs.square_root = square_root
        b.costs.participation = participation
        b.costs.currency_unit = currency_unit
        if tiers is not None and tiers.shape[0]:
            b.costs.tiers = cython.address(tiers[0])
            b.costs.tier_count = tiers.shape[0]
        b.costs.linear = (
            maker == taker
            and not (per_share or per_order or minimum or maximum or currency_unit or volume_share or square_root)
            and b.costs.tier_count == 0
        )  # fmt: skip
        b.positions = cython.cast(cython.pointer[Position], calloc(symbols, cython.sizeof(Position)))
        b.held = cython.cast(cython.p_int, calloc(symbols, cython.sizeof(cython.int)))
        if b.positions == cython.NULL or b.held == cython.NULL:
            raise MemoryError
        if participation > 0.0:
            b.used = cython.cast(cython.p_double, calloc(symbols, cython.sizeof(cython.double)))
            if b.used == cython.NULL:
                raise MemoryError
        if actions is not None and actions.shape[0]:
            b.actions = cython.address(actions[0])
            b.action_count = actions.shape[0]
            b.payable = cython.cast(cython.p_double, calloc(b.bars + 1, cython.sizeof(cython.double)))
            if b.payable == cython.NULL:
                raise MemoryError
        self.same_close = same_close
        curves: object = _records(allocate(b.bars * 16), b.bars * 2, np.dtype(np.float64))
        self.equity = curves[: b.bars]
        self.exposure = curves[b.bars :]
        equity = self.equity
        exposure = self.exposure
        self.equity_at = cython.address(equity[0])
        self.exposure_at = cython.address(exposure[0])

    @cython.cfunc
    def take_finer(self, finer: tuple) -> object:
        """Let finer bars tell what came first inside a bar.

        finer: open, high, low and close of shape (finer bars, symbols); the first finer bar of each bar and the one
        after its last, (bars, 2) int64; whether they are those of the bar, (bars, symbols) uint8.
        """
        b: cython.pointer[Broker] = self.b
        open_: cython.const[cython.double][:, ::1] = finer[0]
        high: cython.const[cython.double][:, ::1] = finer[1]
        low: cython.const[cython.double][:, ::1] = finer[2]
        close: cython.const[cython.double][:, ::1] = finer[3]
        rows: cython.const[cython.longlong][:, ::1] = finer[4]
        tells: cython.const[cython.uchar][:, ::1] = finer[5]
        count: cython.Py_ssize_t = open_.shape[0]
        for given in finer[:4]:
            if given.shape != (count, b.symbols):
                raise ValueError(f"finer bars have shape {given.shape}, not {(count, b.symbols)}")
        if finer[4].shape != (b.bars, 2) or finer[5].shape != (b.bars, b.symbols):
            raise ValueError("the places of the finer bars are of another market")
        if finer[4].min() < 0 or finer[4].max() > count:
            raise ValueError(f"the places of finer bars lie outside the {count} there are")
        if count > 0:
            b.fine_open = cython.address(open_[0, 0])
            b.fine_high = cython.address(high[0, 0])
            b.fine_low = cython.address(low[0, 0])
            b.fine_close = cython.address(close[0, 0])
            b.fine_rows = cython.address(rows[0, 0])
            b.fine_tells = cython.address(tells[0, 0])
        return None

    def __dealloc__(self):
        if self.b != cython.NULL:
            free(self.b.positions)
            free(self.b.held)
            free(self.b.used)
            free(self.b.payable)
            free(self.b.working)
            free(self.b.states)
            free(self.b.changes)
            free(self.b.orders)
            free(self.b.fills)
            free(self.b.events)
            free(self.b.book.trades)
            free(self.b)

    @property
    def bankrupt_bar(self) -> int:
        """The bar of bankruptcy, or -1."""
        return self.b.bankrupt_bar

    @property
    def fault(self) -> "str | None":
        """What ended the run before its time, or None."""
        return FAULTS.get(self.b.fault)

    @property
    def bars_done(self) -> int:
        """How many bars have run. Another thread may ask during the run, and look at `equity` up to there."""
        return self.b.bars if self.b.fault == STRATEGY_STOPPED else self.b.t

    def cancel(self) -> None:
        """End the run after the bar it is at, with a fault, from another thread. A run that is over stays as it is."""
        if self.b.fault == 0:
            self.b.fault = CANCELLED_RUN

    def positions(self) -> object:
        """Return quantity, average entry price and unrealised profit by symbol, (symbols, 3) float64, quote currency.

        Another thread may ask during the run; a number may then be of the bar before.
        """
        s: cython.Py_ssize_t
        made: object = np.zeros((self.b.symbols, 3))
        rows: cython.double[:, ::1] = made
        p: cython.pointer[Position] = self.b.positions
        for s in range(self.b.symbols):
            if p[s].quantity != 0.0 and p[s].entered > 0.0:
                rows[s, 0] = p[s].quantity
                rows[s, 1] = p[s].entry_value / p[s].entered / self.b.multiplier[s]
                rows[s, 2] = p[s].quantity * (p[s].mark - rows[s, 1]) * self.b.multiplier[s]
        return made

    def records(self) -> tuple:
        """Return the orders, fills, events and trades, as arrays of their dtypes. Once, after the run."""
        b: cython.pointer[Broker] = self.b
        made: tuple = (
            _records(b.orders, b.order_count, ORDER_DTYPE),
            _records(b.fills, b.fill_count, FILL_DTYPE),
            _records(b.events, b.event_count, EVENT_DTYPE),
            _records(b.book.trades, b.book.trade_count, TRADE_DTYPE),
        )
        b.orders = cython.NULL
        b.fills = cython.NULL
        b.events = cython.NULL
        b.book.trades = cython.NULL
        b.order_count = b.fill_count = b.event_count = b.book.trade_count = 0
        b.order_room = b.fill_room = b.event_room = b.book.trade_room = 0
        return made

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def keep_curves(self) -> cython.bint:
        """Keep this bar's equity; tell whether the run goes on."""
        t: cython.longlong
        b: cython.pointer[Broker] = self.b
        self.equity_at[b.t] = b.equity
        self.exposure_at[b.t] = b.exposure
        if b.bankrupt_bar < 0 and b.fault == 0:
            return True
        for t in range(b.t + 1, b.bars):
            self.equity_at[t] = b.equity
            self.exposure_at[t] = 0.0
        return False

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def end(self) -> cython.void:
        """End what is alive after the last bar."""
        if self.b.t >= self.b.bars:
            self.b.t = self.b.bars - 1
        finish(self.b)
        self.b.working_count = 0
        self.b.held_orders = 0
        if self.b.fault == 0:
            self.b.fault = STRATEGY_STOPPED

    def run_targets(
        self,
        targets: cython.const[cython.double][:, ::1],
        rows: cython.const[cython.longlong][::1] = None,
        stop_loss: cython.const[cython.double][:, :] = None,
        take_profit: cython.const[cython.double][:, :] = None,
        trailing: cython.const[cython.double][:, :] = None,
        time_stop: cython.const[cython.longlong][:, :] = None,
    ) -> None:
        """Follow target weights decided at closes.

        targets: (bars, symbols), an order where a stated weight changes. With ``rows``: (rows, symbols), the weights
        stated anew at these bars, ascending. Exits, (bars, symbols), are fractions of the fill price, or bars.
        """
        t: cython.longlong = 0
        row: cython.Py_ssize_t = 0
        last: cython.p_double = cython.cast(cython.p_double, calloc(self.b.symbols, cython.sizeof(cython.double)))
        waiting: cython.p_int = cython.cast(cython.p_int, calloc(self.b.symbols, cython.sizeof(cython.int)))
        exits: _Exits = _Exits(stop_loss, take_profit, trailing, time_stop)
        b: cython.pointer[Broker] = self.b
        if last == cython.NULL or waiting == cython.NULL:
            free(last)
            free(waiting)
            raise MemoryError
        if rows is None and b.symbols == 1:
            reserve(b, _count_changes(targets))
        with cython.nogil:
            while t < b.bars:
                b.t = t
                step(b)
                if b.bankrupt_bar < 0:
                    if rows is None:
                        _follow(b, cython.address(targets[t, 0]), last, waiting, exits, False)
                    elif row < rows.shape[0] and rows[row] == t:
                        _follow(b, cython.address(targets[row, 0]), last, waiting, exits, True)
                        row += 1
                    if self.same_close:
                        fill_now(b)
                if not self.keep_curves():
                    break
                t += 1
                if rows is None and can_coast(b):
                    t = self.coast(t, cython.address(targets[0, 0]), last[0])
            self.end()
        free(last)
        free(waiting)

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def coast(
        self,
        first: cython.longlong,
        targets: cython.pointer[cython.const[cython.double]],
        last: cython.double,
    ) -> cython.longlong:
        """Carry the only position on until the target changes; return that bar. The same sums as `step`'s."""
        t: cython.longlong
        b: cython.pointer[Broker] = self.b
        cash: cython.double = b.book.cash
        quantity: cython.double = b.positions[0].quantity
        multiplier: cython.double = b.multiplier[0]
        mark: cython.double = b.positions[0].mark
        value: cython.double = 0.0
        for t in range(first, b.bars):
            if targets[t] == targets[t] and targets[t] != last:
                break
            if b.close[t] == b.close[t]:
                mark = b.close[t]
            if quantity != 0.0:
                value = quantity * mark * multiplier
            self.equity_at[t] = cash + value
            self.exposure_at[t] = value
        else:
            t = b.bars
        if t > first:
            b.positions[0].mark = mark
            b.equity = cash + value
            b.exposure = value
            b.t = t - 1
        return t

    def run_signals(
        self,
        entries: cython.const[cython.uchar][:, :],
        exits: cython.const[cython.uchar][:, :],
        short_entries: cython.const[cython.uchar][:, :],
        short_exits: cython.const[cython.uchar][:, :],
        size: cython.const[cython.double][:, :],
        size_kind: cython.int,
        stop_loss: cython.const[cython.double][:, :] = None,
        take_profit: cython.const[cython.double][:, :] = None,
        trailing: cython.const[cython.double][:, :] = None,
        time_stop: cython.const[cython.longlong][:, :] = None,
    ) -> None:
        """Follow entries and exits decided at closes; all arrays (bars, symbols), size in the unit of ``size_kind``."""
        t: cython.longlong
        s: cython.longlong
        waiting: cython.p_int = cython.cast(cython.p_int, calloc(self.b.symbols, cython.sizeof(cython.int)))
        attached: _Exits = _Exits(stop_loss, take_profit, trailing, time_stop)
        made: ExitRecord
        held: cython.double
        long_: cython.bint
        short: cython.bint
        b: cython.pointer[Broker] = self.b
        if waiting == cython.NULL:
            raise MemoryError
        with cython.nogil:
            for t in range(b.bars):
                b.t = t
                step(b)
                if b.bankrupt_bar < 0:
                    for s in range(b.symbols):
                        long_ = entries[t, s] and not exits[t, s]
                        short = short_entries[t, s] and not short_exits[t, s]
                        held = b.positions[s].quantity
                        if long_ != short and (held <= 0.0 if long_ else held >= 0.0):
                            made = attached.at(t, s)
                            _replace_waiting(b, waiting, s)
                            waiting[s] = 1 + submit(
                                b, s, 0, MARKET, GTC, size_kind, size[t, s] if long_ else -size[t, s], NAN, NAN, NAN, 0,
                                0, -1, -1, -1, PLAIN, cython.address(made),
                            )  # fmt: skip
                        elif (held > 0.0 and exits[t, s]) or (held < 0.0 and short_exits[t, s]):
                            _replace_waiting(b, waiting, s)
                            waiting[s] = 1 + submit(
                                b, s, -1 if held > 0.0 else 1, MARKET, GTC, WHOLE_POSITION, NAN, NAN, NAN, NAN, 0,
                                REDUCE_ONLY, -1, -1, -1, PLAIN, cython.NULL,
                            )  # fmt: skip
                    if self.same_close:
                        fill_now(b)
                if not self.keep_curves():
                    break
            self.end()
        free(waiting)


@cython.cclass
class _Exits:
    """The exits that arrays attach to entries."""

    stop_loss: cython.const[cython.double][:, :]
    take_profit: cython.const[cython.double][:, :]
    trailing: cython.const[cython.double][:, :]
    time_stop: cython.const[cython.longlong][:, :]
    has: cython.bint[4]

    def __init__(self, stop_loss, take_profit, trailing, time_stop):
        self.stop_loss = stop_loss
        self.take_profit = take_profit
        self.trailing = trailing
        self.time_stop = time_stop
        self.has[0] = stop_loss is not None
        self.has[1] = take_profit is not None
        self.has[2] = trailing is not None
        self.has[3] = time_stop is not None

    @cython.cfunc
    @cython.nogil
    @cython.exceptval(check=False)
    def at(self, t: cython.longlong, s: cython.longlong) -> ExitRecord:
        """Return what an entry decided here attaches."""
        made: ExitRecord
        made.stop_loss = self.stop_loss[t, s] if self.has[0] else NAN
        made.take_profit = self.take_profit[t, s] if self.has[1] else NAN
        made.trailing = self.trailing[t, s] if self.has[2] else NAN
        made.bars = cython.cast(cython.int, self.time_stop[t, s]) if self.has[3] else 0
        made.relative = True
        return made


@cython.cfunc
@cython.nogil
@cython.inline
@cython.exceptval(check=False)
def _replace_waiting(b: cython.pointer[Broker], waiting: cython.p_int, s: cython.longlong) -> cython.void:
    """Cancel the order that an earlier decision left, if it has not ended."""
    if waiting[s] > 0 and b.orders[waiting[s] - 1].status == PENDING:
        end_order(b, waiting[s] - 1, CANCELLED, REPLACED)
    waiting[s] = 0


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _count_changes(targets: cython.const[cython.double][:, ::1]) -> cython.longlong:
    """Return how many orders one symbol's targets ask for."""
    t: cython.longlong
    last: cython.double = 0.0
    count: cython.longlong = 0
    for t in range(targets.shape[0]):
        if targets[t, 0] == targets[t, 0] and targets[t, 0] != last:
            last = targets[t, 0]
            count += 1
    return count


@cython.cfunc
@cython.nogil
@cython.exceptval(check=False)
def _follow(
    b: cython.pointer[Broker],
    targets: cython.pointer[cython.const[cython.double]],
    last: cython.p_double,
    waiting: cython.p_int,
    exits: _Exits,
    anew: cython.bint,
) -> cython.void:
    """Send the orders that a row of target weights asks for."""
    s: cython.longlong
    target: cython.double
    made: ExitRecord
    for s in range(b.symbols):
        target = targets[s]
        if target != target or (target == last[s] and not anew):
            continue
        last[s] = target
        _replace_waiting(b, waiting, s)
        if anew and target == 0.0 and b.positions[s].quantity == 0.0:
            continue
        made = exits.at(b.t, s)
        waiting[s] = 1 + submit(
            b, s, 0, MARKET, GTC, TARGET_WEIGHT, target, NAN, NAN, NAN, 0, 0, -1, -1, -1, PLAIN, cython.address(made),
        )  # fmt: skip
