"""What the use cases need from the outside. Implementations live in `arbitrax.storage`."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec
from msgspec import Struct

from arbitrax.domain.bars import Bars, PriceBasis
from arbitrax.domain.corporate_actions import ActionKind, CorporateAction
from arbitrax.services.series_rights import OPERATOR, SeriesOrigin, Writer

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from arbitrax.backtest.spec import RunSpec
    from arbitrax.market_data.validation.findings import Quarantined

if TYPE_CHECKING:
    Curves = dict[str, NDArray[np.float64] | NDArray[np.int64]]

RowsDone = Callable[[int], None]
"""Called with the number of rows stored since the last call, to draw progress."""


class StoredSeries(Struct, frozen=True):
    """The bars of one symbol and interval as stored, all of them, and what they were stored as."""

    bars: Bars
    as_of: int
    """When the newest of them was received, ns UTC; reading ``as_of`` this again gives the same bars for ever."""
    notices: tuple[str, ...] = ()
    """Sentences the user should see, such as that the bars were made of finer ones."""


class SeriesInfo(Struct, frozen=True):
    """A line of the catalogue."""

    symbol: str
    interval: str
    rows: int
    first: datetime
    last: datetime
    source: str
    as_of: datetime


class StoreCounts(Struct, frozen=True):
    """What storing a series changed."""

    added: int
    updated: int
    unchanged: int


class JudgedBars(Struct, frozen=True, eq=False):
    """What validation left of the rows of one symbol and interval, and what it set aside of them."""

    bars: Bars
    """Raw; none where nothing could be trusted."""
    is_final: "NDArray[np.bool_] | None" = None
    """(bars,); None: all are."""
    quarantined: "tuple[Quarantined, ...]" = ()


class BarStore(Protocol):
    """Keeps bars. Values that are replaced stay readable by their time."""

    def store(
        self,
        series: Sequence[Bars],
        *,
        source: str,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
        replace_source: bool = False,
    ) -> list[StoreCounts]:
        """Insert or update raw bars, all of the series in one transaction; ``received`` in ns UTC.

        replace_source: they take the place of all bars of a series of another source.

        Raises:
            NotYourSeries: the writer may not change a series.
            OtherSource: a series is of another source; nothing was stored.
        """

    def store_judged(
        self,
        series: "Sequence[JudgedBars]",
        *,
        source: str,
        received: int,
        rows_done: RowsDone,
        writer: Writer = OPERATOR,
        replace_source: bool = False,
    ) -> list[StoreCounts]:
        """Do as `store`, and keep the rows that were set aside of each series in the same transaction."""

    def origins(self, symbol: str) -> dict[str, SeriesOrigin]:
        """Return by interval where a symbol's bars are from."""

    def load(self, symbol: str, interval: str, *, as_of: int | None = None, cached: bool = True) -> StoredSeries | None:
        """Return all bars of a series, or None when there is none; as they were known at ``as_of`` when given."""

    async def versions(self, series: Sequence[tuple[str, str]]) -> list[int | None]:
        """Return what `load` would give as ``as_of`` of each (symbol, interval), None for one without bars."""

    def load_many(self, symbols: Sequence[str], interval: str) -> Iterator[StoredSeries | None]:
        """Give the current bars of each symbol in turn, None for one that has none; not of one moment of the store."""

    def load_range(self, symbol: str, interval: str, start: int | None, end: int | None) -> StoredSeries | None:
        """Return the bars with ``start <= timestamp < end`` (ns UTC; None leaves that side open), None if no series."""

    def latest(self, symbol: str, interval: str, rows: int) -> StoredSeries | None:
        """Return the newest bars, at most ``rows``, oldest first; None if no series."""

    def load_arrow(self, symbols: Sequence[str], interval: str) -> "pa.Table":
        """Return all bars of many symbols as one table, by symbol and time; symbols without bars have no rows.

        Columns: symbol (dictionary), timestamp (ns, UTC), open, high, low, close, volume, adj_close (NULL without).
        """

    def catalogue(self) -> list[SeriesInfo]:
        """Return every series, by symbol and interval."""


class StoredAction(Struct, frozen=True):
    """A corporate action, and who said it when."""

    action: CorporateAction
    source: str
    received: datetime


class StoredActions(Struct, frozen=True):
    """The corporate actions of one symbol as stored, by ex-date, one a kind and ex-date."""

    known: tuple[StoredAction, ...]
    as_of: int
    """When the newest was received or withdrawn, ns UTC, 0 for none; reading ``as_of`` this gives the same for ever."""

    @property
    def actions(self) -> tuple[CorporateAction, ...]:
        """The actions alone."""
        return tuple(each.action for each in self.known)


class ActionStore(Protocol):
    """Keeps corporate actions. What is corrected or withdrawn stays readable by its time."""

    def store(self, actions: Sequence[CorporateAction], *, source: str, received: int) -> StoreCounts:
        """Add what a source has not said before, all in one transaction; ``received`` in ns UTC.

        Of several sources for one kind and ex-date, the one received last counts.
        """

    def withdraw(self, symbol: str, kind: ActionKind, ex_date: int, *, received: int, restore: bool = False) -> bool:
        """Let an action count no more, or again; return False when there is none in the other state.

        A source that repeats a withdrawn action as it was does not bring it back; one that changes it does.
        """

    def load(self, symbol: str, *, as_of: int | None = None) -> StoredActions:
        """Return a symbol's actions, none for one nobody knows; as they were known at ``as_of`` when given."""


class StoredAsset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A series a run used."""

    symbol: str
    interval: str
    role: str
    """``traded``, ``finer`` or ``benchmark``."""
    as_of: int
    data_hash: str
    """Of the raw bars in the run's range; of a benchmark of all its bars."""
    actions_as_of: int | None = None
    """When the newest of the corporate actions applied to it was received, ns UTC; 0: it had none, None: not asked."""
    quality: str | None = None
    """What the quality report of the series warned of, as a sentence."""


class StoredMetric(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A metric as stored: a value, or why there is none."""

    value: float | None = None
    undefined: str | None = None


class StoredRun(Struct, frozen=True):
    """A finished run, complete: what was asked, what came out, and what it rests on.

    ``curves`` are float64 or int64 arrays of shape (bars,): ``timestamp``, ``equity``, ``exposure``, ``benchmark``,
    and the bars as the strategy saw them (``open``, ``high``, ``low``, ``close``, ``volume``), so that a report needs
    nothing else. ``orders``, ``fills``, ``events`` and ``trades`` are records of `arbitrax.kernels.ledger`.
    """

    id: UUID
    created_at: int
    spec: "RunSpec"
    strategy_source: str | None
    assets: tuple[StoredAsset, ...]
    metrics: dict[str, StoredMetric]
    metrics_basis: str
    notices: tuple[str, ...]
    bankrupt_bar: int | None
    basis: PriceBasis
    """Of the prices the strategy saw: a series without an adjusted close stays raw, whatever the spec asks for."""
    engine_version: str
    result_hash: str
    curves: "Curves"
    tags: tuple[str, ...]
    """What the strategy called its orders."""
    orders: "NDArray[np.void]"
    fills: "NDArray[np.void]"
    events: "NDArray[np.void]"
    trades: "NDArray[np.void]"
    owner: UUID | None = None
    """The user whose run it is; None: the operator of the command line."""
    documents: dict[str, bytes] = {}
    """What was found out about it when it ended, by name (`arbitrax.services.run_documents`); `load` has none."""


class RunSummary(Struct, frozen=True):
    """A line of the list of runs."""

    id: UUID
    created_at: datetime
    strategy: str
    parameters: dict[str, object]
    symbol: str
    start: datetime
    end: datetime
    bars: int
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    trades: int
    run_hash: str


class RunHead(Struct, frozen=True):
    """Whose a run is, and what it is."""

    owner: UUID | None
    """None: the operator of the command line."""
    result_hash: str


class RunStore(Protocol):
    """Keeps finished runs."""

    def save(self, run: StoredRun) -> None:
        """Store a run with its strategy, orders and trades in one transaction; saving it twice changes nothing."""

    def load(self, run_id: UUID, *, records: bool = True) -> StoredRun | None:
        """Return a run, byte-equal to what was saved, or None; ``records`` False: without orders, fills and so on."""

    def curves(self, run_id: UUID, names: Sequence[str]) -> "Curves":
        """Return some of a run's curves, as `StoredRun` has them; none of a run that there is not."""

    def newest(self, limit: int, *, owner: UUID | None = None, after: UUID | None = None) -> list[RunSummary]:
        """Return the newest runs first: of a user or of all, those older than one."""

    def head(self, run_id: UUID) -> RunHead | None:
        """Return what decides who may see a run and whether they have seen it."""
