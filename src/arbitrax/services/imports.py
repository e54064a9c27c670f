"""Bring files of bars into the store: all of a file or nothing."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.market_data.documents import Document, readable_files
from arbitrax.market_data.files import chosen_documents, read_document, read_file
from arbitrax.market_data.series import Series
from arbitrax.samples import ASSETS, SOURCE, SPLITS, sample_paths
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.ports import BarStore, RowsDone
from arbitrax.services.quality import judge_series

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
    notices: tuple[str, ...] = ()
    refused: str | None = None


def import_path(
    bars: BarStore,
    path: Path,
    *,
    clock: Callable[[], int],
    progress: Progress,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    source: str = "file",
) -> Iterator[FileOutcome]:
    """Import a file, each file of a zip, or each readable file in a folder and below, in the order of their names.

    Each is an outcome and a transaction of its own; an archive that cannot be trusted is one outcome. What cannot be
    trusted is an outcome, not an exception; a store that fails is. clock: ns UTC.
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

    def read(document: Document) -> list[Series]:
        return read_document(document, symbol=symbol, interval=interval, timezone=timezone)

    for file in files:
        try:
            for document in chosen_documents(file, symbol):
                where = str(file if document.name == file.name else file.parent / document.name)
                with progress(document.name) as told:
                    outcome = _import(bars, where, partial(read, document), source=source, received=clock(), told=told)
                yield replace(outcome, notices=(*outcome.notices, *untold))
                untold = []
        except DataError as error:
            yield FileOutcome(str(file), notices=tuple(untold), refused=str(error))


def import_file(bars: BarStore, path: Path, *, received: int, rows_done: RowsDone, source: str = "file") -> FileOutcome:
    """Read, check and store one file in one transaction, as `import_path` does; ``received`` in ns UTC."""
    told = (lambda _rows: None, rows_done)
    return _import(bars, str(path), lambda: read_file(path), source=source, received=received, told=told)


def _import(
    bars: BarStore,
    where: str,
    read: Callable[[], list[Series]],
    *,
    source: str,
    received: int,
    told: tuple[RowsDone, RowsDone],
) -> FileOutcome:
    """Read and store; told: of how many rows will be stored, then of how many more are."""
    rows_found, rows_done = told
    try:
        series = read()
    except DataError as error:
        return FileOutcome(where, refused=str(error))
    rows_found(sum(len(each.bars) for each in series))
    try:
        counts = bars.store([each.bars for each in series], source=source, received=received, rows_done=rows_done)
    except DataError as error:
        return FileOutcome(where, refused=str(error))
    except StoreError as error:
        raise type(error)(f"{error} Nothing of {where} was stored.") from error
    return FileOutcome(
        path=where,
        series=tuple(f"{each.bars.symbol} {each.bars.interval}" for each in series),
        rows=sum(each.rows_read for each in series),
        added=sum(each.added for each in counts),
        updated=sum(each.updated for each in counts),
        unchanged=sum(each.unchanged for each in counts),
        duplicates_dropped=sum(each.duplicates_dropped for each in series),
        rows_reordered=sum(each.rows_reordered for each in series),
        notices=tuple(dict.fromkeys(notice for each in series for notice in each.notices)),
    )


def import_samples(stores: MarketStores, *, received: int) -> int:
    """Store the bundled prices with what is known of their companies; return how many bars there are.

    The prices come in one transaction: of several processes at once, the others find them stored.
    """
    series = [each.bars for path in sample_paths() for each in read_file(path)]
    stores.bars.store(series, source=SOURCE, received=received, rows_done=lambda _rows: None)
    describe_samples(stores, received=received)
    judge_imported(stores, [f"{each.symbol} {each.interval}" for each in series], now=received)
    return sum(len(each) for each in series)


def describe_samples(stores: MarketStores, *, received: int) -> None:
    """Store what is known of the companies of the bundled prices."""
    for asset in ASSETS:
        stores.assets.describe(asset)
    stores.actions.store(SPLITS, source=SOURCE, received=received)


def judge_imported(stores: MarketStores, series: Iterable[str], *, now: int) -> None:
    """Store a quality report of each series, named as `FileOutcome` does."""
    for name in dict.fromkeys(series):
        judge_series(stores, *name.split(" "), now=now)
