"""The prices of a finished run as they are stored with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.bars import Bars

if TYPE_CHECKING:
    from arbitrax.services.backtest_records import BacktestRecord
    from arbitrax.services.ports import ActionStore, RunStore

_PRICES = ("open", "high", "low", "close", "volume")


def kept_bars(runs: RunStore, actions: ActionStore, record: BacktestRecord) -> Bars | None:
    """Return the bars of a run as they were stored with it; None where these are not what a chart shows.

    Of several symbols an index is kept, of raw prices with splits the units of their day.
    """
    spec = record.spec
    if len(spec.symbols) != 1 or (spec.prices == "raw" and _has_splits(actions, record)):
        return None
    curves = runs.curves(record.id, ("timestamp", *_PRICES))
    times = np.asarray(curves["timestamp"], np.int64)
    prices = {name: np.asarray(curves[name], np.float64) for name in _PRICES}
    return Bars(spec.symbols[0], spec.interval, times, **prices, basis=spec.prices)


def _has_splits(actions: ActionStore, record: BacktestRecord) -> bool:
    """Say whether anything that changes the units of shares was known to a run of one symbol, whenever it was."""
    traded = [each for each in (record.run.assets if record.run else ()) if each.role == "traded"]
    known = [actions.load(each.symbol, as_of=each.actions_as_of) for each in traded if each.actions_as_of is not None]
    return any(action.share_factor != 1.0 for each in known for action in each.actions)
