"""Workers as their operators run them, on servers of their own, with strategies that misbehave."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.bootstrap import open_store
from arbitrax.services.backtest_jobs import submit_backtest
from arbitrax.services.jobs import OVER
from arbitrax.settings import Settings

PATIENCE = 120.0
MISBEHAVING = '''
    """Strategies of another package, each with a fault."""

    import logging
    import os
    import signal
    import time

    import numpy as np

    import arbitrax as ax


    class Deadly(ax.Strategy):
        """Ends its process."""

        def signals(self, bars):
            os.kill(os.getpid(), signal.SIGKILL)


    class Endless(ax.Strategy):
        """Never decides."""

        def signals(self, bars):
            while True:
                pass


    class Hungry(ax.Strategy):
        """Takes 64 GB."""

        def signals(self, bars):
            return np.ones(8_000_000_000)[: len(bars)]


    class Talkative(ax.Strategy):
        """Says something at each bar, and may fail."""

        lines: int = ax.parameter(1, low=1, high=1000, doc="at each bar")
        fails: int = ax.parameter(-1, low=-1, high=1000, doc="at this bar")

        def on_bar(self, context):
            for each in range(self.lines):
                print("bar", context.index, "line", each)
            if context.index == 3:
                log = logging.getLogger(__name__)
                log.debug("not told")
                log.info("told of %s", "bar 3")
                log.warning("careful")
                print("\\x07two\\nlines", end="")
            if context.index == self.fails:
                raise ValueError("as asked")


    class Slow(ax.Strategy):
        """Waits at each bar, and trades."""

        pause: float = ax.parameter(0.02, low=0.0, high=1.0, doc="seconds at each bar")

        def on_bar(self, context):
            time.sleep(self.pause)
            if context.index % 20 == 0:
                context.buy(value=100)
'''
POINTS = """
    [arbitrax.strategies]
    deadly = misbehaving:Deadly
    endless = misbehaving:Endless
    hungry = misbehaving:Hungry
    slow = misbehaving:Slow
    talkative = misbehaving:Talkative
"""


def install_misbehaving(folder):
    """Install the package into a folder that is to be on the path."""
    (folder / "misbehaving.py").write_text(textwrap.dedent(MISBEHAVING))
    about = folder / "misbehaving-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(textwrap.dedent(POINTS))
    return folder


def year(strategy="sma_cross", **parameters):
    """A backtest of a year of days."""
    return RunSpec(
        strategy=StrategyRef(strategy, "", parameters), symbols=("AAPL",), start="2012-01-01", end="2012-12-31"
    )


class Workers:
    """Starts, kills and ends workers of a home."""

    def __init__(self, home, packages, **settings):
        self.home = home
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")},
            "ARBITRAX_HOME": str(home),
            "PYTHONPATH": str(packages),
            **settings,
        }
        self._running = []
        self.said = []

    @classmethod
    def beside(cls, gateway_settings, packages, **settings):
        """Return those of a gateway: of its home and its stores."""
        stores = {
            "ARBITRAX_DATABASE_URL": gateway_settings.database_url,
            "ARBITRAX_CACHE_URL": gateway_settings.cache_url,
            "ARBITRAX_REDIS_URL": gateway_settings.redis_url,
        }
        return cls(gateway_settings.home, packages, **stores | settings)

    def start(self, processes=1, **settings):
        """Start a worker and wait until it is ready."""
        process = subprocess.Popen(
            [sys.executable, "-m", "arbitrax.cli.main", "serve", "worker", "--processes", str(processes)],
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment | settings,
        )
        self._running.append(process)
        ready = threading.Event()
        threading.Thread(target=self._listen, args=(process, ready), daemon=True).start()
        assert ready.wait(PATIENCE), self.said
        return process

    def _listen(self, process, ready):
        for line in process.stderr:
            self.said.append(line)
            if "jobs.ready" in line:
                ready.set()

    def close(self):
        for process in self._running:
            process.kill()
            process.wait()
            process.stderr.close()


class Jobs:
    """Submits backtests and waits for what becomes of them."""

    def __init__(self, home):
        self._opened = open_store(Settings(home=home))
        self.store = self._opened.__enter__()

    def close(self):
        self._opened.__exit__(None, None, None)

    def submit(self, spec, owner=None):
        return submit_backtest(self.store, spec, owner=owner, now=time.time_ns()).id

    def find(self, job):
        return self.store.jobs.find(job)

    def wait(self, job, until=lambda job: job.status in OVER):
        """Return the job once it is over, or as asked."""
        for _ in range(int(PATIENCE / 0.02)):
            found = self.find(job)
            if until(found):
                return found
            threading.Event().wait(0.02)
        raise AssertionError(f"{self.find(job)}\n{self.store.jobs.attempts(job)}")

    def under_way(self, job, attempt=1):
        """Return the job once its child has done some of it, in this attempt."""
        return self.wait(job, lambda found: found.progress > 0 and found.attempt == attempt)

    def outcomes(self, job):
        return [each.outcome for each in self.store.jobs.attempts(job)]


def children(pid):
    """Return the processes a process has started."""
    text = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [tuple(map(int, line.split())) for line in text.splitlines()]
    return [child for child, parent in pairs if parent == pid]


def child_of_job(worker):
    """Return the process in which a worker with one slot does its job."""
    (slot,) = children(worker.pid)
    (child,) = children(slot)
    return child


def kill(pid):
    os.kill(pid, signal.SIGKILL)
