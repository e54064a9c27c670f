"""What ingestion, the catalogue and quality reports need from the outside, beside the stores of bars and actions."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.market_data.validation.findings import QualityReport, Quarantined
from arbitrax.services.ports import RowsDone, StoreCounts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Chunk(Struct, frozen=True):
    """A part of an ingestion that is done whole or not at all: bars whose start lies in [start, end), ns UTC."""

    symbol: str
    interval: str
    start: int
    end: int


class IngestionRequest(Struct, frozen=True):
    """What was asked for; equal requests continue each other."""

    source: str
    symbols: tuple[str, ...]
    interval: str
    start: int
    end: int
    only_missing: bool = False


class OpenIngestion(Struct, frozen=True):
    """An ingestion that this process works on, and no other does."""

    id: UUID
    request: IngestionRequest
    waiting: tuple[Chunk, ...]
    """Oldest first within a symbol; not those that an earlier process finished."""
    done: int
    """Chunks that an earlier process finished."""


class ChunkContent(Struct, frozen=True, eq=False):
    """What a chunk brought, checked, in prices as traded."""

    bars: Bars
    is_final: "NDArray[np.bool_] | None" = None
    """(bars,); None: all are."""
    actions: tuple[CorporateAction, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    asset: Asset | None = None


class IngestionSummary(Struct, frozen=True):
    """A line of the list of ingestions."""

    id: UUID
    source: str
    symbols: tuple[str, ...]
    interval: str
    status: str
    chunks: int
    chunks_done: int
    added: int
    updated: int
    unchanged: int
    quarantined: int
    error: str | None
    started: datetime
    finished: datetime | None


class IngestionStore(Protocol):
    """Keeps what was asked of vendors and how far it got."""

    def open(self, request: IngestionRequest, plan: Callable[[], Sequence[Chunk]], *, received: int) -> OpenIngestion:
        """Continue the unfinished ingestion of an equal request, or start one with the chunks of ``plan``.

        The ingestion is held until `finish` or until this process is gone.

        Raises:
            InputError: another process is at it.
        """

    def save(
        self, ingestion: OpenIngestion, chunk: Chunk, content: ChunkContent, *, received: int, rows_done: RowsDone
    ) -> StoreCounts:
        """Store bars, actions, quarantined rows, what is known of the asset, and that the chunk is done.

        One transaction: after a crash the chunk is done with all of it, or not done at all. Saving it again changes
        nothing more.
        """

    def fail(self, ingestion: OpenIngestion, chunk: Chunk, reason: str) -> None:
        """Note why a chunk could not be had; it stays waiting for the next try."""

    def finish(self, ingestion: OpenIngestion, *, received: int, error: str | None = None) -> None:
        """End the ingestion: finished, or failed with the sentence; one with waiting chunks stays resumable."""

    def covered(self, symbol: str, interval: str, source: str) -> list[tuple[int, int]]:
        """Return the ranges [start, end) that chunks of a source have brought, joined, oldest first."""

    def newest(self, limit: int) -> list[IngestionSummary]:
        """Return the newest ingestions first."""


class StoredQuality(Struct, frozen=True):
    """A report, and of which state of the series."""

    report: QualityReport
    as_of: int
    """Of the series it is about, as `StoredSeries` has it."""
    made: datetime


class StoredQuarantine(Struct, frozen=True):
    """A quarantined row and when and from whom it came."""

    row: Quarantined
    source: str
    received: datetime


class QualityStore(Protocol):
    """Keeps quality reports, rows set aside, and what was repaired."""

    def save(self, report: QualityReport, *, as_of: int) -> None:
        """Store the report of a series as of a time; the newest counts."""

    def report(self, symbol: str, interval: str) -> StoredQuality | None:
        """Return the newest report of a series, or None."""

    def quarantined(self, symbol: str, interval: str) -> list[StoredQuarantine]:
        """Return the rows that are set aside, oldest first."""


class SymbolPeriod(Struct, frozen=True):
    """A symbol an asset had, from ``start`` until before ``end`` (None: until now)."""

    symbol: str
    start: date
    end: date | None


class Coverage(Struct, frozen=True):
    """What is stored of an asset in one interval."""

    interval: str
    rows: int
    first: datetime
    last: datetime
    source: str
    score: float | None
    """Of the newest quality report."""


class CatalogueEntry(Struct, frozen=True):
    """An asset with what is stored of it."""

    asset: Asset
    coverage: tuple[Coverage, ...]
    symbols: tuple[SymbolPeriod, ...] = ()


class AssetStore(Protocol):
    """The catalogue. An asset keeps its identity when its symbol changes."""

    def describe(self, asset: Asset) -> None:
        """Add an asset, or what is said of one and was not known before; what is known stays."""

    def change(self, asset: Asset) -> None:
        """Replace what is known of an asset by what is said; fields that are None stay."""

    def find(self, symbol: str) -> CatalogueEntry | None:
        """Return the asset that has this symbol now, or else had it last; None when nobody did."""

    def search(self, text: str, *, limit: int) -> list[CatalogueEntry]:
        """Return assets whose symbol or name holds the text, exact symbols first."""

    def rename(self, symbol: str, to: str, *, on: date) -> None:
        """Give an asset another symbol from a day on; reads by the old one find it as long as nobody else has it.

        Raises:
            UnknownNameError: nobody has the symbol.
            InputError: another asset has the new symbol.
        """

    def release(self, symbol: str, *, on: date) -> None:
        """End an asset's right to its symbol, so that another asset can have it from a day on.

        Raises:
            UnknownNameError: nobody has the symbol.
        """
