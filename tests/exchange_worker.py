"""A worker without lease, recovery by files or snapshots: what the client's tests need of one, on the real core."""

import sys

import numpy as np
import valkey

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import INDEX, START, EntryId, EventEntry, read_command_entry

BATCH = 16


def run(url: str, shard: int) -> None:
    """Execute the shard's journal from its beginning; write what is not written yet."""
    client = valkey.Valkey.from_url(url)
    core, at = MatchingCore(), START
    applied = EntryId.parse(client.hget(f"exchange:{shard}", "applied") or b"0-0")
    while True:
        client.set(f"lease:{shard}", "test", px=3000)
        for _, entries in client.xread({f"commands:{shard}": str(at)}, count=BATCH, block=500) or ():
            # Up to what is written, entry by entry, so that a batch is never repeated in part.
            names = [EntryId.parse(name) for name, _ in entries]
            new = [place for place, name in enumerate(names) if name > applied]
            for place in range(len(entries) - len(new)):
                _execute(core, [entries[place]])
            if new:
                batch = _execute(core, [entries[place] for place in new])
                before = names[new[0] - 1] if new[0] else at
                entry = EventEntry(0, before, *batch, hash=0)
                with client.pipeline(transaction=True) as pipeline:
                    pipeline.xadd(f"events:{shard}", entry.fields(), id=str(entry.last))
                    pipeline.hset(f"exchange:{shard}", mapping={"applied": str(entry.last)})
                    pipeline.execute()
            at = names[-1]


def _execute(core, entries):
    read = [read_command_entry(EntryId.parse(name), fields) for name, fields in entries]
    commands = np.concatenate([each.commands for each in read])
    sizes = [len(each.commands) for each in read]
    commands["time"] = np.repeat([EntryId.parse(name).ms for name, _ in entries], sizes)
    events, offsets = core.run(commands)
    counts = np.diff(offsets).astype(np.uint32)
    index = np.zeros(len(entries), INDEX)
    edges = np.cumsum([0, *sizes])
    for place, (name, _) in enumerate(entries):
        entry = EntryId.parse(name)
        index[place] = (entry.ms, entry.seq, sizes[place], int(counts[edges[place] : edges[place + 1]].sum()))
    return index, counts, events


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]))
