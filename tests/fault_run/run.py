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
from tests.fault_run.disks import FULL, disk
from tests.fault_run.exchange_file import FILE, SHARD
from tests.fault_run.processes import Member, environment_of, until

PATIENCE = 60.0
"""Seconds that the whole exchange may take to come to rest."""
KILL_AFTER = (0.5, 3.0)
"""Seconds between kills."""
AWAY = (0.0, 2.0)
"""Seconds a killed process is away."""
SERVERS = ("journal", "cache", "postgres")
ASLEEP = (1.0, 6.0)
"""Seconds a paused process sleeps: a lease lasts 3."""
FULL_FOR = (0.5, 4.0)
"""Seconds the disk is full."""
TARGETS = {
    "worker": 4, "archiver": 2, "recorder": 2, "feed": 2, "gateway": 3, "journal": 2, "cache": 1, "postgres": 1,
    "pause": 2,
}  # fmt: skip
"""What is done, and how often in comparison: killing something, or pausing any process."""
POINTS = {  # how often a process comes by there, about, before it is killed
    "worker": {
        "append.sent": 1, "append.replied": 1, "batch.read": 100, "batch.executed": 100, "output.before": 100,
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

    @property
    def killed(self) -> int:
        """Processes that were killed."""
        return sum(count for name, count in self.kills.items() if "paused" not in name and "disk" not in name)

    def answers(self) -> list[tuple[str, str]]:
        """Return rows of what clients were told."""
        return [
            ("orders sent", f"{self.told['row']:,}, acknowledged {self.told['orders']:,}"),
            ("answers", f"{self.told['events']:,}, unknown {self.told['unknown']:,}"),
        ]

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        rows = [
            ("seed", str(self.seed)),
            ("kills", f"{self.killed}: {kills}"),
            ("commands executed", f"{self.commands:,}, events {self.events:,}"),
            *self.answers(),
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

    def __init__(self, home: Path, seed: int, targets: dict[str, int] = TARGETS, durability: str = "process") -> None:
        self.home, self.seed, self.targets = home, seed, targets
        self.environment = environment_of(home, ARBITRAX_DURABILITY=durability, **OFTEN)
        self.settings = read_settings(self.environment)
        self.dice = random.Random(seed)  # noqa: S311 - not secret
        self.servers = embedded_servers(home, self.settings.durability)
        self.report = self.new_report()
        serve = {"archiver": 1, "recorder": 1, "feed": 1}
        self.members = {
            name: self.member(name, "arbitrax.cli.main", "serve", name.partition("-")[0].replace("worker", "exchange"))
            for name in ("worker-1", "worker-2", *serve)
        }
        self.logs: list[Path] = []
        self.gateways: list[Member] = []
        """Who sends the orders, and notes what it is told."""
        self.add_gateways()
        self.back: list[tuple[float, Member]] = []
        self.killed_at: list[tuple[float, str]] = []
        """When something was killed that executes, or is needed for it, and what its end was."""
        self.asleep: list[tuple[float, Member]] = []
        self.full_until = 0.0
        self.only: tuple[str, str] | None = None
        """Process and point of all its lives, while points are visited."""
        self.ending = False

    def new_report(self) -> Report:
        """Return what is filled in."""
        return Report(self.seed)

    def add_gateways(self) -> None:
        """Add who sends orders."""
        self.logs = [self.home / f"gateway-{number}.jsonl" for number in (1, 2)]
        self.gateways = [
            self.member(f"gateway-{at}", "tests.fault_run.trader", str(at), str(self.seed), str(log), notes=log)
            for at, log in enumerate(self.logs, 1)
        ]

    def prepare(self) -> None:
        """Do what is to be done before orders come; the exchange is configured."""

    def auditor(self) -> Auditor:
        """Return who judges."""
        return Auditor(self.settings, self.logs)

    def member(self, name: str, *words: str, notes: Path | None = None) -> Member:
        return Member(name, list(words), self.home / f"{name}.log", self.environment, notes=notes)

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
        self.prepare()
        for each in self.gateways:
            each.start()

    def trade(self, seconds: float, kills: int = 0) -> None:
        """Do something every few seconds, and start again what was killed or ended; until so much was killed too."""
        end = time.monotonic() + seconds
        due = time.monotonic() + 2 * KILL_AFTER[1]
        while time.monotonic() < end or self.report.killed < kills:
            self.turn(time.monotonic())
            if self.targets and time.monotonic() >= due:
                self._do_one()
                due = time.monotonic() + self.dice.uniform(*KILL_AFTER)
            threading.Event().wait(0.02)

    def turn(self, now: float) -> None:
        """Start again, wake, and free what is due."""
        self._bring_back(now)
        for at, member in self.asleep[:]:
            if at <= now:
                self.asleep.remove((at, member))
                member.process.send_signal(signal.SIGCONT)
        if self.full_until and self.full_until <= now:
            self.full_until = 0.0
            self._full_file().unlink()

    def rest(self) -> None:
        """Stop the gateways, wait until every part is level, stop the rest.

        Raises:
            TimeoutError: a part did not come to rest.
        """
        self.ending = True
        self.turn(float("inf"))
        for name in SERVERS:
            self._serve(name)
        for each in self.members.values():  # whose lives may be those that end at a point
            each.kill()
            each.start()
        self.back = [(at, member) for at, member in self.back if member in self.gateways]
        self._bring_back(float("inf"))
        for each in self.gateways:
            until(each.has_begun, PATIENCE, f"{each.name} trades")
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
        auditor = self.auditor()
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

    def away(self) -> list[Member]:
        """Return what was killed and did not come back yet."""
        return [member for _, member in self.back]

    def bring_back_later(self, member: Member, seconds: float) -> None:
        """Start a process again after a while."""
        self.back.append((time.monotonic() + seconds, member))

    def _full_file(self) -> Path:
        return self.home.parent / FULL

    def _bring_back(self, now: float) -> None:
        for at, member in self.back[:]:
            if at <= now:
                self.back.remove((at, member))
                member.start(self._crash_at(member))
        away = self.away()
        for member in (*self.members.values(), *self.gateways):
            if member in away:
                continue
            if member.crashed():
                point = member.crash_at.partition(":")[0]
                self.report.kills[f"at {point}"] += 1
                self._note_kill(member)
                self.bring_back_later(member, 0.1 if self.only else self.dice.uniform(*AWAY))
            elif member.has_ended():
                self.bring_back_later(member, 0.5)

    def _crash_at(self, member: Member) -> str:
        process = member.name.partition("-")[0]
        points = POINTS.get(process)
        if self.only is not None and points is not None:
            name = self.only[1]
            return f"{name}:{self.dice.randint(1, points[name])}" if process == self.only[0] else ""
        if self.ending or points is None or not self.targets or self.dice.random() > AT_A_POINT:
            return ""
        name = self.dice.choice(list(points))
        return f"{name}:{self.dice.randint(1, points[name])}"

    def _do_one(self) -> None:
        target = self.dice.choices(list(self.targets), self.targets.values())[0]
        if target == "disk":
            self._fill_disk()
        elif target == "pause":
            self._pause_one()
        else:
            self.kill_one(target)

    def _fill_disk(self) -> None:
        if not self.full_until:
            self.report.kills["full disk"] += 1
            self._full_file().touch()
            self.full_until = time.monotonic() + self.dice.uniform(*FULL_FOR)

    def _pause_one(self) -> None:
        busy = [*self.away(), *(member for _, member in self.asleep)]
        awake = [each for each in (*self.members.values(), *self.gateways) if each not in busy]
        member = self.dice.choice(awake)
        if member.process.poll() is None:
            self.report.kills[f"{member.name.partition('-')[0]} paused"] += 1
            member.process.send_signal(signal.SIGSTOP)
            if member.name.startswith("worker"):
                self.killed_at.append((time.time(), "worker paused"))
            self.asleep.append((time.monotonic() + self.dice.uniform(*ASLEEP), member))

    def kill_one(self, target: str, away: tuple[float, float] = AWAY) -> None:
        """Kill a server, or a process of a kind, which then is away for seconds."""
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
        absent = self.away()
        there = [each for each in every if each.name.startswith(target) and each not in absent]
        if not there:
            self.report.kills[target] -= 1
            return
        member = self.dice.choice(there)
        self._note_kill(member)
        member.kill()
        self.back.append((time.monotonic() + self.dice.uniform(*away), member))

    def _note_kill(self, member: Member) -> None:
        if not member.name.startswith("worker"):
            return
        (other,) = (each for name, each in self.members.items() if name.startswith("worker") and each is not member)
        absent = [*self.away(), *(member for _, member in self.asleep)]
        ready = other.process.poll() is None and other not in absent
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
            if what not in ("standby killed", "worker paused"):
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


def run(
    seconds: float,
    seed: int,
    *,
    kills: int = 0,
    rounds: int = 0,
    targets: dict[str, int] = TARGETS,
    durability: str = "process",
    slow_sync: int = 0,
    keep: bool = False,
) -> Report:
    """Run everything once in a new home.

    Args:
        seconds: of trading.
        seed: of what is killed when, and of the participants.
        kills: that there must be at least; trading goes on until then.
        rounds: at each named point, before.
        targets: what may be done, and how often in comparison; ``disk``: it is full for a while.
        durability: of the servers and processes.
        slow_sync: milliseconds that fdatasync takes longer.
        keep: leave the home for who looks.
    """
    from tests.fault_run.points import visit_points  # it needs this module

    # Root's servers run as another user, who must reach their folder.
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    try:
        with (
            disk(folder, slow_sync=slow_sync, fills="disk" in targets),
            FaultRun(folder / "home", seed, targets, durability) as exchange,
        ):
            exchange.start()
            if rounds:
                visit_points(exchange, rounds)
            exchange.trade(seconds, kills)
            return exchange.judge()
    finally:
        if keep:
            sys.stderr.write(f"{folder}\n")
        else:
            shutil.rmtree(folder)
