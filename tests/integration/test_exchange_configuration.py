"""The exchange's file applied on real servers, and orders from the command line."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import valkey

from arbitrax.bootstrap import utc_now
from arbitrax.domain.errors import DataError
from arbitrax.exchange.journal import EntryId, read_command_entry, read_event_entry
from arbitrax.exchange.records import CALENDAR_PRODUCER, MAX_SYMBOLS, Code, Happening, Kind
from arbitrax.services.cash_movements import CashMovement, NotedMovement
from arbitrax.services.identity import Users
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.exchange_registry import PostgresRegistryStore
from arbitrax.storage.postgres.identity_store import PostgresIdentityStore
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.storage.redis.movement_notes import ValkeyMovementNotes
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


def sent(url):
    """Return the commands of the journal but those of calendars, which come when the worker has read them."""
    with valkey.Valkey.from_url(url) as client:
        entries = [read_command_entry(EntryId.parse(name), fields) for name, fields in client.xrange("commands:0")]
    found = np.concatenate([each.commands for each in entries])
    calendars = (found["producer"] >= CALENDAR_PRODUCER) & (found["producer"] < CALENDAR_PRODUCER + MAX_SYMBOLS)
    return found[~calendars]


def deposits(url):
    return int((sent(url)["kind"] == Kind.DEPOSIT).sum())


def test_a_file_applied_again_changes_nothing_and_a_changed_one_what_changed(run, worker, tmp_path):
    assert run("exchange", "configure", str(EXAMPLE)) == {
        "instruments": ["AAPL", "BTC-USD"], "accounts": ["demo", "maker"], "unchanged": 0,
    }  # fmt: skip
    with valkey.Valkey.from_url(run.journal) as client:
        length = len(sent(run.journal))
        assert run("exchange", "configure", str(EXAMPLE))["unchanged"] == 4
        assert len(sent(run.journal)) == length
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


def test_cash_is_paid_in_and_out_once_by_its_id(run, worker):
    run("exchange", "configure", str(EXAMPLE))
    paid = run("exchange", "deposit", "demo", "2500.5", "--id", "august")
    assert paid == {
        "id": "august", "kind": "deposit", "account": "demo", "amount": "2500.5000", "currency": "USD",
        "repeated": False, "refused": None,
    }  # fmt: skip
    assert run("exchange", "withdraw", "demo", "102000", "--id", "rent")["repeated"] is False
    assert run("exchange", "deposit", "demo", "2500.5", "--id", "august") == paid | {"repeated": True}
    assert deposits(run.journal) == 3
    refused = run("exchange", "withdraw", "demo", "500.5001", "--id", "too-much", code=4)
    assert refused["refused"]["code"] == "risk.no_buying_power"
    assert run("exchange", "withdraw", "demo", "500.5001", "--id", "too-much", code=4)["repeated"]
    assert run("exchange", "withdraw", "demo", "500.5", "--id", "rest")["amount"] == "500.5000"
    other = run("exchange", "deposit", "demo", "1", "--id", "august", code=2)
    assert "The id august is of another movement of cash, a deposit of 2500.5000" in other["error"]["message"]
    other = run("exchange", "withdraw", "maker", "2500.5", "--id", "august", code=2)
    assert "another movement of cash" in other["error"]["message"]
    assert len(run("exchange", "deposit", "maker", "1")["id"]) > 10
    for words, sentence in (
        (("deposit", "demo", "0"), "cash=0"),
        (("deposit", "demo", "-5"), "cash=-5"),
        (("withdraw", "demo", "1.00001"), "1.00001"),
        (("deposit", "demo", "1", "--id", "a b"), "The id 'a b' is not possible"),
        (("deposit", "dmeo", "1"), "demo"),
    ):
        assert sentence in run("exchange", *words, code=2)["error"]["message"]


def test_a_deposit_that_was_noted_and_not_sent_is_finished_by_the_next_one(run, worker):
    """As if a process had died between its note and its command; another one's id comes first."""
    run("exchange", "configure", str(EXAMPLE))
    number = next(each["number"] for each in run("exchange", "accounts") if each["name"] == "demo")
    lost = CashMovement("lost", "deposit", number, 70_000)

    async def note():
        journal = ValkeyClientJournal(run.journal)
        try:
            return [await ValkeyMovementNotes(journal).begin(0, each) for each in (lost, lost)]
        finally:
            await journal.close()

    assert asyncio.run(note()) == [NotedMovement(lost, 1, None)] * 2
    assert run("exchange", "withdraw", "demo", "100007", "--id", "all")["refused"] is None
    assert run("exchange", "deposit", "demo", "7", "--id", "lost")["repeated"]
    assert deposits(run.journal) == 3


def test_a_deposit_without_a_worker_is_not_begun(run):
    run("exchange", "configure", str(EXAMPLE), code=1)
    refused = run("exchange", "deposit", "demo", "5", code=1)
    assert "arbitrax serve exchange" in refused["error"]["message"]
    with valkey.Valkey.from_url(run.journal) as client:
        assert not client.exists("cash:0")


def test_the_calendar_of_an_instrument_is_followed_and_can_be_changed(run, worker, tmp_path):
    def calendars():
        with valkey.Valkey.from_url(run.journal) as client:
            return client.hgetall("calendars:0")

    def resumed():
        return int((sent(run.journal)["kind"] == Kind.RESUME).sum())

    run("exchange", "configure", str(EXAMPLE))
    assert calendars() == {b"1": b"XNYS", b"2": b"24/7"}
    before = resumed()
    other = tmp_path / "exchange.toml"
    other.write_text(EXAMPLE.read_text().replace('calendar = "XNYS" ', 'calendar = "XLON" '))
    run("exchange", "configure", str(other))
    assert (calendars()[b"1"], resumed()) == (b"XLON", before)
    other.write_text(EXAMPLE.read_text().replace('calendar = "XNYS" ', 'calendar = "24/7" '))
    run("exchange", "configure", str(other))
    assert (calendars()[b"1"], resumed()) == (b"24/7", before + 1)
    other.write_text(EXAMPLE.read_text().replace('calendar = "XNYS" ', 'calendar = "XNYC" '))
    assert "XNYS" in run("exchange", "configure", str(other), code=2)["error"]["message"]


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


@pytest.fixture
def until_maker_says(run):
    """A function that runs the house's market maker until it has said a word."""

    def wait(word):
        process = subprocess.Popen([*PROGRAM, "serve", "maker"], env=run.environment, stderr=subprocess.PIPE, text=True)
        try:
            return next(line for line in process.stderr if word in line)
        finally:
            process.terminate()
            process.stderr.read()
            assert process.wait() == 0
            process.stderr.close()

    return wait


def test_the_maker_sets_the_sample_up_where_nothing_is_listed_and_once(run, worker, until_maker_says):
    until_maker_says("maker.started symbols=AAPL,BTC-USD")
    assert [each["symbol"] for each in run("exchange", "instruments")] == ["AAPL", "BTC-USD"]
    assert [each["name"] for each in run("exchange", "accounts")] == ["demo", "maker"]
    assert deposits(run.journal) == 2
    until_maker_says("maker.started")
    assert deposits(run.journal) == 2
    assert run("exchange", "configure")["unchanged"] == 4


def test_what_a_killed_maker_began_to_set_up_the_next_one_ends(run, worker, until_maker_says):
    until_maker_says("maker.started")
    with valkey.Valkey.from_url(run.journal) as client:  # as when it was killed before its last two steps
        client.hdel("configured:0", "account:maker")
        client.hset("configured:0", "sample", b"begun")
    until_maker_says("maker.started")
    with valkey.Valkey.from_url(run.journal) as client:
        assert client.hget("configured:0", "sample") == b"done"
        assert client.hexists("configured:0", "account:maker")
        entries = [read_event_entry(EntryId.parse(name), fields) for name, fields in client.xrange("events:0")]
    events = np.concatenate([each.events for each in entries])
    paid = events[(events["kind"] == Happening.CASH) & (events["code"] == Code.DEPOSITED)]
    assert sorted(paid["price"].tolist()) == [1_000_000_000, 10_000_000_000]


def test_the_maker_leaves_a_market_of_ones_own_alone(run, worker, until_maker_says, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('[[instruments]]\nsymbol = "OWN"\ntick_size = "0.01"\n')
    run("exchange", "configure", str(path))
    before = len(sent(run.journal))
    until_maker_says("maker.idle")
    assert [each["symbol"] for each in run("exchange", "instruments")] == ["OWN"]
    assert len(sent(run.journal)) == before


def test_the_maker_does_not_trade_from_an_account_that_is_a_users(run, worker, until_maker_says):
    until_maker_says("maker.started")
    with Database(run.environment["ARBITRAX_DATABASE_URL"]) as database:
        store = PostgresRegistryStore(database)
        (maker,) = [each for each in store.accounts() if each.name == "maker"]
        owner = Users(PostgresIdentityStore(database), utc_now).add("own", "a long enough password", role="trader")
        assert store.give_account(maker.id, owner.id)
    until_maker_says("maker.idle")
