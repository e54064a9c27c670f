"""What an event strategy sees and does: prices up to the present bar, its account, its orders.

A `Context` speaks for the account and for the first symbol; ``context[1]`` or ``context["MSFT"]`` for another. It is a
thin view of the broker's memory: nothing is copied until it is asked for.
"""

import cython
import numpy as np
from cython.cimports.arbitrax.kernels.broker import STRATEGY_STOPPED, Broker, ExitRecord
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
    TARGET_VALUE,
    TARGET_WEIGHT,
    TRAILING_PERCENT,
    TRAILING_STOP,
    VALUE,
    WHOLE_POSITION,
    OrderRecord,
)
from cython.cimports.arbitrax.kernels.orders import compact, end_order, reserve, submit
from cython.cimports.arbitrax.kernels.phases import fill_now, step
from cython.cimports.arbitrax.kernels.simulate import Simulation
from cython.cimports.libc.math import NAN, isfinite

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


@cython.cclass
class Vocabulary:
    """The symbols of a run, the tags its strategy used, and what codes are called."""

    names = cython.declare(tuple, visibility="readonly")
    tags = cython.declare(list, visibility="readonly")
    places: dict
    codes: dict
    enums: dict
    tag_places: dict

    def __init__(self, names: tuple, codes: dict, enums: dict):
        self.names = names
        self.places = {name: place for place, name in enumerate(names)}
        self.codes = codes
        self.enums = enums
        self.tags = []
        self.tag_places = {}


@cython.cclass
class Line:
    """A column up to the present bar: ``line[-1]`` is the present, ``line[-2]`` the bar before, ``len(line)`` grows.

    Indexing past the present raises IndexError. A slice is an array of its own. Of a longer interval the bars that are
    over count.
    """

    values: cython.const[cython.double][:]
    splits: cython.const[cython.double][:]  # by value
    present_splits: cython.const[cython.double][:]  # by bar of the run
    known: cython.const[cython.longlong][:]  # by bar of the run: the last value that is known, -1 for none
    b: cython.pointer[Broker]
    keep: object
    adjusts: cython.bint
    counts: cython.bint  # units, not prices
    is_coarse: cython.bint

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    def last(self) -> cython.longlong:
        """Return the place of the last value that is known, -1 before the first."""
        return self.known[self.b.t] if self.is_coarse else self.b.t

    @cython.cfunc
    @cython.exceptval(check=False)
    def value_at(self, at: cython.longlong) -> cython.double:
        """Return a value that is known; NaN for place -1."""
        if at < 0:
            return NAN
        if self.adjusts and self.splits[at] != self.present_splits[self.b.t]:
            if self.counts:
                return self.values[at] * (self.present_splits[self.b.t] / self.splits[at])
            return self.values[at] * (self.splits[at] / self.present_splits[self.b.t])
        return self.values[at]

    def __len__(self) -> cython.Py_ssize_t:
        return self.last() + 1

    def __getitem__(self, index):
        at: cython.longlong
        last: cython.longlong = self.last()
        if isinstance(index, slice):
            found = np.asarray(self.values)[: last + 1][index]
            if self.adjusts:
                splits = np.asarray(self.splits)[: last + 1][index]
                present = self.present_splits[self.b.t]
                return found * (present / splits if self.counts else splits / present)
            return found.copy()
        at = index
        if at < 0:
            at += last + 1
        if at < 0 or at > last:
            if at > last:
                raise IndexError(f"bar {index} lies in the future: the present bar is {last}")
            raise IndexError(f"there is no bar {index}: only {last + 1} have been")
        return self.value_at(at)

    @property
    def address(self) -> int:
        """Where its first value is, for compiled strategies; 0 for a longer interval, which they cannot follow."""
        if self.is_coarse:
            return 0
        return cython.cast(cython.size_t, cython.address(self.values[0]))

    @property
    def now(self) -> float:
        """The last known value, NaN before the first."""
        return self.value_at(self.last())

    def __float__(self) -> float:
        return self.value_at(self.last())


@cython.cfunc
def _line(keep: object, b: cython.pointer[Broker], values: cython.const[cython.double][:], splits: object) -> Line:
    line: Line = Line()
    line.keep = keep
    line.b = b
    line.values = values
    line.adjusts = splits is not None
    if splits is not None:
        line.splits = splits
        line.present_splits = splits
    return line


@cython.cfunc
def _coarse_line(keep: object, b: cython.pointer[Broker], values: object, known: object, splits: object) -> Line:
    """Return a line of a longer interval; splits: by bar of the run, whose last units the values are in, or None."""
    line: Line = _line(keep, b, values, None)
    line.is_coarse = True
    line.known = known
    if splits is not None:
        line.adjusts = True
        line.present_splits = splits
        line.splits = np.full(len(values), splits[len(splits) - 1])
    return line


@cython.cclass
class History:
    """The columns of one symbol up to the present bar, as lines; raw prices adjusted for the splits since."""

    open = cython.declare(Line, visibility="readonly")
    high = cython.declare(Line, visibility="readonly")
    low = cython.declare(Line, visibility="readonly")
    close = cython.declare(Line, visibility="readonly")
    volume = cython.declare(object, visibility="readonly")


@cython.cclass
class Order:
    """One order as it is now."""

    b: cython.pointer[Broker]
    keep: object
    words: Vocabulary
    index: cython.int

    @cython.cfunc
    def record(self) -> cython.pointer[OrderRecord]:
        """Return where the order is kept."""
        if self.index >= self.b.order_count:
            raise ValueError("the run is over; its orders are in the result")
        return cython.address(self.b.orders[self.index])

    @property
    def id(self) -> int:
        """Its number, as `buy` and the others return it."""
        return self.index

    @property
    def symbol(self) -> str:
        """What it trades."""
        return self.words.names[self.record().symbol]

    @property
    def side(self) -> int:
        """1 buys, -1 sells, 0 a target whose side is not known yet."""
        return self.record().side

    @property
    def kind(self):
        """How it asks for its price (`OrderKind`)."""
        return self.words.enums["kind"](self.record().kind)

    @property
    def status(self):
        """Where it is in its life (`OrderStatus`)."""
        return self.words.enums["status"](self.record().status)

    @property
    def reason(self):
        """Why it ended (`OrderReason`)."""
        return self.words.enums["reason"](self.record().reason)

    @property
    def role(self):
        """What it is for: plain, stop loss, take profit, ... (`OrderRole`)."""
        return self.words.enums["role"](self.record().role)

    @property
    def is_open(self) -> bool:
        """Whether it still may fill."""
        return self.record().status == PENDING or self.record().status == HELD

    @property
    def quantity(self) -> float:
        """Units filled."""
        return self.record().quantity

    @property
    def remaining(self) -> float:
        """Units not filled yet; NaN while they depend on the fill price."""
        self.record()
        return self.b.states[self.index].remaining

    @property
    def limit(self) -> float:
        """Limit price, NaN without."""
        return self.record().limit

    @property
    def stop(self) -> float:
        """Trigger price, of a trailing stop its present level, NaN without."""
        return self.record().stop

    @property
    def price(self) -> float:
        """Mean price of its fills, NaN before the first."""
        return self.record().price

    @property
    def fee(self) -> float:
        """Commission so far, quote currency."""
        return self.record().fee

    @property
    def tag(self) -> "str | None":
        """What the strategy called it."""
        return None if self.record().tag < 0 else self.words.tags[self.record().tag]

    def __repr__(self) -> str:
        return f"<Order {self.index} {self.kind.name.lower()} {self.symbol} {self.status.name.lower()}>"


@cython.cclass
class Fill:
    """One fill: ``quantity`` is signed, ``price`` after slippage, ``fee`` in quote currency."""

    order = cython.declare(object, visibility="readonly")
    symbol = cython.declare(object, visibility="readonly")
    quantity = cython.declare(cython.double, visibility="readonly")
    price = cython.declare(cython.double, visibility="readonly")
    reference_price = cython.declare(cython.double, visibility="readonly")
    fee = cython.declare(cython.double, visibility="readonly")

    def __repr__(self) -> str:
        return f"<Fill {self.quantity:+g} {self.symbol} at {self.price:g}>"


@cython.cfunc
@cython.exceptval(-1.0, check=True)
def _number(value: object, name: str) -> cython.double:
    """Return a finite number, NaN for None."""
    number: cython.double
    if value is None:
        return NAN
    number = value
    if not isfinite(number):
        raise ValueError(f"{name} = {value!r} is not a finite number")
    return number


@cython.cfunc
@cython.exceptval(-1.0, check=True)
def _positive(value: object, name: str) -> cython.double:
    number: cython.double
    if value is None:
        return NAN
    number = value
    if not (isfinite(number) and number > 0.0):
        raise ValueError(f"{name} = {value!r} is not allowed; give a number above zero")
    return number


@cython.cclass
class Context:
    """The present bar, for a strategy. All prices are in quote currency, all quantities in units."""

    b: cython.pointer[Broker]
    symbol: cython.longlong
    simulation: object
    words: Vocabulary
    siblings: list
    whole: cython.bint  # speaks for the account, not for one symbol
    bars_given: object  # what `bars` returns before the first bar
    coarser_given: object  # what `resample` asks for bars of a longer interval
    splits_given: object
    history_made: object

    # -- the present -------------------------------------------------------------------------------------------

    @property
    def index(self) -> int:
        """Number of the present bar, from 0."""
        return self.b.t

    @property
    def time(self) -> int:
        """Start of the present bar, ns UTC."""
        return self.b.time[self.b.t]

    @property
    def name(self) -> str:
        """The symbol this speaks of."""
        return self.words.names[self.symbol]

    @property
    def symbols(self) -> int:
        """How many symbols the run trades."""
        return self.b.symbols

    @property
    def names(self) -> tuple:
        """All symbols."""
        return self.words.names

    def __getitem__(self, symbol):
        """Return the context of another symbol, by name or number."""
        if isinstance(symbol, str):
            if symbol not in self.words.places:
                raise KeyError(f"{symbol!r} is not in this run, which trades {', '.join(self.words.names[:8])}")
            return self.siblings[self.words.places[symbol]]
        return self.siblings[symbol]

    def __len__(self) -> cython.Py_ssize_t:
        return self.b.symbols

    @property
    def price(self) -> float:
        """Close of the present bar, NaN without one."""
        return self.b.close[self.b.t * self.b.symbols + self.symbol]

    @property
    def open(self) -> float:
        """Open of the present bar."""
        return self.b.open_[self.b.t * self.b.symbols + self.symbol]

    @property
    def high(self) -> float:
        """High of the present bar."""
        return self.b.high[self.b.t * self.b.symbols + self.symbol]

    @property
    def low(self) -> float:
        """Low of the present bar."""
        return self.b.low[self.b.t * self.b.symbols + self.symbol]

    @property
    def volume(self) -> float:
        """Volume of the present bar, NaN when unknown."""
        if self.b.volume == cython.NULL:
            return NAN
        return self.b.volume[self.b.t * self.b.symbols + self.symbol]

    @property
    def has_bar(self) -> bool:
        """Whether the symbol traded in this bar."""
        price: cython.double = self.b.close[self.b.t * self.b.symbols + self.symbol]
        return price == price

    # -- the account -------------------------------------------------------------------------------------------

    @property
    def position(self) -> float:
        """Units held; negative is short."""
        return self.b.positions[self.symbol].quantity

    @property
    def entry_price(self) -> float:
        """Mean price of the entries of the present position, NaN when flat."""
        if self.b.positions[self.symbol].quantity == 0.0:
            return NAN
        return self.b.positions[self.symbol].entry_value / (
            self.b.positions[self.symbol].entered * self.b.multiplier[self.symbol]
        )

    @property
    def bars_held(self) -> int:
        """Bars since the present position began, 0 when flat."""
        if self.b.positions[self.symbol].quantity == 0.0:
            return 0
        return self.b.t - self.b.positions[self.symbol].entry_bar

    @property
    def value(self) -> float:
        """Market value of the position; negative is short."""
        return (
            self.b.positions[self.symbol].quantity
            * self.b.positions[self.symbol].mark
            * (self.b.multiplier[self.symbol])
        )

    @property
    def weight(self) -> float:
        """Market value of the position as a share of equity."""
        return self.value / self.b.equity

    @property
    def cash(self) -> float:
        """Cash of the account; negative is debt."""
        return self.b.book.cash

    @property
    def equity(self) -> float:
        """Cash and positions at the present marks."""
        return self.b.equity

    @property
    def exposure(self) -> float:
        """Gross market value of all positions."""
        return self.b.exposure

    # -- history -----------------------------------------------------------------------------------------------

    @property
    def bars(self):
        """All bars of the symbol, in `on_start` only: for indicators, which `indicator` then reveals bar by bar."""
        if self.bars_given is None:
            raise RuntimeError("bars is for on_start; in on_bar use history, which ends at the present bar")
        return self.bars_given(self.symbol)

    @property
    def history(self) -> History:
        """Open, high, low, close and volume up to the present bar."""
        return self.history_made

    def indicator(self, values) -> Line:
        """Return values of shape (bars,) as a line that reveals them bar by bar. For `on_start`."""
        array = np.ascontiguousarray(values, dtype=np.float64)
        if array.shape != (self.b.bars,):
            raise ValueError(f"an indicator has one value a bar: shape ({self.b.bars},), not {array.shape}")
        return _line(self.simulation, self.b, array, None)

    def resample(self, interval: str):
        """Return the symbol's bars of a longer interval, which end with the last one that is over. For `on_start`."""
        if self.bars_given is None:
            raise RuntimeError("resample is for on_start; keep what it returns")
        return _coarse_history(self, interval)

    # -- orders ------------------------------------------------------------------------------------------------

    def buy(
        self, quantity=None, *, value=None, limit=None, stop=None, trail=None, trail_percent=None, on=None,
        time_in_force=None, until=None, reduce_only=False, do_not_reduce=False, stop_loss=None, take_profit=None,
        trailing_stop=None, max_bars=None, relative=False, parent=None, oco=None, tag=None,
    ) -> int:  # fmt: skip
        """Send an order to buy and return its number. It can fill from the next bar on.

        quantity: units, or value: quote currency. limit, stop: prices; both make a stop-limit. trail: distance of a
        trailing stop in price, trail_percent: as a fraction. on: "open" or "close" of a session. time_in_force: "gtc",
        "day", "gtd" (with until, ns UTC), "ioc", "fok". stop_loss, take_profit: prices, trailing_stop: a distance, or
        fractions of the fill price when relative; max_bars: leave after as many bars. parent: an order whose fill makes
        this one live. oco: an order of which only one shall fill.
        """
        return self.send(
            1, quantity, value, limit, stop, trail, trail_percent, on, time_in_force, until, reduce_only, do_not_reduce,
            stop_loss, take_profit, trailing_stop, max_bars, relative, parent, oco, tag,
        )  # fmt: skip

    def sell(
        self, quantity=None, *, value=None, limit=None, stop=None, trail=None, trail_percent=None, on=None,
        time_in_force=None, until=None, reduce_only=False, do_not_reduce=False, stop_loss=None, take_profit=None,
        trailing_stop=None, max_bars=None, relative=False, parent=None, oco=None, tag=None,
    ) -> int:  # fmt: skip
        """Send an order to sell, or to go short; the arguments are those of `buy`."""
        return self.send(
            -1, quantity, value, limit, stop, trail, trail_percent, on, time_in_force, until, reduce_only,
            do_not_reduce, stop_loss, take_profit, trailing_stop, max_bars, relative, parent, oco, tag,
        )  # fmt: skip

    def order_target_percent(
        self, weight, *, stop_loss=None, take_profit=None, trailing_stop=None, max_bars=None, relative=False, tag=None
    ) -> int:
        """Send an order for a share of equity: 1 is all of it long, -1 all short, 0 flat."""
        return self.aim(
            TARGET_WEIGHT, _number(weight, "weight"), stop_loss, take_profit, trailing_stop, max_bars, relative, tag
        )

    def order_target_value(
        self, value, *, stop_loss=None, take_profit=None, trailing_stop=None, max_bars=None, relative=False, tag=None
    ) -> int:
        """Send an order for a position of a value in quote currency."""
        return self.aim(
            TARGET_VALUE, _number(value, "value"), stop_loss, take_profit, trailing_stop, max_bars, relative, tag
        )

    def order_target_quantity(
        self, quantity, *, stop_loss=None, take_profit=None, trailing_stop=None, max_bars=None, relative=False, tag=None
    ) -> int:
        """Send an order for a position of so many units."""
        return self.aim(
            TARGET_QUANTITY, _number(quantity, "quantity"), stop_loss, take_profit, trailing_stop, max_bars, relative,
            tag,
        )  # fmt: skip

    def close(self, tag=None) -> int:
        """Send an order that ends the position at the next open; -1 when there is none."""
        held: cython.double = self.b.positions[self.symbol].quantity
        self._refuse_outside()
        if held == 0.0:
            return -1
        return submit(
            self.b, self.symbol, -1 if held > 0.0 else 1, MARKET, GTC, WHOLE_POSITION, NAN, NAN, NAN, NAN, 0,
            REDUCE_ONLY, self._tag(tag), -1, -1, PLAIN, cython.NULL,
        )  # fmt: skip

    def cancel(self, order: cython.int) -> bool:
        """Cancel an order by its number; False when it had ended before."""
        if order < 0 or order >= self.b.order_count:
            raise ValueError(f"there is no order {order}")
        if self.b.orders[order].status != PENDING and self.b.orders[order].status != HELD:
            return False
        end_order(self.b, order, CANCELLED, BY_STRATEGY)
        return True

    def cancel_all(self) -> int:
        """Cancel all open orders, of this symbol when reached through ``context[symbol]``; return how many."""
        i: cython.Py_ssize_t
        count: cython.int = 0
        b: cython.pointer[Broker] = self.b
        for i in range(b.working_count):
            if b.orders[b.working[i]].status == PENDING and (
                self.whole or b.orders[b.working[i]].symbol == self.symbol
            ):
                end_order(b, b.working[i], CANCELLED, BY_STRATEGY)
                count += 1
        for i in range(b.order_count if b.held_orders > 0 else 0):
            if b.orders[i].status == HELD and (self.whole or b.orders[i].symbol == self.symbol):
                end_order(b, cython.cast(cython.int, i), CANCELLED, BY_STRATEGY)
                count += 1
        compact(b)
        return count

    def replace(self, order: cython.int, *, quantity=None, limit=None, stop=None, trail=None) -> int:
        """Cancel an open order and send it again with other numbers; return the new order's number, -1 if it had ended.

        quantity counts what has filled already, as the first order's did.
        """
        old: OrderRecord
        exits: ExitRecord
        size: cython.double
        new: cython.int
        due: cython.int
        children: cython.int
        i: cython.longlong
        if order < 0 or order >= self.b.order_count:
            raise ValueError(f"there is no order {order}")
        old = self.b.orders[order]
        if old.status != PENDING and old.status != HELD:
            return -1
        exits = self.b.states[order].exits
        size = old.size
        if quantity is not None:
            if old.size_kind != QUANTITY:
                raise ValueError(f"order {order} has no quantity of its own to replace")
            size = _positive(quantity, "quantity")
        if old.quantity > 0.0 and old.size_kind <= VALUE:
            size -= old.quantity if old.size_kind == QUANTITY else (
                old.quantity * old.price * self.b.multiplier[old.symbol]
            )  # fmt: skip
            if size <= 0.0:
                raise ValueError(f"order {order} has filled {old.quantity:g}; replace it by more, or cancel it")
        if limit is not None:
            if old.limit != old.limit:
                raise ValueError(f"order {order} has no limit to replace")
            old.limit = _positive(limit, "limit")
        if stop is not None:
            if old.stop != old.stop or old.trail == old.trail:
                raise ValueError(f"order {order} has no stop to replace")
            old.stop = _positive(stop, "stop")
        if trail is not None:
            if old.trail != old.trail:
                raise ValueError(f"order {order} does not trail")
            old.trail = _positive(trail, "trail")
        children = self.b.states[order].children
        due = self.b.states[order].due_bar
        self.b.states[order].children = 0  # they move
        end_order(self.b, order, CANCELLED, REPLACED)
        new = submit(
            self.b, old.symbol, old.side, old.kind, old.time_in_force, old.size_kind, size, old.limit, old.stop,
            old.trail, old.expires, old.flags, old.tag, old.parent if old.status == HELD else -1, old.group, old.role,
            cython.address(exits),
        )  # fmt: skip
        if new >= 0:
            # Exits stay those of their entry, whose later fills they grow with.
            self.b.orders[new].parent = old.parent
            self.b.states[new].due_bar = due
        if new >= 0 and children:
            self.b.states[new].children = children
            self.b.states[new].first_child = self.b.states[order].first_child
            for i in range(self.b.states[order].first_child, self.b.order_count):
                if self.b.orders[i].parent == order and self.b.orders[i].status == HELD:
                    self.b.orders[i].parent = new
        return new

    def order(self, number: cython.int) -> Order:
        """Return an order by its number."""
        if number < 0 or number >= self.b.order_count:
            raise ValueError(f"there is no order {number}")
        return self._order(number)

    @property
    def open_orders(self) -> list:
        """The orders that still may fill, oldest first; of this symbol when reached through ``context[symbol]``."""
        i: cython.longlong
        found: list = []
        for i in range(self.b.working_count):
            if self.b.orders[self.b.working[i]].status == PENDING:
                found.append(self.b.working[i])
        for i in range(self.b.order_count if self.b.held_orders > 0 else 0):
            if self.b.orders[i].status == HELD:
                found.append(i)
        return [
            self._order(number) for number in sorted(found) if self.whole or self.b.orders[number].symbol == self.symbol
        ]

    @cython.cfunc
    def _order(self, number: cython.int) -> Order:
        made: Order = Order()
        made.b = self.b
        made.keep = self.simulation
        made.words = self.words
        made.index = number
        return made

    @cython.cfunc
    @cython.exceptval(-2, check=True)
    def _refuse_outside(self) -> cython.int:
        """Refuse orders before the first bar and after the last: they belong to a close."""
        if self.bars_given is not None:
            raise RuntimeError("orders are for on_bar; on_start comes before the first bar")
        if self.b.fault == STRATEGY_STOPPED:
            raise RuntimeError("the run is over and takes no more orders")
        return 0

    @cython.cfunc
    @cython.exceptval(-2, check=True)
    def _tag(self, tag: object) -> cython.int:
        if tag is None:
            return -1
        if tag not in self.words.tag_places:
            self.words.tag_places[tag] = len(self.words.tags)
            self.words.tags.append(str(tag))
        return self.words.tag_places[tag]

    @cython.cfunc
    @cython.exceptval(-2, check=True)
    def send(  # noqa: D102
        self, side: cython.int, quantity: object, value: object, limit: object, stop: object, trail: object,
        trail_percent: object, on: object, time_in_force: object, until: object, reduce_only: cython.bint,
        do_not_reduce: cython.bint, stop_loss: object, take_profit: object, trailing_stop: object, max_bars: object,
        relative: cython.bint, parent: object, oco: object, tag: object,
    ) -> cython.int:  # fmt: skip
        size_kind: cython.int = QUANTITY
        size: cython.double
        kind: cython.int = MARKET
        distance: cython.double = NAN
        force: cython.int = GTC
        flags: cython.int = 0
        expires: cython.longlong = 0
        mother: cython.int = -1
        group: cython.int = -1
        other: cython.int
        exits: ExitRecord
        has_exits: cython.bint
        self._refuse_outside()
        if quantity is not None:
            size = _positive(quantity, "quantity")
            if value is not None:
                raise ValueError("give an order a quantity or a value, not both")
        elif value is not None:
            size_kind = VALUE
            size = _positive(value, "value")
        else:
            raise ValueError("an order needs a quantity or a value")
        if limit is not None:
            kind = LIMIT if stop is None else STOP_LIMIT
        elif stop is not None:
            kind = STOP
        if trail is not None or trail_percent is not None:
            if kind != MARKET or (trail is not None and trail_percent is not None):
                raise ValueError("a trailing stop takes a trail or a trail_percent, and no limit or stop")
            kind = TRAILING_STOP if trail is not None else TRAILING_PERCENT
            distance = _positive(trail if trail is not None else trail_percent, "trail")
            if kind == TRAILING_PERCENT and distance >= 1.0:
                raise ValueError(f"trail_percent = {distance:g} is not allowed; it is a fraction, such as 0.05")
        if on is not None:
            if kind > LIMIT or (on != "open" and on != "close"):
                raise ValueError(f"on = {on!r} is not allowed; give 'open' or 'close', without a stop")
            if on == "open":
                kind = MARKET_ON_OPEN if kind == MARKET else LIMIT_ON_OPEN
            else:
                kind = MARKET_ON_CLOSE if kind == MARKET else LIMIT_ON_CLOSE
        if time_in_force is not None:
            if time_in_force not in self.words.codes:
                raise ValueError(f"time_in_force = {time_in_force!r} is not one of {', '.join(self.words.codes)}")
            force = self.words.codes[time_in_force]
        if until is not None:
            if time_in_force is not None and force != GTD:
                raise ValueError(f"until goes with time_in_force = 'gtd', not with {time_in_force!r}")
            force = GTD
            expires = until
        elif force == GTD:
            raise ValueError("a good till date order needs until, ns UTC")
        if reduce_only:
            flags |= REDUCE_ONLY
        if do_not_reduce:
            flags |= KEEP_PRICE
        if parent is not None:
            mother = parent
            if mother < 0 or mother >= self.b.order_count:
                raise ValueError(f"there is no order {parent} to be the parent")
            if self.b.orders[mother].status == FILLED or self.b.orders[mother].quantity > 0.0:
                mother = -1  # it has filled: live at once
            elif self.b.orders[mother].status != PENDING and self.b.orders[mother].status != HELD:
                raise ValueError(f"order {parent} ended without a fill and cannot be a parent")
        if oco is not None:
            other = oco
            if other < 0 or other >= self.b.order_count:
                raise ValueError(f"there is no order {oco} to go with")
            if self.b.orders[other].status != PENDING and self.b.orders[other].status != HELD:
                raise ValueError(f"order {oco} has ended, so no other can go with it")
            if self.b.orders[other].group < 0:
                self.b.groups += 1
                self.b.orders[other].group = self.b.groups
            group = self.b.orders[other].group
        has_exits = (
            stop_loss is not None or take_profit is not None or trailing_stop is not None or max_bars is not None
        )
        if has_exits:
            _read_exits(cython.address(exits), stop_loss, take_profit, trailing_stop, max_bars, relative)
        return submit(
            self.b, self.symbol, side, kind, force, size_kind, size, _positive(limit, "limit"), _positive(stop, "stop"),
            distance, expires, flags, -1 if tag is None else self._tag(tag), mother, group, PLAIN,
            cython.address(exits) if has_exits else cython.NULL,
        )  # fmt: skip

    @cython.cfunc
    @cython.exceptval(-2, check=True)
    def aim(  # noqa: D102
        self, size_kind: cython.int, size: cython.double, stop_loss: object, take_profit: object, trailing_stop: object,
        max_bars: object, relative: cython.bint, tag: object,
    ) -> cython.int:  # fmt: skip
        exits: ExitRecord
        has_exits: cython.bint = (
            stop_loss is not None or take_profit is not None or trailing_stop is not None or max_bars is not None
        )
        i: cython.Py_ssize_t
        self._refuse_outside()
        if has_exits:
            _read_exits(cython.address(exits), stop_loss, take_profit, trailing_stop, max_bars, relative)
        # A newer target replaces one that has not filled.
        for i in range(self.b.working_count):
            if (
                self.b.orders[self.b.working[i]].status == PENDING
                and self.b.orders[self.b.working[i]].symbol == self.symbol
                and TARGET_QUANTITY <= self.b.orders[self.b.working[i]].size_kind <= TARGET_WEIGHT
            ):
                end_order(self.b, self.b.working[i], CANCELLED, REPLACED)
        return submit(
            self.b, self.symbol, 0, MARKET, GTC, size_kind, size, NAN, NAN, NAN, 0, 0,
            -1 if tag is None else self._tag(tag), -1, -1, PLAIN, cython.address(exits) if has_exits else cython.NULL,
        )  # fmt: skip


@cython.cclass
class CoarseHistory(History):
    """Bars of a longer interval: those that are over at the present bar, as lines."""

    b: cython.pointer[Broker]
    keep: object
    bars_made: object
    known: object
    owner: Context

    @property
    def bars(self):
        """All bars of the interval, in `on_start` only: for indicators, which `indicator` then reveals bar by bar."""
        if self.owner.bars_given is None:
            raise RuntimeError(
                "bars is for on_start; in on_bar use the lines, which end with the last bar that is over"
            )
        return self.bars_made

    @property
    def is_new(self) -> bool:
        """Whether a bar of the interval is over with the present bar, and was not before it."""
        known: cython.const[cython.longlong][:] = self.known
        return known[self.b.t] > (known[self.b.t - 1] if self.b.t > 0 else -1)

    def indicator(self, values) -> Line:
        """Return one value a bar of the interval as a line that reveals them as the bars are over. For `on_start`."""
        array = np.ascontiguousarray(values, dtype=np.float64)
        if array.shape != (len(self.bars_made),):
            raise ValueError(f"an indicator has one value a bar: shape ({len(self.bars_made)},), not {array.shape}")
        return _coarse_line(self.keep, self.b, array, self.known, None)

    def __len__(self) -> cython.Py_ssize_t:
        return len(self.close)


@cython.cfunc
def _coarse_history(context: Context, interval: object) -> CoarseHistory:
    made: CoarseHistory = CoarseHistory()
    counted: Line
    splits: object = context.splits_given
    made.b = context.b
    made.keep = context.simulation
    made.owner = context
    made.bars_made, known = context.coarser_given(context.symbol, interval)
    made.known = np.ascontiguousarray(known, dtype=np.int64)
    open_, high, low, close, volume = (
        np.ascontiguousarray(getattr(made.bars_made, name), dtype=np.float64)
        for name in ("open", "high", "low", "close", "volume")
    )
    made.open = _coarse_line(made.keep, made.b, open_, made.known, splits)
    made.high = _coarse_line(made.keep, made.b, high, made.known, splits)
    made.low = _coarse_line(made.keep, made.b, low, made.known, splits)
    made.close = _coarse_line(made.keep, made.b, close, made.known, splits)
    counted = _coarse_line(made.keep, made.b, volume, made.known, splits)
    counted.counts = True
    made.volume = counted
    return made


@cython.cfunc
@cython.exceptval(-1, check=True)
def _read_exits(
    exits: cython.pointer[ExitRecord], stop_loss: object, take_profit: object, trailing_stop: object, max_bars: object,
    relative: cython.bint,
) -> cython.int:  # fmt: skip
    exits.stop_loss = _positive(stop_loss, "stop_loss")
    exits.take_profit = _positive(take_profit, "take_profit")
    exits.trailing = _positive(trailing_stop, "trailing_stop")
    exits.bars = 0
    if max_bars is not None:
        if max_bars != int(max_bars) or not 1 <= max_bars <= 2147483647:
            raise ValueError(f"max_bars = {max_bars!r} is not allowed; give a whole number of bars from 1")
        exits.bars = int(max_bars)
    exits.relative = relative
    if relative and (exits.stop_loss >= 1.0 or exits.trailing >= 1.0):
        raise ValueError(
            f"stop_loss = {stop_loss!r}, trailing_stop = {trailing_stop!r} are not allowed with relative=True; give "
            "fractions of the entry's price, such as 0.05"
        )
    return 0


def open_contexts(simulation: Simulation, words: Vocabulary, bars: object, coarser: object, splits: object) -> Context:
    """Return the context of a simulation. bars: called with a symbol's number, for `Context.bars`.

    coarser: called with a symbol's number and an interval, returns bars of it and, by bar of the run, which is the last
    that is over. splits: (bars, symbols) cumulative split ratios of raw prices, or None.
    """
    siblings: list = []
    made: Context
    history: History
    counted: Line
    s: cython.Py_ssize_t
    open_, high, low, close, volume = (
        None if each is None else np.asarray(each) for each in (*simulation.keep[:4], simulation.keep[9])
    )
    for s in range(simulation.b.symbols + 1):
        made = Context()
        made.b = simulation.b
        made.simulation = simulation
        made.words = words
        made.siblings = siblings
        made.bars_given = bars
        made.coarser_given = coarser
        made.whole = s == simulation.b.symbols
        made.symbol = 0 if made.whole else s
        column = None if splits is None else np.ascontiguousarray(splits[:, made.symbol])
        made.splits_given = column
        history = History()
        history.open = _line(simulation, simulation.b, open_[:, made.symbol], column)
        history.high = _line(simulation, simulation.b, high[:, made.symbol], column)
        history.low = _line(simulation, simulation.b, low[:, made.symbol], column)
        history.close = _line(simulation, simulation.b, close[:, made.symbol], column)
        if volume is not None:
            counted = _line(simulation, simulation.b, volume[:, made.symbol], column)
            counted.counts = True
            history.volume = counted
        made.history_made = history
        if not made.whole:
            siblings.append(made)
    return made


@cython.cfunc
def _changed(b: cython.pointer[Broker]) -> list:
    """Return the orders whose status changed since the last call."""
    i: cython.longlong
    found: set = set()
    for i in range(b.change_count):
        found.add(b.changes[i])
    b.change_count = 0
    return sorted(found)


def run_events(
    simulation: Simulation, context: Context, first: cython.longlong, on_bar: object, on_fill: object, on_order: object
) -> None:
    """Step through the market and call the strategy at each close from bar ``first`` on."""
    b: cython.pointer[Broker] = simulation.b
    t: cython.longlong
    done: cython.longlong = 0
    each: Context
    made: Fill
    for each in (context, *context.siblings):
        each.bars_given = None
    reserve(b, b.bars // 4)  # room that is not used is not touched
    for t in range(b.bars):
        b.t = t
        step(b)
        if b.bankrupt_bar < 0 and t >= first:
            if on_fill is not None:
                while done < b.fill_count:
                    made = Fill()
                    made.order = context._order(b.fills[done].order)
                    made.symbol = context.words.names[b.fills[done].symbol]
                    made.quantity = b.fills[done].quantity
                    made.price = b.fills[done].price
                    made.reference_price = b.fills[done].reference_price
                    made.fee = b.fills[done].fee
                    done += 1
                    on_fill(context, made)
            if on_order is not None:
                # What the callback changes itself is told at the next bar.
                changed = _changed(b)
                for number in changed:
                    on_order(context, context._order(number))
            on_bar(context)
            if simulation.same_close:
                fill_now(b)
        if not simulation.keep_curves():
            break
    simulation.end()
