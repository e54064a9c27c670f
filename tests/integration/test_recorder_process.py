"""`arbitrax serve recorder` and its servers, killed and started again while events come."""

import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
import valkey

from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.postgres import schema
from tests.exchange.journaled import JournaledShard
from tests.exchange.random_commands import random_commands
from tests.exchange.recorded import audit, register
from tests.integration.test_command_line import Program

PATIENCE = 120.0


@pytest.fixture
def home():
    # Not pytest's tmp_path: root's servers run as another user, who must reach it.
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-recorder-"))
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


def recorded(shard):
    """Wait until everything is recorded."""
    for _ in range(int(PATIENCE / 0.05)):
        if (shard.client.hget("marks:0", "recorded") or b"").decode() == str(shard.applied):
            return
        threading.Event().wait(0.05)
    raise AssertionError(f"Recorded up to {shard.client.hget('marks:0', 'recorded')}, not {shard.applied}.")


def kill(servers, name):
    os.kill(next(each.pid for each in servers.status() if each.name == name), signal.SIGKILL)


@pytest.fixture
def start(home):
    started = []

    def start_one(*words):
        started.append(Program(home).start(*words))
        return started[-1]

    yield start_one
    for each in started:
        each.kill()
        each.communicate()


def test_outages_of_every_process_lose_and_double_nothing(home, start) -> None:
    with EmbeddedServers(home) as servers:
        schema.upgrade(servers.postgres_url())
        register(servers.postgres_url())
        shard = JournaledShard(servers.journal_url())
        pieces = np.array_split(random_commands(21, 2_000), 8)
        process = start("serve", "recorder")
        shard.run(pieces[0])
        recorded(shard)
        for number, piece in enumerate(pieces[1:]):
            shard.run(piece)
            if number % 3 == 0:
                servers.postgres_url()  # may still be down from the last time
                kill(servers, "postgres")
            elif number % 3 == 1:
                kill(servers, "journal")
                shard.client = valkey.Valkey.from_url(servers.journal_url())
            else:
                process.kill()
                process.communicate()
                process = start("serve", "recorder")
        recorded(shard)
        audit(servers.postgres_url(), shard)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        assert "Traceback" not in out + err


def test_a_shard_that_cannot_be_is_refused(home) -> None:
    assert "There is no shard 256" in Program(home).run("serve", "recorder", "--shard", "256", code=2)[1]
