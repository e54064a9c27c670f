"""Ingestions as jobs: bars of a vendor, asked for by one and brought by a worker's child process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import (
    AccessError,
    Cancelled,
    ConflictError,
    DataError,
    InputError,
    JobError,
    RangeError,
    UnknownNameError,
    did_you_mean,
    within,
)
from arbitrax.domain.ids import new_uuid
from arbitrax.domain.intervals import nanoseconds
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.synthetic import SOURCE as SYNTHETIC
from arbitrax.samples import SOURCE as SAMPLE
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.ingestion_sources import ingest_from
from arbitrax.services.jobs import submit_job
from arbitrax.services.sample_prices import check_samples, do_samples
from arbitrax.services.schedules import AUTO
from arbitrax.services.series_rights import FILE, Writer, check_file, check_vendor
from arbitrax.services.uploads import Upload, check_upload, do_upload, remove_file

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from arbitrax.services.ingestion_sources import Vendors
    from arbitrax.services.jobs import Job, JobStore, Lease

KIND = "ingestion"
SOURCES = (AUTO, *VENDORS, SYNTHETIC, SAMPLE)


class IngestionSpec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to bring: bars from a time, ns UTC, before another; None: from what is stored, up to now."""

    symbols: tuple[str, ...]
    interval: str = "1d"
    source: str = AUTO
    start: int | None = None
    end: int | None = None
    only_missing: bool = False
    replace_source: bool = False
    upload: Upload | None = None
    """A file that was sent along, in the place of a vendor's bars."""
    everybodys: bool = False
    """Whether who asked may change what others have stored."""


class IngestionStores(MarketStores, Protocol):
    """What an ingestion fills, and where jobs are."""

    @property
    def jobs(self) -> JobStore:
        """Jobs."""
        ...


def submit_ingestion(stores: IngestionStores, spec: IngestionSpec, *, writer: Writer, now: int) -> Job:
    """Store an ingestion to be done. now: ns UTC.

    Raises:
        NotYourSeries: it would change what others have stored.
        UnknownNameError: nobody knows the vendor.
        RangeError: times that are reversed.
        InputError: no such interval.
    """
    if spec.source not in SOURCES:
        hint = did_you_mean(spec.source, SOURCES) or f"; use {', '.join(SOURCES)}."
        raise UnknownNameError(f"No vendor is called '{spec.source}'{hint}").at("source")
    with within("interval"):
        nanoseconds(spec.interval)
    if spec.source == SAMPLE:
        check_samples(spec.symbols, spec.interval)
    if spec.start is not None and spec.end is not None and spec.start >= spec.end:
        raise RangeError("The start of the ingestion lies after its end; exchange them.").at("end")
    if spec.start is not None and spec.start >= now:
        raise RangeError("The range to ingest begins in the future; give an earlier start.").at("start")
    if not writer.everybodys:
        check = check_file if spec.source == SAMPLE else check_vendor
        for symbol in spec.symbols:
            held = stores.bars.origins(symbol).get(spec.interval)
            check(held, writer, spec.source, replace_source=spec.replace_source)
    asked = replace(spec, everybodys=writer.everybodys)
    return submit_job(stores.jobs, new_uuid(now), KIND, asked, owner=writer.user)


def submit_upload(
    stores: IngestionStores, job: UUID, symbol: str, interval: str, upload: Upload, *, writer: Writer
) -> Job:
    """Store that a file is to be ingested; ``interval``: what it was taken to have.

    Raises:
        NotYourSeries: it would change what others have stored.
        OtherSource: the series is of another source, whose place was not asked for.
    """
    check_upload(stores, symbol, interval, writer, replace_source=upload.replace_source)
    spec = IngestionSpec(symbols=(symbol,), interval=interval, source=FILE, upload=upload, everybodys=writer.everybodys)
    return submit_job(stores.jobs, job, KIND, spec, owner=writer.user)


def do_ingestion(
    stores: IngestionStores,
    vendors: Vendors,
    spec: bytes,
    *,
    owner: UUID | None,
    lease: Lease,
    clock: Callable[[], int],
    told: Callable[[int, int], None],
    cancelled: Callable[[], bool],
    notice: Callable[[str], None],
    uploads: Path,
) -> None:
    """Bring what a submitted ingestion asks for, and end its job with what came of it.

    owner: who asked for it. uploads: where files are. told: is given how many of how many chunks are done. Cancelled,
    or tried again, what is stored stays.

    Raises:
        Cancelled: its end was asked for.
        Fenced: another process has the job by now.
        JobError: of no symbol anything could be had.
        NotYourSeries: by now it would change what others have stored.
        OtherSource: by now the series of a file is of another source.
    """
    asked = msgspec.json.decode(spec, type=IngestionSpec)
    writer = Writer(owner, everybodys=asked.everybodys)
    if asked.upload is not None:
        try:
            if cancelled():
                raise Cancelled("The ingestion was cancelled before it began.")
            (symbol,), upload = asked.symbols, asked.upload
            check_upload(stores, symbol, asked.interval, writer, replace_source=upload.replace_source)
            made = do_upload(
                stores,
                uploads,
                lease.job,
                upload,
                symbol=symbol,
                writer=writer,
                now=clock(),
                told=told,
            )
        except (Cancelled, DataError, InputError, AccessError, ConflictError):  # it is not tried again
            remove_file(uploads, lease.job)
            raise
        stores.jobs.finish(lease, "succeeded", None, msgspec.json.encode(made))
        remove_file(uploads, lease.job)  # not before: killed in between, the next needs it
        return
    if asked.source == SAMPLE:
        made = do_samples(stores, asked.symbols, writer=writer, now=clock(), told=told)
        stores.jobs.finish(lease, "succeeded", None, msgspec.json.encode(made))
        return
    outcomes = asyncio.run(
        ingest_from(
            stores,
            vendors,
            asked.source,
            asked.symbols,
            asked.interval,
            start=asked.start,
            end=asked.end,
            only_missing=asked.only_missing,
            replace_source=asked.replace_source,
            clock=clock,
            watcher=_Watcher(told, cancelled),
            notice=notice,
            job=lease.job,
            writer=writer,
        )
    )
    reasons = [each.failed for outcome in outcomes for each in outcome.symbols]
    if reasons and all(reasons):
        raise JobError(str(reasons[-1]))
    stores.jobs.finish(lease, "succeeded", None, msgspec.json.encode(outcomes))


class _Watcher:
    """Counts chunks, and stops the ingestion between two of them."""

    def __init__(self, told: Callable[[int, int], None], cancelled: Callable[[], bool]) -> None:
        self._told = told
        self._cancelled = cancelled
        self._chunks = self._done = 0

    def planned(self, chunks: int, done: int) -> None:
        """Take how many there are, of another vendor's besides."""
        self._chunks += chunks
        self._done += done
        self._tell()

    def rows(self, count: int) -> None:
        """Take rows, which are not counted."""

    def chunk_done(self, symbol: str) -> None:
        """Count one."""
        self._done += 1
        self._tell()

    def _tell(self) -> None:
        if self._cancelled():
            raise Cancelled(f"The ingestion was cancelled after {self._done} of {self._chunks} chunks.")
        if self._chunks:
            self._told(self._done, self._chunks)
