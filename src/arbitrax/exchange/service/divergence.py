"""Where the journal and the events that were written part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from arbitrax.exchange.journal import EventEntry, read_event_entry
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.ports import RawEntry, Stream
from arbitrax.exchange.service.sequencer import Sequencer


def first_difference(sequencer: Sequencer, commands: Iterable[RawEntry], events: Stream) -> str:
    """Execute commands again, beside the events that were written; say which entry is the first to differ.

    Raises:
        DataError: an entry is damaged.
    """
    waiting = iter(commands)
    for written in _written(events, sequencer):
        batch = []
        for entry in waiting:
            batch.append(entry)
            if entry[0] >= written.last:
                break
        if not batch or batch[-1][0] != written.last:
            return f"The journal lacks the entry {written.last}, of which there are events."
        made = sequencer.execute(form(batch, sequencer.entry))
        if made.hash != written.hash:
            return _first_entry(made, written)
    return "All events that are still there agree: what was written beside them does not."


def _written(events: Stream, sequencer: Sequencer) -> Iterator[EventEntry]:
    for entries in events.scan(sequencer.entry):
        for name, fields in entries:
            yield read_event_entry(name, fields)


def _first_entry(made: EventEntry, written: EventEntry) -> str:
    """Return the first command entry of a batch whose events differ. Of the first batch more may have been made."""
    begin, ours = 0, made.events[int(made.index["events"][: -len(written.index)].sum()) :]
    for index in written.index:
        end = begin + int(index["events"])
        if not np.array_equal(ours[begin:end], written.events[begin:end]):
            return f"The first entry with other events is {index['ms']}-{index['seq']}."
        begin = end
    return f"The first entry with other events is {written.last}, or one before the first of which events are left."
