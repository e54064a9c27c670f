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
from arbitrax.services.ports import ActionStore, BarStore, RowsDone, StoreCounts
from arbitrax.services.series_rights import OPERATOR, Writer

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
    fills: bool = False
    """Whether it only adds what another source's series lacks, which stays that one's."""


class IngestionSummary(Struct, frozen=True):
    """A line of the list of ingestions."""

    id: UUID
    source: str
    symbols: tuple[str, ...]
    interval: str
    status: str
    """``running``, ``finished``, ``failed``, or ``stopped``: killed or interrupted; asked for again it goes on."""
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

    def open(
        self,
        request: IngestionRequest,
        plan: Callable[[], Sequence[Chunk]],
        *,
        received: int,
        job: UUID | None = None,
    ) -> OpenIngestion:
        """Continue the unfinished ingestion of an equal request, or start one with the chunks of ``plan``.

        The ingestion is held until `finish` or until this process is gone. job: for which it is done, None: for the
        operator on the command line.

        Raises:
            InputError: another process is at it.
        """

    def save(
        self,
        ingestion: OpenIngestion,
        chunk: Chunk,
        content: ChunkContent,
        *,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
    ) -> StoreCounts:
        """Store bars, actions, quarantined rows, what is known of the asset, and that the chunk is done.

        One transaction: after a crash the chunk is done with all of it, or not done at all. Saving it again changes
        nothing more.

        Raises:
            NotYourSeries: the writer may not change the series.
        """

    def fail(self, ingestion: OpenIngestion, chunk: Chunk, reason: str) -> None:
        """Note why a chunk could not be had; it stays waiting for the next try."""

    def finish(self, ingestion: OpenIngestion, *, received: int, error: str | None = None) -> None:
        """End the ingestion: finished, or failed with the sentence; one with waiting chunks stays resumable."""

    def covered(self, symbol: str, interval: str, source: str) -> list[tuple[int, int]]:
        """Return the ranges [start, end) that chunks of a source have brought, joined, oldest first.

        Bars that are not final yet are cut out, a microsecond each: they are to be had again.
        """

    def newest(self, limit: int, *, after: UUID | None = None) -> list[IngestionSummary]:
        """Return the newest ingestions first, those older than one."""

    def find(self, ingestion: UUID) -> IngestionSummary | None:
        """Return an ingestion by its id."""


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


class Repair(Struct, frozen=True, eq=False):
    """A change of stored bars that someone may ask for: ``before`` as stored, ``after`` as they are to be.

    Of one symbol and interval, raw. A time of ``before`` that ``after`` lacks goes; one that only ``after`` has comes.
    """

    rule: str
    """The rule that found fault with them."""
    reason: str
    """One sentence: what is wrong, and what is done about it."""
    before: Bars
    after: Bars


class StoredRepair(Struct, frozen=True, eq=False):
    """A repair and what became of it."""

    id: UUID
    repair: Repair
    proposed: datetime
    applied: datetime | None = None
    applied_by: str | None = None
    undone: datetime | None = None
    undone_by: str | None = None


class QualityStore(Protocol):
    """Keeps quality reports, rows set aside, and what was repaired."""

    def save(self, report: QualityReport, *, as_of: int) -> None:
        """Store the report of a series as of a time; the newest counts."""

    def report(self, symbol: str, interval: str) -> StoredQuality | None:
        """Return the newest report of a series, or None."""

    def quarantined(self, symbol: str, interval: str) -> list[StoredQuarantine]:
        """Return the rows that are set aside, oldest first."""

    def propose(self, repair: Repair, *, received: int) -> StoredRepair:
        """Keep a repair, to be applied on request; one that waits already is returned as it is."""

    def apply(self, repair_id: UUID, *, who: str, received: int) -> StoredRepair:
        """Change the bars and note it, in one transaction; applying it twice changes nothing more.

        From then on a source that repeats the bars of ``before`` does not bring them back; one that changes them does.

        Raises:
            UnknownNameError: there is no such repair.
            InputError: it was undone, or the bars are no longer those of ``before``.
        """

    def undo(self, repair_id: UUID, *, who: str, received: int) -> StoredRepair:
        """Bring the bars of ``before`` back and note it, in one transaction; twice changes nothing more.

        Raises:
            UnknownNameError: there is no such repair.
            InputError: it is not applied, or the bars are no longer those of ``after``.
        """

    def repairs(self, symbol: str, interval: str) -> list[StoredRepair]:
        """Return the repairs of a series, applied or not, oldest first."""


class Schedule(Struct, frozen=True):
    """What to ingest after each session of a calendar: symbols, or those of a watchlist."""

    name: str
    source: str
    interval: str
    calendar: str
    symbols: tuple[str, ...] = ()
    watchlist: str | None = None
    """Path of the file that lists them, read each time."""
    last_done: date | None = None
    """The newest session that was ingested."""


class ScheduleStore(Protocol):
    """Keeps what is to be ingested regularly."""

    def put(self, schedule: Schedule) -> None:
        """Add a schedule, or replace the one of this name; what was done stays noted."""

    def list(self) -> list[Schedule]:
        """Return the schedules by name."""

    def done(self, name: str, session: date) -> None:
        """Note that a session was ingested; an older one than is noted changes nothing."""

    def remove(self, name: str) -> bool:
        """Forget a schedule; False when there is none of this name."""


class SymbolPeriod(Struct, frozen=True):
    """A symbol an asset had, from ``start`` (0001-01-01: as long as is known) until before ``end`` (None: now)."""

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
    """Oldest first; none for an asset that has always had its symbol."""
    has_symbol: bool = True
    """False once it was released: `Asset.symbol` is then the one it had last."""


class AssetStore(Protocol):
    """The catalogue. An asset keeps its identity when its symbol changes."""

    def describe(self, asset: Asset) -> None:
        """Add an asset, or what is said of one and was not known before; what is known stays."""

    def change(self, asset: Asset) -> None:
        """Replace what is known of an asset by what is said; fields that are None stay.

        Raises:
            UnknownNameError: nobody has the symbol.
        """

    def find(self, symbol: str) -> CatalogueEntry | None:
        """Return the asset that has this symbol now, or else had it last; None when nobody did."""

    def taken_until(self, symbol: str) -> date | None:
        """Return the day until which other assets had a symbol than the one that has it or gets it next, if any had."""

    def search(self, text: str, *, limit: int) -> list[CatalogueEntry]:
        """Return assets whose symbol or name holds the text, exact symbols first."""

    def page(self, text: str | None, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Return assets by symbol, those after a symbol, whose symbol or name holds a text."""

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


class MarketStores(Protocol):
    """The stores of market data."""

    @property
    def bars(self) -> BarStore:
        """Bars."""

    @property
    def actions(self) -> ActionStore:
        """Corporate actions."""

    @property
    def ingestions(self) -> IngestionStore:
        """What was asked for, and how far it got."""

    @property
    def assets(self) -> AssetStore:
        """The catalogue."""

    @property
    def quality(self) -> QualityStore:
        """Quality reports."""
