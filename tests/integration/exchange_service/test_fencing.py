"""One worker at a time writes, whatever the others believe."""

import signal

import pytest

from arbitrax.domain.errors import Fenced, Gap
from arbitrax.exchange.journal import START, CommandEntry, EntryId
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.sequencer import Sequencer, epoch_entry
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.shard_store import ValkeyShardStore
from tests.integration.exchange_service.shard import PATIENCE, Client, orders, until


def test_of_two_workers_started_at_once_one_stands_by_and_takes_over_at_once_after_a_clean_stop(shard):
    client = Client(shard)
    client.start()
    first, second = shard.start(), shard.start()
    until(lambda: all("lease." in each.log.read_text() for each in (first, second)), "both decided")
    holder, standby = (first, second) if "lease.acquired" in first.log.read_text() else (second, first)
    assert "lease.standby" in standby.log.read_text()
    holder.send_signal(signal.SIGTERM)
    assert holder.wait(PATIENCE) == 0
    assert "token=2" in until(lambda: "lease.acquired" in standby.log.read_text() and standby.log.read_text(), "taken")
    acknowledged = client.stop()
    shard.finish(standby)
    shard.audit(acknowledged)


def test_a_standby_takes_over_from_one_that_was_killed(shard):
    client = Client(shard)
    client.start()
    holder = shard.started()
    standby = shard.start()
    until(lambda: "lease.standby" in standby.log.read_text(), "standing by")
    holder.kill()
    until(lambda: "recovery.done" in standby.log.read_text(), "taken over")
    acknowledged = client.stop()
    shard.finish(standby)
    shard.audit(acknowledged)


def test_the_lease_of_a_process_that_died_is_taken_before_it_expires(shard):
    holder = shard.started()
    shard.channel.ask("PEXPIRE", f"lease:{shard.number}", 3_600_000)
    standby = shard.start()
    until(lambda: "lease.standby" in standby.log.read_text(), "standing by")
    holder.send_signal(signal.SIGSTOP)  # it renews no more, but is there
    shard.channel.ask("PEXPIRE", f"lease:{shard.number}", 3_600_000)
    asked = asked_for(shard)
    until(lambda: asked_for(shard) > asked + 5, "asked for again and again")
    assert "lease.acquired" not in standby.log.read_text()
    holder.kill()
    until(lambda: "recovery.done" in standby.log.read_text(), "taken over")
    shard.finish(standby)


def asked_for(shard):
    """Return how often anybody asked for connections: a standby does when the lease is another's."""
    told = shard.channel.ask("INFO", "commandstats").decode()
    found = [line for line in told.splitlines() if line.startswith("cmdstat_client|list:")]
    return int(found[0].partition("calls=")[2].partition(",")[0]) if found else 0


def test_a_paused_worker_that_wakes_after_its_lease_is_gone_writes_nothing(shard):
    client = Client(shard)
    client.start()
    sleeper = shard.started()
    sleeper.send_signal(signal.SIGSTOP)
    other = shard.started()
    sleeper.send_signal(signal.SIGCONT)
    until(lambda: "worker.dropped" in sleeper.log.read_text(), "noticed")
    until(lambda: "lease.standby" in sleeper.log.read_text(), "standing by")
    acknowledged = client.stop()
    sleeper.kill()  # it would take the lease that the other one gives back, in the midst of the audit
    sleeper.wait()
    shard.finish(other)
    shard.audit(acknowledged)


@pytest.fixture
def store(shard):
    found = ValkeyShardStore(shard.url, shard.number, "process")
    yield found
    found.close()


def executed(shard, store):
    """Append an entry and return what it gives, not written yet."""
    shard.journal.append(CommandEntry(orders(20, shard.number)))
    return Sequencer().execute(form(store.journal.read_after(START, 16, 0), START))


def test_outputs_are_refused_without_the_lease_and_nothing_changes(shard, store):
    store.lease.acquire()
    made, mine = executed(shard, store), store.lease.name
    store.lease.release()
    for name in (mine, "", "somebody:1"):
        store.outputs.send(made, name, b"{}")
        with pytest.raises(Fenced):
            store.outputs.confirm()
    store.lease.acquire()
    store.outputs.send(made, mine, b"{}")  # of the same process, a turn ago
    with pytest.raises(Fenced):
        store.outputs.confirm()
    with pytest.raises(Fenced):
        store.journal.insert_epoch(epoch_entry(1, shard.number), START, START, mine)
    assert store.outputs.applied().entry == shard.events.tail() == START
    assert store.outputs.gateways() == b""


def test_outputs_that_do_not_follow_the_last_are_refused(shard, store):
    store.lease.acquire()
    made = executed(shard, store)
    store.outputs.send(made, store.lease.name, None)
    store.outputs.send(made, store.lease.name, None)  # delivered twice
    store.outputs.confirm()
    with pytest.raises(Gap):
        store.outputs.confirm()
    with pytest.raises(Gap):
        store.journal.insert_epoch(epoch_entry(1, shard.number), EntryId(1, 1), EntryId(1, 1), store.lease.name)
    assert len(shard.written()) == 1


def test_a_lease_is_renewed_by_its_owner_only(shard, store):
    with Channel(shard.url) as channel:
        assert store.lease.acquire() == 1
        assert store.lease.acquire() == 2  # of a turn that this process has given up
        channel.ask("SET", f"lease:{shard.number}", "somebody:2", "PX", 60_000)
        name = store.lease.name
        assert store.lease.acquire() is None
        assert store.lease.name == name
        store.lease._renewed -= 2
        with pytest.raises(Fenced):
            store.lease.renew()
        store.lease.release()
        assert store.lease.holder() == "somebody:2"


def test_a_lease_whose_connection_is_gone_is_another_ones_unless_it_was_taken_again(shard, store):
    store.lease.acquire()
    key = f"lease:{shard.number}"
    shard.channel.ask("SET", key, "somebody:1", "PX", 3_600_000)
    assert store.lease.acquire() is None  # over our own connection: it is there
    shard.channel.ask("SET", f"holder:{shard.number}", 1 << 60)
    assert store.lease.acquire() == 2
    shard.channel.ask("SET", key, "somebody:1", "PX", 3_600_000)
    shard.channel.ask("DEL", f"holder:{shard.number}")
    assert store.lease.acquire() is None  # nobody knows over which: it expires
