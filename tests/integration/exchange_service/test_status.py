"""`exchange status` and `exchange show`, with and without the parts they tell of."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import urllib.request

import pytest

from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from tests.integration.exchange_service.shard import PATIENCE, until
from tests.integration.exchange_service.test_feed import Feed, append, commands_for


@pytest.fixture
def feed(shard, cache_url, postgres_url):
    found = Feed(shard, cache_url, postgres_url)
    yield found
    found.close()


def run(feed, *words, **environment):
    urls = {"ARBITRAX_HOME": str(feed.shard.folder), "ARBITRAX_REDIS_URL": feed.shard.url, **feed.urls}
    return subprocess.run(
        [sys.executable, "-m", "arbitrax.cli.main", "exchange", *words],
        env={**os.environ, **urls, **environment}, capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip


def status(feed, **environment):
    done = run(feed, "status", "--shard", str(feed.shard.number), "--json", **environment)
    assert not done.stderr
    found = json.loads(done.stdout)
    return done.returncode, found, {each["name"]: each for each in found["parts"]}


def test_status_names_what_is_down_and_how_to_start_it(shard, feed):
    code, _, parts = status(feed)
    assert code == 1
    assert {name for name, each in parts.items() if each["state"] == "up"} >= {"journal", "cache"}
    assert parts["worker"]["start"] == f"arbitrax serve exchange --shard {shard.number}"
    assert parts["feed"]["start"] == f"arbitrax serve feed --shard {shard.number}"
    gone = f"unix://{shard.folder}/nobody.sock"
    code, _, parts = status(feed, ARBITRAX_REDIS_URL=gone, ARBITRAX_CACHE_URL=gone)
    assert code == 1
    assert {name: each["state"] for name, each in parts.items()} == {
        "journal": "down", "worker": "unknown", "archiver": "unknown", "recorder": "unknown", "cache": "down",
        "feed": "unknown",
    }  # fmt: skip


def test_status_and_show_tell_of_a_running_shard(shard, feed):
    worker, process = shard.started(), feed.started()
    append(shard, commands_for(shard, 2, 600))
    feed.wait_for(shard.journal.tail())
    until(lambda: shard.channel.ask("HEXISTS", f"status:{shard.number}", "worker"), "the worker reports")
    _, found, parts = status(feed)
    assert (parts["worker"]["state"], parts["feed"]["state"]) == ("up", "up")
    assert parts["feed"]["lag_ms"] == 0
    assert parts["archiver"]["state"] == "down"
    assert found["applied"] == found["journal_end"] == str(shard.journal.tail())
    assert found["worker"]["commands"] == 1 + 600
    assert found["worker"]["latency_ms"].keys() == {"p50", "p99", "p99.9"}
    assert sum(found["worker"]["rejects"].values())
    shown = json.loads(run(feed, "show", "#1", "--json", "--levels", "50").stdout)
    told, sides = feed.book("#1")
    assert shown["crc"] == int(told[b"crc"])
    assert shown["bids"] == [[str(price), str(lots)] for price, lots in sorted(sides[0].items(), reverse=True)]
    assert shown["asks"] == [[str(price), str(lots)] for price, lots in sorted(sides[1].items())]
    assert shown["statistics"]["count"] == len(shown["trades"]) or len(shown["trades"]) == 50
    plain = run(feed, "show", "#1", "--once")
    assert plain.returncode == 0
    assert "vwap" in plain.stdout
    nothing = run(feed, "show", "NONE")
    assert nothing.returncode == 2
    assert "Nothing is published of 'NONE'" in nothing.stderr
    for each in (worker, process):
        each.send_signal(signal.SIGTERM)
        assert each.wait(PATIENCE) == 0


def test_a_worker_answers_prometheus_on_the_port_it_is_given(shard, feed):
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "exchange", "--shard", str(shard.number), "--metrics-port", str(port)]
    worker = shard.start(words=words)
    until(lambda: "recovery.done" in worker.log.read_text(), "recovered")
    append(shard, commands_for(shard, 2, 100))
    shard.wait_for(shard.journal.tail())
    text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE).read().decode()
    assert f'arbitrax_worker_commands_total{{shard="{shard.number}"}} 101.0' in text
    assert f'arbitrax_exchange_up{{part="worker",shard="{shard.number}"}} 1.0' in text
    assert "arbitrax_worker_latency_seconds_bucket" in text
    shard.finish(worker)


def test_a_recorder_that_has_begun_and_recorded_nothing_is_not_behind_since_1970(shard, feed):
    worker = shard.started()
    append(shard, commands_for(shard, 2, 600))
    shard.wait_for(shard.journal.tail())
    for recorded in (None, "0-0", "0-1"):
        if recorded is not None:
            shard.channel.ask("HSET", f"marks:{shard.number}", "recorded", recorded)

        async def lag():
            journal = ValkeyClientJournal(shard.url)
            try:
                return (await journal.condition(shard.number)).recorder_lag
            finally:
                await journal.close()

        assert 0 <= asyncio.run(lag()) < 3_600_000
        _, _, parts = status(feed)
        assert (parts["recorder"]["lag_ms"], parts["recorder"]["state"]) == (None, "down")
        assert parts["feed"]["lag_ms"] is None
    shard.finish(worker)
