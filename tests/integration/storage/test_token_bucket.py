"""Token buckets on a real Valkey: several processes, one limit."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import pytest
import valkey

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.redis.token_bucket import PREFIX, ValkeyBucket

TAKER = """
import asyncio, json, sys
from arbitrax.storage.redis.token_bucket import ValkeyBucket
url, name, rate, burst, times = sys.argv[1:]
async def main():
    bucket = ValkeyBucket(url)
    print("ready", flush=True)
    sys.stdin.readline()
    waits = await asyncio.gather(*(bucket.take(name, rate=float(rate), burst=float(burst)) for _ in range(int(times))))
    await bucket.close()
    print(json.dumps(waits), flush=True)
asyncio.run(main())
"""
SLOW = 1e-6  # tokens a second: nothing refills while a test runs


@pytest.fixture(scope="module")
def cache_url():
    # Not under pytest's directories: as root, the server's own account must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers:
            yield servers.cache_url()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def name():
    return uuid.uuid4().hex


def take(url, name, times, **limit):
    async def main():
        bucket = ValkeyBucket(url)
        try:
            return [await bucket.take(name, **limit) for _ in range(times)]
        finally:
            await bucket.close()

    return asyncio.run(main())


def test_processes_share_the_burst_and_queue_for_the_rest(cache_url, name):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, cache_url, name, str(SLOW), "7", "10"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for each in processes:
        assert each.stdout.readline() == "ready\n"
    for each in processes:
        each.stdin.write("\n")
        each.stdin.flush()
    waits = sorted(wait for each in processes for wait in json.loads(each.communicate()[0].splitlines()[-1]))
    assert [each.returncode for each in processes] == [0, 0, 0]
    assert waits[:7] == [0.0] * 7
    # One token a million seconds: each of the others waits a million longer than the one before.
    assert [round(wait * SLOW) for wait in waits[7:]] == list(range(1, 24))


def test_a_bucket_refills_by_the_servers_clock(cache_url, name):
    assert take(cache_url, name, 3, rate=SLOW, burst=2.0)[:2] == [0.0, 0.0]
    with valkey.Valkey.from_url(cache_url) as client:
        full_at = int(client.get(PREFIX + name))
        client.set(PREFIX + name, full_at - 3_000_000_000_000)  # as if three tokens' time had passed
    assert take(cache_url, name, 3, rate=SLOW, burst=2.0)[:2] == [0.0, 0.0]


def test_a_full_bucket_leaves_nothing_behind(cache_url, name):
    take(cache_url, name, 3, rate=100.0, burst=10.0)
    with valkey.Valkey.from_url(cache_url) as client:
        left = client.pttl(PREFIX + name)
        assert left == -2 or 0 < left <= 31  # gone already, or going within the time of three tokens


def test_buckets_do_not_know_each_other(cache_url, name):
    assert take(cache_url, name, 1, rate=SLOW, burst=1.0) == [0.0]
    assert take(cache_url, name + "b", 1, rate=SLOW, burst=1.0) == [0.0]
    assert take(cache_url, name, 1, rate=SLOW, burst=1.0)[0] == pytest.approx(1e6, rel=1e-3)


def test_a_dead_server_is_told_in_one_sentence_without_its_password(tmp_path):
    with pytest.raises(StoreUnavailableError, match=r"none\.sock does not share out requests") as caught:
        take(f"unix://:secret@{tmp_path}/none.sock", "name", 1, rate=1.0, burst=1.0)
    assert "secret" not in str(caught.value)
