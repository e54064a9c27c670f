"""`arbitrax exchange` as its users run it: whole processes."""

import json
import os
import signal
import subprocess
import sys
import tempfile

import numpy as np
import pytest

from arbitrax.cli import service_bench
from arbitrax.exchange.streams import as_commands, generate, opening
from tests.lobster_day import generated_day, write_day


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-m", "arbitrax.cli.main", "exchange", *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run(*words, code=0):
    process = start(*words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, f"{words} ended {process.returncode}:\n{out}\n{err}"
    return out, err


def test_a_lobster_day_is_replayed_and_judged(tmp_path):
    messages, rows = generated_day(count=1_500, cut=200)
    path = write_day(tmp_path, messages, rows)
    out, err = run("replay", path)
    assert "The engine did what every message says." in out
    assert err == ""
    other = path.rename(tmp_path / "day.csv")
    refused = run("replay", other, code=2)[1]
    assert refused == "Error: day.csv has no '_message_' in its name; name the order book file with --book.\n"
    book = next(tmp_path.glob("*_orderbook_*"))
    found = json.loads(run("replay", other, "--book", book, "--json")[0])
    assert found["mismatches"] == {}
    assert found["outcome"]["trades"] == found["messages"]["execution"] > 0
    submitted = [line.split(",")[2] for line in messages if line.split(",")[1] == "1"]
    executed = [line.split(",")[1] == "4" and line.split(",")[2] in submitted for line in messages]
    at = executed.index(True)
    time, kind, order, size, price, side = messages[at].split(",")
    messages[at] = f"{time},{kind},{order},{size},{int(price) + 50},{side}"
    out, _ = run("replay", write_day(tmp_path, messages, rows))
    assert "messages that name another price or side than the order's" in out


def test_commands_are_replayed_alike_each_time(tmp_path):
    path = tmp_path / "commands.npy"
    np.save(path, np.concatenate([opening(), as_commands(generate(100, 1_000).lines)]))
    found = [json.loads(run("replay", path, "--json")[0]) for _ in range(2)]
    hashes = [[each[name] for name in ("trade_hash", "event_hash", "state_hash")] for each in found]
    assert hashes[0] == hashes[1]
    assert all(each in run("replay", path)[0] for each in hashes[0])


def test_a_file_that_is_not_there_is_said_once(tmp_path):
    out, err = run("replay", tmp_path / "none.npy", code=1)
    assert (out, err) == ("", f"Error: {tmp_path / 'none.npy'} cannot be read: No such file or directory.\n")
    err = json.loads(run("replay", tmp_path / "none.npy", "--json", code=1)[1])
    assert err["error"]["code"] == "data.invalid"


def test_a_book_too_large_or_small_for_the_stream_is_refused():
    assert run("bench", "--resting", "7", code=2)[1] == "Error: --resting 7 is not allowed; give 100 to 100,000.\n"


def test_durability_without_the_service_is_refused():
    assert run("bench", "--durable", code=2)[1] == "Error: --durable is about the service; give --service too.\n"


@pytest.mark.parametrize("durability", ["process", "power"])
def test_the_service_is_measured_on_servers_of_its_own_and_its_events_are_those_expected(durability, monkeypatch):
    for name, value in {"COMMANDS": 6_000, "PER_SECOND": 500, "SECONDS": 1, "OFFERED_AFTER": 1}.items():
        monkeypatch.setattr(service_bench, name, value)
    heard, homes, make = [], [], tempfile.mkdtemp
    monkeypatch.setattr(tempfile, "mkdtemp", lambda **given: homes.append(make(**given)) or homes[-1])
    found = service_bench.measure(durability, heard.append)
    assert found.agrees
    assert [(each.commands_per_entry, each.commands) for each in found.throughput] == [
        (2_048, 6_000),
        (512, 3_000),
        (1, 600),
    ]
    assert [each.from_snapshot for each in found.recovered] == [False, True] * 2
    assert (found.durability, found.paused.open_orders, found.paused.during.count) == (durability, 6_000, 500)
    assert (found.offered.latency.count, sum(heard)) == (500, 500 + 6_000 + 3_000 + 600 + 6_000 + 1_500)
    assert homes
    assert not any(map(os.path.exists, homes))


def test_ctrl_c_ends_a_replay_with_one_line(tmp_path):
    pipe = tmp_path / "X_message_1.csv"
    os.mkfifo(pipe)
    process = start("replay", pipe)
    with pipe.open("w"):  # opens when the program has opened it too: it then waits for the first line
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "Interrupted; nothing half-done was kept.\n")
