"""Ingestions: each chunk whole or not at all, continued where they stopped, by one process at a time."""

from dataclasses import dataclass

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import DataError, InputError
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.validation.findings import Quarantined
from arbitrax.services.catalogue_ports import Chunk, ChunkContent, IngestionRequest
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres.action_store import PostgresActionStore
from arbitrax.storage.postgres.asset_store import PostgresAssetStore
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.ingestion_store import PostgresIngestionStore
from arbitrax.storage.postgres.quality_store import PostgresQualityStore

RECEIVED = 1_700_000_000_000_000_000
REQUEST = IngestionRequest("yahoo", ("AAPL",), "1d", 0, 300 * DAY)
CHUNKS = [Chunk("AAPL", "1d", first * DAY, (first + 100) * DAY) for first in (0, 100, 200)]
SPLIT = CorporateAction(symbol="AAPL", kind="split", ex_date=30 * DAY, ratio=4.0)
BAD = Quarantined(7 * DAY, {"close": -1.0, "open": None, "note": "x", "high": float("nan")}, "price", "close is -1")


@dataclass
class Stores:
    ingestions: PostgresIngestionStore
    bars: PostgresBarStore
    actions: PostgresActionStore
    assets: PostgresAssetStore
    quality: PostgresQualityStore

    def contents(self) -> tuple:
        """Everything an ingestion can change, comparable."""
        stored = self.bars.load("AAPL", "1d", cached=False)
        return (
            stored and stored.bars.content_hash(),
            self.actions.load("AAPL").actions,
            [each.row for each in self.quality.quarantined("AAPL", "1d")],
            self.assets.find("AAPL"),
            self.ingestions.covered("AAPL", "1d", "yahoo"),
        )


@pytest.fixture
def stores(database: Database) -> Stores:
    return Stores(
        PostgresIngestionStore(database),
        PostgresBarStore(database),
        PostgresActionStore(database),
        PostgresAssetStore(database),
        PostgresQualityStore(database),
    )


def save(stores, ingestion, chunk, content, received=RECEIVED) -> StoreCounts:
    return stores.ingestions.save(ingestion, chunk, content, received=received, rows_done=lambda _rows: None)


def content_of(make_bars, chunk: Chunk, **others) -> ChunkContent:
    first = chunk.start // DAY
    return ChunkContent(make_bars(rows=100, first=first, seed=first + 1, adjusted=False), **others)


def test_a_chunk_brings_bars_actions_quarantine_and_what_is_known_of_the_asset(stores, make_bars) -> None:
    ingestion = stores.ingestions.open(REQUEST, lambda: CHUNKS, received=RECEIVED)
    assert (ingestion.waiting, ingestion.done) == (tuple(CHUNKS), 0)
    asset = Asset(symbol="AAPL", name="Apple", asset_type="equity", exchange="XNYS", currency="USD")
    content = content_of(make_bars, CHUNKS[0], actions=(SPLIT,), quarantined=(BAD,), asset=asset)
    assert save(stores, ingestion, CHUNKS[0], content) == StoreCounts(100, 0, 0)
    assert stores.bars.load("AAPL", "1d").bars.content_hash() == content.bars.content_hash()
    assert stores.actions.load("AAPL").actions == (SPLIT,)
    (found,) = stores.quality.quarantined("AAPL", "1d")
    assert found.row == Quarantined(BAD.timestamp, BAD.row | {"high": None}, BAD.rule, BAD.reason)
    assert (found.source, found.received.timestamp() * 10**9) == ("yahoo", RECEIVED)
    entry = stores.assets.find("AAPL")
    assert entry.asset == asset
    assert [(each.interval, each.rows, each.source) for each in entry.coverage] == [("1d", 100, "yahoo")]
    assert stores.ingestions.covered("AAPL", "1d", "yahoo") == [(0, 100 * DAY)]
    assert stores.ingestions.covered("AAPL", "1d", "polygon") == []
    before = stores.contents()
    assert save(stores, ingestion, CHUNKS[0], content, RECEIVED + DAY) == StoreCounts(0, 0, 100)
    assert stores.contents() == before
    (line,) = stores.ingestions.newest(5)
    assert (line.symbols, line.status, line.chunks, line.chunks_done) == (("AAPL",), "running", 3, 1)
    assert (line.added, line.updated, line.unchanged, line.quarantined) == (100, 0, 0, 1)


def test_an_ingestion_is_continued_where_it_stopped_and_starts_anew_once_it_is_done(stores, make_bars) -> None:
    first = stores.ingestions.open(REQUEST, lambda: CHUNKS, received=RECEIVED)
    save(stores, first, CHUNKS[1], content_of(make_bars, CHUNKS[1]))
    stores.ingestions.fail(first, CHUNKS[0], "yahoo is down")
    stores.ingestions.finish(first, received=RECEIVED + DAY, error="yahoo is down; try again")
    (line,) = stores.ingestions.newest(1)
    assert (line.status, line.error, line.finished is None) == ("failed", "yahoo is down; try again", False)

    def never() -> list[Chunk]:
        raise AssertionError("a continued ingestion has its plan")

    again = stores.ingestions.open(REQUEST, never, received=RECEIVED + 2 * DAY)
    assert (again.id, again.waiting, again.done) == (first.id, (CHUNKS[0], CHUNKS[2]), 1)
    assert stores.ingestions.newest(1)[0].status == "running"
    for chunk in again.waiting:
        assert save(stores, again, chunk, content_of(make_bars, chunk)) == StoreCounts(100, 0, 0)
    stores.ingestions.finish(again, received=RECEIVED + 3 * DAY)
    (line,) = stores.ingestions.newest(1)
    assert (line.status, line.error, line.chunks_done, line.added) == ("finished", None, 3, 300)
    assert stores.ingestions.covered("AAPL", "1d", "yahoo") == [(0, 300 * DAY)]
    anew = stores.ingestions.open(REQUEST, lambda: CHUNKS[:1], received=RECEIVED + 4 * DAY)
    assert anew.id != first.id
    assert save(stores, anew, CHUNKS[0], content_of(make_bars, CHUNKS[0])) == StoreCounts(0, 0, 100)
    stores.ingestions.finish(anew, received=RECEIVED + 5 * DAY)
    assert [each.id for each in stores.ingestions.newest(5)] == [anew.id, first.id]


def test_ending_with_chunks_that_wait_is_no_success(stores) -> None:
    ingestion = stores.ingestions.open(REQUEST, lambda: CHUNKS, received=RECEIVED)
    stores.ingestions.finish(ingestion, received=RECEIVED)
    (line,) = stores.ingestions.newest(1)
    assert (line.status, line.error) == ("failed", "3 of 3 chunks still wait.")
    with pytest.raises(InputError, match="not open here"):
        stores.ingestions.fail(ingestion, CHUNKS[0], "x")


def test_bars_that_are_not_final_are_not_covered_until_they_are(stores, make_bars) -> None:
    content = content_of(make_bars, CHUNKS[0])
    final = np.ones(100, np.bool_)
    final[98:] = False
    first = stores.ingestions.open(REQUEST, lambda: CHUNKS[:1], received=RECEIVED)
    assert save(stores, first, CHUNKS[0], replace(content, is_final=final)) == StoreCounts(100, 0, 0)
    stores.ingestions.finish(first, received=RECEIVED)
    assert stores.ingestions.covered("AAPL", "1d", "yahoo") == [
        (0, 98 * DAY),
        (98 * DAY + 1000, 99 * DAY),
        (99 * DAY + 1000, 100 * DAY),
    ]
    for expected in (StoreCounts(0, 2, 98), StoreCounts(0, 0, 100)):  # the same prices, now for good
        again = stores.ingestions.open(REQUEST, lambda: CHUNKS[:1], received=RECEIVED + DAY)
        assert save(stores, again, CHUNKS[0], content, RECEIVED + DAY) == expected
        stores.ingestions.finish(again, received=RECEIVED)
        assert stores.ingestions.covered("AAPL", "1d", "yahoo") == [(0, 100 * DAY)]


def test_a_row_quarantined_by_each_try_is_stored_once(stores, make_bars) -> None:
    for again in range(3):
        ingestion = stores.ingestions.open(REQUEST, lambda: CHUNKS[:1], received=RECEIVED)
        rows = (replace(BAD, reason=f"as of day {again}"), replace(BAD, row={"close": 0.0}))
        save(stores, ingestion, CHUNKS[0], content_of(make_bars, CHUNKS[0], quarantined=rows))
        stores.ingestions.finish(ingestion, received=RECEIVED)
    assert [each.row.row["close"] for each in stores.quality.quarantined("AAPL", "1d")] == [-1.0, 0.0]


def test_a_refused_chunk_leaves_nothing_and_waits(stores, make_bars) -> None:
    ingestion = stores.ingestions.open(REQUEST, lambda: CHUNKS, received=RECEIVED)
    content = content_of(make_bars, CHUNKS[0], actions=(SPLIT,), quarantined=(BAD,), asset=Asset(symbol="AAPL"))
    before = stores.contents()
    for spoilt in (replace(content.bars, low=-content.bars.low), replace(content.bars, interval="1y")):
        with pytest.raises(DataError):
            save(stores, ingestion, CHUNKS[0], replace(content, bars=spoilt))
        assert stores.contents() == before
    save(stores, ingestion, CHUNKS[0], content)
    stores.ingestions.finish(ingestion, received=RECEIVED)
    assert stores.ingestions.open(REQUEST, list, received=RECEIVED).waiting == tuple(CHUNKS[1:])
