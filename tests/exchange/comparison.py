"""All implementations on one stream: every event and the state hash must be equal."""

import numpy as np

from tests.exchange.implementations import IMPLEMENTATIONS

PART = 1_000
"""Commands in a batch, and between two looks at the state hash."""


def compare(commands):
    """Run on all, part by part; return the events of the reference and the offsets of each command's."""
    engines = [make() for make in IMPLEMENTATIONS.values()]
    said, counts = [], []
    for start in range(0, len(commands), PART):
        answers = [engine.run(commands[start : start + PART]) for engine in engines]
        events, offsets = answers[0]
        for other, their_offsets in answers[1:]:
            assert np.array_equal(offsets, their_offsets), first_difference(commands[start:], answers)
            assert events.tobytes() == other.tobytes(), first_difference(commands[start:], answers)
        assert len({engine.state_hash() for engine in engines}) == 1, f"the state differs after command {start + PART}"
        said.append(events)
        counts.append(np.diff(offsets))
    return np.concatenate(said), np.concatenate([[0], np.cumsum(np.concatenate(counts))])


def first_difference(commands, answers):
    """Return the first command after which two answers differ."""
    (events, offsets), (others, their_offsets) = answers[0], answers[1]
    for at, row in enumerate(commands[: len(offsets) - 1]):
        ours, theirs = events[offsets[at] : offsets[at + 1]], others[their_offsets[at] : their_offsets[at + 1]]
        if ours.tobytes() != theirs.tobytes():
            return f"command {at}: {row}\n{ours}\n{theirs}"
    return "the lengths"
