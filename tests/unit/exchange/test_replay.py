"""Files of commands: what a replay sums up, and what is refused in which words."""

import hashlib
import re

import numpy as np
import pytest

from arbitrax.domain.errors import DataError, InputError
from arbitrax.exchange.command_file import read_command_file
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import COMMAND, Happening, Kind, Type
from arbitrax.exchange.replay import Run
from arbitrax.exchange.streams import as_commands, fold, generate, opening, trade_hash
from arbitrax.services.replays import replay_file


@pytest.fixture(scope="module")
def stream():
    return generate(100, 1_500)


@pytest.fixture(scope="module")
def commands(stream):
    wrong = as_commands(np.array([[2, 10**6, 0, 0, 0]]))  # a cancel of what never was
    return np.concatenate([opening(), as_commands(stream.lines), wrong])


def test_a_replay_sums_up_what_one_batch_says(tmp_path, commands, stream):
    np.save(tmp_path / "c.npy", commands)
    heard = []
    found = replay_file(tmp_path / "c.npy", None, heard.append)
    engine = MatchingCore()
    events, _ = engine.run(commands)
    fills = events[events["kind"] == Happening.FILLED]
    assert sum(heard) == found.commands == len(commands)
    assert (found.events, found.trades, found.traded) == (len(events), len(fills), fills["quantity"].sum())
    assert found.refused == 1
    assert found.trade_hash == trade_hash(events) == fold(stream.trades[:, 1:].tolist())
    assert found.event_hash == hashlib.blake2b(events.tobytes(), digest_size=8).hexdigest()
    assert found.state_hash == f"{engine.state_hash():016x}"
    assert found.commands_per_second == pytest.approx(found.commands / found.engine_seconds)


def test_parts_do_not_change_what_comes_out(commands):
    whole, parts = Run(), Run()
    for _ in whole.execute(commands):
        pass
    assert [part.stop for part in parts.execute(commands, [1, 700, len(commands)])] == [1, 700, len(commands)]
    sums = [(run.outcome().trade_hash, run.outcome().event_hash, run.outcome().state_hash) for run in (whole, parts)]
    assert sums[0] == sums[1]


def test_the_hashes_notice_one_lot_more(commands):
    changed = commands.copy()
    at = np.flatnonzero((changed["kind"] == Kind.SUBMIT) & (changed["type"] == Type.LIMIT))[-1]
    changed["quantity"][at] += 1
    found = []
    for each in (commands, changed):
        run = Run()
        list(run.execute(each))
        found.append((run.outcome().event_hash, run.outcome().state_hash))
    assert found[0][0] != found[1][0]
    assert found[0][1] != found[1][1]


def write(path, what):
    if isinstance(what, bytes):
        path.write_bytes(what)
    elif what is not None:
        np.save(path, what)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (None, "c.npy cannot be read: No such file or directory."),
        (b"", "c.npy is empty; write commands with numpy.save."),
        (b"time,order\n1,2\n", "c.npy is no .npy file: it begins with b'time,o'; write commands with numpy.save."),
        (b"\x93NUMPY\x01\x00", "c.npy is cut short or damaged, at 8 bytes; write it again."),
        (np.zeros(3), "c.npy holds values of float64, not arbitrax.exchange.records.COMMAND; convert it."),
        (
            np.zeros(3, [("time", "<i8"), ("price", "<f8")]),
            "c.npy holds records of 16 bytes (time, price), not arbitrax.exchange.records.COMMAND; convert it.",
        ),
        (np.zeros((2, 2), COMMAND), "c.npy has the shape (2, 2); commands are a list, of shape (n,)."),
        (np.zeros(0, COMMAND), "c.npy holds no commands."),
        (np.array([{}]), "c.npy holds Python objects; save an array of arbitrax.exchange.records.COMMAND."),
    ],
)
def test_files_that_hold_no_commands_are_refused_in_one_sentence(tmp_path, what, sentence):
    write(tmp_path / "c.npy", what)
    with pytest.raises(DataError, match=re.escape(sentence) + "$"):
        read_command_file(tmp_path / "c.npy")


@pytest.mark.parametrize("bytes_left", [10_000, 200, 129, 100, 7])
def test_a_file_cut_short_anywhere_is_refused(tmp_path, commands, bytes_left):
    path = tmp_path / "c.npy"
    np.save(path, commands)
    path.write_bytes(path.read_bytes()[:bytes_left])
    with pytest.raises(DataError, match=rf"c.npy is cut short or damaged, at {bytes_left:,} bytes; write it again\.$"):
        read_command_file(path)


def test_other_files_and_options_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"c\.txt is neither commands \(\.npy\) nor a LOBSTER message file \(\.csv\)"):
        replay_file(tmp_path / "c.txt", None, print)
    with pytest.raises(InputError, match="belongs to a LOBSTER message file"):
        replay_file(tmp_path / "c.npy", tmp_path / "book.csv", print)
