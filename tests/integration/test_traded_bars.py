"""Bars of the exchange's trades out of PostgreSQL equal those made of the journal's events."""

from collections import defaultdict
from decimal import Decimal

import numpy as np
import psycopg
import pytest

from arbitrax.exchange.events import Events
from arbitrax.exchange.recording.recorder import Recorder
from arbitrax.exchange.records import HOUSE, Happening
from arbitrax.services.traded_bars import TradedBar, TradedRange
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_records import PostgresRecords
from arbitrax.storage.postgres.traded_bars import PostgresTradedBars
from arbitrax.storage.redis.recorder_server import ValkeyShardStreams
from tests.exchange.journaled import JournaledShard
from tests.exchange.random_commands import random_commands
from tests.exchange.recorded import LOT, TICK, register

ALWAYS = 1 << 41


@pytest.fixture
def registered_url(postgres_url):
    register(postgres_url)
    return postgres_url


def record(url, cache_url):
    with ValkeyShardStreams(cache_url, 0) as streams, Database(url) as database:
        recorder = Recorder(0, streams, PostgresRecords(database, 0), print)
        while recorder.step(0):
            pass


def trades_of(shard, symbol):
    """Return (ms, price, quantity) of every trade of a symbol, in the journal's order, and how many had the house."""
    found, house = [], 0
    for _, entry, _, _, made in shard.events:
        records = made.copy()
        records["side"] %= 2
        for event in Events(records):
            if event.kind == Happening.FILLED and event.symbol == symbol:
                found.append((entry.ms, event.price * TICK, event.quantity * LOT))
                house += HOUSE in (event.account, event.maker_account)
    return found, house


def bars_of(trades, length, start=0, end=ALWAYS):
    by_start = defaultdict(list)
    for ms, price, quantity in trades:
        by_start[ms // length * length].append((price, quantity))
    return [
        TradedBar(
            at, rows[0][0], max(price for price, _ in rows), min(price for price, _ in rows), rows[-1][0],
            sum((quantity for _, quantity in rows), Decimal(0)), len(rows),
        )
        for at, rows in sorted(by_start.items())
        if start <= at < end
    ]  # fmt: skip


def loaded(url, symbol, length, start=0, end=ALWAYS, limit=1_000_000):
    with Database(url) as database:
        return PostgresTradedBars(database).load(0, symbol, TradedRange(start, end, length), limit)


@pytest.mark.parametrize("seed", range(3))
def test_they_equal_those_of_the_journals_trades(registered_url, cache_url, seed) -> None:
    shard = JournaledShard(cache_url)
    for piece in np.array_split(random_commands(seed, 3_000), 50):
        shard.run(piece)
    record(registered_url, cache_url)
    for symbol in (1, 2):
        trades, with_house = trades_of(shard, symbol)
        assert len(trades) > 50
        assert with_house > 0  # of these one side is recorded
        for length in (50, 1_000, 60_000):
            bars, stored = loaded(registered_url, symbol, length)
            assert bars == bars_of(trades, length)
            assert stored == shard.applied
        some = bars_of(trades, 50)
        first, last = some[len(some) // 4].start, some[len(some) // 2].start
        assert loaded(registered_url, symbol, 50, first, last)[0] == bars_of(trades, 50, first, last)
        assert loaded(registered_url, symbol, 50, limit=7)[0] == some[:7]


def test_what_the_journal_lost_is_in_no_bar(registered_url, cache_url) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(5, 2_000))
    record(registered_url, cache_url)
    before, _ = trades_of(shard, 1)
    shard = shard.lose_tail(15)
    shard.begin_epoch()
    record(registered_url, cache_url)
    after, _ = trades_of(shard, 1)
    assert 0 < len(after) < len(before)
    assert loaded(registered_url, 1, 50)[0] == bars_of(after, 50)


def test_a_range_is_read_by_the_index_alone(registered_url, cache_url) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(5, 2_000))
    record(registered_url, cache_url)
    with psycopg.connect(registered_url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT id FROM fills WHERE asset_id = (SELECT asset_id FROM exchange_instruments WHERE shard = 0 "
            "AND number = 1) AND account_id IS NOT NULL AND NOT orphaned AND filled_at >= 'epoch' "
            "ORDER BY filled_at, id"
        ).fetchall()
    assert any("fills_of_asset" in line for (line,) in plan)
    assert not any("Sort" in line for (line,) in plan)
