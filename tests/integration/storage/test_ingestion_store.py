"""Ingestions: each chunk whole or not at all, continued where they stopped, by one process at a time."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import arbitrax
from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import DataError, InputError, StoreError
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.validation.findings import Quarantined
from arbitrax.services.catalogue_ports import Chunk, ChunkContent, IngestionRequest
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres import ingestion_store
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


IN_ANOTHER_PROCESS = """
import sys, time
import numpy as np
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import InputError
from arbitrax.services.catalogue_ports import Chunk, ChunkContent, IngestionRequest
from arbitrax.storage.postgres import ingestion_store
from arbitrax.storage.postgres.connection import Database
DAY = 86_400_000_000_000
url, moment = sys.argv[1:]
def reach(name):
    if name == moment:
        print("there", flush=True)
        time.sleep(600)
def stop(_rows):
    reach("rows")
ingestion_store.after_commit = lambda *_: reach("committed")
set_aside = ingestion_store.set_aside
def set_aside_slowly(*arguments, **named):
    reach("quarantine")
    set_aside(*arguments, **named)
ingestion_store.set_aside = set_aside_slowly
store = ingestion_store.PostgresIngestionStore(Database(url))
chunks = [Chunk("AAPL", "1d", first * DAY, (first + 100) * DAY) for first in (0, 100, 200)]
request = IngestionRequest("yahoo", ("AAPL",), "1d", 0, 300 * DAY)
opened = store.open(request, lambda: chunks, received=1)
reach("open")
for chunk in opened.waiting:
    column = np.arange(1.0, 101.0)
    bars = Bars("AAPL", "1d", np.arange(chunk.start, chunk.end, DAY), *[column] * 5)
    store.save(opened, chunk, ChunkContent(bars), received=2, rows_done=stop)
reach("saved")
"""


@pytest.fixture
def reach(postgres_url):
    """Let another process ingest until a moment; gives the process."""
    started = []

    def start(moment: str) -> subprocess.Popen:
        child = subprocess.Popen(
            [sys.executable, "-c", IN_ANOTHER_PROCESS, postgres_url, moment],
            env={"PYTHONPATH": str(Path(arbitrax.__file__).parents[1])},
            stdout=subprocess.PIPE,
        )
        started.append(child)
        assert child.stdout.readline() == b"there\n"
        return child

    yield start
    for child in started:
        child.kill()
        child.wait()
        child.stdout.close()


@pytest.mark.parametrize(
    ("moment", "done"), [("open", 0), ("rows", 0), ("quarantine", 0), ("committed", 1), ("saved", 3)]
)
def test_a_killed_ingestion_has_whole_chunks_only_and_is_continued(stores, make_bars, reach, moment, done) -> None:
    child = reach(moment)
    child.kill()
    child.wait()
    again = stores.ingestions.open(REQUEST, list, received=RECEIVED)
    assert (again.done, again.waiting) == (done, tuple(CHUNKS[done:]))
    assert stores.ingestions.covered("AAPL", "1d", "yahoo") == ([(0, 100 * done * DAY)] if done else [])
    stored = stores.bars.load("AAPL", "1d", cached=False)
    assert (0 if stored is None else len(stored.bars)) == 100 * done
    for chunk in again.waiting:
        assert save(stores, again, chunk, content_of(make_bars, chunk)).added == 100
    stores.ingestions.finish(again, received=RECEIVED)
    assert stores.ingestions.newest(1)[0].status == "finished"


def test_a_second_process_is_refused_and_another_request_is_not(stores, reach, monkeypatch) -> None:
    monkeypatch.setattr(ingestion_store, "PATIENCE", "50ms")
    reach("open")
    sentence = r"Another process is ingesting AAPL \(1d\) from yahoo right now; wait for it, or stop it"
    with pytest.raises(InputError, match=sentence):
        stores.ingestions.open(REQUEST, list, received=RECEIVED)
    other = stores.ingestions.open(replace(REQUEST, source="polygon"), lambda: CHUNKS, received=RECEIVED)
    with pytest.raises(InputError, match="right now"):  # this process, too, opens it once
        stores.ingestions.open(replace(REQUEST, source="polygon"), list, received=RECEIVED)
    stores.ingestions.finish(other, received=RECEIVED)


def test_who_lost_the_ingestion_with_its_connection_stores_nothing_more(stores, make_bars, postgres_url) -> None:
    slow = stores.ingestions.open(REQUEST, lambda: CHUNKS, received=RECEIVED)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
            "WHERE locktype = 'advisory' AND datname = current_database()"
        )
    with Database(postgres_url) as database:
        other = PostgresIngestionStore(database)
        taken = other.open(REQUEST, list, received=RECEIVED)
        with pytest.raises(StoreError, match="another has taken up the ingestion") as caught:
            save(stores, slow, CHUNKS[0], content_of(make_bars, CHUNKS[0]))
        assert not caught.value.retryable
        stores.ingestions.fail(slow, CHUNKS[0], "too late")
        stores.ingestions.finish(slow, received=RECEIVED, error="too late")
        assert stores.bars.load("AAPL", "1d") is None
        (line,) = stores.ingestions.newest(1)
        assert (line.status, line.error) == ("running", None)
        other.finish(taken, received=RECEIVED)


def test_threads_save_chunks_of_many_symbols_at_once(stores, make_bars) -> None:
    chunks = [Chunk(f"S{number}", "1d", first * DAY, (first + 50) * DAY) for number in range(8) for first in (0, 50)]
    request = replace(REQUEST, symbols=tuple(f"S{number}" for number in range(8)))
    ingestion = stores.ingestions.open(request, lambda: chunks, received=RECEIVED)

    def put(chunk: Chunk) -> int:
        bars = make_bars(chunk.symbol, rows=50, first=chunk.start // DAY, seed=chunk.start // DAY, adjusted=False)
        content = ChunkContent(bars, asset=Asset(symbol=chunk.symbol, name=chunk.symbol), quarantined=(BAD,))
        return save(stores, ingestion, chunk, content).added

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(put, chunks)) == [50] * 16
    stores.ingestions.finish(ingestion, received=RECEIVED)
    assert [each.rows for each in stores.bars.catalogue()] == [100] * 8
    assert stores.ingestions.newest(1)[0].quarantined == 16


ROWS = st.tuples(st.integers(0, 30), st.sampled_from([1.0, 2.0, 1 / 3, 1e-9]), st.booleans())
SAVES = st.tuples(st.lists(ROWS, min_size=1, max_size=25, unique_by=lambda row: row[0]), st.integers(0, 3))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(saves=st.lists(SAVES, min_size=1, max_size=6))
def test_any_sequence_of_saves_equals_a_plain_model(stores, database, saves) -> None:
    with database.connection() as connection:
        connection.execute("TRUNCATE assets, ingestion_runs CASCADE")
    model: dict[int, tuple[float, bool]] = {}
    history: list[tuple[int, dict[int, float]]] = []
    for number, (rows, delay) in enumerate(saves):
        rows.sort()
        days, prices, final = (np.array(column) for column in zip(*rows, strict=True))
        column = prices.astype(np.float64)
        bars = Bars("AAPL", "1d", days.astype(np.int64) * DAY, column, column, column, column, column)
        request = replace(REQUEST, end=(number + 1) * DAY)
        chunk = Chunk("AAPL", "1d", 0, 31 * DAY)
        opened = stores.ingestions.open(request, lambda chunk=chunk: [chunk], received=RECEIVED)
        content = ChunkContent(bars, is_final=final.astype(np.bool_))
        counts = save(stores, opened, chunk, content, RECEIVED + delay * 1000)
        stores.ingestions.finish(opened, received=RECEIVED)
        added = sum(day not in model for day, *_ in rows)
        unchanged = sum(model.get(day) == (price, is_final) for day, price, is_final in rows)
        assert counts == StoreCounts(added, len(rows) - added - unchanged, unchanged)
        model |= {day: (price, is_final) for day, price, is_final in rows}
        stored = stores.bars.load("AAPL", "1d", cached=False)
        assert dict(zip(stored.bars.timestamp // DAY, stored.bars.close, strict=True)) == {
            day: price for day, (price, _) in model.items()
        }
        assert sorted(model) == list(stored.bars.timestamp // DAY)
        if added or unchanged < len(rows):
            history.append((stored.as_of, {day: price for day, (price, _) in model.items()}))
        waiting = [start for start, _ in stores.ingestions.covered("AAPL", "1d", "yahoo")]
        assert {day for day in range(31) if day * DAY + 1000 in waiting} == {
            day for day, (_, is_final) in model.items() if not is_final
        }
    assert [as_of for as_of, _ in history] == sorted({as_of for as_of, _ in history})
    for as_of, known in history:
        then = stores.bars.load("AAPL", "1d", as_of=as_of).bars
        assert dict(zip(then.timestamp // DAY, then.close, strict=True)) == known
