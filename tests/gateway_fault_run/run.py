"""The run: the exchange of the fault run behind two gateways, with two workers for jobs."""

import json
import shutil
import socket
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from arbitrax.bootstrap import open_store
from arbitrax.services.imports import import_samples
from tests.fault_run.auditor import Auditor
from tests.fault_run.exchange_file import ACCOUNTS_EACH
from tests.fault_run.processes import Member, until
from tests.fault_run.run import PATIENCE, TARGETS, FaultRun, Report
from tests.gateway_fault_run.auditor import GatewayAuditor
from tests.job_workers import install_misbehaving

PASSWORD = "a long enough password"  # noqa: S105 - of users of tests
KILLED = TARGETS | {"gateway": 6, "jobs": 4}


class GatewayReport(Report):
    """The same; what users were told is told otherwise."""

    def answers(self) -> list[tuple[str, str]]:
        """Return rows of what users were told."""
        told = self.told
        return [
            ("orders sent", f"{told['sent']:,}, acknowledged {told['orders']:,}, refused {told['refused']:,}"),
            ("asked again", f"{told['unknown']:,} times, for there was no answer"),
            ("cancellations", f"{told['cancelled']:,} acknowledged"),
            ("backtests", f"{told['backtests']:,}, each done once"),
        ]


class GatewayFaultRun(FaultRun):
    """Users in place of simulated participants; gateways and workers for jobs are processes that are killed too."""

    def new_report(self) -> Report:
        """Return what is filled in."""
        return GatewayReport(self.seed)

    def add_gateways(self) -> None:
        """Add gateways and workers to what is killed, and the users, who are not."""
        self._jobs_killed: list[float] = []
        packages = self.home / "packages"
        packages.mkdir(parents=True)
        self.environment["PYTHONPATH"] = str(install_misbehaving(packages))
        ports = _free_ports(2)
        self.urls = [f"http://127.0.0.1:{each}" for each in ports]
        for at, port in enumerate(ports, 1):
            self._serve_as(f"gateway-{at}", "api", "--port", str(port))
        for at in (1, 2):
            self._serve_as(f"jobs-{at}", "worker", "--processes", "1")
        self.users = self.home / "users.json"
        self.logs = [self.home / "users.jsonl"]
        words = "tests.gateway_fault_run.visitors", str(self.seed), str(self.logs[0]), str(self.users)
        self.gateways = [self.member("users", *words, notes=self.logs[0])]

    def _serve_as(self, name: str, *words: str) -> None:
        self.members[name] = self.member(name, "arbitrax.cli.main", "serve", *words)

    def prepare(self) -> None:
        """Give each account to a user with a key."""
        with open_store(self.settings) as store:
            import_samples(store, received=time.time_ns())
            accounts = {each.name: each for each in store.registry.accounts()}
            users = []
            for number in range(1, 1 + 2 * ACCOUNTS_EACH):
                account = accounts[f"trader {number}"]
                user = store.users.add(f"user{number}", PASSWORD, role="trader")
                assert store.registry.give_account(account.id, user.id)
                _, key = store.keys.add(user, "trading", scopes=("read", "trade"))
                users.append({"account": account.name, "key": key})
        self.users.write_text(json.dumps({"gateways": self.urls, "users": users}))
        for name in ("gateway-1", "gateway-2"):
            until(lambda each=self.members[name]: "gateway.ready" in each.said(), PATIENCE, f"{name} answers")

    def auditor(self) -> Auditor:
        """Return who judges."""
        self._auditor = GatewayAuditor(self.settings, self.logs)
        return self._auditor

    def _note_kill(self, member: Member) -> None:
        super()._note_kill(member)
        if member.name.startswith("jobs"):
            self._jobs_killed.append(time.time())

    def judge(self) -> Report:
        """Call the auditor; tell how long the jobs of killed workers were nobody's."""
        report = super().judge()
        waits = []
        for attempts in self._auditor.attempts:
            for lost, following in pairwise(attempts):
                killed = [each for each in self._jobs_killed if lost.started_at < each * 1e9 < following.started_at]
                if lost.outcome == "lost" and killed:
                    waits.append(following.started_at / 1e9 - killed[0])
        report.outages["job of a killed worker"] = waits
        return report


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def run(seconds: float, seed: int, *, quiet: bool = False, keep: bool = False) -> Report:
    """Run everything once in a new home.

    Args:
        seconds: of trading.
        seed: of what is killed when, and of what users do.
        quiet: nothing is killed.
        keep: leave the home for who looks.
    """
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    try:
        with GatewayFaultRun(folder / "home", seed, {} if quiet else KILLED) as exchange:
            exchange.start()
            exchange.trade(seconds)
            return exchange.judge()
    finally:
        if keep:
            sys.stderr.write(f"{folder}\n")
        else:
            shutil.rmtree(folder)
