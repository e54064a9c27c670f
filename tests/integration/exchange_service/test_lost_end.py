"""A journal whose server lost its end: a new epoch, so that no id is given twice."""

from threading import Event

import numpy as np
import pytest

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, CommandEntry, EntryId, read_command_entry
from arbitrax.exchange.records import Happening, Kind
from arbitrax.exchange.service.recovery import Sources, Stopped, recover
from arbitrax.exchange.service.sequencer import epoch_entry
from arbitrax.storage.redis.shard_store import ValkeyShardStore
from tests.integration.exchange_service.shard import orders


class RecordedUpTo:
    """What PostgreSQL says of itself."""

    def __init__(self, entry):
        self.entry = entry

    def recorded(self, shard):
        return self.entry


@pytest.fixture
def store(shard):
    found = ValkeyShardStore(shard.url, shard.number, "process")
    yield found
    found.close()


def names(shard):
    return [name for part in shard.journal.scan(START) for name, _ in part]


def kinds(shard):
    found = [read_command_entry(*each) for part in shard.journal.scan(START) for each in part]
    return [int(each.commands["kind"][0]) for each in found]


def test_entries_since_keep_their_ids_and_get_orders_of_the_new_epoch(shard):
    worker = shard.started()
    parts = np.array_split(orders(300, shard.number), 10)
    for part in parts[:5]:
        shard.journal.append(CommandEntry(part))
    shard.finish(worker)
    last = names(shard)[-1]
    recorded = EntryId(last.ms, last.seq + 50)  # PostgreSQL has it, the server, started anew, has not
    since = [shard.journal.append(CommandEntry(part)) for part in parts[5:]]
    with ValkeyShardStore(shard.url, shard.number, "process") as store:
        store.lease.acquire()
        said = []
        recover(store, shard.number, Sources(records=RecordedUpTo(recorded)), said.append, Event())
        store.lease.release()
    assert any("epoch=2" in each and f"the journal lost {recorded}" in each for each in said)
    assert names(shard)[-5:] == since
    assert [at for at, kind in enumerate(kinds(shard)) if kind == Kind.EPOCH] == [0, 6]
    shard.finish(shard.started())
    events = shard.audit(since)
    accepted = events["order"][events["kind"] == Happening.ACCEPTED]
    assert len(np.unique(accepted)) == len(accepted)
    assert set((accepted >> 48).tolist()) == {1, 2}
    assert [each.epoch for each in shard.written()][-1] == 2


def test_a_recovery_ends_when_the_process_shall(shard, store):
    shard.journal.append(CommandEntry(orders(100, shard.number)))
    shard.finish(shard.started())
    store.lease.acquire()
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        recover(store, shard.number, Sources(), [].append, stop)


def test_what_is_recorded_and_still_there_or_trimmed_is_not_lost(shard, store):
    worker = shard.started()
    entries = [shard.journal.append(CommandEntry(part)) for part in np.array_split(orders(300, shard.number), 10)]
    shard.finish(worker)
    there = names(shard)  # the epoch, and ticks of the clock between the entries
    assert store.journal.covers(entries[3])
    assert not store.journal.covers(EntryId(entries[3].ms, entries[3].seq + 1_000))
    shard.channel.ask("XTRIM", shard.journal.key, "MINID", str(entries[5]))
    assert store.journal.covers(entries[3])
    shard.channel.ask("XTRIM", shard.journal.key, "MAXLEN", 0)
    assert store.journal.covers(entries[-1])
    assert not store.journal.covers(EntryId(there[-1].ms + 1, 0))
    assert store.journal.trimmed() == (EntryId(there[-1].ms, there[-1].seq + 1), len(there))


@pytest.mark.parametrize("applied", ["0-0", "5-0", "5-1", "5-3", "7-0", "9-9"])
def test_an_epoch_goes_where_the_ids_leave_room(shard, store, applied):
    there = ["5-0", "5-1", "5-2", "7-0", "9-9", "10-0"]
    for name in there:
        shard.channel.ask("XADD", shard.journal.key, name, "v", "1", "c", "")
    shard.channel.ask("HSET", f"exchange:{shard.number}", "applied", applied)
    store.lease.acquire()
    last = EntryId.parse(applied)
    inserted = store.journal.insert_epoch(epoch_entry(2, shard.number), last, last, store.lease.name)
    expected = {"0-0": "0-1", "5-0": "5-3", "5-1": "5-3", "5-3": "5-4", "7-0": "7-1", "9-9": "9-10"}
    assert str(inserted) == expected[applied]
    assert names(shard) == sorted([*map(EntryId.parse, there), inserted])
    assert store.journal.trimmed()[1] == 0


def test_a_trimmed_journal_stays_trimmed_when_an_epoch_is_inserted(shard, store):
    for at in range(1, 700):
        shard.channel.ask("XADD", shard.journal.key, f"{at}-0", "v", "1", "c", "")
    shard.channel.ask("XTRIM", shard.journal.key, "MINID", "100-0")
    shard.channel.ask("HSET", f"exchange:{shard.number}", "applied", "300-0")
    store.lease.acquire()
    last = EntryId(300, 0)
    assert store.journal.insert_epoch(epoch_entry(2, 0), last, last, store.lease.name) == EntryId(300, 1)
    assert store.journal.trimmed() == (EntryId(100, 0), 99)
    assert len(names(shard)) == 601


def test_ids_of_orders_begin_with_epoch_and_shard(shard):
    shard.journal.append(CommandEntry(orders(100, shard.number)))
    shard.finish(shard.started())
    events = shard.audit()
    accepted = events["order"][events["kind"] == Happening.ACCEPTED]
    assert set((accepted >> 40).tolist()) == {1 << 8 | shard.number}
    assert MatchingCore().run(orders(1))[0]["order"].max() < 1 << 40
