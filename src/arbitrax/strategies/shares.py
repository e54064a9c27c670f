"""Several symbols under a strategy written for one."""

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.errors import StrategyError
from arbitrax.strategies.signals import Exits, Rebalance, Signals, Targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from arbitrax.domain.bars import Floats, Int64s
    from arbitrax.domain.panel import Panel
    from arbitrax.strategies.signals import Decisions
    from arbitrax.strategies.strategy import Strategy

FLAGS = ("entries", "exits", "short_entries", "short_exits")
EXITS = ("stop_loss", "take_profit", "trailing_stop", "max_bars")


def equal_shares(strategy: "Strategy", panel: "Panel") -> "Decisions":
    """Return what each symbol's own signals decide, weights divided by the number of symbols; (bars, symbols).

    Sizes in units or values stay as they are: they are no shares.

    Raises:
        StrategyError: the signals are no decisions, or of another kind for another symbol.
    """
    name = type(strategy).__name__
    columns, rows, decided = [], [], []
    for column, symbol in enumerate(panel.symbols):
        own = np.flatnonzero(panel.close[:, column] == panel.close[:, column])
        if len(own):
            columns.append(column)
            rows.append(own)
            decided.append(strategy.signals(panel.column(symbol)))
    kinds = {_kind(each) for each in decided}
    if len(kinds) > 1:
        raise StrategyError(
            f"{name}.signals returned {' and '.join(sorted(kind.__name__ for kind in kinds))} for different symbols; "
            "return one kind for all."
        )
    table = _Table(name, panel, columns, rows)
    kind = kinds.pop() if kinds else np.ndarray
    if kind is Signals:
        return _shared_signals(table, decided)
    if kind is Rebalance:
        return _shared_rebalance(table, decided)
    weights = table.numbers([each.weights if kind is Targets else each for each in decided], "weights", flat=False)
    weights /= len(panel.symbols)
    return Targets(weights, table.attached([each.exits for each in decided])) if kind is Targets else weights


class _Table:
    """Columns of (bars, symbols) arrays, filled from what each symbol's own bars gave."""

    def __init__(self, name: str, panel: "Panel", columns: "Sequence[int]", rows: "Sequence[Int64s]") -> None:
        self.name, self.shape, self.columns, self.rows = name, panel.close.shape, columns, rows

    def numbers(self, values: "Sequence[Any]", what: str, *, flat: bool = True) -> "Floats":
        """Return numbers, NaN where a symbol has no bar; flat: one number may stand for all its bars."""
        result = np.full(self.shape, np.nan)
        for column, rows, own in zip(self.columns, self.rows, values, strict=True):
            try:
                result[rows, column] = array = np.asarray(own, dtype=np.float64)
            except (TypeError, ValueError) as error:
                raise self._refusal(own, what, len(rows)) from error
            if not flat and array.shape != rows.shape:
                raise self._refusal(own, what, len(rows))
        return result

    def flags(self, values: "Sequence[Any]", what: str) -> Any:
        """Return flags, false where a symbol has no bar; None when no symbol has any."""
        if all(own is None for own in values):
            return None
        numbers = self.numbers([False if own is None else own for own in values], what)
        for own, column, rows in zip(values, self.columns, self.rows, strict=True):
            if not np.isin(numbers[rows, column], (0, 1)).all():
                raise self._refusal(own, what, len(rows))
        return numbers == 1

    def attached(self, values: "Sequence[Exits]") -> Exits:
        """Return the exits of all symbols."""
        made = {}
        for field in EXITS:
            own = [getattr(each, field) for each in values]
            if any(each is not None for each in own):
                made[field] = self.numbers([np.nan if each is None else each for each in own], field)
        return Exits(**made)

    def _refusal(self, own: Any, what: str, bars: int) -> StrategyError:
        array = np.asarray(own)
        given = (
            f"an array of {array.dtype} of shape {array.shape}" if isinstance(own, np.ndarray) else type(own).__name__
        )
        return StrategyError(
            f"{self.name}.signals returned {given} as {what}, not one value for each of the {bars} bars; return that, "
            "or override portfolio(self, panel)."
        )


def _shared_signals(table: _Table, decided: "Sequence[Signals]") -> Signals:
    units = {each.size_unit for each in decided}
    if len(units) > 1:
        raise StrategyError(
            f"{table.name}.signals returned sizes in {' and '.join(sorted(units))} for different symbols; use one unit."
        )
    unit = units.pop()
    size = table.numbers([each.size for each in decided], "size")
    return Signals(
        **{field: table.flags([getattr(each, field) for each in decided], field) for field in FLAGS},
        size=size / table.shape[1] if unit == "weight" else size,
        size_unit=unit,
        attached=table.attached([each.attached for each in decided]),
    )


def _shared_rebalance(table: _Table, decided: "Sequence[Rebalance]") -> Rebalance:
    stated = np.full(table.shape, np.nan)
    for column, rows, own in zip(table.columns, table.rows, decided, strict=True):
        try:
            stated[rows[np.asarray(own.bars)], column] = np.asarray(own.weights, dtype=np.float64) / table.shape[1]
        except (TypeError, ValueError, IndexError) as error:
            raise StrategyError(
                f"{table.name}.signals returned a Rebalance whose bars and weights do not fit {len(rows)} bars "
                f"({error}); give ascending bar numbers and a weight for each."
            ) from error
    bars = np.flatnonzero(~np.isnan(stated).all(axis=1))
    return Rebalance(bars, stated[bars], table.attached([each.exits for each in decided]))


def _kind(decided: object) -> type:
    return next((kind for kind in (Signals, Rebalance, Targets) if isinstance(decided, kind)), np.ndarray)
