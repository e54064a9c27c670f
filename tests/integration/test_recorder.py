"""The recorder on real servers: what the database holds is what the events say, whatever fails in between."""

import pytest

from arbitrax.exchange.recording.recorder import Recorder
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_records import PostgresRecords
from arbitrax.storage.redis.recorder_server import ValkeyShardStreams
from tests.exchange.journaled import JournaledShard
from tests.exchange.random_commands import random_commands
from tests.exchange.recorded import audit, register


@pytest.fixture
def journal_url(cache_url):
    return cache_url


@pytest.fixture
def recorder(postgres_url, journal_url):
    register(postgres_url)
    streams = ValkeyShardStreams(journal_url, 0)
    with Database(postgres_url) as database:
        yield Recorder(0, streams, PostgresRecords(database, 0), print)
    streams.close()


def catch_up(recorder):
    while recorder.step(0):
        pass


@pytest.mark.parametrize("seed", range(4))
def test_the_database_equals_the_engine(recorder, journal_url, postgres_url, seed) -> None:
    shard = JournaledShard(journal_url)
    shard.run(random_commands(seed, 1_500))
    catch_up(recorder)
    audit(postgres_url, shard)
