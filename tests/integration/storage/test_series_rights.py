"""Whose series are changed, as the writer of a series has it under its lock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from arbitrax.bootstrap import Store
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import NotYourSeries, OtherSource
from arbitrax.domain.intervals import DAY
from arbitrax.services.catalogue_ports import Chunk, ChunkContent, IngestionRequest
from arbitrax.services.imports import FileOutcome, import_path, import_samples
from arbitrax.services.ports import StoreCounts
from arbitrax.services.series_rights import OPERATOR, SeriesOrigin, Writer
from arbitrax.settings import Settings
from arbitrax.storage.postgres.connection import Database

RECEIVED = 1_700_000_000_000_000_000
ROWS = "Date,Open,High,Low,Close,Adj Close,Volume\n2012-01-03,1,1,1,1,1,100\n2012-01-04,1,1,1,1,1,100\n"


@pytest.fixture
def stores(database: Database, tmp_path: Path) -> Store:
    return Store(database, Settings(home=tmp_path / "home"))


@pytest.fixture
def tom(stores: Store) -> Writer:
    return Writer(stores.users.add("tom", "a long enough password", role="trader").id, everybodys=False)


@pytest.fixture
def una(stores: Store) -> Writer:
    return Writer(stores.users.add("una", "a long enough password", role="trader").id, everybodys=False)


def put(stores: Store, bars: Bars, writer: Writer, source: str = "file", *, replace: bool = False) -> StoreCounts:
    (counts,) = stores.bars.store(
        [bars],
        source=source,
        received=RECEIVED,
        rows_done=lambda _rows: None,
        writer=writer,
        replace_source=replace,
    )
    return counts


def vendor_brings(
    stores: Store, bars: Bars, writer: Writer, source: str = "yahoo", *, fills: bool = False
) -> StoreCounts:
    chunk = Chunk(bars.symbol, bars.interval, int(bars.timestamp[0]), int(bars.timestamp[-1]) + DAY)
    request = IngestionRequest(source, (bars.symbol,), bars.interval, chunk.start, chunk.end)
    opened = stores.ingestions.open(request, lambda: [chunk], received=RECEIVED)
    try:
        return stores.ingestions.save(
            opened,
            chunk,
            ChunkContent(bars, fills=fills),
            received=RECEIVED,
            rows_done=lambda _rows: None,
            writer=writer,
        )
    finally:
        stores.ingestions.finish(opened, received=RECEIVED)


def import_text(stores: Store, path: Path, text: str, *, replace: bool = False) -> FileOutcome:
    @contextmanager
    def progress(_name: str) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
        yield (lambda _rows: None), (lambda _rows: None)

    path.write_text(text)
    (outcome,) = import_path(stores, path, clock=lambda: RECEIVED, progress=progress, replace_source=replace)
    return outcome


def owner(stores: Store, symbol: str = "AAPL") -> tuple[str, UUID | None]:
    found = stores.bars.origins(symbol)["1d"]
    return found.source, found.owner


def test_a_user_adds_to_a_series_of_their_own_and_nobody_else_does(
    stores: Store, tom: Writer, una: Writer, make_bars: Callable[..., Bars]
) -> None:
    assert stores.bars.origins("AAPL") == {}
    put(stores, make_bars(rows=10), tom)
    assert stores.bars.origins("AAPL") == {"1d": SeriesOrigin("AAPL", "1d", "file", tom.user)}
    assert put(stores, make_bars(rows=10, first=5, seed=2), tom).added == 5
    before = stores.bars.load("AAPL", "1d")
    with pytest.raises(NotYourSeries, match="another user's uploads"):
        put(stores, make_bars(rows=2, seed=3), una, replace=True)
    assert stores.bars.load("AAPL", "1d") is not None
    assert stores.bars.load("AAPL", "1d").bars.content_hash() == before.bars.content_hash()
    assert owner(stores) == ("file", tom.user)


def test_a_series_that_the_operator_changed_is_nobodys_alone(
    stores: Store, tom: Writer, make_bars: Callable[..., Bars]
) -> None:
    put(stores, make_bars(rows=10), tom)
    put(stores, make_bars(rows=10), OPERATOR)  # which changes nothing
    assert owner(stores) == ("file", tom.user)
    put(stores, make_bars(rows=12), OPERATOR)
    assert owner(stores) == ("file", None)
    with pytest.raises(NotYourSeries, match="not your uploads alone"):
        put(stores, make_bars(rows=13), tom)


def test_a_file_takes_the_place_of_all_bars_of_another_source_or_of_none(
    stores: Store, tom: Writer, make_bars: Callable[..., Bars]
) -> None:
    admin = Writer(tom.user, everybodys=True)
    put(stores, make_bars(rows=100), OPERATOR, "sample")
    was = stores.bars.load("AAPL", "1d")
    two = make_bars(rows=2, first=10, seed=2)
    for writer in (OPERATOR, admin):
        with pytest.raises(OtherSource, match="the bundled ones"):
            put(stores, two, writer)
    assert stores.bars.load("AAPL", "1d").bars.content_hash() == was.bars.content_hash()
    assert put(stores, two, admin, replace=True) == StoreCounts(2, 0, 0)
    assert stores.bars.load("AAPL", "1d").bars.content_hash() == two.content_hash()
    assert stores.bars.load("AAPL", "1d", as_of=was.as_of).bars.content_hash() == was.bars.content_hash()
    assert owner(stores) == ("file", admin.user)
    assert [(each.source, each.rows) for each in stores.bars.catalogue()] == [("file", 2)]


def test_bars_of_another_source_that_are_the_same_change_only_whose_they_are(
    stores: Store, make_bars: Callable[..., Bars]
) -> None:
    put(stores, make_bars(rows=10), OPERATOR, "sample")
    assert put(stores, make_bars(rows=10), OPERATOR, replace=True) == StoreCounts(0, 0, 10)
    assert owner(stores) == ("file", None)


def test_a_vendor_that_a_user_asks_for_changes_no_bars_of_others(
    stores: Store, tom: Writer, una: Writer, make_bars: Callable[..., Bars]
) -> None:
    bars = make_bars(rows=10, adjusted=False)
    put(stores, make_bars(rows=10, symbol="SAMPLE"), OPERATOR, "sample")
    put(stores, make_bars(rows=10, symbol="UNAS"), una)
    put(stores, make_bars(rows=10, symbol="FILE"), OPERATOR)
    for symbol in ("SAMPLE", "UNAS", "FILE"):
        more = make_bars(rows=20, symbol=symbol, adjusted=False)
        before = stores.bars.load(symbol, "1d").bars.content_hash()
        for fills in (False, True):
            with pytest.raises(NotYourSeries):
                vendor_brings(stores, more, tom, fills=fills)
        assert stores.bars.load(symbol, "1d").bars.content_hash() == before
    vendor_brings(stores, bars, tom)
    assert owner(stores) == ("yahoo", None)
    more = make_bars(rows=20, adjusted=False)
    assert vendor_brings(stores, more, una).added == 10  # goes on with the same vendor's
    later = make_bars(rows=25, adjusted=False)
    with pytest.raises(NotYourSeries):
        vendor_brings(stores, later, una, "polygon")
    assert vendor_brings(stores, make_bars(rows=5, first=20, adjusted=False), una, "polygon", fills=True).added == 5
    assert owner(stores) == ("yahoo", None)


def test_a_vendor_takes_over_the_uploads_of_who_asks_for_it_and_for_good(
    stores: Store, tom: Writer, make_bars: Callable[..., Bars]
) -> None:
    put(stores, make_bars(rows=10, adjusted=False), tom)
    vendor_brings(stores, make_bars(rows=3, first=10, adjusted=False), tom, fills=True)
    assert owner(stores) == ("file", tom.user)
    vendor_brings(stores, make_bars(rows=20, seed=2, adjusted=False), tom, "polygon")
    assert owner(stores) == ("polygon", None)
    with pytest.raises(NotYourSeries, match="those of polygon"):
        put(stores, make_bars(rows=2), tom)


def test_a_file_on_the_command_line_is_not_mixed_with_the_bundled_prices(stores: Store, tmp_path: Path) -> None:
    import_samples(stores, received=RECEIVED)
    was = stores.bars.load("AAPL", "1d")
    refused = import_text(stores, tmp_path / "AAPL.csv", ROWS)
    assert refused.refused == (
        "AAPL.csv: The 1d bars of AAPL are the bundled ones, and a file's do not mix with them; take another symbol, "
        "or let the new ones take the place of them all (--replace, over HTTP replace_source=true)."
    )
    assert len(stores.bars.load("AAPL", "1d").bars) == len(was.bars) > 3000
    replaced = import_text(stores, tmp_path / "AAPL.csv", ROWS, replace=True)
    assert (replaced.refused, replaced.added) == (None, 2)
    assert stores.bars.load("AAPL", "1d").bars.close.tolist() == [1.0, 1.0]
    # And the bundled ones are not mixed into it, when they come again.
    import_samples(stores, received=RECEIVED + 10**9)
    assert owner(stores) == ("file", None)
    assert len(stores.bars.load("AAPL", "1d").bars) == 2
