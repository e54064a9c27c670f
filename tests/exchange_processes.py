"""A running exchange for tests: worker, recorder and feed of a shard as processes, with instruments and accounts."""

import os
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import valkey

from arbitrax.settings import Settings

PATIENCE = 60.0
SHARDS = count(1)
"""A number of its own for each, for the journal's server is one for all tests."""
PROGRAM = [sys.executable, "-m", "arbitrax.cli.main"]
FILE = """
shard = {shard}

[[instruments]]
symbol = "COIN"
tick_size = "0.01"
lot_size = "0.01"

[[instruments]]
symbol = "TIN"
tick_size = "1"

[[instruments]]
symbol = "GOLD"
tick_size = "0.5"
lot_size = "1"
"""
ACCOUNT = """
[[accounts]]
name = "{name}"
kind = "margin"
cash = "100000"
"""


class Exchange:
    """The processes; `logs` has what each said."""

    def __init__(self, settings: Settings, accounts: list[str]) -> None:
        self._environment = {
            **os.environ,
            "ARBITRAX_HOME": str(settings.home),
            "ARBITRAX_DATABASE_URL": str(settings.database_url),
            "ARBITRAX_REDIS_URL": str(settings.redis_url),
            "ARBITRAX_CACHE_URL": str(settings.cache_url),
        }
        self.shard = next(SHARDS)
        with valkey.Valkey.from_url(str(settings.cache_url)) as cache:
            cache.flushdb()  # books of another test's exchange
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self.logs: dict[str, list[str]] = {}
        try:
            self._begin(Path(settings.home), str(settings.redis_url), accounts)
        except BaseException:
            self.close()
            raise

    def _begin(self, home: Path, redis_url: str, accounts: list[str]) -> None:
        self.start("exchange", "recovery.done")
        path = home / "exchange.toml"
        path.write_text(FILE.format(shard=self.shard) + "".join(ACCOUNT.format(name=each) for each in accounts))
        subprocess.run(
            [*PROGRAM, "exchange", "configure", str(path)], env=self._environment, check=True, stdout=subprocess.DEVNULL
        )
        self.start("recorder")  # says nothing while all is well; orders are paused until it has begun
        with valkey.Valkey.from_url(redis_url) as journal:
            end = time.monotonic() + PATIENCE
            while journal.hget(f"marks:{self.shard}", "recorded") is None:
                assert time.monotonic() < end, "The recorder does not record."
                threading.Event().wait(0.02)
        self.start("feed", "feed.published_anew")

    def start(self, name: str, ready: str | None = None) -> None:
        """Start a part and wait for a line of it, if it says one."""
        process = subprocess.Popen(
            [*PROGRAM, "serve", name, "--shard", str(self.shard)],
            env=self._environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes[name], lines, seen = process, self.logs.setdefault(name, []), threading.Event()

        def read() -> None:
            assert process.stderr is not None
            with process.stderr:
                for line in process.stderr:
                    lines.append(line)
                    if ready is not None and ready in line:
                        seen.set()

        threading.Thread(target=read, daemon=True).start()
        assert ready is None or seen.wait(PATIENCE), f"{name} did not say {ready!r}:\n{''.join(lines)}"

    def kill(self, name: str) -> None:
        """Kill a part."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def close(self) -> None:
        """Kill all."""
        for name in list(self.processes):
            self.kill(name)
