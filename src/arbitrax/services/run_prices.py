"""The prices of a finished run as they are stored with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.bars import Bars

if TYPE_CHECKING:
    from uuid import UUID

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.services.ports import RunStore

_PRICES = ("open", "high", "low", "close", "volume")


def kept_bars(runs: RunStore, id: UUID, spec: RunSpec) -> Bars | None:
    """Return the bars of a run as they were stored with it; None where these are not what a chart shows.

    Of several symbols an index is kept, of raw prices the units of their day.
    """
    if len(spec.symbols) != 1 or spec.prices == "raw":
        return None
    curves = runs.curves(id, ("timestamp", *_PRICES))
    times = np.asarray(curves["timestamp"], np.int64)
    prices = {name: np.asarray(curves[name], np.float64) for name in _PRICES}
    return Bars(spec.symbols[0], spec.interval, times, **prices, basis="adjusted")
