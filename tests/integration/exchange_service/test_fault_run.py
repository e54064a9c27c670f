"""The whole exchange under simulated participants, killed at random; and that its auditor would notice."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import psycopg
import pytest

from arbitrax.bootstrap import cache_url, database_url, journal_url
from arbitrax.exchange.records import EVENT, Happening
from arbitrax.storage.redis import feed_keys
from arbitrax.storage.redis.channel import Channel
from tests.fault_run.auditor import Auditor
from tests.fault_run.exchange_file import NAME
from tests.fault_run.run import POINTS, TARGETS, FaultRun, run
from tests.fault_run.trader import read_log

SHORT, LONG = 20.0, 600.0


@pytest.fixture(scope="module")
def exchange():
    """An exchange at rest, that was killed for a while."""
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    with FaultRun(folder / "home", 1) as made:
        made.start()
        made.trade(SHORT)
        made.judge()
        yield made
    shutil.rmtree(folder)


def findings(exchange):
    return Auditor(exchange.settings, exchange.logs).run()


def test_processes_killed_at_random_lose_and_double_nothing(exchange):
    assert exchange.report.findings == [], str(exchange.report)
    assert sum(exchange.report.kills.values()) > 0
    assert exchange.report.told["orders"] > 0


@pytest.mark.nightly
def test_ten_minutes_of_kills_lose_and_double_nothing():
    report = run(LONG, 7)
    assert report.findings == [], str(report)


@pytest.mark.nightly
def test_ten_kills_at_each_named_point_and_a_hundred_at_random_lose_and_double_nothing():
    report = run(SHORT, 9, rounds=10, kills=100 + 10 * sum(map(len, POINTS.values())))
    assert report.findings == [], str(report)


@pytest.mark.nightly
def test_kills_under_power_lose_and_double_nothing():
    report = run(2 * SHORT, 10, durability="power")
    assert report.findings == [], str(report)
    assert report.killed > 0


needs_preload = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="it preloads what it compiles"
)


@pytest.mark.nightly
@needs_preload
def test_kills_while_the_disk_is_slow_to_sync_lose_and_double_nothing():
    report = run(2 * SHORT, 8, targets={"journal": 2, "worker": 1}, slow_sync=2_000)
    assert report.findings == [], str(report)
    assert report.kills["journal"] > 0


@pytest.mark.nightly
@needs_preload
def test_a_disk_that_is_full_now_and_then_loses_and_doubles_nothing():
    report = run(3 * SHORT, 11, targets=TARGETS | {"disk": 8})
    assert report.findings == [], str(report)
    assert report.kills["full disk"] > 0


def forged(log, change):
    """Let a client have been told something else of its last order that was accepted."""
    lines = read_log(log)
    for line in reversed(lines):
        rows = np.frombuffer(bytearray.fromhex(line.get("events", "")), EVENT)
        if line.get("id") and Happening.ACCEPTED in rows["kind"]:
            change(line, rows)
            line["events"] = rows.tobytes().hex()
            break
    log.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line, rows: line.update(id="g1.0.9999999"), "the journal has []"),
        (lambda line, rows: rows["order"].__setitem__(0, rows["order"][0] + 1_000_000), "which did not happen"),
    ],
)
def test_an_acknowledgement_that_the_journal_does_not_hold_is_noticed(exchange, change, said):
    log = exchange.logs[0]
    before = log.read_text()
    forged(log, change)
    assert any(said in each for each in findings(exchange))
    log.write_text(before)
    assert findings(exchange) == []


@pytest.mark.parametrize(
    ("harm", "heal", "check"),
    [
        (
            "UPDATE fills SET price = price + 0.05 WHERE id = (SELECT min(id::text)::uuid FROM fills)",
            "UPDATE fills SET price = price - 0.05 WHERE id = (SELECT min(id::text)::uuid FROM fills)",
            "1 fills differ",
        ),
        (
            "UPDATE exchange_positions SET cost = cost + 1",
            "UPDATE exchange_positions SET cost = cost - 1",
            "positions differ",
        ),
        (
            "UPDATE orders SET orphaned = true WHERE id = (SELECT min(id::text)::uuid FROM orders)",
            "UPDATE orders SET orphaned = false WHERE id = (SELECT min(id::text)::uuid FROM orders)",
            "1 orders differ",
        ),
    ],
)
def test_a_database_that_holds_something_else_is_noticed(exchange, harm, heal, check):
    with psycopg.connect(database_url(exchange.settings), autocommit=True) as connection:
        connection.execute(harm)
        assert any(check in each for each in findings(exchange))
        connection.execute(heal)
    assert findings(exchange) == []


def test_a_book_that_is_not_the_engines_is_noticed(exchange):
    with Channel(cache_url(exchange.settings)) as cache:
        key = feed_keys.lots(NAME, 0)
        cache.ask("HSET", key, 1, 5)
        assert any("levels differ" in each for each in findings(exchange))
        cache.ask("HDEL", key, 1)
    assert findings(exchange) == []


def test_another_hash_and_an_event_that_is_gone_are_noticed(exchange):
    with Channel(journal_url(exchange.settings)) as journal:
        word = journal.ask("HGET", "exchange:0", "hash")
        journal.ask("HSET", "exchange:0", "hash", "1".zfill(16))
        assert any("running hash 0000000000000001 live" in each for each in findings(exchange))
        journal.ask("HSET", "exchange:0", "hash", word)
        assert findings(exchange) == []
        away = exchange.home / "away"
        shutil.move(exchange.home / "exchange" / "shard-0" / "events", away)
        journal.ask("COPY", "events:0", "kept")
        name, _ = journal.ask("XREVRANGE", "events:0", "+", "-", "COUNT", 2)[1]
        journal.ask("XDEL", "events:0", name)
        assert findings(exchange) != []
        journal.ask("RENAME", "kept", "events:0")
        shutil.move(away, exchange.home / "exchange" / "shard-0" / "events")
    assert findings(exchange) == []
