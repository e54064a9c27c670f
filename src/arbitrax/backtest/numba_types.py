"""The context, lines and the strategy itself as Numba sees them: addresses into the broker's memory."""

# Numba compares an implementation's signature with its typing's, annotations and all: there are none here.
import math
import operator
from ctypes import c_double, c_longlong

import numpy as np
from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
from numba.core.errors import NumbaTypeError
from numba.core.imputils import lower_getattr_generic, lower_setattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import (
    intrinsic,
    make_attribute_wrapper,
    models,
    overload,
    overload_attribute,
    overload_method,
    register_model,
)

from arbitrax.backtest.compiled import function
from arbitrax.domain.orders import OrderStatus, SizeKind, TimeInForce
from arbitrax.kernels.compiled import FUNCTIONS, LAYOUT, MISSING
from arbitrax.kernels.ledger import FILL_DTYPE, ORDER_DTYPE

N, D = c_longlong, c_double
_send = function(FUNCTIONS["send"], N, N, N, N, D, D, D, D, D, D, D, D, D, N, N, N, N, N, N, N, N, N, N)
_aim = function(FUNCTIONS["aim"], N, N, N, N, D, D, D, D, N, N, N)
_close = function(FUNCTIONS["close"], N, N, N, N)
_cancel = function(FUNCTIONS["cancel"], N, N, N)
_cancel_all = function(FUNCTIONS["cancel_all"], N, N, N)
_look_ahead = function(FUNCTIONS["look_ahead"], None, N)

T, SYMBOLS, TIME = LAYOUT["t"], LAYOUT["symbols"], LAYOUT["time"]
POSITIONS, POSITION_SIZE = LAYOUT["positions"], LAYOUT["position_size"]
ORDERS, STATES, FILLS = LAYOUT["orders"], LAYOUT["states"], LAYOUT["fills"]
ON = {"open": 1, "close": 2}
FORCES = {force.name.lower(): int(force) for force in TimeInForce}
TAGS = []
"""The tags in compiled code; their numbers there are the places here."""


class ContextType(types.Type):
    """The present bar; ``symbol`` is -1 where it speaks for the account."""

    def __init__(self):
        super().__init__("ArbitraxContext")


class HistoryType(types.Type):
    """The columns of one symbol up to the present bar."""

    def __init__(self):
        super().__init__("ArbitraxHistory")


class OrderType(types.Type):
    """One order as it is now."""

    def __init__(self):
        super().__init__("ArbitraxOrder")


class FillType(types.Type):
    """One fill."""

    def __init__(self):
        super().__init__("ArbitraxFill")


class LineType(types.Type):
    """A column up to the present bar."""

    def __init__(self):
        super().__init__("ArbitraxLine")


class StrategyType(types.Type):
    """A strategy's numbers and lines, by their layout."""

    def __init__(self, fields):
        self.fields = fields
        super().__init__(f"ArbitraxStrategy{fields}")


CONTEXT, LINE, HISTORY, ORDER, FILL = ContextType(), LineType(), HistoryType(), OrderType(), FillType()
SYMBOL_VIEW = [(name, types.int64) for name in ("broker", "symbol", "whole", "splits")]
RECORD_VIEW = [(name, types.int64) for name in ("broker", "number")]
LINE_VIEW = [(name, types.int64) for name in ("data", "stride", "broker", "splits", "counts")]


def _struct(kind, members):
    """Say that values of a type are so many integers, readable with an underscore."""

    @register_model(kind)
    class Model(models.StructModel):
        def __init__(self, manager, of):
            super().__init__(manager, of, members)

    for name, _ in members:
        make_attribute_wrapper(kind, name, f"_{name}")


_struct(ContextType, SYMBOL_VIEW)
_struct(HistoryType, SYMBOL_VIEW)
_struct(OrderType, RECORD_VIEW)
_struct(FillType, RECORD_VIEW)
_struct(LineType, LINE_VIEW)


@register_model(StrategyType)
class _StrategyModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, ir.IntType(64))


def _load(kind):
    def codegen(_context, builder, _signature, arguments):
        return builder.load(builder.inttoptr(arguments[0], kind.as_pointer()))

    return codegen


@intrinsic
def _integer(_typing, address):
    """Read the int64 at an address."""
    return types.int64(types.int64), _load(ir.IntType(64))


@intrinsic
def _short(_typing, address):
    """Read the int32 at an address."""

    def codegen(_context, builder, _signature, arguments):
        value = builder.load(builder.inttoptr(arguments[0], ir.IntType(32).as_pointer()))
        return builder.sext(value, ir.IntType(64))

    return types.int64(types.int64), codegen


@intrinsic
def _float(_typing, address):
    """Read the float64 at an address."""
    return types.float64(types.int64), _load(ir.DoubleType())


@intrinsic
def _byte(_typing, address):
    """Read the int8 at an address."""

    def codegen(_context, builder, _signature, arguments):
        value = builder.load(builder.inttoptr(arguments[0], ir.IntType(8).as_pointer()))
        return builder.sext(value, ir.IntType(64))

    return types.int64(types.int64), codegen


def _maker(kind, members):
    """Return what makes a value of a struct from its members."""
    names = [name for name, _ in members]

    def make(typing, *given):
        def codegen(context, builder, signature, arguments):
            made = cgutils.create_struct_proxy(kind)(context, builder)
            for name, value in zip(names, arguments, strict=True):
                setattr(made, name, value)
            return made._getvalue()

        return kind(*(types.int64 for _ in names)), codegen

    return make


@intrinsic
def _make_context(typing, broker, symbol, whole, splits):
    return _maker(CONTEXT, SYMBOL_VIEW)(typing)


@intrinsic
def _make_history(typing, broker, symbol, whole, splits):
    return _maker(HISTORY, SYMBOL_VIEW)(typing)


@intrinsic
def _make_line(typing, data, stride, broker, splits, counts):
    return _maker(LINE, LINE_VIEW)(typing)


@intrinsic
def _make_order(typing, broker, number):
    return _maker(ORDER, RECORD_VIEW)(typing)


@intrinsic
def _make_fill(typing, broker, number):
    return _maker(FILL, RECORD_VIEW)(typing)


# -- the strategy ----------------------------------------------------------------------------------

_KINDS = {"i8": types.int64, "f8": types.float64, "line": LINE}


@infer_getattr
class _StrategyAttributes(AttributeTemplate):
    key = StrategyType

    def generic_resolve(self, kind, attribute):
        return _KINDS.get(dict(kind.fields).get(attribute, ""))


def _cell(builder, kind, value, attribute, cell):
    place = [name for name, _ in kind.fields].index(attribute)
    return builder.inttoptr(builder.add(value, ir.Constant(ir.IntType(64), 8 * place)), cell.as_pointer())


@lower_getattr_generic(StrategyType)
def _read_field(context, builder, kind, value, attribute):
    held = dict(kind.fields)[attribute]
    if held != "line":
        cell = ir.DoubleType() if held == "f8" else ir.IntType(64)
        return builder.load(_cell(builder, kind, value, attribute, cell))
    made = cgutils.create_struct_proxy(LINE)(context, builder)
    made.data = builder.load(_cell(builder, kind, value, attribute, ir.IntType(64)))
    made.stride = ir.Constant(ir.IntType(64), 1)
    broker = builder.add(value, ir.Constant(ir.IntType(64), 8 * len(kind.fields)))
    made.broker = builder.load(builder.inttoptr(broker, ir.IntType(64).as_pointer()))
    made.splits = ir.Constant(ir.IntType(64), 0)
    made.counts = ir.Constant(ir.IntType(64), 0)
    return made._getvalue()


@lower_setattr_generic(StrategyType)
def _write_field(context, builder, signature, arguments, attribute):
    kind, given = signature.args
    held = dict(kind.fields)[attribute]
    if held == "line":
        raise NotImplementedError(f"{attribute} is a line and cannot be set")
    value = context.cast(builder, arguments[1], given, _KINDS[held])
    cell = ir.DoubleType() if held == "f8" else ir.IntType(64)
    builder.store(value, _cell(builder, kind, arguments[0], attribute, cell))


@intrinsic
def _as_strategy(_typing, memory, kind):
    """Return the strategy whose cells are at an address."""

    def codegen(_context, _builder, _signature, arguments):
        return arguments[0]

    return kind.instance_type(types.int64, kind), codegen


# -- lines -----------------------------------------------------------------------------------------


@njit
def _value_at(line, place, now):
    value = _float(line._data + 8 * place * line._stride)
    if line._splits != 0:  # raw prices or counts of units, in the units of the present bar
        then = _float(line._splits + 8 * place * line._stride)
        present = _float(line._splits + 8 * now * line._stride)
        if then != present:
            return value * (present / then if line._counts else then / present)
    return value


@overload(operator.getitem)
def _line_at(line, index):
    if isinstance(line, LineType) and isinstance(index, types.Integer):

        def at(line, index):
            now = _integer(line._broker + T)
            place = index + now + 1 if index < 0 else index
            if place < 0 or place > now:
                _look_ahead(line._broker)
                return math.nan
            return _value_at(line, place, now)

        return at
    if isinstance(line, LineType) and isinstance(index, types.SliceType):

        def between(line, index):
            now = _integer(line._broker + T)
            places = np.arange(now + 1)[index]
            found = np.empty(len(places))
            for at in range(len(places)):
                found[at] = _value_at(line, places[at], now)
            return found

        return between
    return None


@overload(len)
def _line_length(line):
    if isinstance(line, LineType):
        return lambda line: _integer(line._broker + T) + 1
    return None


@overload_attribute(LineType, "now")
def _line_now(line):
    return lambda line: _value_at(line, _integer(line._broker + T), _integer(line._broker + T))


# -- the context -----------------------------------------------------------------------------------


def _attribute(name):
    return overload_attribute(ContextType, name)


def _price_attribute(name, offset):
    @overload_attribute(ContextType, name)
    def get(ctx):
        def price(ctx):
            at = _integer(ctx._broker + T) * _integer(ctx._broker + SYMBOLS) + ctx._symbol
            column = _integer(ctx._broker + offset)
            return _float(column + 8 * at) if column != 0 else math.nan

        return price


for _name, _field in (("price", "close"), ("open", "open"), ("high", "high"), ("low", "low"), ("volume", "volume")):
    _price_attribute(_name, LAYOUT[_field])


def _account_attribute(name):
    offset = LAYOUT[name]

    @overload_attribute(ContextType, name)
    def get(ctx):
        return lambda ctx: _float(ctx._broker + offset)


for _name in ("cash", "equity", "exposure"):
    _account_attribute(_name)

QUANTITY, MARK = LAYOUT["position.quantity"], LAYOUT["position.mark"]
ENTERED, ENTRY_VALUE, ENTRY_BAR = (LAYOUT[f"position.{each}"] for each in ("entered", "entry_value", "entry_bar"))
MULTIPLIER = LAYOUT["multiplier"]


@njit
def _position(ctx):
    return _integer(ctx._broker + POSITIONS) + ctx._symbol * POSITION_SIZE


@njit
def _multiplier(ctx):
    return _float(_integer(ctx._broker + MULTIPLIER) + 8 * ctx._symbol)


@_attribute("index")
def _get_index(ctx):
    return lambda ctx: _integer(ctx._broker + T)


@_attribute("time")
def _get_time(ctx):
    return lambda ctx: _integer(_integer(ctx._broker + TIME) + 8 * _integer(ctx._broker + T))


@_attribute("symbols")
def _get_symbols(ctx):
    return lambda ctx: _integer(ctx._broker + SYMBOLS)


@_attribute("has_bar")
def _get_has_bar(ctx):
    return lambda ctx: not math.isnan(ctx.price)


@_attribute("position")
def _get_position(ctx):
    return lambda ctx: _float(_position(ctx) + QUANTITY)


@_attribute("value")
def _get_value(ctx):
    return lambda ctx: _float(_position(ctx) + QUANTITY) * _float(_position(ctx) + MARK) * _multiplier(ctx)


@_attribute("weight")
def _get_weight(ctx):
    return lambda ctx: ctx.value / ctx.equity


@_attribute("entry_price")
def _get_entry_price(ctx):
    def entry_price(ctx):
        at = _position(ctx)
        if _float(at + QUANTITY) == 0.0:
            return math.nan
        return _float(at + ENTRY_VALUE) / (_float(at + ENTERED) * _multiplier(ctx))

    return entry_price


@_attribute("bars_held")
def _get_bars_held(ctx):
    def bars_held(ctx):
        at = _position(ctx)
        if _float(at + QUANTITY) == 0.0:
            return 0
        return _integer(ctx._broker + T) - _short(at + ENTRY_BAR)

    return bars_held


@overload(operator.getitem)
def _context_of(ctx, symbol):
    if isinstance(ctx, ContextType) and isinstance(symbol, types.Integer):

        def of(ctx, symbol):
            if symbol < 0 or symbol >= _integer(ctx._broker + SYMBOLS):
                _look_ahead(ctx._broker)
                return _make_context(ctx._broker, 0, 0, ctx._splits)
            return _make_context(ctx._broker, symbol, 0, ctx._splits)

        return of
    return None


# -- history ---------------------------------------------------------------------------------------


@_attribute("history")
def _get_history(ctx):
    return lambda ctx: _make_history(ctx._broker, ctx._symbol, 0, ctx._splits)


def _column_attribute(name, offset):
    @overload_attribute(HistoryType, name)
    def get(history):
        def line(history):
            splits = history._splits
            if splits != 0:
                splits += 8 * history._symbol
            data = _integer(history._broker + offset) + 8 * history._symbol
            return _make_line(data, _integer(history._broker + SYMBOLS), history._broker, splits, 0)

        return line


for _name in ("open", "high", "low", "close"):
    _column_attribute(_name, LAYOUT[_name])


@overload_attribute(HistoryType, "volume")
def _get_volumes(history):
    offset = LAYOUT["volume"]

    def line(history):
        splits = history._splits
        if splits != 0:
            splits += 8 * history._symbol
        data = _integer(history._broker + offset) + 8 * history._symbol
        return _make_line(data, _integer(history._broker + SYMBOLS), history._broker, splits, 1)

    return line


# -- records ---------------------------------------------------------------------------------------


def _record_attribute(kind, name, field, dtype, records, size):
    offset = dtype.fields[field][1]
    read = {"f8": _float, "i8": _integer, "i4": _short, "i1": _byte}[dtype.fields[field][0].str[1:]]

    @overload_attribute(kind, name)
    def get(record):
        return lambda record: read(_integer(record._broker + records) + size * record._number + offset)


for _name in ("side", "kind", "status", "reason", "role", "quantity", "limit", "stop", "price", "fee"):
    _record_attribute(OrderType, _name, _name, ORDER_DTYPE, ORDERS, LAYOUT["order_size"])
for _name in ("quantity", "price", "reference_price", "fee"):
    _record_attribute(FillType, _name, _name, FILL_DTYPE, FILLS, LAYOUT["fill_size"])
_record_attribute(FillType, "_order", "order", FILL_DTYPE, FILLS, LAYOUT["fill_size"])


@overload_attribute(FillType, "order")
def _get_order(fill):
    return lambda fill: _make_order(fill._broker, fill._order)


@overload_attribute(OrderType, "id")
def _get_id(order):
    return lambda order: order._number


@overload_attribute(OrderType, "is_open")
def _get_is_open(order):
    pending, held = int(OrderStatus.PENDING), int(OrderStatus.HELD)
    return lambda order: order.status in (pending, held)


@overload_attribute(OrderType, "remaining")
def _get_remaining(order):
    size, offset = LAYOUT["state_size"], LAYOUT["state.remaining"]
    return lambda order: _float(_integer(order._broker + STATES) + size * order._number + offset)


@overload_method(ContextType, "order")
def _order_method(ctx, number):
    count = LAYOUT["order_count"]

    def order(ctx, number):
        if number < 0 or number >= _integer(ctx._broker + count):
            _look_ahead(ctx._broker)
            return _make_order(ctx._broker, 0)
        return _make_order(ctx._broker, number)

    return order


# -- orders ----------------------------------------------------------------------------------------


@njit
def _wrong_if_nan(value):
    """NaN stands for a number that was not given; one that was given is as wrong as a negative one."""
    return -1.0 if math.isnan(value) else value


def _given(value):
    """Stand for a number that may not have been given; Numba knows the overloads."""
    raise NotImplementedError


@overload(_given, inline="always")
def _given_number(value):
    if value is None or isinstance(value, types.NoneType | types.Omitted):
        return lambda value: math.nan
    if isinstance(value, types.Float | types.Integer | types.Boolean):
        return lambda value: _wrong_if_nan(1.0 * value)
    return None


def _whole(value):
    """Stand for a whole number that may not have been given."""
    raise NotImplementedError


@overload(_whole, inline="always")
def _whole_number(value):
    if value is None or isinstance(value, types.NoneType | types.Omitted):
        return lambda value: MISSING
    if isinstance(value, types.Integer):
        return lambda value: value
    return None


def _code(value, name, codes):
    """Return the number of a text that stands in the source, -1 without one; codes None: of a tag."""
    if value is None or isinstance(value, types.NoneType | types.Omitted):
        return -1
    if not isinstance(value, types.StringLiteral):
        raise NumbaTypeError(
            f"{name} must be a text that stands in the source; one made at run time cannot be compiled"
        )
    text = value.literal_value
    if codes is None:
        if text not in TAGS:
            TAGS.append(text)
        return TAGS.index(text)
    if text not in codes:
        raise NumbaTypeError(f"{name} = {text!r} is not one of {', '.join(codes)}")
    return codes[text]


def _send_method(name, side):
    @overload_method(ContextType, name, prefer_literal=True)
    def send(
        ctx, quantity=None, value=None, limit=None, stop=None, trail=None, trail_percent=None, on=None,
        time_in_force=None, until=None, reduce_only=False, do_not_reduce=False, stop_loss=None, take_profit=None,
        trailing_stop=None, max_bars=None, relative=False, parent=None, oco=None, tag=None,
    ):  # fmt: skip
        session_end, force = _code(on, "on", ON), _code(time_in_force, "time_in_force", FORCES)
        label = _code(tag, "tag", None)

        def run(
            ctx, quantity=None, value=None, limit=None, stop=None, trail=None, trail_percent=None, on=None,
            time_in_force=None, until=None, reduce_only=False, do_not_reduce=False, stop_loss=None, take_profit=None,
            trailing_stop=None, max_bars=None, relative=False, parent=None, oco=None, tag=None,
        ):  # fmt: skip
            return _send(
                ctx._broker, ctx._symbol, side, _given(quantity), _given(value), _given(limit), _given(stop),
                _given(trail), _given(trail_percent), _given(stop_loss), _given(take_profit), _given(trailing_stop),
                _whole(max_bars), int(relative), int(reduce_only), int(do_not_reduce), session_end, force,
                _whole(until), _whole(parent), _whole(oco), label,
            )  # fmt: skip

        return run


_send_method("buy", 1)
_send_method("sell", -1)


def _aim_method(name, size_kind):
    @overload_method(ContextType, name, prefer_literal=True)
    def aim(ctx, size, stop_loss=None, take_profit=None, trailing_stop=None, max_bars=None, relative=False, tag=None):
        label = _code(tag, "tag", None)

        def run(
            ctx, size, stop_loss=None, take_profit=None, trailing_stop=None, max_bars=None, relative=False, tag=None
        ):
            return _aim(
                ctx._broker, ctx._symbol, size_kind, 1.0 * size, _given(stop_loss), _given(take_profit),
                _given(trailing_stop), _whole(max_bars), int(relative), label,
            )  # fmt: skip

        return run


_aim_method("order_target_percent", int(SizeKind.TARGET_WEIGHT))
_aim_method("order_target_value", int(SizeKind.TARGET_VALUE))
_aim_method("order_target_quantity", int(SizeKind.TARGET_QUANTITY))


@overload_method(ContextType, "close", prefer_literal=True)
def _close_method(ctx, tag=None):
    label = _code(tag, "tag", None)
    return lambda ctx, tag=None: _close(ctx._broker, ctx._symbol, label)


@overload_method(ContextType, "cancel")
def _cancel_method(ctx, order):
    return lambda ctx, order: _cancel(ctx._broker, order) != 0


@overload_method(ContextType, "cancel_all")
def _cancel_all_method(ctx):
    return lambda ctx: _cancel_all(ctx._broker, -1 if ctx._whole else ctx._symbol)


def entry_of(method, fields, record=None):
    """Return ``void(broker, memory)`` for an `on_bar` of a strategy with these fields, compiled.

    record: ``"fill"`` or ``"order"`` for `on_fill` and `on_order`, which take the number of one too.
    """
    kind = StrategyType(fields)
    decide = njit(error_model="numpy")(method)
    splits = 8 * (len(fields) + 1)
    if record is None:

        @cfunc(types.void(types.int64, types.int64), error_model="numpy")
        def entry(broker, memory):
            decide(_as_strategy(memory, kind), _make_context(broker, 0, 1, _integer(memory + splits)))

        return entry
    make = _make_fill if record == "fill" else _make_order

    @cfunc(types.void(types.int64, types.int64, types.int64), error_model="numpy")
    def told(broker, memory, number):
        context = _make_context(broker, 0, 1, _integer(memory + splits))
        decide(_as_strategy(memory, kind), context, make(broker, number))

    return told
