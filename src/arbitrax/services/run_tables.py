"""What is told of finished runs: documents as stored, tables a page at a time, from as little as they need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from arbitrax.backtest.documents.tables import seconds_of_time, table_frame
from arbitrax.backtest.record_columns import OrderRows, TradeRows
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN, find_run, restored_result, stored_result
from arbitrax.services.run_documents import make_document, read_document, read_excursions

if TYPE_CHECKING:
    from uuid import UUID

    import pandas as pd
    from numpy.typing import NDArray

    from arbitrax.backtest.documents.tables import Table
    from arbitrax.backtest.result import Result
    from arbitrax.services.ports import ActionStore, BarStore, RunStore
    from arbitrax.services.run_parts import RunOutline, RunParts

OF_CURVES = frozenset({"equity", "monthly", "yearly", "drawdowns", "var_backtest", "rolling", "returns"})
"""Tables that need neither records nor bars."""


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


def told(stores: RunStores, run: UUID, document: str) -> bytes:
    """Return a document of a run, found out now where nobody did before.

    Raises:
        UnknownNameError: there is no such run.
    """
    return read_document(stores.run_parts, run, document, lambda name: _found_out(stores, run, name))


def read_table(stores: RunStores, run: UUID, name: Table, first: int, rows: int | None) -> tuple[pd.DataFrame, bool]:
    """Return at most so many rows (None: all) of a table from place ``first`` on, and whether there are more.

    The columns are those of `arbitrax.backtest.documents.tables.table_frame`.

    Raises:
        UnknownNameError: there is no such run.
    """
    wanted = None if rows is None else rows + 1
    if name == "trades":
        frame = _trades(stores, run, first, wanted)
    elif name == "orders":
        frame = _orders(stores, run, first, wanted)
    elif name in OF_CURVES:
        frame = table_frame(stored_result(find_run(stores.runs, encode(RUN, run), records=False)), name).iloc[first:]
    else:
        frame = table_frame(restored(stores, run), name).iloc[first:]
    return frame.iloc[:rows], rows is not None and len(frame) > rows


def restored(stores: RunStores, run: UUID) -> Result:
    """Return a whole run as a result that can be run again; nothing is executed that came as text."""
    return restored_result(stores.bars, stores.actions, find_run(stores.runs, encode(RUN, run)), only_registered=True)


def _found_out(stores: RunStores, run: UUID, name: str) -> bytes:
    stored = find_run(stores.runs, encode(RUN, run))
    result = restored_result(stores.bars, stores.actions, stored, only_registered=True)
    return make_document(name, encode(RUN, run), result, stored.engine_version)


def _trades(stores: RunStores, run: UUID, first: int, rows: int | None) -> pd.DataFrame:
    from arbitrax.backtest.frames import trades_page

    outline, timestamp = _outline(stores, run)
    found = stores.run_parts.trades(run, outline.tags, first, rows)
    adverse, favourable = read_excursions(
        stores.run_parts, run, first, len(found.records), lambda name: _found_out(stores, run, name)
    )
    return seconds_of_time(
        trades_page(
            TradeRows(
                outline.spec, outline.tags, timestamp, found.records, found.entry_kind, found.entry_tag,
                found.exit_tag, adverse, favourable,
            )
        )
    )  # fmt: skip


def _orders(stores: RunStores, run: UUID, first: int, rows: int | None) -> pd.DataFrame:
    from arbitrax.backtest.frames import orders_page

    outline, timestamp = _outline(stores, run)
    records = stores.run_parts.orders(run, outline.tags, first, rows)
    return orders_page(OrderRows(outline.spec, outline.tags, timestamp, records), first)


def _outline(stores: RunStores, run: UUID) -> tuple[RunOutline, NDArray[np.int64]]:
    outline = stores.run_parts.outline(run)
    if outline is None:
        raise UnknownNameError(f"There is no run {encode(RUN, run)}; `arbitrax backtest list` shows the ids.")
    return outline, np.asarray(stores.runs.curves(run, ("timestamp",))["timestamp"], np.int64)
