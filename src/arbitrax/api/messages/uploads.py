"""Messages of files that are sent."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import IngestionId, Symbol
from arbitrax.services.uploads import Preview

_Interval = Annotated[str | None, Meta(examples=["1d"])]


class ColumnMessage(Struct, frozen=True):
    """A column of a file."""

    name: Annotated[str, Meta(examples=["Close"])]
    role: Annotated[str | None, Meta(examples=["close"])]
    """What it was taken as; null: it is not used."""


class UploadMessage(Struct, frozen=True):
    """A file that was sent: taken for an ingestion, or only looked at."""

    ingestion: Annotated[IngestionId | None, Meta(examples=["ing_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]
    """That stores it; null: a preview, and nothing was kept."""
    bytes: Annotated[int, Meta(examples=[104857])]
    symbol: Symbol | None
    interval: _Interval
    """As asked for, or as its times suggest; null: that cannot be told."""
    columns: list[ColumnMessage]
    rows: Annotated[list[list[str]], Meta(examples=[[["2024-01-02", "187.15", "188.44", "183.89", "185.64"]]])]
    """The first twenty, as they are."""
    symbols: Annotated[list[str], Meta(examples=[["AAPL"]])]
    """Of a column that has them."""
    notices: Annotated[list[str], Meta(examples=[["The file has no header."]])]
    problem: Annotated[str | None, Meta(examples=[None])]
    """Why it cannot be stored like this."""


def upload_message(
    looked_at: Preview, size: int, *, ingestion: str | None, symbol: str | None, interval: str | None
) -> UploadMessage:
    """Return the message of a file."""
    return UploadMessage(
        ingestion=ingestion,
        bytes=size,
        symbol=symbol,
        interval=interval or looked_at.interval,
        columns=[ColumnMessage(each.name, each.role) for each in looked_at.columns],
        rows=[list(each) for each in looked_at.rows],
        symbols=list(looked_at.symbols),
        notices=list(looked_at.notices),
        problem=looked_at.problem,
    )
