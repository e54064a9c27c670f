"""The context, lines and the strategy itself as Numba sees them: addresses into the broker's memory."""

# Numba compares an implementation's signature with its typing's, annotations and all: there are none here.
import math
import operator
from ctypes import c_double, c_longlong

from llvmlite import ir
from numba import cfunc, njit, types
from numba.core import cgutils
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
from arbitrax.domain.orders import SizeKind
from arbitrax.kernels.compiled import FUNCTIONS, LAYOUT

N, D = c_longlong, c_double
_send = function(FUNCTIONS["send"], N, N, N, N, D, D, D, D, D, D, D, D, D, N, N, N)
_aim = function(FUNCTIONS["aim"], N, N, N, N, D, D, D, D, N, N)
_close = function(FUNCTIONS["close"], N, N, N)
_cancel = function(FUNCTIONS["cancel"], N, N, N)
_cancel_all = function(FUNCTIONS["cancel_all"], N, N, N)
_look_ahead = function(FUNCTIONS["look_ahead"], None, N)

T, SYMBOLS, TIME = LAYOUT["t"], LAYOUT["symbols"], LAYOUT["time"]
POSITIONS, POSITION_SIZE = LAYOUT["positions"], LAYOUT["position_size"]


class ContextType(types.Type):
    """The present bar; ``symbol`` is -1 where it speaks for the account."""

    def __init__(self):
        super().__init__("ArbitraxContext")


class LineType(types.Type):
    """A column up to the present bar."""

    def __init__(self):
        super().__init__("ArbitraxLine")


class StrategyType(types.Type):
    """A strategy's numbers and lines, by their layout."""

    def __init__(self, fields):
        self.fields = fields
        super().__init__(f"ArbitraxStrategy{fields}")


CONTEXT, LINE = ContextType(), LineType()


@register_model(ContextType)
class _ContextModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("broker", types.int64), ("symbol", types.int64), ("whole", types.int64)])


@register_model(LineType)
class _LineModel(models.StructModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, [("data", types.int64), ("stride", types.int64), ("broker", types.int64)])


@register_model(StrategyType)
class _StrategyModel(models.PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, ir.IntType(64))


for _name in ("broker", "symbol", "whole"):
    make_attribute_wrapper(ContextType, _name, f"_{_name}")
for _name in ("data", "stride", "broker"):
    make_attribute_wrapper(LineType, _name, f"_{_name}")


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
def _make_context(_typing, broker, symbol, whole):
    def codegen(context, builder, signature, arguments):
        made = cgutils.create_struct_proxy(CONTEXT)(context, builder)
        made.broker, made.symbol, made.whole = arguments
        return made._getvalue()

    return CONTEXT(types.int64, types.int64, types.int64), codegen


@intrinsic
def _make_line(_typing, data, stride, broker):
    def codegen(context, builder, signature, arguments):
        made = cgutils.create_struct_proxy(LINE)(context, builder)
        made.data, made.stride, made.broker = arguments
        return made._getvalue()

    return LINE(types.int64, types.int64, types.int64), codegen


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


@overload(operator.getitem)
def _line_at(line, index):
    if isinstance(line, LineType) and isinstance(index, types.Integer):

        def at(line, index):
            now = _integer(line._broker + T)
            place = index + now + 1 if index < 0 else index
            if place < 0 or place > now:
                _look_ahead(line._broker)
                return math.nan
            return _float(line._data + 8 * place * line._stride)

        return at
    return None


@overload(len)
def _line_length(line):
    if isinstance(line, LineType):
        return lambda line: _integer(line._broker + T) + 1
    return None


@overload_attribute(LineType, "now")
def _line_now(line):
    return lambda line: _float(line._data + 8 * _integer(line._broker + T) * line._stride)


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
                return _make_context(ctx._broker, 0, 0)
            return _make_context(ctx._broker, symbol, 0)

        return of
    return None


# -- orders ----------------------------------------------------------------------------------------


def _given(value):
    """Stand for a number that may not have been given; Numba knows the overloads."""
    raise NotImplementedError


@overload(_given, inline="always")
def _given_number(value):
    if value is None or isinstance(value, types.NoneType | types.Omitted):
        return lambda value: math.nan
    if isinstance(value, types.Float | types.Integer | types.Boolean):
        return lambda value: 1.0 * value
    return None


def _send_method(name, side):
    @overload_method(ContextType, name)
    def send(
        ctx, quantity=None, value=None, limit=None, stop=None, trail=None,
        trail_percent=None, stop_loss=None, take_profit=None, trailing_stop=None,
        max_bars=0, relative=False, reduce_only=False,
    ):  # fmt: skip
        def run(
            ctx, quantity=None, value=None, limit=None, stop=None, trail=None,
            trail_percent=None, stop_loss=None, take_profit=None, trailing_stop=None,
            max_bars=0, relative=False, reduce_only=False,
        ):  # fmt: skip
            return _send(
                ctx._broker, ctx._symbol, side, _given(quantity), _given(value), _given(limit), _given(stop),
                _given(trail), _given(trail_percent), _given(stop_loss), _given(take_profit), _given(trailing_stop),
                int(max_bars), int(relative), int(reduce_only),
            )  # fmt: skip

        return run


_send_method("buy", 1)
_send_method("sell", -1)


def _aim_method(name, size_kind):
    @overload_method(ContextType, name)
    def aim(
        ctx, size, stop_loss=None, take_profit=None, trailing_stop=None,
        max_bars=0, relative=False,
    ):  # fmt: skip
        def run(
            ctx, size, stop_loss=None, take_profit=None, trailing_stop=None,
            max_bars=0, relative=False,
        ):  # fmt: skip
            return _aim(
                ctx._broker, ctx._symbol, size_kind, _given(size), _given(stop_loss), _given(take_profit),
                _given(trailing_stop), int(max_bars), int(relative),
            )  # fmt: skip

        return run


_aim_method("order_target_percent", int(SizeKind.TARGET_WEIGHT))
_aim_method("order_target_value", int(SizeKind.TARGET_VALUE))
_aim_method("order_target_quantity", int(SizeKind.TARGET_QUANTITY))


@overload_method(ContextType, "close")
def _close_method(ctx):
    return lambda ctx: _close(ctx._broker, ctx._symbol)


@overload_method(ContextType, "cancel")
def _cancel_method(ctx, order):
    return lambda ctx, order: _cancel(ctx._broker, order) != 0


@overload_method(ContextType, "cancel_all")
def _cancel_all_method(ctx):
    return lambda ctx: _cancel_all(ctx._broker, -1 if ctx._whole else ctx._symbol)


def entry_of(on_bar, fields):
    """Return ``void(broker, memory)`` for an `on_bar` of a strategy with these fields, compiled."""
    kind = StrategyType(fields)
    decide = njit(error_model="numpy")(on_bar)

    @cfunc(types.void(types.int64, types.int64), error_model="numpy")
    def entry(broker, memory):
        decide(_as_strategy(memory, kind), _make_context(broker, 0, 1))

    return entry
