"""A home of its own, with servers and workers that are ended with it: where the service is measured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from arbitrax.domain.errors import StoreError

if TYPE_CHECKING:
    from arbitrax.storage.redis.journal import ValkeyStream
    from arbitrax.storage.redis.load_journal import ValkeyLoadJournal

Durability = Literal["process", "power"]
NEVER = 1_000_000_000
PROGRAM = [sys.executable, "-m", "arbitrax.cli.main"]


class Worker:
    """A process that serves a shard, and the lines it says."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def say(self, word: str) -> dict[str, str]:
        """Wait for a line; return what it gives as name=value.

        Raises:
            StoreError: the process ended.
        """
        last = ""
        for line in self._process.stderr or ():
            last = line
            if f" {word} " in line:
                return dict(re.findall(r"(\w+)=(\S+)", line))
        raise StoreError(f"The worker of the bench ended: {last.strip()}")

    def end(self) -> None:
        """Let it stop as an operator does."""
        self._process.terminate()
        self._process.communicate()


class Trial:
    """The home."""

    def __init__(self, home: Path, durability: Durability) -> None:
        from arbitrax.storage.embedded import EmbeddedServers

        self.home, self.durability = home, durability
        self._servers = EmbeddedServers(home, durability=durability)
        self.url = self._servers.journal_url()
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")} | {
            "ARBITRAX_HOME": str(home),
            "ARBITRAX_DURABILITY": durability,
        }

    @contextmanager
    def worker(self, shard: int, snapshot_commands: int = NEVER) -> Iterator[Worker]:
        """Serve a shard while the block runs."""
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*PROGRAM, "serve", "exchange", "--shard", str(shard)],
            env=self._environment | {"ARBITRAX_SNAPSHOT_COMMANDS": str(snapshot_commands)},
            stderr=subprocess.PIPE,
            text=True,
        )
        worker = Worker(process)
        try:
            yield worker
        finally:
            worker.end()

    def verify(self, shard: int) -> None:
        """Have the newest snapshot verified.

        Raises:
            StoreError: it is not.
        """
        done = subprocess.run(  # noqa: S603 - our own program
            [*PROGRAM, "exchange", "verify", "--shard", str(shard), "--quiet"],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StoreError(f"The bench's shard {shard} was not verified: {done.stderr.strip()}")

    @contextmanager
    def client(self, shard: int) -> Iterator[tuple[ValkeyLoadJournal, ValkeyStream]]:
        """Connect as a client does."""
        from arbitrax.storage.redis.channel import Channel
        from arbitrax.storage.redis.journal import events_stream
        from arbitrax.storage.redis.load_journal import ValkeyLoadJournal

        with Channel(self.url, timeout=60.0) as appending, Channel(self.url) as asking, Channel(self.url) as reading:
            yield ValkeyLoadJournal(appending, asking, shard), events_stream(reading, shard)

    def close(self) -> None:
        """Stop the servers."""
        self._servers.release()


@contextmanager
def trial(durability: Durability) -> Iterator[Trial]:
    """Make one, and remove it afterwards."""
    home = Path(tempfile.mkdtemp(prefix="arbitrax-bench-"))
    home.chmod(0o711)  # as root, the servers' own account must be able to enter it
    try:
        found = Trial(home, durability)
        try:
            yield found
        finally:
            found.close()
    finally:
        shutil.rmtree(home)
