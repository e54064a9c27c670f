"""kill -9 at every named point: the events are complete, once each, and those of one undisturbed run."""

import os
import random
import signal

import pytest

from tests.integration.exchange_service.shard import PATIENCE, Client

ROUNDS = 10 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 2
POINTS = {  # how often a worker comes by there, about, before it is killed
    "append.sent": 3,
    "append.replied": 3,
    "batch.read": 20,
    "batch.executed": 20,
    "output.before": 20,
    "output.sent": 20,
    "output.replied": 20,
    "lease.acquired": 1,
    "recovery.done": 1,
    "epoch.inserted": 1,
    "snapshot.forked": 2,
    "snapshot.written": 2,
}
SNAPSHOTS = {"ARBITRAX_SNAPSHOT_COMMANDS": "1000"}


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_there_loses_and_doubles_nothing(shard, point):
    dice = random.Random(point)  # noqa: S311 - not secret
    client = Client(shard)
    client.start()
    rounds = 1 if point == "epoch.inserted" else ROUNDS
    for _ in range(rounds):
        worker = shard.start(ARBITRAX_CRASH_AT=f"{point}:{dice.randint(1, POINTS[point])}", **SNAPSHOTS)
        assert worker.wait(PATIENCE) == -signal.SIGKILL, worker.log.read_text()
    worker = shard.started()
    acknowledged = client.stop()
    shard.finish(worker)
    shard.audit(acknowledged)


def test_workers_killed_at_random_lose_and_double_nothing(shard):
    dice = random.Random(7)  # noqa: S311 - not secret
    client = Client(shard)
    client.start()
    for _ in range(ROUNDS):
        worker = shard.started(**SNAPSHOTS)
        client.end.wait(dice.random() / 2)
        worker.kill()
        worker.wait()
    worker = shard.started()
    acknowledged = client.stop()
    shard.finish(worker)
    shard.audit(acknowledged)
