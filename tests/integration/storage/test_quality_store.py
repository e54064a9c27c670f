"""Quality reports, and repairs: on request, exact, undone without a trace but in the audit, not undone by a source."""

from uuid import UUID

import numpy as np
import psycopg
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import COLUMNS, Bars
from arbitrax.domain.errors import InputError, UnknownNameError
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.validation.findings import Level, QualityLine, QualityReport
from arbitrax.services.catalogue_ports import Repair
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres.asset_store import PostgresAssetStore
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.quality_store import PostgresQualityStore
from arbitrax.storage.postgres.times import nanoseconds

RECEIVED = 1_700_000_000_000_000_000
SECOND = 10**9
LINE = QualityLine("price_jump", Level.WARN, 2, 5 * DAY, 9 * DAY, "a jump of 40%", (5 * DAY, 9 * DAY))
REPORT = QualityReport("AAPL", "1d", 100, 97.5, {"warn": 2}, (LINE,))


@pytest.fixture
def quality(database) -> PostgresQualityStore:
    return PostgresQualityStore(database)


def store(bar_store: PostgresBarStore, bars: Bars, received: int = RECEIVED, source: str = "yahoo") -> StoreCounts:
    return bar_store.store([bars], source=source, received=received, rows_done=lambda _rows: None)[0]


def hash_of(bar_store: PostgresBarStore, **how) -> str:
    return bar_store.load("AAPL", "1d", cached=False, **how).bars.content_hash()


def test_the_newest_report_counts_and_shows_in_the_catalogue(quality, bar_store, make_bars, database) -> None:
    with pytest.raises(UnknownNameError, match="No 1d bars of AAPL are stored"):
        quality.save(REPORT, as_of=RECEIVED)
    store(bar_store, make_bars())
    assert quality.report("AAPL", "1d") is None
    quality.save(REPORT, as_of=RECEIVED)
    newer = replace(REPORT, score=50.0, lines=())
    quality.save(newer, as_of=RECEIVED + SECOND)
    quality.save(REPORT, as_of=RECEIVED)  # of an older state: somebody was slow
    found = quality.report("AAPL", "1d")
    assert (found.report, found.as_of) == (newer, RECEIVED + SECOND)
    (coverage,) = PostgresAssetStore(database).find("AAPL").coverage
    assert (coverage.score, coverage.rows) == (50.0, 100)


def with_change(bars: Bars) -> tuple[Repair, Bars]:
    """A hundredfold block, a bar too many, and one that is missing: the repair, and the series it leads to."""
    right = bars.take(np.array([place for place in range(100) if place not in {60, 70}]))
    block = slice(10, 20)
    for name in ("open", "high", "low", "close"):
        column = getattr(right, name).copy()
        column[block] = np.round(column[block] / 100, 6)
        right = replace(right, **{name: column})
    extra = replace(bars.take(slice(60, 61)), timestamp=np.array([200 * DAY]))
    names = [name for name in COLUMNS if getattr(right, name) is not None]
    columns = {name: np.append(getattr(right, name), getattr(extra, name)) for name in names}
    wanted = replace(right, **columns)
    return Repair("hundredfold", "ten bars are in pence", bars, wanted), wanted


@pytest.mark.parametrize("adjusted", [True, False])
def test_a_repair_is_applied_on_request_and_undone_exactly(
    quality, bar_store, make_bars, postgres_url, adjusted
) -> None:
    bars = make_bars(adjusted=adjusted)
    store(bar_store, bars)
    repair, wanted = with_change(bars)
    proposed = quality.propose(repair, received=RECEIVED)
    assert quality.propose(repair, received=RECEIVED + SECOND).id == proposed.id
    assert hash_of(bar_store) == bars.content_hash()
    applied = quality.apply(proposed.id, who="ann", received=RECEIVED + SECOND)
    assert (applied.applied_by, nanoseconds(applied.applied)) == ("ann", RECEIVED + SECOND)
    for _ in range(2):
        assert hash_of(bar_store) == wanted.content_hash()
        assert hash_of(bar_store, as_of=RECEIVED) == bars.content_hash()
        (line,) = bar_store.catalogue()
        assert (line.rows, nanoseconds(line.last), nanoseconds(line.as_of)) == (99, 200 * DAY, RECEIVED + SECOND)
        assert quality.apply(proposed.id, who="bob", received=RECEIVED + 2 * SECOND).applied_by == "ann"
    undone = quality.undo(proposed.id, who="bob", received=RECEIVED + 5 * SECOND)
    assert (undone.undone_by, nanoseconds(undone.undone)) == ("bob", RECEIVED + 5 * SECOND)
    quality.undo(proposed.id, who="cy", received=RECEIVED + 9 * SECOND)
    assert hash_of(bar_store) == bars.content_hash()
    assert hash_of(bar_store, as_of=RECEIVED + 4 * SECOND) == wanted.content_hash()
    assert hash_of(bar_store, as_of=RECEIVED) == bars.content_hash()
    (audit,) = quality.repairs("AAPL", "1d")
    assert (audit.applied_by, audit.undone_by, audit.repair.reason) == ("ann", "bob", repair.reason)
    assert audit.repair.before.content_hash() == bars.content_hash()
    assert audit.repair.after.content_hash() == wanted.content_hash()
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT DISTINCT source FROM historical_prices").fetchall() == [("yahoo",)]


def test_a_source_that_repeats_itself_does_not_undo_a_repair_and_one_that_changes_does(
    quality, bar_store, make_bars
) -> None:
    bars = make_bars()
    store(bar_store, bars)
    repair, wanted = with_change(bars)
    quality.apply(quality.propose(repair, received=RECEIVED).id, who="ann", received=RECEIVED + SECOND)
    for part in (bars, bars.take(slice(5, 65)), bars.take(slice(70, 71))):
        assert store(bar_store, part, RECEIVED + 2 * SECOND) == StoreCounts(0, 0, len(part))
    assert hash_of(bar_store) == wanted.content_hash()
    close = bars.close.copy()
    close[[12, 60]] *= 1.001
    assert store(bar_store, replace(bars, close=close), RECEIVED + 3 * SECOND) == StoreCounts(1, 1, 98)
    assert store(bar_store, bars, RECEIVED + 4 * SECOND) == StoreCounts(0, 2, 98)  # no longer what the repair replaced
    assert hash_of(bar_store) != wanted.content_hash()


def test_repairs_that_no_longer_fit_are_refused_and_change_nothing(quality, bar_store, make_bars) -> None:
    bars = make_bars()
    store(bar_store, bars)
    repair, wanted = with_change(bars)
    found = quality.propose(repair, received=RECEIVED).id
    with pytest.raises(UnknownNameError, match="There is no repair"):
        quality.apply(UUID(int=5), who="ann", received=RECEIVED)
    with pytest.raises(InputError, match="not applied"):
        quality.undo(found, who="ann", received=RECEIVED)
    changed = bars.volume.copy()
    changed[10] += 1
    store(bar_store, replace(bars, volume=changed), RECEIVED + SECOND)
    before = bar_store.catalogue()
    with pytest.raises(InputError, match="no longer what the repair is about; check the series again"):
        quality.apply(found, who="ann", received=RECEIVED + 2 * SECOND)
    store(bar_store, bars, RECEIVED + 3 * SECOND)
    quality.apply(found, who="ann", received=RECEIVED + 4 * SECOND)
    store(bar_store, replace(wanted, volume=wanted.volume + 1), RECEIVED + 5 * SECOND)
    before = bar_store.catalogue()
    with pytest.raises(InputError, match="no longer what the repair is about"):
        quality.undo(found, who="ann", received=RECEIVED + 6 * SECOND)
    assert bar_store.catalogue() == before
    assert quality.repairs("AAPL", "1d")[0].undone is None


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda repair: replace(repair, after=repair.before), "changes nothing"),
        (lambda repair: replace(repair, after=replace(repair.after, symbol="X")), "of one symbol and interval"),
        (lambda repair: replace(repair, after=replace(repair.after, adj_close=None)), "gives or takes adjusted closes"),
    ],
)
def test_a_repair_that_makes_no_sense_is_refused(quality, bar_store, make_bars, spoil, sentence) -> None:
    bars = make_bars()
    store(bar_store, bars)
    with pytest.raises(InputError, match=sentence):
        quality.propose(spoil(with_change(bars)[0]), received=RECEIVED)
    assert quality.repairs("AAPL", "1d") == []


def test_all_bars_may_go_and_come_back(quality, bar_store, make_bars) -> None:
    bars = make_bars(rows=3)
    store(bar_store, bars)
    found = quality.propose(Repair("phantom", "no such sessions", bars, bars.take(slice(0))), received=RECEIVED).id
    quality.apply(found, who="ann", received=RECEIVED + SECOND)
    assert bar_store.load("AAPL", "1d") is None
    assert bar_store.catalogue() == []
    quality.undo(found, who="ann", received=RECEIVED + 2 * SECOND)
    assert hash_of(bar_store) == bars.content_hash()
