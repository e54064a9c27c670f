"""Bring a vendor's bars into the store: plan, fetch, validate, store chunk by chunk, and judge the series.

A chunk is stored whole or not at all, with the note that it is done. So an ingestion that was killed goes on where it
stopped when the same one is asked for again.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day, to_nanoseconds
from arbitrax.domain.errors import (
    DataError,
    NoData,
    NotEntitled,
    NotYourSeries,
    RateLimited,
    StoreUnavailableError,
    Unauthorized,
    UnknownSymbol,
    VendorDown,
    VendorError,
)
from arbitrax.domain.intervals import DAY, nanoseconds
from arbitrax.market_data.ingestion_plan import cut, missing_ranges, settled_until
from arbitrax.market_data.providers.provider import BarRequest, Fetched, Provider
from arbitrax.samples import SOURCE as SAMPLE
from arbitrax.services.catalogue_ports import (
    Chunk,
    IngestionRequest,
    MarketStores,
    OpenIngestion,
)
from arbitrax.services.holders import holder_of
from arbitrax.services.ports import BarStore, StoreCounts
from arbitrax.services.series_rights import OPERATOR, Writer

if TYPE_CHECKING:
    from arbitrax.domain.bars import Bars
    from arbitrax.services.chunks import Judged

SYMBOLS_AT_ONCE = 4
"""Symbols in work at the same time; the vendor's token bucket sets the pace."""
STORE_WAITS = (1.0, 4.0, 15.0)
"""Seconds before a chunk is given to a store again that was away."""
FIRST_YEAR = 1900
FIRST_ACTION = start_of_day(f"{FIRST_YEAR}-01-01")
"""What companies did is asked for from the beginning."""
WITHOUT_ACTIONS = ("crypto", "fx", "index", "future", "option", "bond")

Clock = Callable[[], int]
"""Tells the time, ns UTC."""
Result = TypeVar("Result")


class Watcher(Protocol):
    """Is told how an ingestion goes, from the event loop's thread, except for rows."""

    def planned(self, chunks: int, done: int) -> None:
        """Chunks in all, and of them finished by an earlier process."""

    def rows(self, count: int) -> None:
        """More rows are stored."""

    def chunk_done(self, symbol: str) -> None:
        """A chunk is stored, or given up."""


class SymbolOutcome(Struct, frozen=True):
    """What became of one symbol. ``failed`` is the sentence that says why some of it could not be had."""

    symbol: str
    source: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    score: float | None = None
    notices: tuple[str, ...] = ()
    failed: str | None = None
    vendor_failed: bool = False
    """Whether another vendor may have it."""


class IngestionOutcome(Struct, frozen=True):
    """What an ingestion did. ``stopped`` is the sentence that says why it ended before its end."""

    source: str
    interval: str
    chunks: int
    resumed: int
    """Chunks an earlier process had finished."""
    symbols: tuple[SymbolOutcome, ...]
    stopped: str | None = None


async def ingest(
    stores: MarketStores,
    provider: Provider,
    request: IngestionRequest,
    *,
    clock: Clock,
    watcher: Watcher,
    replace_source: bool = False,
    job: UUID | None = None,
    writer: Writer = OPERATOR,
) -> IngestionOutcome:
    """Do an ingestion, or go on with an unfinished one of an equal request.

    ``replace_source`` lets the vendor's bars take the place of those that another source has stored; otherwise they
    only fill what is missing. job: for which it is done, None: for the operator. writer: a symbol whose series they
    may not change fails.

    Raises:
        InputError: the vendor does not have such bars, or another process is at it.
        StoreUnavailableError: the store went away; what is stored stays, and the same request goes on.
    """
    work = _Ingestion(stores, provider, request, clock, watcher, replace_source, job, writer)
    return await work.run()


class _Stop(Exception):  # noqa: N818 -- no failure of ours
    """Nothing more can be had from this vendor now."""


@dataclass
class _Ingestion:
    """One run of an ingestion."""

    _stores: MarketStores
    _provider: Provider
    _request: IngestionRequest
    _clock: Clock
    _watcher: Watcher
    _replace_source: bool
    _job: UUID | None
    _writer: Writer

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(SYMBOLS_AT_ONCE)
        self._stopped: str | None = None
        self._silent: set[str] = set()
        self._outcomes = {each: SymbolOutcome(each, self._request.source) for each in self._request.symbols}

    async def run(self) -> IngestionOutcome:
        ingestion = await _in_thread(
            lambda: self._stores.ingestions.open(self._request, self._plan, received=self._clock(), job=self._job)
        )
        chunks = len(ingestion.waiting) + ingestion.done
        self._watcher.planned(chunks, ingestion.done)
        try:
            async with asyncio.TaskGroup() as group:
                for symbol in self._request.symbols:
                    own = [each for each in ingestion.waiting if each.symbol == symbol]
                    group.create_task(self._symbol(ingestion, symbol, own))
        except BaseExceptionGroup as several:
            raise _first(several) from None
        outcomes = tuple(self._outcomes.values())
        failed = self._stopped or next((each.failed for each in outcomes if each.failed), None)
        await _in_thread(lambda: self._stores.ingestions.finish(ingestion, received=self._clock(), error=failed))
        return IngestionOutcome(
            self._request.source, self._request.interval, chunks, ingestion.done, outcomes, self._stopped
        )

    def _plan(self) -> Sequence[Chunk]:
        """Return the chunks of the request; runs inside the store's call."""
        from arbitrax.services.chunks import calendar_of

        request, now = self._request, self._clock()
        wanted = (request.start, request.end)
        stored = {each.symbol: each for each in self._stores.bars.catalogue() if each.interval == request.interval}
        chunks = []
        for symbol in request.symbols:
            parts = [(request.start, min(request.end, now + 1))]
            if request.only_missing:
                holder = holder_of(self._stores, symbol)
                calendar = calendar_of(holder.asset)
                covered, info = [], None
                if not holder.is_new:
                    covered = self._stores.ingestions.covered(symbol, request.interval, request.source)
                    info = stored.get(symbol)
                until = 0
                if info is not None:
                    last, as_of = (to_nanoseconds(at) for at in (info.last, info.as_of))
                    until = settled_until(last, as_of, interval=request.interval, calendar=calendar)
                parts = missing_ranges(
                    wanted, cut(covered, until), interval=request.interval, now=now, calendar=calendar
                )
            for start, end in parts:
                asked = BarRequest(symbol, request.interval, start, end)
                chunks += [
                    Chunk(symbol, request.interval, each.start, each.end)
                    for each in self._provider.windows(asked, now=now)
                ]
        return chunks

    async def _symbol(self, ingestion: OpenIngestion, symbol: str, chunks: list[Chunk]) -> None:
        """Bring one symbol's chunks, oldest first, and report on the series."""
        async with self._places:
            actions: tuple[CorporateAction, ...] | None = None
            for chunk in chunks:
                if self._stopped is not None:
                    return
                try:
                    if actions is None:
                        await self._describe(symbol)
                        actions = await self._actions(symbol)
                    await self._chunk(ingestion, chunk, actions)
                except (VendorError, DataError, NotYourSeries) as error:
                    await self._failed(ingestion, chunk, error)
                    if not isinstance(error, NoData):
                        break
                finally:
                    self._watcher.chunk_done(symbol)
            await self._report(symbol)

    async def _chunk(self, ingestion: OpenIngestion, chunk: Chunk, actions: tuple[CorporateAction, ...]) -> None:
        asked = BarRequest(chunk.symbol, chunk.interval, chunk.start, chunk.end)
        fetched = await self._provider.bars(asked)
        received = self._clock()
        judged = await _in_thread(lambda: self._judged(chunk, fetched, actions, received))
        counts = await _again(
            lambda: self._stores.ingestions.save(
                ingestion,
                chunk,
                judged.content,
                received=received,
                rows_done=self._watcher.rows,
                writer=self._writer,
            )
        )
        self._count(chunk.symbol, counts, judged, fetched)

    def _judged(self, chunk: Chunk, fetched: Fetched, actions: tuple[CorporateAction, ...], received: int) -> "Judged":
        from arbitrax.services.chunks import BEFORE, Known, judge, union

        bars, symbol = self._stores.bars, chunk.symbol
        holder = holder_of(self._stores, symbol)
        if holder.is_new:
            return judge(chunk, fetched, Known(holder.asset, actions, since=holder.since), now=received)
        info = next(
            (each for each in bars.catalogue() if (each.symbol, each.interval) == (symbol, chunk.interval)), None
        )
        before: Bars | None = None
        same: Bars | None = None
        if info is not None and info.source == SAMPLE:  # they make room for any vendor's
            if len(fetched.candidate):
                self._note(symbol, f"The bundled prices of {symbol} made room for those of {self._request.source}.")
        elif info is not None:
            reach = BEFORE * max(nanoseconds(chunk.interval), DAY) * 2
            before = _loaded(bars, chunk, chunk.start - reach, chunk.start)
            if info.source != self._request.source and not self._replace_source:
                same = _loaded(bars, chunk, chunk.start, chunk.end)
        stored = self._stores.actions.load(symbol).actions
        known = Known(holder.asset, union(stored, actions), before, same, since=holder.since)
        return judge(chunk, fetched, known, now=received)

    async def _describe(self, symbol: str) -> None:
        """Ask what an asset is, the first time: rules need to know where it trades."""
        known = (await _in_thread(lambda: holder_of(self._stores, symbol))).asset
        if known.exchange is not None and known.asset_type != "unknown":
            return
        with suppress(NoData, UnknownSymbol, NotEntitled):
            found = {each.symbol: each for each in await self._provider.search(symbol)}
            if symbol in found:
                await _again(lambda: self._stores.assets.describe(found[symbol]))

    async def _actions(self, symbol: str) -> tuple[CorporateAction, ...]:
        """Return all that the vendor knows the company to have done; nothing, with a notice, if it will not say."""
        holder = await _in_thread(lambda: holder_of(self._stores, symbol))
        if holder.asset.asset_type in WITHOUT_ACTIONS:
            return ()
        since = FIRST_ACTION if holder.since is None else holder.since
        try:
            return await self._provider.actions(symbol, since, self._clock() + 365 * DAY)
        except (NoData, UnknownSymbol):
            return ()
        except NotEntitled as error:
            self._note(symbol, f"{error} Splits and dividends of {symbol} were not looked for.")
            return ()

    async def _failed(
        self, ingestion: OpenIngestion, chunk: Chunk, error: VendorError | DataError | NotYourSeries
    ) -> None:
        text = str(error)
        await _again(lambda: self._stores.ingestions.fail(ingestion, chunk, text))
        if isinstance(error, VendorDown):
            self._silent.add(chunk.symbol)
        # What one symbol is refused, or a vendor stumbles over once, others may get.
        stops = isinstance(error, Unauthorized | RateLimited) or len(self._silent) > 1
        if stops and self._stopped is None:
            self._stopped = text
        outcome = self._outcomes[chunk.symbol]
        self._outcomes[chunk.symbol] = replace(
            outcome, failed=outcome.failed or text, vendor_failed=isinstance(error, VendorError)
        )

    async def _report(self, symbol: str) -> None:
        from arbitrax.services.quality import judge_series

        report = await _in_thread(lambda: judge_series(self._stores, symbol, self._request.interval, now=self._clock()))
        outcome = self._outcomes[symbol]
        if report is None and outcome.quarantined and outcome.failed is None:
            text = (
                f"Not one of the {outcome.quarantined:,} rows of {symbol} from {self._request.source} can be trusted; "
                f"`arbitrax data check {symbol} --interval {self._request.interval}` shows why they were set aside."
            )
            outcome = replace(outcome, failed=text, vendor_failed=True)
        self._outcomes[symbol] = replace(outcome, score=None if report is None else report.score)

    def _count(self, symbol: str, counts: StoreCounts, judged: "Judged", fetched: Fetched) -> None:
        known = self._outcomes[symbol]
        self._outcomes[symbol] = replace(
            known,
            added=known.added + counts.added,
            updated=known.updated + counts.updated,
            unchanged=known.unchanged + counts.unchanged,
            quarantined=known.quarantined + len(judged.content.quarantined),
        )
        for text in fetched.notices:
            self._note(symbol, text)
        if judged.content.quarantined:
            check = f"`arbitrax data check {symbol} --interval {self._request.interval}`"
            self._note(symbol, f"Some rows of {symbol} were set aside, and {check} shows why.")
        if judged.kept_back:
            self._note(
                symbol,
                f"{symbol} is stored from another source, whose bars were kept; only missing ones were added "
                "(--replace takes those of this vendor).",
            )

    def _note(self, symbol: str, text: str) -> None:
        known = self._outcomes[symbol]
        if text not in known.notices:
            self._outcomes[symbol] = replace(known, notices=(*known.notices, text))


def _loaded(bars: BarStore, chunk: Chunk, start: int, end: int) -> "Bars | None":
    found = bars.load_range(chunk.symbol, chunk.interval, start, end)
    return None if found is None else found.bars


def _first(failed: BaseExceptionGroup) -> BaseException:
    """Return what failed first of what failed together."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


async def _in_thread(call: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(call)


async def _again(call: Callable[[], Result]) -> Result:
    """Call a store, and again a while later when it was away."""
    for wait in STORE_WAITS:
        with suppress(StoreUnavailableError):
            return await _in_thread(call)
        await asyncio.sleep(wait)
    return await _in_thread(call)
