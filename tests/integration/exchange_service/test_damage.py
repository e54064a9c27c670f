"""What cannot be trusted is refused, in one sentence that names it."""

import numpy as np
import pytest

from arbitrax.exchange.journal import VERSION, CommandEntry, EntryId, sealed
from arbitrax.exchange.records import COMMAND, Kind
from tests.integration.exchange_service.shard import PATIENCE, orders


def refused(shard):
    """Start a worker that must not start; return its last line."""
    worker = shard.start()
    assert worker.wait(PATIENCE) == 1
    return worker.log.read_text().splitlines()[-1]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({b"v": b"1", b"c": b"\0" * 128}, "has version b'1'; this release reads b'2'."),
        ({b"c": b"\0" * 128}, "has version None; this release reads b'2'."),
        (sealed({b"v": VERSION}), "is damaged: it lacks the field 'c'."),
        ({b"v": VERSION, b"c": b"\0" * 128}, "is damaged: it lacks the field 'k'."),
        ({b"v": VERSION, b"c": b"\0" * 128, b"k": b"\0" * 4}, "is damaged: its checksum is not that of its bytes."),
        (sealed({b"v": VERSION, b"c": b"\0" * 127}), "is damaged: its commands are 127 bytes."),
    ],
)
def test_a_damaged_entry_stops_the_worker_that_meets_it_and_those_after(shard, fields, sentence):
    worker = shard.started()
    good = shard.journal.append(CommandEntry(orders(20)))
    shard.wait_for(good)
    bad = shard.channel.ask(
        "XADD", shard.journal.key, "*", *(word for pair in fields.items() for word in pair)
    ).decode()
    shard.journal.append(CommandEntry(orders(20)))
    assert worker.wait(PATIENCE) == 1
    said = worker.log.read_text().splitlines()[-1]
    assert bad in said
    assert sentence in said
    assert refused(shard) == said
    assert shard.outputs.applied().entry == good


def test_any_bytes_as_commands_are_executed_not_crashed_on(shard):
    worker = shard.started()
    random = np.random.default_rng(3)
    acknowledged = [shard.journal.append(CommandEntry(orders(20)))]
    for _ in range(30):
        acknowledged.append(shard.journal.append(CommandEntry(np.frombuffer(random.bytes(50 * 128), COMMAND))))
    shard.finish(worker)
    shard.audit(acknowledged)


def replaced(shard, at, change):
    """Put another entry in the place of the one at a position of the journal."""
    found = shard.channel.ask("XRANGE", shard.journal.key, "-", "+")
    shard.channel.ask("DEL", shard.journal.key)
    for position, (name, words) in enumerate(found):
        fields = dict(zip(words[::2], words[1::2], strict=True))
        if position == at and (fields := change(fields)) is None:
            continue
        shard.channel.ask("XADD", shard.journal.key, name, *(word for pair in fields.items() for word in pair))
    return EntryId.parse(found[at][0])


def executed(shard, entries=10):
    worker = shard.started()
    for part in np.array_split(orders(300, shard.number), entries):
        shard.journal.append(CommandEntry(part))
    shard.finish(worker)


def flip(fields):
    commands = np.frombuffer(fields[b"c"], COMMAND).copy()
    commands["quantity"][np.flatnonzero(commands["kind"] == Kind.SUBMIT)[0]] ^= 1
    return fields | {b"c": commands.tobytes()}


def test_a_flipped_bit_in_mid_journal_is_refused_with_the_entry_it_is_in(shard):
    executed(shard)
    name = replaced(shard, 5, flip)
    assert f"The journal's entry {name} is damaged: its checksum is not that of its bytes" in refused(shard)


def test_a_flipped_bit_in_what_waits_is_not_executed(shard):
    executed(shard)
    applied = shard.outputs.applied()
    waiting = shard.journal.append(CommandEntry(orders(300, shard.number)))
    assert replaced(shard, 11, flip) == waiting
    assert f"The journal's entry {waiting} is damaged: its checksum is not that of its bytes" in refused(shard)
    assert shard.outputs.applied() == applied


def test_another_entry_in_the_place_of_one_is_refused_by_its_events(shard):
    executed(shard)
    name = replaced(shard, 5, lambda fields: sealed(flip(fields)))
    assert f"The first entry with other events is {name}." in refused(shard)


def test_an_entry_that_is_gone_from_mid_journal_is_refused(shard):
    executed(shard)
    name = replaced(shard, 5, lambda fields: None)
    said = refused(shard)
    assert "does not start" in said
    assert str(name) in said or "other events" in said


def test_a_journal_that_lacks_the_last_entry_executed_is_refused(shard):
    executed(shard)
    name = replaced(shard, 10, lambda fields: None)
    assert f"lacks the entry {name}, whose outputs are written" in refused(shard)


def test_a_journal_without_its_beginning_is_refused(shard):
    executed(shard)
    shard.channel.ask("XTRIM", shard.journal.key, "MAXLEN", 5)
    assert "6 entries before were trimmed, and there is neither a snapshot nor an archive" in refused(shard)


def test_a_damaged_mark_of_what_is_executed_is_refused(shard):
    executed(shard)
    shard.channel.ask("HSET", f"exchange:{shard.number}", "hash", "?")
    assert f"The key exchange:{shard.number} of the journal's server is damaged" in refused(shard)
