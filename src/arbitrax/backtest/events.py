"""Run an event strategy: called at each close, by the interpreter or compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from arbitrax.domain.errors import ArbitraxError, StrategyError
from arbitrax.domain.orders import OrderKind, OrderReason, OrderRole, OrderStatus, TimeInForce
from arbitrax.kernels.context import Vocabulary, open_contexts, run_events
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.domain.bars import Bars, Floats, Int64s
    from arbitrax.kernels.context import Context
    from arbitrax.kernels.simulate import Simulation

CODES = {force.name.lower(): force.value for force in TimeInForce}
ENUMS = {"kind": OrderKind, "status": OrderStatus, "reason": OrderReason, "role": OrderRole}


def run_strategy(
    simulation: Simulation,
    strategy: Strategy,
    symbols: tuple[str, ...],
    bars: Callable[[int], Bars],
    coarser: Callable[[int, str], tuple[Bars, Int64s]],
    *,
    warmup: int,
    splits: Floats | None,
    jit: bool,
) -> tuple[str, ...]:
    """Run an event strategy and return the tags it gave its orders.

    bars: one symbol's whole bars, for indicators. coarser: those of a longer interval, and by bar of the run which is
    the last that is over. splits: (bars, symbols) cumulative split ratios of raw prices.

    Raises:
        StrategyError: the strategy raised, or asked for something impossible; the sentence names the bar.
    """
    words = Vocabulary(symbols, CODES, ENUMS)
    context = open_contexts(simulation, words, bars, coarser, splits)
    _call(strategy, "on_start", None, strategy.on_start, context)
    if jit:
        from arbitrax.backtest.compiled import run_compiled

        words.tags.extend(run_compiled(simulation, strategy, context, warmup, splits))
    else:
        kind = type(strategy)
        on_fill = strategy.on_fill if kind.on_fill is not Strategy.on_fill else None
        on_order = strategy.on_order if kind.on_order is not Strategy.on_order else None
        _call(
            strategy, "on_bar", context, run_events, simulation, context, max(warmup - 1, 0), strategy.on_bar, on_fill,
            on_order,
        )  # fmt: skip
    _call(strategy, "on_stop", context, strategy.on_stop, context)
    return tuple(words.tags)


def _call(strategy: Strategy, method: str, at: Context | None, function: Callable[..., Any], *arguments: Any) -> None:
    """Call into the strategy; whatever it raises becomes one sentence with its bar."""
    try:
        function(*arguments)
    except ArbitraxError:
        raise
    except (Exception, SystemExit) as error:  # a strategy must not end the program
        where = _raised_in(error) or method
        bar = "" if at is None else f" at bar {at.index}"
        name = f"{type(strategy).__name__}.{where}"
        raise StrategyError(f"{name} failed{bar}: {type(error).__name__}: {error}") from error


def _raised_in(error: BaseException) -> str | None:
    """Return the strategy's own method in which an error was raised, as far as the trace tells."""
    trace, found = error.__traceback__, None
    while trace is not None:
        name = trace.tb_frame.f_code.co_name
        if name.startswith("on_"):
            found = name
        trace = trace.tb_next
    return found
