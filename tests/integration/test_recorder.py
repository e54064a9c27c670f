"""The recorder on real servers: what the database holds is what the events say, whatever fails in between."""

import os
import random
import signal
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import numpy as np
import psycopg
import pytest
import valkey

from arbitrax.domain.errors import DataError, StoreUnavailableError
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.recording import recorder as recording
from arbitrax.exchange.recording.ledger import NotRegisteredError
from arbitrax.exchange.recording.recorder import Recorder
from arbitrax.exchange.records import Kind
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_orders import PostgresOrders
from arbitrax.storage.postgres.exchange_records import OutrunError, PostgresRecords
from arbitrax.storage.redis.recorder_server import ValkeyShardStreams
from tests.exchange.journaled import JournaledShard
from tests.exchange.random_commands import opening, random_bytes, random_commands
from tests.exchange.recorded import audit, audit_state, register
from tests.exchange.venue import command


@contextmanager
def recording_of(postgres_url, journal_url, said=print, streams=ValkeyShardStreams, **archives):
    with streams(journal_url, 0, **archives) as opened, Database(postgres_url) as database:
        yield Recorder(0, opened, PostgresRecords(database, 0), said)


@pytest.fixture
def registered_url(postgres_url):
    register(postgres_url)
    return postgres_url


@pytest.fixture
def recorder(registered_url, cache_url):
    with recording_of(registered_url, cache_url) as made:
        yield made


def catch_up(recorder):
    while recorder.step(0):
        pass


@pytest.mark.parametrize("seed", range(4))
def test_the_database_equals_the_engine(recorder, cache_url, registered_url, seed) -> None:
    shard = JournaledShard(cache_url)
    with psycopg.connect(registered_url, autocommit=True) as connection:
        for piece in np.array_split(random_commands(seed, 1_500), 50):
            shard.run(piece)
            catch_up(recorder)
            audit_state(connection, shard.engine.state)
    audit(registered_url, shard)
    assert shard.client.hget("marks:0", "recorded").decode() == str(shard.applied)


def test_a_new_recorder_continues_at_any_entry_of_a_stream(registered_url, cache_url, monkeypatch) -> None:
    monkeypatch.setattr(recording, "MOST", 1)
    shard = JournaledShard(cache_url, entry=30, batch=1)
    shard.run(random_commands(11, 900))
    while True:
        with recording_of(registered_url, cache_url) as recorder:
            if not recorder.step(0):
                break
    audit(registered_url, shard)


def test_one_that_is_behind_folds_what_comes_next_while_a_batch_is_stored(
    recorder, cache_url, registered_url, monkeypatch
) -> None:
    monkeypatch.setattr(recording, "EVENTS", 100)
    store, marks = PostgresRecords._store, []

    def noted(self, tables, counts, before, after):
        marks.append((before, after))
        store(self, tables, counts, before, after)

    monkeypatch.setattr(PostgresRecords, "_store", noted)
    shard = JournaledShard(cache_url, entry=20, batch=1)
    shard.run(random_commands(17, 1_500))
    ahead = 0
    while recorder.step(0):
        assert recorder.mark == marks[-1][1]
        ahead += recorder._ahead is not None
    assert ahead > 5
    assert [before for before, _ in marks[1:]] == [after for _, after in marks[:-1]]
    audit(registered_url, shard)


def test_what_is_folded_ahead_is_forgotten_when_storing_fails(recorder, cache_url, registered_url, monkeypatch) -> None:
    monkeypatch.setattr(recording, "EVENTS", 100)
    store, dice, failed = PostgresRecords._store, random.Random(7), 0  # noqa: S311 - moments, not secrets

    def fails_sometimes(self, tables, counts, before, after):
        if dice.random() < 0.3:
            raise StoreUnavailableError("PostgreSQL went away before.")
        store(self, tables, counts, before, after)
        if dice.random() < 0.3:
            raise StoreUnavailableError("PostgreSQL went away after.")

    monkeypatch.setattr(PostgresRecords, "_store", fails_sometimes)
    shard = JournaledShard(cache_url, entry=20, batch=1)
    shard.run(random_commands(23, 1_500))
    while True:
        try:
            if not recorder.step(0):
                break
        except StoreUnavailableError:
            failed += 1
    assert failed > 5
    audit(registered_url, shard)


def test_of_two_recorders_one_stores_and_the_other_loads_what_is_new(registered_url, cache_url) -> None:
    shard = JournaledShard(cache_url)
    pieces = np.array_split(random_commands(5, 1_200), 6)
    with recording_of(registered_url, cache_url) as one, recording_of(registered_url, cache_url) as other:
        shard.run(pieces[0])
        one.step(0)
        other.step(0)
        for slow, quick, piece in zip([one, other] * 3, [other, one] * 3, pieces[1:], strict=False):
            shard.run(piece)
            quick.step(0)
            with pytest.raises(OutrunError, match="Another recorder"):
                slow.step(0)
            slow.step(0)
    audit(registered_url, shard)


def test_killed_at_any_moment_it_stores_nothing_twice_and_misses_nothing(
    registered_url, cache_url, monkeypatch
) -> None:
    monkeypatch.setattr(recording, "MOST", 1)
    shard = JournaledShard(cache_url, entry=5, batch=1)
    shard.run(random_commands(3, 1_500))
    dice = random.Random(3)  # noqa: S311 - moments, not secrets
    for _ in range(12):
        told, tell = os.pipe()
        child = os.fork()
        if not child:
            try:
                with recording_of(registered_url, cache_url) as recorder:
                    while recorder.step(0):
                        os.write(tell, b".")
            finally:
                os._exit(0)
        os.close(tell)
        for _ in range(dice.randint(1, 20)):
            if not os.read(told, 1):
                break
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(told)
    with recording_of(registered_url, cache_url) as recorder:
        assert recorder.step(0)  # the rounds left something
        catch_up(recorder)
    audit(registered_url, shard)


def test_what_is_stored_and_not_yet_said_is_said_by_the_next_one(registered_url, cache_url) -> None:
    class Mute(ValkeyShardStreams):
        def set_recorded(self, entry):
            if entry != START:
                raise StoreUnavailableError("gone")

    shard = JournaledShard(cache_url)
    shard.run(random_commands(2, 300))
    with (
        recording_of(registered_url, cache_url, streams=Mute) as recorder,
        pytest.raises(StoreUnavailableError, match="gone"),
    ):
        catch_up(recorder)
    assert shard.client.hget("marks:0", "recorded") is None
    with recording_of(registered_url, cache_url) as recorder:
        assert recorder.step(0) == 0
    assert shard.client.hget("marks:0", "recorded").decode() == str(shard.applied)
    audit(registered_url, shard)


def test_events_made_again_in_other_batches_continue_in_the_middle_of_one(recorder, cache_url, registered_url) -> None:
    shard = JournaledShard(cache_url, entry=20, batch=2)
    shard.append(random_commands(7, 800))
    shard.execute(6)
    catch_up(recorder)
    (name, fields), predecessor = shard.client.xrevrange("events:0", count=1)[0], shard.events[-3][1]
    # The server lost the last batch of events, not its commands; the next worker takes more of them at once.
    again = JournaledShard(cache_url, entry=20, batch=5)
    again.client.delete("events:0")
    again.last, again.waiting = shard.last, [(each[1], each[2]) for each in shard.events] + shard.waiting
    again.execute()
    assert (name, fields) not in again.client.xrange("events:0")
    assert predecessor < recorder.mark.entry
    catch_up(recorder)
    audit(registered_url, again)


def test_the_same_ids_with_another_body_are_refused(registered_url, cache_url) -> None:
    shard = JournaledShard(cache_url)
    commands = random_commands(2, 300)
    shard.run(commands)
    with recording_of(registered_url, cache_url) as recorder:
        catch_up(recorder)
    shard.client.delete("events:0", "commands:0")
    commands["quantity"][commands["kind"] == Kind.SUBMIT] += 1
    other = JournaledShard(cache_url)
    other.run(commands)
    with (
        recording_of(registered_url, cache_url) as recorder,
        pytest.raises(DataError, match=f"hash {shard.running:016x} and have {other.running:016x}"),
    ):
        recorder.step(0)
    audit(registered_url, shard)


def test_an_entry_whose_hash_does_not_follow_is_refused_and_nothing_of_it_stored(recorder, cache_url) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(2, 60))
    catch_up(recorder)
    before = recorder.mark
    shard.running ^= 1
    shard.run(random_commands(3, 60))
    with pytest.raises(DataError, match="the stream is damaged"):
        recorder.step(0)
    assert recorder.mark == before


@pytest.mark.parametrize("key", ["events:0", "commands:0"])
def test_a_hole_in_a_stream_is_refused_and_filled_from_the_archive(registered_url, cache_url, key) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(2, 900))
    archive = {each: shard.client.xrange(each) for each in ("events:0", "commands:0")}
    shard.client.xtrim(key, maxlen=5, approximate=False)
    with (
        recording_of(registered_url, cache_url) as recorder,
        pytest.raises(DataError, match="neither in the stream nor in the archive"),
    ):
        catch_up(recorder)

    def archived(name):
        def after(entry):
            found = ((EntryId.parse(each), fields) for each, fields in archive[name][:-3])
            return (each for each in found if each[0] > entry)

        return after

    archives = {"archived_events": archived("events:0"), "archived_commands": archived("commands:0")}
    with recording_of(registered_url, cache_url, **archives) as recorder:
        catch_up(recorder)
    audit(registered_url, shard)


@pytest.mark.parametrize("seed", range(4))
def test_a_new_epoch_before_the_mark_orphans_what_came_after(registered_url, cache_url, seed) -> None:
    said = []
    lost = JournaledShard(cache_url)
    lost.run(random_commands(seed, 1_500))
    with recording_of(registered_url, cache_url, said.append) as recorder:
        catch_up(recorder)
        kept = random.Random(seed).randint(1, len(lost.events) // lost.batch - 2)  # noqa: S311 - a place, no secret
        shard = lost.lose_tail(kept)
        assert recorder.step(0) == 0
        shard.begin_epoch()
        later = random_commands(seed + 100, 1_200)[20:]
        later["time"] += int(lost.last.ms)
        shard.run(later)
        with pytest.raises(StoreUnavailableError, match="new epoch"):
            catch_up(recorder)
        catch_up(recorder)
    audit(registered_url, shard)
    assert len(said) == 1
    assert "epoch 1 begins there" in said[0]
    with psycopg.connect(registered_url) as connection:
        assert connection.execute("SELECT count(*) > 0 FROM orders WHERE orphaned").fetchone() == (True,)


def test_only_what_is_synced_is_recorded(recorder, cache_url, registered_url) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(2, 300))
    entries = [EntryId.parse(each) for each, _ in shard.client.xrange("events:0")]
    shard.client.hset("marks:0", "synced_events", str(entries[2]))
    catch_up(recorder)
    assert recorder.mark.entry == entries[2]
    shard.client.hset("marks:0", "synced_events", str(entries[-1]))
    catch_up(recorder)
    audit(registered_url, shard)


ADD_FOURTH = (
    "INSERT INTO accounts (id, name, currency, kind, shard, number, funding) "
    "VALUES (gen_random_uuid(), 'late', 'USD', 'paper', 0, 4, 'cash')"
)


def test_an_account_without_a_row_is_waited_for(registered_url, cache_url) -> None:
    with psycopg.connect(registered_url) as connection:
        connection.execute("DELETE FROM accounts WHERE number = 4")
    shard = JournaledShard(cache_url)
    shard.run(random_commands(2, 300))
    with recording_of(registered_url, cache_url) as recorder:
        with pytest.raises(NotRegisteredError, match="Account 4 of shard 0"):
            catch_up(recorder)
        with psycopg.connect(registered_url) as connection:
            connection.execute(ADD_FOURTH)
        catch_up(recorder)
    audit(registered_url, shard)


def test_an_account_that_is_added_while_it_records_is_no_surprise(registered_url, cache_url) -> None:
    with psycopg.connect(registered_url) as connection:
        connection.execute("DELETE FROM accounts WHERE number = 4")
    shard = JournaledShard(cache_url)
    with recording_of(registered_url, cache_url) as recorder:
        assert recorder.step(0) == 0  # it has read the rows
        with psycopg.connect(registered_url) as connection:
            connection.execute(ADD_FOURTH)
        shard.run(random_commands(2, 300))
        catch_up(recorder)
    audit(registered_url, shard)


def test_any_bytes_as_commands_can_be_recorded(recorder, cache_url, registered_url) -> None:
    rows = random_bytes(4, 1_500)
    rows["kind"][np.isin(rows["kind"], (Kind.INSTRUMENT, Kind.ACCOUNT, Kind.EPOCH))] = Kind.SUBMIT
    rows["time"] = np.arange(len(rows))
    shard = JournaledShard(cache_url)
    shard.run(np.concatenate([*opening(), rows, command(Kind.TICK)]))
    catch_up(recorder)
    audit(registered_url, shard)


def test_orders_are_found_by_page_id_and_client_id(recorder, cache_url, registered_url) -> None:
    shard = JournaledShard(cache_url)
    shard.run(random_commands(9, 1_500))
    catch_up(recorder)
    with psycopg.connect(registered_url) as connection:
        ids = dict(connection.execute("SELECT number, id FROM accounts").fetchall())
    with Database(registered_url) as database:
        found = PostgresOrders(database)
        for number, account in ids.items():
            pages, below = [], None
            while page := found.orders(account, below=below, limit=7):
                pages += page
                below = page[-1].number
            assert [each.number for each in pages] == sorted({each.number for each in pages}, reverse=True)
            still_open = [each for each in pages if each.ended_at is None]
            assert found.orders(account, only_open=True, limit=1_000) == still_open
            mine = {each.id for each in shard.engine.state.orders.values() if each.account == number}
            assert {each.number for each in still_open} == mine - {
                each.id for each in shard.engine.state.orders.values() if each.symbol == 3
            }
            assert found.order(account, pages[0].number) == pages[0]
            assert found.order(account, 1 << 50) is None
            named = {each.client_order_id: each for each in reversed(pages) if each.reason != "client_id_used"}
            for client, order in named.items():
                assert client is None or found.order_of_client(account, client) == order
            fills = found.fills(account, limit=10_000)
            assert fills == sorted(fills, key=lambda each: each.id, reverse=True)
            assert found.fills(account, below=fills[2].id, limit=2) == fills[3:5]
            for held in found.positions(account):
                assert held.quantity == sum(each.quantity for each in fills if each.symbol == held.symbol)
                assert held.fees == sum(each.fee for each in fills if each.symbol == held.symbol)


def test_a_role_that_may_not_skip_checks_has_each_row_checked(registered_url, cache_url) -> None:
    role = f"plain_{uuid4().hex}"
    with psycopg.connect(registered_url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'plain'".encode())
        try:
            connection.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}".encode())
            parts = urlsplit(registered_url)
            plain = urlunsplit(parts._replace(netloc=f"{role}:plain@{parts.netloc.rpartition('@')[2]}"))
            shard = JournaledShard(cache_url)
            shard.run(random_commands(6, 600))
            with recording_of(plain, cache_url) as recorder:
                catch_up(recorder)
            audit(registered_url, shard)
        finally:
            connection.execute(f"DROP OWNED BY {role}".encode())
            connection.execute(f"DROP ROLE {role}".encode())


def test_small_entries_are_read_many_at_once_and_large_ones_few(
    recorder, cache_url, registered_url, monkeypatch
) -> None:
    monkeypatch.setattr(recording, "EVENTS", 600)
    shard = JournaledShard(cache_url, entry=1, batch=1)
    shard.run(random_commands(8, 1_000))
    steps = 0
    while recorder.step(0):
        steps += 1
    assert steps < 10
    audit(registered_url, shard)


def test_entries_that_are_trimmed_while_they_are_read_come_from_the_archive(cache_url) -> None:
    with valkey.Valkey.from_url(cache_url) as client:
        names = [EntryId.parse(client.xadd("commands:0", {b"n": b"%d" % number})) for number in range(300)]
        archive = [(EntryId.parse(name), fields) for name, fields in client.xrange("commands:0")]

        def archived(after):
            return (each for each in archive if each[0] > after)

        with ValkeyShardStreams(cache_url, 0, archived_commands=archived) as streams:
            found = []
            for name, fields in streams.all_commands(names[9], names[-2]):
                found.append((name, fields))
                if name == names[20]:
                    client.xtrim("commands:0", minid=str(names[200]), approximate=False)
    assert found == archive[10:-1]
