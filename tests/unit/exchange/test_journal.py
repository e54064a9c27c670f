"""Entries of the journal: what is written is read, and a byte that changed is noticed, wherever it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import (
    CHECKSUM,
    START,
    CommandEntry,
    EntryId,
    checked,
    read_command_entry,
    read_event_entry,
    sealed,
)
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.entry_tables import tables
from arbitrax.exchange.service.history import batch_of, commands_of, together
from arbitrax.exchange.service.sequencer import Sequencer
from arbitrax.exchange.streams import as_commands, generate, opening

NAME = EntryId(1_700_000_000_000, 3)
COMMANDS = np.concatenate([opening(), as_commands(generate(20, 40).lines)])
HEARTBEAT = CommandEntry(COMMANDS, 7, np.array([1, 2, 3], np.uint32)).fields()
PLAIN = CommandEntry(COMMANDS).fields()
ANSWER = Sequencer().execute(form([(NAME, PLAIN)], START)).fields()
READ = {"commands": read_command_entry, "events": read_event_entry}


@pytest.mark.parametrize("fields", [HEARTBEAT, PLAIN])
def test_what_a_client_sends_is_read_as_it_was(fields):
    found = read_command_entry(NAME, fields)
    assert np.array_equal(found.commands, COMMANDS)
    assert found.fields() == fields


def test_what_a_worker_writes_is_read_as_it_was():
    assert read_event_entry(NAME, ANSWER).fields() == ANSWER


@given(st.sampled_from([("commands", HEARTBEAT), ("commands", PLAIN), ("events", ANSWER)]), st.data())
def test_a_flipped_bit_is_refused_with_the_name_of_its_entry(whole, data):
    kind, fields = whole
    field = data.draw(st.sampled_from(sorted(fields)))
    part = data.draw(st.sampled_from(["name", "value"]))
    text = bytearray(field if part == "name" else fields[field])
    bit = data.draw(st.integers(0, 8 * len(text) - 1))
    text[bit // 8] ^= 1 << bit % 8
    changed = {
        (bytes(text) if part == "name" and name == field else name): (
            bytes(text) if part == "value" and name == field else value
        )
        for name, value in fields.items()
    }
    with pytest.raises(DataError, match=f"The journal's entry {NAME} "):
        READ[kind](NAME, changed)
    with pytest.raises(DataError, match=f"The journal's entry {NAME} "):
        list(checked([(NAME, changed)]))


def test_a_checksum_that_was_made_anew_fits():
    changed = sealed(PLAIN | {b"c": PLAIN[b"c"][:128]})
    assert len(read_command_entry(NAME, changed).commands) == 1
    assert changed[CHECKSUM] != PLAIN[CHECKSUM]
    assert list(changed) == list(PLAIN)


def test_entries_by_column_make_the_batch_that_they_make_one_by_one():
    parts = np.array_split(COMMANDS, 9)
    entries = [(EntryId(5 + place // 3, place % 3), CommandEntry(part).fields()) for place, part in enumerate(parts)]
    entries.insert(4, (EntryId(6, 1), HEARTBEAT))
    del entries[5]
    found = batch_of(together([commands_of(each) for each in tables(entries)]), EntryId(4, 9))
    expected = form(entries, EntryId(4, 9))
    assert np.array_equal(found.entries, expected.entries)
    assert np.array_equal(found.commands, expected.commands)
    with pytest.raises(DataError, match="6-1 comes after one that is not earlier"):
        batch_of(together([commands_of(each) for each in tables([*entries[:5], entries[4]])]), START)
