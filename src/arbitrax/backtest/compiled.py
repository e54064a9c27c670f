"""Event strategies compiled by Numba: the same class, its `on_bar` called by address.

Only the engine's ``jit`` option imports this module, and with it Numba. What a compiled `on_bar` may use is what
`check` accepts: numbers, parameters, lines made by ``ctx.indicator``, the context, NumPy and math functions.
"""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import InputError, StrategyError
from arbitrax.kernels.compiled import broker_address, number_tags
from arbitrax.kernels.compiled import run_compiled as run_kernel
from arbitrax.strategies.strategy import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.domain.bars import Floats
    from arbitrax.kernels.context import Context
    from arbitrax.kernels.simulate import Simulation

RECORDS = {"on_fill": "fill", "on_order": "order"}
"""What a method is told of besides the context."""
FAULTS = {
    3: "indexed a line outside the bars that have been",
    4: "sent an order that makes no sense: without a size or with two, with a number that is not above zero, of a kind "
    "or for a date that do not go together, or beside an order that is not there",
}
_entries: dict[tuple[Any, ...], Any] = {}
"""Compiled entries of this process, by function and layout."""


def run_compiled(
    simulation: Simulation, strategy: Strategy, context: Context, warmup: int, splits: Floats | None
) -> list[str]:
    """Run a strategy compiled and return the tags it used; `on_start` has been called.

    splits: (bars, symbols) cumulative split ratios of raw prices, or None.

    Raises:
        InputError: Numba is not installed.
        StrategyError: the strategy cannot be compiled, or asked for something impossible.
    """
    name = type(strategy).__name__
    held = None if splits is None else np.ascontiguousarray(splits)
    memory, fields = lay_out(strategy, simulation, held)
    of = type(strategy)
    decide = compile_entry(of, "on_bar", fields)
    on_fill, on_order = (
        0 if getattr(of, method) is getattr(Strategy, method) else compile_entry(of, method, fields).address
        for method in RECORDS
    )
    fault = run_kernel(simulation, max(warmup - 1, 0), decide.address, on_fill, on_order, memory.ctypes.data)
    for place, (attribute, kind) in enumerate(fields):
        if kind in _SCALARS:  # what on_bar counted is the strategy's again
            setattr(strategy, attribute, _SCALARS[kind](memory[place : place + 1].view(kind)[0]))
    if fault in FAULTS:
        raise StrategyError(f"{name}.on_bar failed at bar {context.index}: it {FAULTS[fault]}.")
    from arbitrax.backtest.numba_types import TAGS

    return number_tags(simulation, TAGS)


def check(strategy: Strategy) -> str | None:
    """Return None when a strategy's `on_bar` compiles, else why not. Runs `on_start` on a few made-up bars."""
    from arbitrax.backtest.trial import trial_run

    try:
        trial_run(strategy, jit=True)
    except (InputError, StrategyError) as error:
        return str(error)
    return None


_SCALARS: dict[str, Callable[[Any], Any]] = {"i8": int, "f8": float}


def lay_out(
    strategy: Strategy, simulation: Simulation, splits: Floats | None
) -> tuple[Any, tuple[tuple[str, str], ...]]:
    """Return the strategy's numbers and lines as 8-byte cells, and what each cell is called and holds.

    Raises:
        StrategyError: an attribute is neither a number nor a line.
    """
    from arbitrax.kernels.context import Line

    values = {name: getattr(strategy, name) for name in strategy.parameters} | strategy.__dict__
    fields: list[tuple[str, str]] = []
    memory = np.zeros(len(values) + 2, np.int64)
    for name, value in values.items():
        place = len(fields)
        if isinstance(value, Line):
            if not value.address:
                raise StrategyError(
                    f"{type(strategy).__name__} cannot be compiled: {name} is of a longer interval; give its values "
                    "by bar of the run with ctx.indicator(ax.align(...))."
                )
            memory[place] = value.address
            fields.append((name, "line"))
        elif isinstance(value, bool | int | np.integer | np.bool_):
            memory[place] = int(value)
            fields.append((name, "i8"))
        elif isinstance(value, float | np.floating):
            memory[place : place + 1].view(np.float64)[0] = value
            fields.append((name, "f8"))
        elif not isinstance(value, str):
            raise StrategyError(
                f"{type(strategy).__name__} cannot be compiled: {name} is {type(value).__name__}; keep numbers, and "
                "lines made by ctx.indicator."
            )
    memory[len(fields)] = broker_address(simulation)
    memory[len(fields) + 1] = 0 if splits is None else splits.ctypes.data
    return memory, tuple(fields)


def compile_entry(strategy: type[Strategy], method: str, fields: tuple[tuple[str, str], ...]) -> Any:
    """Return the compiled entry of a method of a class whose instances have these fields.

    Raises:
        InputError: Numba is not installed.
        StrategyError: Numba refuses; the sentence gives its reason.
    """
    try:
        import numba
    except ImportError as error:
        raise InputError("jit needs Numba, which is not installed; run `pip install 'arbitrax[jit]'`.") from error
    function = getattr(strategy, method)
    key = (function, fields)
    if key in _entries:
        return _entries[key]
    from arbitrax.backtest.numba_types import entry_of

    sys.stderr.write(f"Compiling {strategy.__name__}.{method} with Numba {numba.__version__}, once a process ...\n")
    try:
        _entries[key] = entry_of(function, fields, RECORDS.get(method))  # type: ignore[no-untyped-call]
    except numba.core.errors.NumbaError as error:
        raise StrategyError(f"{strategy.__name__}.{method} cannot be compiled: {_reason(str(error))}") from error
    return _entries[key]


def _reason(message: str) -> str:
    """Return the line of Numba's message that a user needs: what we said ourselves, or the first that tells."""
    ours = message.partition("NumbaTypeError: ")[2]
    lines = ours.splitlines()[:1] if ours else [line.strip() for line in message.splitlines() if _tells(line)]
    return (lines or [message])[0].strip()


def _tells(line: str) -> bool:
    """Tell whether a line of Numba's message says what is wrong, and not where it looked."""
    text = line.strip()
    return bool(text) and not text.startswith(("Failed in", "During:", "File ", "<source", "-", "^", "- Resolution"))


def function(address: int, result: Any, *arguments: Any) -> Any:
    """Return a C function as ctypes knows it."""
    return ctypes.CFUNCTYPE(result, *arguments)(address)
