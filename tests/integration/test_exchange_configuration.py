"""The exchange's file applied on real servers, and orders from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import valkey

from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import EntryId, read_command_entry
from arbitrax.exchange.records import Kind
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_registry import PostgresRegistryStore
from arbitrax.trading.registry import Instrument

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange.toml"
PROGRAM = [sys.executable, "-m", "arbitrax.cli.main"]


@pytest.fixture
def run(embedded_servers, postgres_url, tmp_path):
    """A function that runs the program on these servers, shard 0 emptied, with or without a worker."""
    journal = embedded_servers.journal_url()
    with valkey.Valkey.from_url(journal) as client:
        shard = [key for key in client.scan_iter() if key.endswith(b":0")]
        client.delete(b"nothing", *shard)
    environment = {
        **os.environ,
        "ARBITRAX_HOME": str(tmp_path),
        "ARBITRAX_DATABASE_URL": postgres_url,
        "ARBITRAX_REDIS_URL": journal,
    }

    def call(*words, code=0):
        done = subprocess.run(
            [*PROGRAM, *words, "--json"], capture_output=True, text=True, check=False, env=environment
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return json.loads(done.stdout or done.stderr)

    call.environment, call.journal = environment, journal
    return call


@pytest.fixture
def worker(run):
    process = subprocess.Popen([*PROGRAM, "serve", "exchange"], env=run.environment, stderr=subprocess.PIPE, text=True)
    next(line for line in process.stderr if "recovery.done" in line)
    yield process
    process.kill()
    process.wait()
    process.stderr.close()


def deposits(url):
    with valkey.Valkey.from_url(url) as client:
        entries = [read_command_entry(EntryId.parse(name), fields) for name, fields in client.xrange("commands:0")]
    return sum(int((each.commands["kind"] == Kind.DEPOSIT).sum()) for each in entries)


def test_a_file_applied_again_changes_nothing_and_a_changed_one_what_changed(run, worker, tmp_path):
    assert run("exchange", "configure", str(EXAMPLE)) == {
        "instruments": ["AAPL", "BTC-USD"], "accounts": ["demo", "maker"], "unchanged": 0,
    }  # fmt: skip
    with valkey.Valkey.from_url(run.journal) as client:
        length = client.xlen("commands:0")
        assert run("exchange", "configure", str(EXAMPLE))["unchanged"] == 4
        assert client.xlen("commands:0") == length
        client.delete("configured:0")  # as if the process had died before it noted what was confirmed
    assert run("exchange", "configure", str(EXAMPLE))["unchanged"] == 0
    assert deposits(run.journal) == 4
    worse = tmp_path / "exchange.toml"
    worse.write_text(EXAMPLE.read_text().replace('taker_fee = "0.001"', 'taker_fee = "0.002"'))
    assert run("exchange", "configure", str(worse))["instruments"] == ["BTC-USD"]
    worse.write_text(EXAMPLE.read_text().replace('cash = "100000" ', 'cash = "200000" '))
    assert "deposited once" in run("exchange", "configure", str(worse), code=2)["error"]["message"]
    # The cash was deposited once: 100,000 buy one for 90,000, not two.
    order = ("order", "submit", "BTC-USD", "buy", "1", "--limit", "90000", "--account", "demo")
    assert run(*order, "--client-id", "one")["status"] == "open"
    refused = run(*order, code=4)
    assert refused["code"] == "risk.no_buying_power"
    assert run(*order, "--client-id", "one")["repeated"]
    assert [each["quantity"] for each in run("order", "list", "--account", "demo")] == ["1.00"]
    found = run("order", "find", "one", "--account", "demo")
    assert run("order", "amend", found["order"], "--quantity", "0.5", "--account", "demo")["open"] == "0.50"
    assert run("order", "cancel", found["order"], "--account", "demo")["status"] == "cancelled"
    assert run("order", "cancel", "--all", "--account", "demo")["cancelled"] == []


def test_without_a_worker_one_sentence_says_what_to_start(run):
    refused = run("exchange", "configure", str(EXAMPLE), code=1)
    assert "arbitrax serve exchange" in refused["error"]["message"]
    assert [each["symbol"] for each in run("exchange", "instruments")] == ["AAPL", "BTC-USD"]
    assert [each["name"] for each in run("exchange", "accounts")] == ["demo", "maker"]
    order = run("order", "submit", "AAPL", "buy", "1", "--account", "demo", code=1)
    assert order["code"] == "exchange.no_worker"


def test_numbers_are_given_once_and_sizes_never_change(postgres_url):
    with Database(postgres_url) as database:
        store = PostgresRegistryStore(database)
        wanted = [Instrument(name, 3, 0, "0.01", "1", "0.0001", "USD") for name in ("A", "B")]
        first = store.add_instruments(wanted)
        assert [each.number for each in first] == [1, 2]
        assert store.add_instruments(wanted[::-1]) == first[::-1]
        with pytest.raises(DataError, match=r"A has tick_size 0\.01, which cannot change"):
            store.add_instruments([Instrument("A", 3, 0, "0.05", "1", "0.0001", "USD")])
        with pytest.raises(DataError, match=r"counts USD in units of 0\.0001"):
            store.add_instruments([Instrument("C", 3, 0, "0.01", "1", "0.01", "USD")])
        assert store.instruments() == first
