"""Cash between accounts of two shards, with kills in between: never twice, never lost, and never spent twice."""

import asyncio
import json
import os
import random
import subprocess
import sys
from collections import Counter
from uuid import uuid4

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.bootstrap import open_broker, open_gateway, open_store, read_registry
from arbitrax.exchange import commands
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, read_command_entry
from arbitrax.exchange.records import Happening, Kind
from arbitrax.settings import read_settings
from arbitrax.trading.orders import NewOrder
from arbitrax.trading.transfers import PRODUCERS

ROUNDS = 40 if os.environ.get("HYPOTHESIS_PROFILE") == "nightly" else 6
POINTS = ("transfer.begun", "transfer.debited", "transfer.credited")
DEPOSIT, SCALE = 1_000, 100
FILE = """
shard = {shard}
cash_decimals = 2

[[instruments]]
symbol = "{symbol}"
tick_size = "1"
lot_size = "1"

[[accounts]]
name = "{account}"
cash = "{cash}"
"""


class Two:
    """Two shards with workers, an account and a symbol on each; all the cash is on the first."""

    def __init__(self, shards, postgres_url, folder):
        self.shards, self.folder = shards, folder
        urls = {
            "ARBITRAX_HOME": str(folder),
            "ARBITRAX_REDIS_URL": shards[0].url,
            "ARBITRAX_DATABASE_URL": postgres_url,
        }
        self.environment = {name: each for name, each in os.environ.items() if not name.startswith("ARBITRAX")} | urls
        self.settings = read_settings(self.environment)
        self.workers = [each.started() for each in shards]
        for at, each in enumerate(shards):
            file = folder / f"exchange-{at}.toml"
            cash = DEPOSIT if at == 0 else 0
            file.write_text(FILE.format(shard=each.number, symbol=f"S{at}", account=f"mine-{at}", cash=cash))
            assert self.run("configure", str(file))[0] == 0
        self.registry = read_registry(self.settings)

    @property
    def accounts(self):
        return [self.registry.account(f"mine-{at}") for at in (0, 1)]

    def words(self, *words):
        return [sys.executable, "-m", "arbitrax.cli.main", "exchange", *words, "--json"]

    def run(self, *words, **more):
        done = subprocess.run(
            self.words(*words), env=self.environment | more, capture_output=True, text=True, check=False
        )
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def cash(self):
        async def ask():
            async with open_broker(self.settings, self.registry, {each.number for each in self.shards}) as broker:
                return [(await broker.account(each.name)).cash for each in self.accounts]

        return asyncio.run(ask())


@pytest.fixture
def two(shard, another_shard, postgres_url, tmp_path):
    return Two([shard, another_shard], postgres_url, tmp_path)


def test_cash_moves_once_and_back_when_it_is_not_taken(two):
    code, moved = two.run("transfer", "mine-0", "mine-1", "250.50", "--id", "one")
    assert (code, moved["state"], moved["amount"]) == (0, "done", "250.5")
    assert two.run("transfer", "mine-0", "mine-1", "250.50", "--id", "one") == (0, moved)
    assert two.cash() == ["749.50", "250.50"]
    code, refused = two.run("transfer", "mine-1", "mine-0", "250.51")
    assert (code, refused["state"], refused["why"]) == (4, "refused", "risk.no_buying_power")
    for words, said in (
        (("mine-0", "mine-1", "1", "--id", "one"), "was used for another transfer, of 250.5"),
        (("mine-0", "mine-0", "1"), "to itself moves nothing"),
        (("mine-0", "mine-1", "0"), "moves nothing"),
        (("mine-0", "mine-1", "0.001"), "is not a multiple of the unit of cash"),
        (("mine-0", "mine-1", "1", "--id", "a b"), "is no id of a transfer"),
        (("mine-0", "nobody", "1"), "no account 'nobody'"),
    ):
        code, sentence = two.run("transfer", *words)
        assert code == 2
        assert said in sentence
    assert two.cash() == ["749.50", "250.50"]
    with open_store(two.settings, seed=False) as store:  # registered, and never opened on its shard
        strange = store.registry.add_accounts([replace(two.accounts[1], id=uuid4(), name="never opened")])[0]
    code, back = two.run("transfer", "mine-0", strange.name, "100")
    assert (code, back["state"], back["why"]) == (4, "returned", "order.account_unknown")
    assert two.cash() == ["749.50", "250.50"]
    _, listed = two.run("transfers")
    assert [each["state"] for each in listed] == ["returned", "refused", "done"]


@pytest.mark.parametrize("point", POINTS)
def test_a_transfer_killed_anywhere_is_finished_by_whoever_comes(two, point):
    assert two.run("transfer", "mine-0", "mine-1", "10", "--id", "a", ARBITRAX_CRASH_AT=point)[0] == -9
    assert [each["state"] for each in two.run("transfers")[1]] in (["begun"], ["debited"])
    assert two.run("transfer", "mine-0", "mine-1", "10", "--id", "a")[1]["state"] == "done"
    assert two.run("transfer", "mine-0", "mine-1", "10", "--id", "b", ARBITRAX_CRASH_AT=point)[0] == -9
    assert (
        two.run("transfer", "mine-1", "mine-0", "5", "--id", "c")[1]["state"] == "done"
    )  # b first: it has its accounts
    assert two.run("transfer", "mine-0", "mine-1", "10", "--id", "d", ARBITRAX_CRASH_AT=point)[0] == -9
    assert [each["state"] for each in two.run("transfers", "--finish")[1]] == ["done"]
    assert two.run("transfers", "--finish")[1] == []
    assert two.cash() == ["975.00", "25.00"]


def test_orders_and_transfers_under_kills_never_reserve_and_spend_more_than_was_deposited(two):
    dice = random.Random(11)  # noqa: S311 - not secret
    told = asyncio.run(trade_and_move(two, dice))
    assert two.run("transfers", "--finish")[0] == 0
    _, transfers = two.run("transfers")
    assert {each["state"] for each in transfers} <= {"done", "refused"}
    assert any(each["state"] == "done" for each in transfers)
    assert told["risk.no_buying_power"] > 0  # it was tried
    for worker, shard in zip(two.workers, two.shards, strict=True):
        shard.finish(worker)
        shard.audit()
    require_conserved(two, transfers)


async def trade_and_move(two, dice):
    """Buy with all there is on both shards at once, while cash goes to and fro and processes end."""
    told, stop = Counter(), asyncio.Event()

    async def trade(broker, at):
        account, number = two.accounts[at], 0
        while not stop.is_set():
            number += 1
            order = NewOrder(
                f"S{at}",
                dice.choice(("buy", "buy", "sell")),
                str(dice.randint(1, 12)),
                price=str(dice.randint(95, 105)),
                client_order_id=f"o{at}-{number}",
            )
            outcome = await broker.submit(account.name, order)
            told[getattr(outcome, "code", getattr(outcome, "status", None))] += 1
            if dice.random() < 0.2:
                await broker.cancel_all(account.name)

    numbers = {each.number for each in two.shards}
    async with (
        open_broker(two.settings, two.registry, numbers) as broker,
        open_gateway(two.settings, numbers) as (gateway, _),
    ):
        for shard in two.shards:
            for side, price in (("buy", 98), ("sell", 102)):
                row = commands.quote(side, price=price, quantity=1_000, symbol=1)
                assert await gateway.channels[shard.number].send(row, 20)
        trading = [asyncio.create_task(trade(broker, at)) for at in (0, 1)]
        moved = 0
        for number in range(10 * ROUNDS):
            if number >= ROUNDS and moved:  # traders may have set aside all there is, each time
                break
            names = ["mine-0", "mine-1"]
            if dice.random() < 0.5:
                names.reverse()
            words = two.words("transfer", *names, str(dice.randint(1, 400)), "--id", f"t{number}")
            more = {"ARBITRAX_CRASH_AT": dice.choice(POINTS)} if dice.random() < 0.6 else {}
            mover = await asyncio.create_subprocess_exec(
                *words, env=two.environment | more, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
            if dice.random() < 0.5:
                at = dice.randint(0, 1)
                two.workers[at].kill()
                two.workers[at].wait()
                two.workers[at] = await asyncio.to_thread(two.shards[at].started)
            moved += await mover.wait() == 0
        stop.set()
        for each in trading:
            await asyncio.wait_for(each, 60)
    return told


def require_conserved(two, transfers):
    """Replay both journals in time, command by command, and count what was paid, set aside and on its way."""
    entries = sorted(
        (name, at, read_command_entry(name, fields).commands)
        for at, shard in enumerate(two.shards)
        for part in shard.journal.scan(START)
        for name, fields in part
    )
    cores, numbers = [MatchingCore(), MatchingCore()], [each.number for each in two.accounts]
    deposited = spent = opened = 0
    way, steps = Counter(), Counter()
    for name, at, rows in entries:
        for row in rows:
            one = np.array([row])
            one["time"] = name.ms
            events, _ = cores[at].run(one)
            if row["producer"] == PRODUCERS + numbers[at] and events["kind"][0] == Happening.CASH:
                transfer = row["client"].decode()
                steps[transfer, int(row["kind"])] += 1
                way[transfer] -= int(events["price"][0])
                assert way[transfer] >= 0, f"{transfer} was paid in before it was paid out"
            elif row["kind"] == Kind.DEPOSIT and events["kind"][0] == Happening.CASH:
                deposited += int(events["price"][0])
            for event in events[events["kind"] == Happening.FILLED]:
                taker = event["account"] == numbers[at]
                bought = (event["side"] == 0) == taker
                spent += int(event["price"] * event["quantity"]) * SCALE * (1 if bought else -1)
            opened += row["kind"] == Kind.ACCOUNT
            if opened == len(cores):
                held = [core.account(number) for core, number in zip(cores, numbers, strict=True)]
                assert min(each.available for each in held) >= 0
                reserved = sum(each.cash - each.available for each in held)
                assert reserved + spent <= deposited, f"at {name} {reserved} is set aside, {spent} spent of {deposited}"
    assert deposited == DEPOSIT * SCALE
    assert max(steps.values()) == 1, steps
    assert set(way.values()) <= {0}, way
    assert sum(core.account(number).cash for core, number in zip(cores, numbers, strict=True)) == deposited - spent
    done = {each["transfer"] for each in transfers if each["state"] == "done"}
    assert done == {transfer for transfer, kind in steps if kind == Kind.DEPOSIT}
