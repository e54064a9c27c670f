"""The journal's server: killed, started anew, wrongly configured, full; and what its settings must be."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.errors import Fenced, StoreError, StoreUnavailableError
from arbitrax.exchange.journal import START, CommandEntry, EntryId
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.file_sync import FileSync, find_files, sync_files
from arbitrax.storage.redis.lease import ValkeyLease
from arbitrax.storage.redis.server_settings import check_settings, memory
from tests.integration.exchange_service.shard import PATIENCE, Shard, orders, until


@pytest.fixture
def home():
    """A home whose servers a test may kill."""
    found = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    found.chmod(0o711)
    yield found
    shutil.rmtree(found, ignore_errors=True)


def kill_journal(servers):
    pid = next(each.pid for each in servers.status() if each.name == "journal")
    os.kill(pid, signal.SIGKILL)
    until(lambda: not any(each.running for each in servers.status() if each.name == "journal"), "gone")


@pytest.mark.parametrize("durability", ["process", "power"])
def test_a_journal_killed_and_started_anew_has_lost_nothing(home, tmp_path, durability):
    with EmbeddedServers(home, durability=durability) as servers:
        shard = Shard(servers.journal_url(), 1, tmp_path)
        worker = shard.started(ARBITRAX_DURABILITY=durability)
        parts = np.array_split(orders(2_000, 1), 30)
        acknowledged = [shard.journal.append(CommandEntry(part)) for part in parts[:10]]
        for done, rest in enumerate((parts[10:20], parts[20:]), start=1):
            until(lambda done=done: worker.log.read_text().count("recovery.done") == done, "recovered")
            kill_journal(servers)
            assert servers.journal_url() == shard.url
            shard.reconnect()
            acknowledged += [shard.journal.append(CommandEntry(part)) for part in rest]
        until(lambda: worker.log.read_text().count("recovery.done") == 3, "recovered")
        shard.finish(worker)
        shard.audit(acknowledged)
        shard.close()


def test_another_run_of_the_server_is_noticed_by_a_connection_that_holds(shard):
    lease = ValkeyLease(shard.channel, shard.number)
    lease.acquire()
    lease._run_id = "that of a run before"
    lease._renewed -= 2
    with pytest.raises(Fenced, match="started anew"):
        lease.renew()


@pytest.mark.parametrize(
    ("name", "value", "durability"),
    [
        ("appendonly", "no", "process"),
        ("maxmemory-policy", "allkeys-lru", "process"),
        ("appendfsync", "everysec", "process"),
        ("appendfsync", "no", "power"),
    ],
)
def test_a_server_that_would_lose_entries_is_refused(home, tmp_path, name, value, durability):
    with EmbeddedServers(home) as servers:
        shard = Shard(servers.journal_url(), 1, tmp_path)
        shard.channel.ask("CONFIG", "SET", name, value)
        with pytest.raises(StoreError, match=f"has {name} {value}; a journal with ARBITRAX_DURABILITY {durability}"):
            check_settings(shard.channel, durability)
        worker = shard.start(ARBITRAX_DURABILITY=durability)
        assert worker.wait(PATIENCE) == 1
        assert f"has {name} {value}" in worker.log.read_text().splitlines()[-1]
        shard.close()


def test_a_server_without_memory_left_executes_again_once_it_has_some(home, tmp_path):
    with EmbeddedServers(home) as servers:
        shard = Shard(servers.journal_url(), 1, tmp_path)
        worker = shard.started()
        acknowledged = [shard.journal.append(CommandEntry(orders(200, 1)))]
        shard.wait_for(acknowledged[0])
        used = memory(shard.channel).used
        worker.send_signal(signal.SIGSTOP)
        acknowledged.append(shard.journal.append(CommandEntry(orders(200, 1))))
        shard.channel.ask("CONFIG", "SET", "maxmemory", used // 2)
        assert memory(shard.channel).limit == used // 2
        worker.send_signal(signal.SIGCONT)
        until(lambda: "used memory > 'maxmemory'" in worker.log.read_text(), "refused")
        assert shard.outputs.applied().entry == acknowledged[0]
        shard.channel.ask("CONFIG", "SET", "maxmemory", 0)
        shard.finish(worker)
        shard.audit(acknowledged)
        shard.close()


def test_a_worker_started_without_its_server_waits_says_so_once_and_starts_when_it_is_back(home, tmp_path):
    with EmbeddedServers(home) as servers:
        shard = Shard(servers.journal_url(), 1, tmp_path)
        kill_journal(servers)
        worker = shard.start()
        until(lambda: "worker.waits" in worker.log.read_text(), "waiting")
        assert worker.poll() is None
        servers.journal_url()
        until(lambda: "recovery.done" in worker.log.read_text(), "started by itself")
        said = worker.log.read_text()
        assert said.count("worker.waits shard=1 The Valkey at ") == 1
        shard.reconnect()
        acknowledged = [shard.journal.append(CommandEntry(orders(200, 1)))]
        shard.finish(worker)
        shard.audit(acknowledged)
        shard.close()


def test_a_worker_whose_server_goes_down_in_recovery_recovers_when_it_is_back(home, tmp_path):
    with EmbeddedServers(home) as servers:
        shard = Shard(servers.journal_url(), 1, tmp_path)
        worker = shard.started()
        acknowledged = [shard.journal.append(CommandEntry(part)) for part in np.array_split(orders(2_000, 1), 30)]
        shard.finish(worker)
        worker = shard.start()
        until(lambda: "lease.acquired" in worker.log.read_text(), "recovering")
        worker.send_signal(signal.SIGSTOP)
        kill_journal(servers)
        worker.send_signal(signal.SIGCONT)
        until(lambda: "worker.dropped" in worker.log.read_text(), "dropped")
        done = worker.log.read_text().count("recovery.done")
        servers.journal_url()
        until(lambda: worker.log.read_text().count("recovery.done") > done, "recovered")
        shard.reconnect()
        shard.finish(worker)
        shard.audit(acknowledged)
        shard.close()


def test_the_files_of_a_local_server_are_synced_and_how_far_is_marked(shard):
    folder = find_files(shard.url, shard.channel)
    assert any(each.suffix == ".manifest" for each in folder.iterdir())
    sync_files(folder)
    entry = shard.journal.append(CommandEntry(orders(20)))
    said = []

    def mark():
        found = shard.channel.ask("HMGET", f"marks:{shard.number}", "synced_commands", "synced_events")
        return [EntryId.parse(each) for each in found if each]

    with FileSync(lambda: shard.url, shard.number, "process", said.append):
        until(lambda: mark() == [entry, START], "synced")
    assert said == []


def test_a_server_elsewhere_cannot_be_synced_from_here(shard):
    assert find_files("redis://journal.example:6379", shard.channel) is None


def test_a_connection_that_broke_is_not_opened_again_by_itself(shard):
    channel = Channel(shard.url)
    channel.close()
    with pytest.raises(StoreUnavailableError, match="is closed"):
        channel.ask("PING")
    with pytest.raises(StoreError, match="refuses the exchange: unknown command"):
        shard.channel.ask("NONSENSE")
    assert shard.channel.ask("PING") == b"PONG"
