"""A shard without a server: commands in entries, batches as a worker makes them, events as the stream holds them."""

from random import Random

from arbitrax.exchange.feed.event_run import run_of
from arbitrax.exchange.feed.listing import FixedDirectory, Listing
from arbitrax.exchange.journal import CommandEntry, EntryId, read_event_entry
from arbitrax.exchange.service.batches import form
from arbitrax.exchange.service.sequencer import Sequencer, epoch_entry
from tests.exchange.random_commands import opening, random_commands

SYMBOLS = {1: "AAA", 2: "BBB", 3: "CCC"}
DIRECTORY = FixedDirectory(
    {1: Listing("AAA", "0.01", "1"), 2: Listing("BBB", "0.05", "0.001"), 3: Listing("CCC", "1", "10")},
    {number: f"acc_{number}" for number in range(1, 7)},
)
EPOCH = 0x10


def command_entries(seed, length, *, change=None):
    """Return entries of a few random commands each, after one that opens an epoch and one that opens symbols."""
    random, commands = Random(seed), random_commands(seed, length)  # noqa: S311 - not secret
    if change is not None:
        change(commands)
    entries, at = [(EntryId(999, 0), epoch_entry(EPOCH, 0).fields())], 0
    while at < len(commands):
        size = random.choice([1, 1, 1, 2, 5, 40]) if at else len(opening())
        part = commands[at : at + size]
        ms = max(int(part["time"].max()), entries[-1][0].ms)
        seq = entries[-1][0].seq + 1 if ms == entries[-1][0].ms else 0
        entries.append((EntryId(ms, seq), CommandEntry(part).fields()))
        at += size
    return entries


def followed(feed, entry, **how):
    """Let a feed follow one entry of events."""
    return feed.follow(run_of(entry), **how)


def batches(entries, seed, most=6, sequencer=None):
    """Yield what a worker writes for entries, with the engine as of then: its batches depend on the seed, not more."""
    random, sequencer, at = Random(seed), sequencer or Sequencer(), 0  # noqa: S311 - not secret
    while at < len(entries):
        size = random.randint(1, most) if at else 2  # until there are symbols
        made = sequencer.execute(form(entries[at : at + size], sequencer.entry))
        yield read_event_entry(made.last, made.fields()), sequencer.core
        at += size
