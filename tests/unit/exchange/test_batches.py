"""Entries of the journal become batches of the engine, the same events whatever the cuts."""

from collections import deque
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.journal import NO_EVENTS, START, CommandEntry, EntryId, EventEntry, read_event_entry
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.exchange.service.batches import MOST_COMMANDS, MOST_ENTRIES, form, take
from arbitrax.exchange.service.sequencer import Sequencer, epoch_entry
from arbitrax.exchange.streams import as_commands, generate, opening


def entry(ms, commands):
    return EntryId(ms, 0), CommandEntry(commands).fields()


def empty(count):
    return np.zeros(count, COMMAND)


def taken(waiting):
    return [len(fields[b"c"]) // COMMAND.itemsize for _, fields in take(waiting)]


def test_a_batch_is_bounded_in_commands_and_entries():
    waiting = deque(entry(at, empty(8_000)) for at in range(1, 6))
    assert [taken(waiting), taken(waiting), taken(waiting)] == [[8_000, 8_000], [8_000, 8_000], [8_000]]
    waiting = deque(entry(at, empty(0)) for at in range(1, MOST_ENTRIES + 2))
    assert len(take(waiting)) == MOST_ENTRIES
    assert len(waiting) == 1
    larger = {b"v": b"1", b"c": empty(MOST_COMMANDS + 1).tobytes()}
    waiting = deque([entry(1, empty(1)), (EntryId(2, 0), larger), entry(3, empty(1))])
    assert [taken(waiting), taken(waiting), taken(waiting)] == [[1], [MOST_COMMANDS + 1], [1]]


def test_an_entry_that_opens_an_epoch_is_a_batch_by_itself():
    mixed = empty(3)
    mixed["kind"][2] = Kind.EPOCH
    waiting = deque(
        [entry(1, empty(1)), entry(2, mixed), entry(3, empty(1)), (EntryId(4, 0), epoch_entry(2, 0).fields())]
    )
    assert [taken(waiting) for _ in range(4)] == [[1], [3], [1], [1]]


def test_time_is_that_of_the_entry_and_heartbeats_are_kept_apart():
    sessions = np.array([4, 5], np.uint32)
    batch = form([entry(7, empty(2)), (EntryId(9, 0), CommandEntry(empty(1), 3, sessions).fields())], EntryId(6, 5))
    assert batch.commands["time"].tolist() == [7, 7, 9]
    assert batch.heartbeats == ((9, 3, (4, 5)),)
    assert (batch.predecessor, batch.last) == (EntryId(6, 5), EntryId(9, 0))


@pytest.mark.parametrize("again", [EntryId(7, 0), EntryId(6, 9), EntryId(3, 0)])
def test_entries_twice_late_or_out_of_order_are_refused(again):
    with pytest.raises(DataError, match=f"entry {again} comes after"):
        form([entry(7, empty(1)), (again, CommandEntry(empty(1)).fields())], EntryId(5, 0))
    with pytest.raises(DataError, match="comes after 8-0"):
        form([(again, CommandEntry(empty(1)).fields())], EntryId(8, 0))


COMMANDS = np.concatenate([opening(), as_commands(generate(20, 400).lines)])


@given(st.lists(st.integers(0, 400), max_size=20), st.lists(st.integers(0, 20), max_size=5), st.integers(0, 400))
def test_cuts_change_nothing(cuts, batches, epoch_at):
    """One run of the engine makes the events, counts and running hash that any entries and batches make."""
    parts = np.split(COMMANDS, sorted(cuts))
    entries = [entry(100 + at, part) for at, part in enumerate(parts)]
    place = epoch_at % (len(entries) + 1)
    entries.insert(place, (EntryId(99 + place, 1), epoch_entry(5, 3).fields()))
    edges = [0, *sorted(min(each, len(entries)) for each in batches), len(entries)]
    sequencer, made = Sequencer(), []
    for begin, end in pairwise(edges):
        if begin < end:
            found = sequencer.execute(form(entries[begin:end], sequencer.entry))
            made.append(read_event_entry(found.last, found.fields()))
    everything = form(entries, START)
    events, offsets = MatchingCore().run(everything.commands)
    assert np.concatenate([each.events for each in made]).tobytes() == events.tobytes()
    assert np.concatenate([each.counts for each in made]).tolist() == np.diff(offsets).tolist()
    assert made[-1].hash == sequencer.hash == fold_events(NO_EVENTS, events)
    assert sequencer.epoch == 5
    assert sequencer.entry == entries[-1][0]
    of_entries = [events for each in made for name, _ in entries if (events := each.of_entry(name)) is not None]
    assert [len(each) for each in of_entries] == [len(fields[b"c"]) // COMMAND.itemsize for _, fields in entries]
    assert isinstance(made[0], EventEntry)
