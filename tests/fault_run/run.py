"""The run: everything started, killed by a seed, brought to rest, judged."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from arbitrax.bootstrap import embedded_servers
from arbitrax.exchange.journal import START, EntryId
from arbitrax.settings import read_settings
from arbitrax.storage.redis import feed_keys
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.shard_server import ShardServer
from tests.fault_run.auditor import Auditor
from tests.fault_run.exchange_file import FILE, SHARD
from tests.fault_run.processes import Member, environment_of, until

PATIENCE = 60.0
"""Seconds that the whole exchange may take to come to rest."""
KILL_AFTER = (0.5, 3.0)
"""Seconds between kills."""
AWAY = (0.0, 2.0)
"""Seconds a killed process is away."""
SERVERS = ("journal", "cache", "postgres")
TARGETS = {"worker": 4, "archiver": 2, "recorder": 2, "feed": 2, "gateway": 3, "journal": 2, "cache": 1, "postgres": 1}
POINTS = {  # how often a process comes by there, about, before it is killed
    "worker": {
        "append.sent": 2, "append.replied": 2, "batch.read": 100, "batch.executed": 100, "output.before": 100,
        "output.sent": 100, "output.replied": 100, "lease.acquired": 1, "recovery.done": 1, "snapshot.forked": 1,
        "snapshot.written": 1, "snapshot.installed": 1,
    },
    "archiver": {"archive.commands": 10, "archive.events": 10, "stream.trimmed": 1},
    "recorder": {"record.before": 20, "record.stored": 20},
    "feed": {"feed.followed": 50, "feed.published": 50},
}  # fmt: skip
AT_A_POINT = 0.6
"""Share of the lives of a process that end at a named point, unless something else ends them before."""
OFTEN = {"ARBITRAX_SNAPSHOT_COMMANDS": "2000", "ARBITRAX_SNAPSHOT_SECONDS": "5"}
RECOVERED = re.compile(r"^(\S+)Z .*recovery\.done", re.MULTILINE)


@dataclass
class Report:
    """What happened."""

    seed: int
    kills: Counter = field(default_factory=Counter)
    commands: int = 0
    events: int = 0
    told: Counter = field(default_factory=Counter)
    outages: dict[str, list[float]] = field(default_factory=dict)
    """Seconds from the kill of the worker that executed, or of the journal, to the next that executes."""
    endings: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        rows = [
            ("seed", str(self.seed)),
            ("kills", f"{sum(self.kills.values())}: {kills}"),
            ("commands executed", f"{self.commands:,}, events {self.events:,}"),
            ("orders sent", f"{self.told['row']:,}, acknowledged {self.told['orders']:,}"),
            ("answers", f"{self.told['events']:,}, unknown {self.told['unknown']:,}"),
            *((name, _summary(times)) for name, times in self.outages.items()),
            *(("ended by itself", each) for each in self.endings),
            *(("differs", each) for each in self.findings),
            ("verdict", "nothing lost, nothing twice" if not self.findings else f"{len(self.findings)} differ"),
        ]
        return "\n".join(f"{name:22} {text}" for name, text in rows)


def _summary(times: list[float]) -> str:
    times = sorted(times)
    return f"median {times[len(times) // 2]:.2f} s, longest {times[-1]:.2f} s of {len(times)}" if times else "never"


class FaultRun:
    """A fresh home, and everything that runs there."""

    def __init__(self, home: Path, seed: int, targets: dict[str, int] = TARGETS) -> None:
        self.home, self.seed, self.targets = home, seed, targets
        self.environment = environment_of(home, **OFTEN)
        self.settings = read_settings(self.environment)
        self.dice = random.Random(seed)  # noqa: S311 - not secret
        self.servers = embedded_servers(home, self.settings.durability)
        self.report = Report(seed)
        serve = {"archiver": 1, "recorder": 1, "feed": 1}
        self.members = {
            name: self._member(name, "arbitrax.cli.main", "serve", name.partition("-")[0].replace("worker", "exchange"))
            for name in ("worker-1", "worker-2", *serve)
        }
        self.logs = [home / f"gateway-{number}.jsonl" for number in (1, 2)]
        self.gateways = [
            self._member(f"gateway-{at}", "tests.fault_run.trader", str(at), str(seed), str(log))
            for at, log in enumerate(self.logs, 1)
        ]
        self.back: list[tuple[float, Member]] = []
        self.killed_at: list[tuple[float, str]] = []
        """When something was killed that executes, or is needed for it, and what its end was."""
        self.ending = False

    def _member(self, name: str, *words: str) -> Member:
        return Member(name, list(words), self.home / f"{name}.log", self.environment)

    def __enter__(self) -> "FaultRun":
        self.home.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        for each in (*self.members.values(), *self.gateways):
            if each.process is not None and each.process.poll() is None:
                each.process.kill()
                each.process.wait()
        self.servers.release()

    def start(self) -> None:
        """Start the servers, then the exchange, configure it, then the gateways."""
        for name in SERVERS:
            self._serve(name)
        for member in self.members.values():
            member.start()
        workers = self.members["worker-1"], self.members["worker-2"]
        until(lambda: any("recovery.done" in each.said() for each in workers), PATIENCE, "a worker executes")
        file = self.home / "exchange.toml"
        file.write_text(FILE)
        subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", "exchange", "configure", str(file)],
            env=self.environment, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        for each in self.gateways:
            each.start()

    def trade(self, seconds: float) -> None:
        """Kill something every few seconds, and start again what was killed or ended."""
        end = time.monotonic() + seconds
        due = time.monotonic() + 2 * KILL_AFTER[1]
        while time.monotonic() < end:
            self._bring_back(time.monotonic())
            if time.monotonic() >= due:
                self._kill_one()
                due = time.monotonic() + self.dice.uniform(*KILL_AFTER)
            threading.Event().wait(0.02)

    def rest(self) -> None:
        """Stop the gateways, wait until every part is level, stop the rest.

        Raises:
            TimeoutError: a part did not come to rest.
        """
        self.ending = True
        for name in SERVERS:
            self._serve(name)
        for each in self.members.values():  # whose lives may be those that end at a point
            each.kill()
            each.start()
        self.back = [(at, member) for at, member in self.back if member in self.gateways]
        self._bring_back(float("inf"))
        for each in self.gateways:
            each.ask_to_stop()
        for each in self.gateways:
            if not each.stopped(PATIENCE):
                if each.process.poll() is None:
                    each.process.send_signal(signal.SIGUSR1)
                    each.stopped(1)
                self.report.findings.append(f"{each.name} did not end well: {each.said()[-1000:]}")
        until(self._is_level, PATIENCE, "every part level")
        for each in self.members.values():
            each.ask_to_stop()
        for each in self.members.values():
            if not each.stopped(10):
                self.report.findings.append(f"{each.name} did not end well: {each.said()[-300:]}")

    def judge(self) -> Report:
        """Call the auditor."""
        try:
            self.rest()
        except TimeoutError as error:
            self.report.findings.append(f"{error}; now {self._marks()}")
        auditor = Auditor(self.settings, self.logs)
        self.report.findings += auditor.run()
        self.report.commands, self.report.events = len(auditor.rows), len(auditor.events)
        self.report.told = auditor.acknowledged
        self.report.outages = self._outages()
        for each in (*self.members.values(), *self.gateways):
            self.report.endings += each.endings
        return self.report

    def _serve(self, name: str) -> None:
        {"journal": self.servers.journal_url, "cache": self.servers.cache_url, "postgres": self.servers.postgres_url}[
            name
        ]()

    def _bring_back(self, now: float) -> None:
        for at, member in self.back[:]:
            if at <= now:
                self.back.remove((at, member))
                member.start(self._crash_at(member))
        away = [member for _, member in self.back]
        for member in (*self.members.values(), *self.gateways):
            if member in away:
                continue
            if member.crashed():
                point = member.crash_at.partition(":")[0]
                self.report.kills[f"at {point}"] += 1
                self._note_kill(member)
                self.back.append((time.monotonic() + self.dice.uniform(*AWAY), member))
            elif member.has_ended():
                self.back.append((time.monotonic() + 0.5, member))

    def _crash_at(self, member: Member) -> str:
        points = POINTS.get(member.name.partition("-")[0])
        if self.ending or points is None or self.dice.random() > AT_A_POINT:
            return ""
        name = self.dice.choice(list(points))
        return f"{name}:{self.dice.randint(1, points[name])}"

    def _kill_one(self) -> None:
        target = self.dice.choices(list(self.targets), self.targets.values())[0]
        self.report.kills[target] += 1
        if target in SERVERS:
            pids = [each.pid for each in self.servers.status() if each.name == target and each.pid]
            if pids:
                os.kill(pids[0], signal.SIGKILL)
            if target == "journal":
                self.killed_at.append((time.time(), "journal killed"))
            self._serve(target)
            return
        every = [*self.members.values(), *self.gateways]
        away = [member for _, member in self.back]
        there = [each for each in every if each.name.startswith(target) and each not in away]
        if not there:
            self.report.kills[target] -= 1
            return
        member = self.dice.choice(there)
        self._note_kill(member)
        member.kill()
        self.back.append((time.monotonic() + self.dice.uniform(*AWAY), member))

    def _note_kill(self, member: Member) -> None:
        if not member.name.startswith("worker"):
            return
        (other,) = (each for name, each in self.members.items() if name.startswith("worker") and each is not member)
        ready = other.process.poll() is None and other not in [away for _, away in self.back]
        standing_by = ready and self._last_word(other) == "lease.standby"
        executed = self._last_word(member) == "recovery.done"
        what = ("standby took over" if standing_by else "no standby") if executed else "standby killed"
        self.killed_at.append((time.time(), what))

    @staticmethod
    def _last_word(member: Member) -> str:
        found = re.findall(r"lease\.standby|lease\.acquired|recovery\.done|worker\.dropped", member.said())
        return found[-1] if found else ""

    def _outages(self) -> dict[str, list[float]]:
        """Return the seconds until a worker executes again, by what was killed; those that met a second kill apart."""
        done = sorted(
            datetime.fromisoformat(stamp).replace(tzinfo=UTC).timestamp()
            for name in ("worker-1", "worker-2")
            for stamp in RECOVERED.findall(self.members[name].said())
        )
        found: dict[str, list[float]] = {}
        for number, (at, what) in enumerate(self.killed_at):
            if what != "standby killed":
                again = next((each for each in done if each >= at), float("inf"))
                alone = not any(later < again for later, _ in self.killed_at[number + 1 :])
                found.setdefault(what if alone else "killed again meanwhile", []).append(again - at)
        return found

    def _marks(self) -> dict[str, EntryId]:
        with (
            ShardServer(self.servers.journal_url(), SHARD) as server,
            Channel(self.servers.journal_url()) as journal,
            Channel(self.servers.cache_url()) as cache,
        ):
            published = cache.ask("HGET", feed_keys.state(SHARD), "applied")
            last = journal.ask("XINFO", "STREAM", f"commands:{SHARD}")
            told = dict(zip(last[::2], last[1::2], strict=True))
            return {
                "tail": EntryId.parse(told[b"last-generated-id"]),
                **server.progress()._asdict(),
                "published": EntryId.parse(published) if published else START,
            }

    def _is_level(self) -> bool:
        return len(set(self._marks().values())) == 1


@contextmanager
def slow_disk(folder: Path, milliseconds: int) -> Iterator[None]:
    """Let fdatasync of everything that is started meanwhile take longer."""
    if not milliseconds:
        yield
        return
    library = folder / "slow_sync.so"
    source = Path(__file__).with_name("slow_sync.c")
    command = ["cc", "-shared", "-fPIC", f"-DDELAY_MS={milliseconds}", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    os.environ["LD_PRELOAD"] = str(library)
    try:
        yield
    finally:
        del os.environ["LD_PRELOAD"]


def run(
    seconds: float, seed: int, *, targets: dict[str, int] = TARGETS, slow_sync: int = 0, keep: bool = False
) -> Report:
    """Run everything once in a new home.

    Args:
        seconds: of trading.
        seed: of what is killed when, and of the participants.
        targets: what may be killed, and how often in comparison.
        slow_sync: milliseconds that fdatasync takes longer.
        keep: leave the home for who looks.
    """
    # Root's servers run as another user, who must reach their folder.
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    try:
        with slow_disk(folder, slow_sync), FaultRun(folder / "home", seed, targets) as exchange:
            exchange.start()
            exchange.trade(seconds)
            return exchange.judge()
    finally:
        if keep:
            sys.stderr.write(f"{folder}\n")
        else:
            shutil.rmtree(folder)
