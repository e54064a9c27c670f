"""Bars as the pipe carries them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.errors import StrategyError
from arbitrax.domain.panel import FIELDS, Panel
from arbitrax.jobs.sandbox.frames import Series, read_array

if TYPE_CHECKING:
    from numpy.typing import NDArray


def describe_series(data: Bars | Panel) -> tuple[Series, list[NDArray[Any]]]:
    """Return the header and the arrays of bars."""
    is_panel = isinstance(data, Panel)
    names = [name for name in (("timestamp", *FIELDS) if is_panel else COLUMNS) if getattr(data, name) is not None]
    symbols = data.symbols if isinstance(data, Panel) else (data.symbol,)
    head = Series(symbols, data.interval, data.basis, is_panel, len(data.timestamp), tuple(names))
    return head, [getattr(data, name) for name in names]


def read_series(pipe: int, head: Series) -> Bars | Panel:
    """Return the bars whose header this is.

    Raises:
        StrategyError: the pipe ended.
    """
    columns: dict[str, Any] = {}
    for name in head.columns:
        wide = head.is_panel and name != "timestamp"
        dtype = np.dtype("<i8" if name == "timestamp" else "<f8")
        found = read_array(pipe, dtype, head.bars * (len(head.symbols) if wide else 1))
        if found is None:
            raise StrategyError("The worker ended.")
        columns[name] = found.reshape(head.bars, -1) if wide else found
    if head.is_panel:
        return Panel(head.symbols, head.interval, **columns, basis=head.basis)  # type: ignore[arg-type]  # as written
    return Bars(head.symbols[0], head.interval, **columns, basis=head.basis)  # type: ignore[arg-type]  # as written
