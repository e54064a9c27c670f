"""Repairs as rows: bars to and from JSON, an array a column, so that people can read what was changed."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.services.catalogue_ports import Repair, StoredRepair
from arbitrax.storage.postgres.times import utc


class _Columns(Struct, forbid_unknown_fields=True):
    timestamp: list[int]
    open: list[float]
    high: list[float]
    low: list[float]
    close: list[float]
    volume: list[float]
    adj_close: list[float] | None = None


def bars_text(bars: Bars) -> str:
    """Return bars as JSON; floats as the shortest decimals that read back as they are."""
    columns = {name: values.tolist() for name in COLUMNS if (values := getattr(bars, name)) is not None}
    return msgspec.json.encode(_Columns(**columns)).decode()


def bars_of_text(text: str, symbol: str, interval: str) -> Bars:
    """Return the bars of such a text."""
    found = msgspec.json.decode(text, type=_Columns)
    return Bars(
        symbol=symbol,
        interval=interval,
        timestamp=np.array(found.timestamp, np.int64),
        open=np.array(found.open, np.float64),
        high=np.array(found.high, np.float64),
        low=np.array(found.low, np.float64),
        close=np.array(found.close, np.float64),
        volume=np.array(found.volume, np.float64),
        adj_close=None if found.adj_close is None else np.array(found.adj_close, np.float64),
    )


def repair_of(row: tuple[Any, ...]) -> StoredRepair:
    """Return the repair of a row as ``repair_find.sql`` selects it."""
    found, _, symbol, interval, rule, reason, before, after, proposed, applied, applied_by, undone, undone_by = row
    return StoredRepair(
        id=found,
        repair=Repair(rule, reason, bars_of_text(before, symbol, interval), bars_of_text(after, symbol, interval)),
        proposed=utc(proposed),
        applied=None if applied is None else utc(applied),
        applied_by=applied_by,
        undone=None if undone is None else utc(undone),
        undone_by=undone_by,
    )
