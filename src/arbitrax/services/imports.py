"""Bring files of bars into the store: all of a file or nothing."""

from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from arbitrax.domain.errors import DataError, StoreError
from arbitrax.market_data.files import read_file
from arbitrax.samples import ASSETS, SOURCE, SPLITS, sample_paths
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.ports import BarStore, RowsDone
from arbitrax.services.quality import judge_series


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


def import_file(
    bars: BarStore,
    path: Path,
    *,
    received: int,
    rows_done: RowsDone,
    rows_found: RowsDone = lambda _rows: None,
    symbol: str | None = None,
    interval: str | None = None,
    timezone: str | None = None,
    source: str = "file",
) -> FileOutcome:
    """Read, check and store one file in one transaction; ``received`` in ns UTC.

    ``rows_found`` is told how many rows will be stored, then ``rows_done`` how many more are.

    A file that cannot be trusted is an outcome, not an exception; a store that fails is.
    """
    try:
        series = read_file(path, symbol=symbol, interval=interval, timezone=timezone)
    except DataError as error:
        return FileOutcome(str(path), refused=str(error))
    rows_found(sum(len(each.bars) for each in series))
    try:
        counts = bars.store([each.bars for each in series], source=source, received=received, rows_done=rows_done)
    except DataError as error:
        return FileOutcome(str(path), refused=str(error))
    except StoreError as error:
        raise type(error)(f"{error} Nothing of {path} was stored.") from error
    return FileOutcome(
        path=str(path),
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
