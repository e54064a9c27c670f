"""The tables of a finished run, a page at a time: trades and orders from their rows, others from curves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from arbitrax.backtest.record_columns import OrderRows, TradeRows
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN, find_run, restored_result, stored_result
from arbitrax.services.run_documents import read_excursions

if TYPE_CHECKING:
    from uuid import UUID

    import pandas as pd

    from arbitrax.backtest.result import Result
    from arbitrax.services.ports import ActionStore, BarStore, RunStore
    from arbitrax.services.run_parts import RunOutline, RunParts

OF_CURVES = frozenset({"equity", "monthly", "yearly", "drawdowns", "var_backtest", "rolling"})
"""Tables that need neither orders nor bars."""


class RunStores(Protocol):
    """Where runs are, and what they are restored from."""

    @property
    def runs(self) -> RunStore:
        """Runs."""
        ...

    @property
    def run_parts(self) -> RunParts:
        """Parts of them."""
        ...

    @property
    def bars(self) -> BarStore:
        """Bars."""
        ...

    @property
    def actions(self) -> ActionStore:
        """Corporate actions."""
        ...


def read_table(stores: RunStores, run: UUID, name: str, first: int, rows: int | None) -> tuple[pd.DataFrame, bool]:
    """Return at most so many rows (None: all) of a table from place ``first`` on, and whether there are more.

    The columns are those of `arbitrax.backtest.export.frame_named`.

    Raises:
        UnknownNameError: there is no such run.
    """
    if name == "trades":
        frame = _trades(stores, run, first, None if rows is None else rows + 1)
    elif name == "orders":
        frame = _orders(stores, run, first, None if rows is None else rows + 1)
    else:
        from arbitrax.backtest.export import frame_named

        text = encode(RUN, run)
        result = (
            stored_result(find_run(stores.runs, text, records=False)) if name in OF_CURVES else restored(stores, run)
        )
        frame = frame_named(result, name).iloc[first:]
    return frame.iloc[:rows], rows is not None and len(frame) > rows


def restored(stores: RunStores, run: UUID) -> Result:
    """Return a whole run as a result, with what it can be run again from; nothing is executed that came as text."""
    return restored_result(stores.bars, stores.actions, find_run(stores.runs, encode(RUN, run)), only_registered=True)


def _trades(stores: RunStores, run: UUID, first: int, rows: int | None) -> pd.DataFrame:
    from arbitrax.backtest.frames import trades_page

    outline, timestamp = _outline(stores, run)
    found = stores.run_parts.trades(run, outline.tags, first, rows)
    adverse, favourable = read_excursions(
        stores.run_parts, run, first, len(found.records), lambda: restored(stores, run)
    )
    return trades_page(
        TradeRows(
            outline.spec, outline.tags, timestamp, found.records, found.entry_kind, found.entry_tag, found.exit_tag,
            adverse, favourable,
        )
    )  # fmt: skip


def _orders(stores: RunStores, run: UUID, first: int, rows: int | None) -> pd.DataFrame:
    from arbitrax.backtest.frames import orders_page

    outline, timestamp = _outline(stores, run)
    records = stores.run_parts.orders(run, outline.tags, first, rows)
    return orders_page(OrderRows(outline.spec, outline.tags, timestamp, records), first)


def _outline(stores: RunStores, run: UUID) -> tuple[RunOutline, np.ndarray]:
    outline = stores.run_parts.outline(run)
    if outline is None:
        raise UnknownNameError(f"There is no run {encode(RUN, run)}; `arbitrax backtest list` shows the ids.")
    return outline, np.asarray(stores.runs.curves(run, ("timestamp",))["timestamp"], np.int64)
