"""A state written to a file: an engine that loads it goes on as the one that wrote it."""

import os

import numpy as np
import pytest

from arbitrax.domain.errors import DataError
from arbitrax.exchange.core import MatchingCore, fold_events
from arbitrax.exchange.records import COMMAND, Kind
from arbitrax.exchange.reference.fold import fold
from tests.exchange.random_commands import opening, random_commands
from tests.exchange.venue import command


def run_for(seed, length=6_000):
    engine, commands = MatchingCore(), random_commands(seed, length)
    half = length // 2 + 37 * seed
    engine.run(commands[:half])
    return engine, commands[half:]


@pytest.mark.parametrize("seed", range(4))
def test_an_engine_that_loads_a_state_goes_on_like_the_one_that_wrote_it(tmp_path, seed):
    engine, later = run_for(seed)
    assert engine.save(tmp_path / "state") == engine.state_hash()
    loaded = MatchingCore.load(tmp_path / "state")
    assert loaded.state_hash() == engine.state_hash()
    for at in range(0, len(later), 100):
        ours, theirs = engine.run(later[at : at + 100])[0], loaded.run(later[at : at + 100])[0]
        assert ours.tobytes() == theirs.tobytes()
        assert loaded.state_hash() == engine.state_hash()


def test_a_child_writes_the_state_of_the_moment_while_the_engine_goes_on(tmp_path):
    engine, later = run_for(1)
    engine.save(tmp_path / "now")
    child = engine.fork_save(tmp_path / "forked")
    engine.run(later)
    assert os.waitpid(child, 0)[1] == 0
    assert (tmp_path / "forked").read_bytes() == (tmp_path / "now").read_bytes()


def test_a_new_engine_can_be_saved(tmp_path):
    engine = MatchingCore()
    engine.save(tmp_path / "state")
    assert MatchingCore.load(tmp_path / "state").state_hash() == engine.state_hash()


@pytest.mark.parametrize("at", [0, 8, 16, 800, -16, -8, -1])
def test_a_damaged_state_is_refused(tmp_path, at):
    path = tmp_path / "state"
    run_for(2)[0].save(path)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="is no snapshot of an engine, or it is damaged"):
        MatchingCore.load(path)


@pytest.mark.parametrize("length", [0, 7, 8, 80, 1_000, -8, -3])
def test_a_state_that_was_cut_off_is_refused(tmp_path, length):
    path = tmp_path / "state"
    run_for(3)[0].save(path)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DataError, match="or it is damaged"):
        MatchingCore.load(path)


def test_any_words_with_a_right_hash_are_loaded_or_refused(tmp_path):
    engine, _ = run_for(1, 2_000)
    path = tmp_path / "state"
    engine.save(path)
    words = np.fromfile(path, "<u8")
    random = np.random.default_rng(1)
    refused = 0
    for _ in range(300):
        changed = words[:-1].copy()
        for place in random.integers(1, len(changed), 3):
            changed[place] = random.choice([0, 1, 255, 1 << 20, 1 << 32, (1 << 63) - 1, random.integers(0, 1 << 63)])
        word = 0
        for value in changed[1:].tolist():
            word = fold(word, value)
        np.append(changed, np.uint64(word)).tofile(path)
        try:
            MatchingCore.load(path)
        except DataError:
            refused += 1
    assert refused > 0


def test_the_running_hash_takes_in_every_word_in_order():
    events, _ = MatchingCore().run(np.concatenate(opening()))
    word = 7
    for value in events.view("<u8").tolist():
        word = fold(word, value)
    assert fold_events(7, events) == word
    assert fold_events(fold_events(7, events[:3]), events[3:]) == word


def test_what_is_due_next_is_known():
    engine = MatchingCore()
    engine.run(np.concatenate(opening()))
    assert engine.next_due() is None
    order = {"symbol": 3, "account": 1, "price": 100, "quantity": 2, "time_in_force": 2, "time": 50}
    engine.run(np.concatenate([command(Kind.SUBMIT, expire=900, **order), command(Kind.SUBMIT, expire=700, **order)]))
    assert engine.next_due() == 700
    engine.run(command(Kind.CANCEL_AFTER, account=2, extra=100, time=60))
    assert engine.next_due() == 160
    engine.run(command(Kind.TICK, time=1_000).astype(COMMAND))
    assert engine.next_due() is None
