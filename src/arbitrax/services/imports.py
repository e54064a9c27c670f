"""Bring files of bars into the store: of each file in one transaction what can be trusted, the rest set aside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError, OtherSource, StoreError
from arbitrax.market_data.documents import Document, readable_files
from arbitrax.market_data.files import chosen_documents, read_candidates, read_file
from arbitrax.market_data.source import in_all
from arbitrax.samples import ASSETS, SOURCE, SPLITS, sample_paths
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.imported_rows import ImportedRows, judge_rows
from arbitrax.services.ports import RowsDone, StoreCounts
from arbitrax.services.quality import judge_series
from arbitrax.services.series_rights import FILE, OPERATOR, Writer

if TYPE_CHECKING:
    from arbitrax.market_data.providers.provider import Fetched

Progress = Callable[[str], AbstractContextManager[tuple[RowsDone, RowsDone]]]
"""From a file's name to what is told how many rows will be stored, and how many more are."""


class FileOutcome(Struct, frozen=True):
    """What importing one file did. ``refused`` is the sentence that says why, and then nothing was stored."""

    path: str
    series: tuple[str, ...] = ()
    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates_dropped: int = 0
    rows_reordered: int = 0
    quarantined: int = 0
    score: float | None = None
    """The lowest quality of its series."""
    notices: tuple[str, ...] = ()
    refused: str | None = None


def import_path(
    stores: MarketStores,
    path: Path,
    *,
    clock: Callable[[], int],
    progress: Progress,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    source: str = FILE,
    replace_source: bool = False,
) -> Iterator[FileOutcome]:
    """Import a file, each file of a zip, or each readable file in a folder and below, in the order of their names.

    Each is an outcome and a transaction of its own; an archive that cannot be trusted is one outcome. Rows that cannot
    be trusted are set aside; a file whose rows cannot be told, or none of which can be trusted, is an outcome too and
    not an exception; a store that fails is one. So is a file of a series that another source has, unless
    ``replace_source`` lets it take the place of all its bars. clock: ns UTC.
    """
    untold: list[str] = []
    files = [path]
    if path.is_dir():
        try:
            files, others = readable_files(path)
        except DataError as error:
            yield FileOutcome(str(path), refused=str(error))
            return
        if others:
            count = "1 file" if others == 1 else f"{others:,} files"
            untold = [f"{count} in {path} with endings that are not read {'was' if others == 1 else 'were'} left out."]

    def read(document: Document) -> "list[Fetched]":
        return read_candidates(document, symbol=symbol, interval=interval, timezone=timezone)

    for file in files:
        try:
            for document in chosen_documents(file, symbol):
                where = str(file if document.name == file.name else file.parent / document.name)
                with progress(document.name) as told:
                    try:
                        outcome = _import(
                            stores,
                            where,
                            partial(read, document),
                            source=source,
                            received=clock(),
                            told=told,
                            replace_source=replace_source,
                        )
                    except DataError as error:
                        outcome = FileOutcome(where, refused=str(error))
                    except OtherSource as error:
                        outcome = FileOutcome(where, refused=f"{document.name}: {error}")
                yield replace(outcome, notices=(*outcome.notices, *untold))
                untold = []
        except DataError as error:
            yield FileOutcome(str(file), notices=tuple(untold), refused=str(error))


def import_document(
    stores: MarketStores,
    document: Document,
    *,
    symbol: str | None,
    interval: str | None,
    timezone: str | None,
    source: str,
    received: int,
    told: tuple[RowsDone, RowsDone],
    writer: Writer,
    replace_source: bool,
) -> FileOutcome:
    """Import one file that is open already, as `import_path` does, but for refusals.

    Raises:
        DataError: its rows cannot be told, or none can be trusted; nothing was stored.
        NotYourSeries: the writer may not change the series.
        OtherSource: the series is of another source.
    """
    read = partial(read_candidates, document, symbol=symbol, interval=interval, timezone=timezone)
    return _import(
        stores,
        document.name,
        read,
        source=source,
        received=received,
        told=told,
        writer=writer,
        replace_source=replace_source,
    )


def _import(
    stores: MarketStores,
    where: str,
    read: "Callable[[], list[Fetched]]",
    *,
    source: str,
    received: int,
    told: tuple[RowsDone, RowsDone],
    writer: Writer = OPERATOR,
    replace_source: bool = False,
) -> FileOutcome:
    """Read, judge and store; told: of how many rows will be stored, then of how many more are."""
    rows_found, rows_done = told
    try:
        found = [judge_rows(stores, each, now=received) for each in read()]
        judged = [each.judged for each in found]
        if not any(len(each.bars) for each in judged):
            raise _refused(Path(where).name, found)
        rows_found(sum(len(each.bars) for each in judged))
        counts = stores.bars.store_judged(
            judged,
            source=source,
            received=received,
            rows_done=rows_done,
            writer=writer,
            replace_source=replace_source,
        )
    except StoreError as error:
        raise type(error)(f"{error} Nothing of {where} was stored.") from error
    names = tuple(f"{each.bars.symbol} {each.bars.interval}" for each in judged)
    return FileOutcome(
        path=where,
        series=names,
        rows=sum(each.rows_read for each in found),
        added=sum(each.added for each in counts),
        updated=sum(each.updated for each in counts),
        unchanged=sum(each.unchanged for each in counts),
        duplicates_dropped=sum(each.duplicates_dropped for each in found),
        rows_reordered=sum(each.rows_reordered for each in found),
        quarantined=sum(len(each.quarantined) for each in judged),
        notices=tuple(dict.fromkeys(notice for each in found for notice in each.notices)),
    )


def _refused(name: str, found: "list[ImportedRows]") -> DataError:
    rows = sum(each.rows_read for each in found)
    if not rows:
        return DataError(f"{name}: there is not one row; give a file with prices.")
    first = next(each.reason for each in found if each.reason)
    return DataError(
        f"{name}: none of its rows can be trusted ({in_all(rows)}); the first: {first} Nothing was stored; correct the "
        "file, or say --symbol and --timezone if these were taken wrongly."
    )


def import_samples(stores: MarketStores, *, received: int) -> StoreCounts:
    """Store the bundled prices with what is known of their companies; return what that changed.

    A series of another source stays as it is. The prices come in one transaction: of several processes at once, the
    others find them stored.
    """
    others = {(each.symbol, each.interval) for each in stores.bars.catalogue() if each.source != SOURCE}
    found = (each.bars for path in sample_paths() for each in read_file(path))
    series = [each for each in found if (each.symbol, each.interval) not in others]
    counts = stores.bars.store(series, source=SOURCE, received=received, rows_done=lambda _rows: None)
    describe_samples(stores, received=received)
    judge_imported(stores, [f"{each.symbol} {each.interval}" for each in series], now=received)
    return StoreCounts(
        sum(each.added for each in counts), sum(each.updated for each in counts), sum(each.unchanged for each in counts)
    )


def describe_samples(stores: MarketStores, *, received: int) -> None:
    """Store what is known of the companies of the bundled prices."""
    for asset in ASSETS:
        stores.assets.describe(asset)
    stores.actions.store(SPLITS, source=SOURCE, received=received)


def judge_imported(stores: MarketStores, series: Iterable[str], *, now: int) -> dict[str, float]:
    """Store a quality report of each series, named as `FileOutcome` does, and return the scores."""
    reports = {name: judge_series(stores, *name.rsplit(" ", 1), now=now) for name in dict.fromkeys(series)}
    return {name: report.score for name, report in reports.items() if report is not None}


def with_scores(outcome: FileOutcome, scores: Mapping[str, float]) -> FileOutcome:
    """Return an outcome with the lowest quality of its series."""
    return replace(outcome, score=min((scores[name] for name in outcome.series if name in scores), default=None))
