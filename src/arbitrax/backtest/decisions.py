"""Ask a signals strategy for its decisions, check them, and run them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import StrategyError
from arbitrax.domain.orders import SizeKind
from arbitrax.strategies.signals import Exits, Rebalance, Signals, Targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Bars, Floats
    from arbitrax.domain.panel import Panel
    from arbitrax.kernels.simulate import Simulation
    from arbitrax.strategies.strategy import Strategy

MOST_BARS = 2**31 - 1
SIZE_KINDS = {
    "weight": SizeKind.TARGET_WEIGHT,
    "quantity": SizeKind.TARGET_QUANTITY,
    "value": SizeKind.TARGET_VALUE,
}
ROUNDING = 1e-9


class Shape:
    """The shape decisions must have, and how to say that they do not."""

    def __init__(self, strategy: Strategy, bars: int, symbols: int) -> None:
        self.name = f"{type(strategy).__name__}.{'signals' if symbols == 1 else 'portfolio'}"
        self.full = (bars, symbols)

    def matrix(self, values: Any, what: str, dtype: type, rows: int | None = None) -> NDArray[Any]:
        """Return values as (rows, symbols); a flat array is one symbol's, a scalar stands for all."""
        shape = self.full if rows is None else (rows, self.full[1])
        try:
            array: NDArray[Any] = np.asarray(values)
            if array.dtype.kind == "c":
                raise TypeError("complex numbers are no weights, prices or sizes")
            array = array.astype(dtype, copy=False)
        except (TypeError, ValueError) as error:
            raise StrategyError(
                f"{self.name} returned {type(values).__name__} as {what}, which is no array of numbers: {error}."
            ) from error
        if array.ndim == 0:
            return np.broadcast_to(array, shape)
        if array.shape == shape:
            return array
        if array.shape == shape[:1] and shape[1] == 1:
            return array[:, None]
        wanted = f"({shape[0]},)" if shape[1] == 1 else str(shape)
        raise StrategyError(
            f"{self.name} returned {what} of shape {array.shape} for {self.full[0]} bars and {self.full[1]} "
            f"symbol{'s' if self.full[1] > 1 else ''}; return {wanted}."
        )


def decide(strategy: Strategy, bars: Bars | None, panel: Panel) -> Any:
    """Return what the strategy decides; ``bars``: of the only symbol, None for several."""
    name = type(strategy).__name__
    try:
        return strategy.signals(bars) if bars is not None else strategy.portfolio(panel)
    except StrategyError:
        raise
    except (Exception, SystemExit) as error:  # a strategy must not end the program
        method = "signals" if bars is not None else "portfolio"
        raise StrategyError(f"{name}.{method} failed: {type(error).__name__}: {error}") from error


def run_decisions(simulation: Simulation, decided: Any, shape: Shape, leverage: float) -> None:
    """Run the engine over decisions.

    Raises:
        StrategyError: they are of no known kind, of a wrong shape or out of bounds.
    """
    if isinstance(decided, Signals):
        _run_signals(simulation, decided, shape, leverage)
    elif isinstance(decided, Rebalance):
        given = np.asarray(decided.bars)
        if given.dtype.kind not in "iu" and given.size:
            raise StrategyError(
                f"{shape.name} rebalances at bars of type {given.dtype}; give bar numbers, as rebalance_bars does."
            )
        rows = np.ascontiguousarray(given, dtype=np.int64)
        if rows.ndim != 1 or (np.diff(rows) <= 0).any() or (len(rows) and not 0 <= rows[0] <= rows[-1] < shape.full[0]):
            raise StrategyError(
                f"{shape.name} rebalances at bars {rows!r}; give ascending bar numbers from 0 to {shape.full[0] - 1}."
            )
        weights = shape.matrix(decided.weights, "weights", np.float64, len(rows))
        _check_weights(weights, shape, leverage, rows)
        if len(rows):
            simulation.run_targets(np.ascontiguousarray(weights), rows, *_exits(decided.exits, shape))
        else:
            simulation.run_targets(np.full((1, shape.full[1]), np.nan), rows)
    elif decided is None:
        raise StrategyError(f"{shape.name} returned nothing; end it with `return weights`, one for each bar.")
    else:
        targets = decided if isinstance(decided, Targets) else Targets(decided)
        # A number alone is a mistake here, while exits may be one number for all bars.
        stated = targets.weights if np.ndim(targets.weights) else [targets.weights]
        weights = shape.matrix(stated, "weights", np.float64)
        _check_weights(weights, shape, leverage, None)
        simulation.run_targets(np.ascontiguousarray(weights), None, *_exits(targets.exits, shape))


def _check_weights(weights: Floats, shape: Shape, leverage: float, rows: NDArray[np.int64] | None) -> None:
    """Refuse weights that the account could never carry. NaN compares false: it keeps the last target."""
    limit = leverage * (1 + ROUNDING)
    lowest, highest = _extremes(weights)
    if -limit <= lowest and highest <= limit:
        if rows is None or weights.shape[1] == 1:
            return
        # A rebalance states all weights at once: their sum must fit too.
        gross = np.nansum(np.abs(weights), axis=1)
        over = np.flatnonzero(gross > limit)
        if len(over):
            raise StrategyError(
                f"{shape.name} asks for weights of {gross[over[0]]:g} in all at bar {rows[over[0]]}; the account "
                f"allows {leverage:g} (leverage)."
            )
        return
    at = tuple(np.argwhere(np.abs(weights) > limit)[0])
    bar = at[0] if rows is None else rows[at[0]]
    raise StrategyError(
        f"{shape.name} asks for weight {weights[at]:g} at bar {bar}; weights go from -{leverage:g} (all short) to "
        f"{leverage:g} (all long), because that is the account's leverage."
    )


def _extremes(weights: Floats) -> tuple[float, float]:
    """Return the least and greatest weight, ignoring NaN and making no copy."""
    if not weights.size:
        return 0.0, 0.0
    low, high = float(np.fmin.reduce(weights, axis=None)), float(np.fmax.reduce(weights, axis=None))
    return (0.0, 0.0) if np.isnan(low) else (low, high)


def _exits(exits: Exits, shape: Shape) -> tuple[Any, Any, Any, Any]:
    """Return the arrays of exits, None where there are none."""
    made: list[Any] = []
    for name in ("stop_loss", "take_profit", "trailing_stop"):
        given = getattr(exits, name)
        if given is None:
            made.append(None)
            continue
        array = shape.matrix(given, name, np.float64)
        low, high = _extremes(array)
        if low < 0 or (name != "take_profit" and high >= 1):
            raise StrategyError(
                f"{shape.name} returned {name} from {low:g} to {high:g}; it is a fraction of the entry price, such as "
                "0.05."
            )
        made.append(np.where(array > 0, array, np.nan) if low == 0 else array)
    bars = exits.max_bars
    if bars is not None:
        given = np.nan_to_num(shape.matrix(bars, "max_bars", np.float64), nan=0.0)
        if ((given < 0) | (given > MOST_BARS) | (given != np.floor(given))).any():
            raise StrategyError(
                f"{shape.name} returned max_bars from {given.min():g} to {given.max():g}; give whole numbers of bars "
                "from 1, and 0 or NaN for none."
            )
        bars = given.astype(np.int64)
    return made[0], made[1], made[2], bars


def _truths(values: Any, name: str, shape: Shape) -> NDArray[np.bool_]:
    """Return flags, (bars, symbols); NaN and texts are no answer to a question."""
    if values is None:
        return shape.matrix(False, name, np.bool_)
    array = np.asarray(values)
    if array.dtype.kind != "b" and not (array.dtype.kind in "iuf" and np.isin(array, (0, 1)).all()):
        raise StrategyError(
            f"{shape.name} returned {name} that are neither true nor false ({array.dtype}); give booleans, without NaN."
        )
    return shape.matrix(array, name, np.bool_)


def _run_signals(simulation: Simulation, signals: Signals, shape: Shape, leverage: float) -> None:
    if signals.size_unit not in SIZE_KINDS:
        raise StrategyError(
            f"{shape.name} returned size_unit {signals.size_unit!r}; give one of {', '.join(SIZE_KINDS)}."
        )
    flags = [
        _truths(given, name, shape).view(np.uint8)
        for name, given in (
            ("entries", signals.entries),
            ("exits", signals.exits),
            ("short_entries", signals.short_entries),
            ("short_exits", signals.short_exits),
        )
    ]
    size = shape.matrix(signals.size, "size", np.float64)
    low, high = _extremes(size)
    if low < 0 or not np.isfinite(high):
        raise StrategyError(f"{shape.name} returned sizes from {low:g} to {high:g}; give sizes of at least 0.")
    if signals.size_unit == "weight":
        _check_weights(size, shape, leverage, None)
    entries, exits, short_entries, short_exits = flags
    unsized = np.isnan(size) & ((entries | short_entries) != 0) if np.isnan(size).any() else np.zeros((1, 1), bool)
    if unsized.any():
        raise StrategyError(
            f"{shape.name} returned no size (NaN) for its entry at bar {int(unsized.any(axis=1).argmax())}; give a "
            "size wherever it enters."
        )
    simulation.run_signals(
        entries,
        exits,
        short_entries,
        short_exits,
        size,
        SIZE_KINDS[signals.size_unit],
        *_exits(signals.attached, shape),
    )
