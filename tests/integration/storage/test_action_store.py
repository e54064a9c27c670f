"""Corporate actions in and out of PostgreSQL: exact, idempotent, with their past."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from msgspec.structs import replace

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError
from arbitrax.services.ports import StoreCounts
from arbitrax.storage.postgres.action_store import PostgresActionStore
from arbitrax.storage.postgres.connection import Database

RECEIVED = 1_700_000_000_000_000_000
SECOND = 1_000_000_000
SPLIT = CorporateAction(symbol="AAPL", kind="split", ex_date=start_of_day("2020-08-31"), ratio=4.0)
DIVIDEND = CorporateAction(
    symbol="AAPL",
    kind="dividend",
    ex_date=start_of_day("2020-11-06"),
    amount=0.1 + 0.2,
    currency="USD",
    pay_date=start_of_day("2020-11-12"),
)
AWKWARD = (
    SPLIT,
    DIVIDEND,
    replace(SPLIT, ex_date=start_of_day("1969-12-31"), ratio=1 / 3),
    replace(SPLIT, kind="stock_dividend", ratio=1.0000000000000002),
    replace(SPLIT, kind="spin_off", ratio=5e-324),
    replace(DIVIDEND, ex_date=start_of_day("2020-08-31"), amount=1e300, currency="GBX", pay_date=None),
)


def store(action_store, *actions, source="file", received=RECEIVED):
    counts = action_store.store(actions, source=source, received=received)
    return (counts.added, counts.updated, counts.unchanged)


def test_actions_read_back_the_same(action_store):
    assert store(action_store, *AWKWARD) == (6, 0, 0)
    found = action_store.load("AAPL")
    assert found.as_of == RECEIVED
    assert set(found.actions) == set(AWKWARD)
    assert [(each.ex_date, each.kind) for each in found.actions] == [
        (AWKWARD[2].ex_date, "split"),
        (SPLIT.ex_date, "split"),
        (SPLIT.ex_date, "stock_dividend"),
        (SPLIT.ex_date, "spin_off"),
        (SPLIT.ex_date, "dividend"),
        (DIVIDEND.ex_date, "dividend"),
    ]
    assert {each.source for each in found.known} == {"file"}
    assert {each.received.isoformat() for each in found.known} == {"2023-11-14T22:13:20+00:00"}


def test_nothing_is_known_of_a_stranger(action_store):
    assert action_store.load("NOBODY").known == ()
    assert action_store.load("NOBODY").as_of == 0
    assert action_store.store([], source="file", received=RECEIVED) == StoreCounts(0, 0, 0)


def test_storing_again_changes_nothing(action_store, database):
    store(action_store, *AWKWARD)
    assert store(action_store, *AWKWARD, received=RECEIVED + SECOND) == (0, 0, 6)
    assert action_store.load("AAPL").as_of == RECEIVED
    with database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM corporate_actions").fetchone() == (6,)


def test_what_is_learned_later_does_not_change_an_old_run(action_store):
    store(action_store, SPLIT)
    first = action_store.load("AAPL")
    corrected, later = replace(SPLIT, ratio=5.0), RECEIVED + SECOND
    assert store(action_store, corrected, DIVIDEND, received=later) == (1, 1, 0)
    second = action_store.load("AAPL")
    assert (second.actions, second.as_of) == ((corrected, DIVIDEND), later)
    assert action_store.load("AAPL", as_of=first.as_of) == first
    assert action_store.load("AAPL", as_of=later) == second
    assert action_store.load("AAPL", as_of=RECEIVED - SECOND).known == ()
    assert action_store.load("AAPL", as_of=0).known == ()


def test_a_clock_that_went_back_does_not_rewrite_the_past(action_store):
    store(action_store, SPLIT)
    first = action_store.load("AAPL")
    store(action_store, DIVIDEND, received=RECEIVED - 3600 * SECOND, source="other")
    assert action_store.load("AAPL").actions == (SPLIT, DIVIDEND)
    assert action_store.load("AAPL", as_of=first.as_of) == first


def test_of_two_sources_the_one_received_last_counts(action_store):
    store(action_store, SPLIT, source="yahoo")
    assert store(action_store, replace(SPLIT, ratio=5.0), source="polygon", received=RECEIVED + SECOND) == (1, 0, 0)
    (known,) = action_store.load("AAPL").known
    assert (known.action.ratio, known.source) == (5.0, "polygon")
    # What the first repeats is nothing new.
    assert store(action_store, SPLIT, source="yahoo", received=RECEIVED + 2 * SECOND) == (0, 0, 1)
    assert action_store.load("AAPL").actions[0].ratio == 5.0


def test_a_withdrawn_action_counts_no_more_until_restored(action_store):
    store(action_store, SPLIT, DIVIDEND)
    key = ("AAPL", "split", SPLIT.ex_date)
    before = action_store.load("AAPL")
    assert action_store.withdraw(*key, received=RECEIVED + SECOND)
    withdrawn = action_store.load("AAPL")
    assert withdrawn.actions == (DIVIDEND,)
    assert withdrawn.as_of == RECEIVED + SECOND
    assert action_store.load("AAPL", as_of=before.as_of) == before
    assert not action_store.withdraw(*key, received=RECEIVED + 2 * SECOND)
    assert store(action_store, SPLIT, received=RECEIVED + 2 * SECOND) == (0, 0, 1)
    assert action_store.load("AAPL").actions == (DIVIDEND,)
    assert action_store.withdraw(*key, received=RECEIVED + 3 * SECOND, restore=True)
    assert action_store.load("AAPL").actions == before.actions
    assert action_store.load("AAPL", as_of=withdrawn.as_of) == withdrawn
    assert not action_store.withdraw(*key, received=RECEIVED, restore=True)
    assert not action_store.withdraw("NOBODY", "split", SPLIT.ex_date, received=RECEIVED)
    assert not action_store.withdraw("AAPL", "split", DIVIDEND.ex_date, received=RECEIVED)


def test_a_source_that_changes_a_withdrawn_action_brings_it_back(action_store):
    store(action_store, SPLIT)
    action_store.withdraw("AAPL", "split", SPLIT.ex_date, received=RECEIVED + SECOND)
    assert store(action_store, replace(SPLIT, ratio=8.0), received=RECEIVED + 2 * SECOND) == (0, 1, 0)
    assert action_store.load("AAPL").actions[0].ratio == 8.0


def test_all_of_a_store_is_kept_or_nothing(action_store):
    with pytest.raises(DataError, match="refuses the data"):
        store(action_store, SPLIT, replace(SPLIT, symbol="B" * 65))
    assert action_store.load("AAPL").known == ()


def test_writers_at_the_same_time_take_turns(postgres_url):
    def write(number: int) -> StoreCounts:
        with Database(postgres_url) as database:
            actions = [replace(SPLIT, symbol=symbol) for symbol in (("A", "B") if number % 2 else ("B", "A"))]
            return PostgresActionStore(database).store(actions, source="file", received=RECEIVED)

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(write, range(4)))
    assert sorted(each.added for each in counts) == [0, 0, 0, 2]
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM corporate_actions").fetchone() == (2,)
