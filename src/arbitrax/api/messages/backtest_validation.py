"""What a backtest would run on."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class BacktestValidation(Struct, frozen=True):
    """What a backtest would run on."""

    warmup: int
    """Bars before the first decision."""
    bars: int | None
    """Of the shortest of its series, within the range; null: they would be made of finer ones."""
    first: datetime | None
    last: datetime | None
