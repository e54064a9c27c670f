"""The journal's server loses the end of its file, which was recorded: rows are orphaned, and their owner is told."""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

from arbitrax.bootstrap import embedded_servers, open_broker, read_registry
from arbitrax.exchange.identifiers import order_text, parse_order
from arbitrax.settings import read_settings
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.redis.channel import Channel
from arbitrax.trading.orders import NewOrder
from tests.fault_run.processes import Member, environment_of
from tests.integration.exchange_service.shard import until
from tests.integration.exchange_service.test_server_faults import kill_journal

FILE = """
[[instruments]]
symbol = "LOST"
tick_size = "0.01"

[[accounts]]
name = "owner"
cash = "1000"

[[accounts]]
name = "other"
kind = "margin"
cash = "1000"
"""


@pytest.fixture
def home():
    found = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    found.chmod(0o755)
    yield found
    embedded_servers(found, "process").release()  # the broker of this process used them too
    shutil.rmtree(found, ignore_errors=True)


class Exchange:
    """Worker and recorder of a home."""

    def __init__(self, home, servers):
        self.home, self.servers = home, servers
        self.environment = environment_of(home)
        self.settings = read_settings(self.environment)
        self.members = {
            name: Member(name, ["arbitrax.cli.main", "serve", name], home / f"{name}.log", self.environment)
            for name in ("exchange", "recorder")
        }

    def start(self):
        recoveries = self.members["exchange"].log.read_text().count("recovery.done") if self.is_old else 0
        for each in self.members.values():
            each.start()
        until(lambda: self.is_old and self.members["exchange"].said().count("recovery.done") > recoveries, "recovered")

    @property
    def is_old(self):
        return self.members["exchange"].log.exists()

    def run(self, *words):
        done = subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", *words], env=self.environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done

    def send(self, *orders):
        async def run():
            async with open_broker(self.settings, read_registry(self.settings), {0}) as broker:
                return [await broker.submit(account, order) for account, order in orders]

        return asyncio.run(run())

    def recorded(self):
        """Wait until everything is recorded; return how long the journal's file is."""
        with Channel(self.servers.journal_url()) as channel:
            tail = channel.ask("XREVRANGE", "commands:0", "+", "-", "COUNT", 1)[0][0]
            until(lambda: channel.ask("HGET", "marks:0", "recorded") == tail, "recorded")
        return self.file().stat().st_size

    def file(self):
        return next((self.home / "servers" / "journal").glob("**/*.incr.aof"))

    def lose(self, size):
        """Cut the journal's file to what it was, as a machine without power does to what it did not sync."""
        for each in self.members.values():
            each.kill()
        kill_journal(self.servers)
        with self.file().open("r+b") as file:
            file.truncate(size)
        self.servers.journal_url()


def test_orders_and_fills_that_the_journal_lost_are_orphaned_and_their_owner_is_told(home):
    with EmbeddedServers(home) as servers:
        exchange = Exchange(home, servers)
        try:
            exchange.start()
            (home / "exchange.toml").write_text(FILE)
            exchange.run("exchange", "configure", str(home / "exchange.toml"))
            (kept,) = exchange.send(("owner", NewOrder("LOST", "buy", "5", price="10.00", client_order_id="kept")))
            size = exchange.recorded()
            sold, gone = exchange.send(
                ("other", NewOrder("LOST", "sell", "2", price="10.00")),
                ("owner", NewOrder("LOST", "buy", "1", price="9.00", client_order_id="gone")),
            )
            assert sold.status == "filled"
            exchange.recorded()
            assert exchange.run("order", "lost", "--account", "owner").stdout == "Nothing was lost.\n"
            exchange.lose(size)
            exchange.start()
            until(lambda: "orphaned" in exchange.members["recorder"].said(), "orphaned")
            assert "epoch=2" in exchange.members["exchange"].said()
            (after,) = exchange.send(("owner", NewOrder("LOST", "buy", "1", price="9.00", client_order_id="gone")))
            exchange.recorded()
            audit(exchange, kept.order, sold.order, gone.order, after.order)
            lost = json.loads(exchange.run("order", "lost", "--account", "owner", "--json").stdout)
            assert [each["id"] for each in lost] == [gone.order, kept.order]
            assert [each["client_order_id"] for each in lost] == ["gone", "kept"]
            listed = exchange.run("order", "list", "--account", "owner", "--json")
            assert {each["order"]: each["filled"] for each in json.loads(listed.stdout)} == {
                kept.order: "0", after.order: "0",
            }  # fmt: skip
            assert "lost 2 orders, or fills of them" in listed.stderr
        finally:
            for each in exchange.members.values():
                each.kill()


def audit(exchange, kept, sold, gone, after):
    """What PostgreSQL has under the ids that clients were told, by either of their forms."""
    assert parse_order(after) >> 48 == 2
    assert {parse_order(each) >> 48 for each in (kept, sold, gone)} == {1}
    with psycopg.connect(exchange.servers.postgres_url()) as connection:
        found = {
            order_text(id.int >> 64): (orphaned, int(filled), status)
            for id, orphaned, filled, status in connection.execute(
                "SELECT id, orphaned, filled_quantity, status FROM orders"
            )
        }
        assert found == {
            kept: (False, 0, "open"),
            sold: (True, 2, "filled"),
            gone: (True, 0, "open"),
            after: (False, 0, "open"),
        }
        assert connection.execute("SELECT count(*), bool_and(orphaned) FROM fills").fetchone() == (2, True)
        assert connection.execute("SELECT coalesce(sum(abs(lots)), 0) FROM exchange_positions").fetchone() == (0,)
