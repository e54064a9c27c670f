"""A gateway in a process of its own: simulated participants trade through it, and what it is told goes to a file.

A line is written before an order is sent and after its answer, so a process that comes after a kill knows which orders
nobody knows the outcome of: it sends them again under their client order ids.
"""

import asyncio
import faulthandler
import json
import os
import random
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from arbitrax.bootstrap import exchange_folder, journal_url, open_gateway
from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange import commands
from arbitrax.exchange.journal import START, read_event_entry
from arbitrax.exchange.records import EVENT, Flag, Kind
from arbitrax.exchange.simulation import Listing, MarketMaker, MomentumTrader, NoiseTrader, SimulatedMarket
from arbitrax.settings import read_settings
from arbitrax.storage.exchange_files.segment_file import Stream
from arbitrax.storage.exchange_files.shard_archive import archived_entries
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.storage.redis.recorder_server import ValkeyShardStreams
from arbitrax.trading.command_channel import NotSentError
from arbitrax.trading.task_end import end_tasks
from tests.fault_run.exchange_file import ACCOUNTS_EACH, REFERENCE, SHARD, SYMBOL, TICK_VALUE

SPEED = 20
"""Seconds of the participants' time in a second."""
STEP = 0.01
DEADLINE = 5_000
PARTICIPANTS = {1: (MarketMaker(), NoiseTrader(), NoiseTrader()), 2: (MarketMaker(), NoiseTrader(), MomentumTrader())}
SENT_TWICE = 0.05
"""Share of the orders that are sent by two tasks at once, under one client order id."""
HOUSE_EVERY = 25
"""Steps between the quotes of the external market, by the first gateway."""
_DEADLINE_AT, _FLAGS_AT, _KIND_AT, _CLIENT_AT = 56, 93, 88, 96


def read_log(log: Path) -> list[dict[str, Any]]:
    """Return the lines of a trader's file."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


class Trader:
    """Participants, the gateway they use, and its file."""

    def __init__(self, number: int, seed: int, log: Path) -> None:
        self.settings = read_settings()
        self.number, self.log = number, log
        told = read_log(log)
        self.life = sum("life" in each for each in told)
        answered = {each["id"] for each in told if "events" in each or "not_sent" in each}
        self.open_ended = {
            each["id"]: bytes.fromhex(each["row"]) for each in told if "row" in each and each["id"] not in answered
        }
        self.file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.dice = random.Random(f"{seed} {number} {self.life}")  # noqa: S311 - not secret
        listing = Listing(
            symbol=SYMBOL, reference=REFERENCE, tick_value=TICK_VALUE, first_account=1 + ACCOUNTS_EACH * (number - 1)
        )
        self.market = SimulatedMarket(PARTICIPANTS[number], seed=seed * 1_000 + 2 * self.life + number, listing=listing)
        self.accounts = range(listing.first_account, listing.first_account + ACCOUNTS_EACH)
        self.at = START
        self.tasks: set[asyncio.Task[None]] = set()
        self.busy: dict[int, int] = dict.fromkeys(self.accounts, 0)
        self.numbers = 0
        self.house = (0, 0)
        self.end = asyncio.Event()

    def note(self, **line: object) -> None:
        """Append a line; what a kill leaves of one is a line of its own, which nobody reads."""
        os.write(self.file, ("\n" + json.dumps(line) + "\n").encode())

    def catch_up(self) -> None:
        """Read every event there was, archived ones first."""
        folder = exchange_folder(self.settings)
        with ValkeyShardStreams(
            journal_url(self.settings),
            SHARD,
            archived_events=lambda after: archived_entries(folder, SHARD, Stream.EVENTS, after),
        ) as streams:
            for name, fields in streams.all_events(START):
                entry = read_event_entry(name, fields)
                self.market.receive(entry.events)
                self.at = entry.last

    async def follow(self) -> None:
        """Give the market what happens from now on."""
        journal = ValkeyClientJournal(journal_url(self.settings))
        while True:
            try:
                for entry in await journal.events_after(SHARD, self.at, 1_000):
                    if entry.predecessor != self.at:
                        raise AssertionError(f"events of {entry.last} follow {entry.predecessor}, not {self.at}")
                    self.market.receive(entry.events)
                    self.at = entry.last
            except StoreUnavailableError:
                await asyncio.sleep(0.05)

    def begin(self, row: bytes, client: str = "") -> None:
        """Send a command in a task of its own."""
        task = asyncio.create_task(self.send(row, client))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def send(self, row: bytes, client: str) -> None:
        """Send a command until its outcome is known; one without a client order id once."""
        account = int.from_bytes(row[76:80], "little")
        self.busy[account] = self.busy.get(account, 0) + 1
        try:
            while True:
                deadline = (self.gateway.now() + DEADLINE).to_bytes(8, "little")
                timed = row[:_DEADLINE_AT] + deadline + row[_DEADLINE_AT + 8 :]
                try:
                    rows = await self.channel.send(timed, DEADLINE / 1_000 + 1)
                except NotSentError:
                    self.note(id=client, not_sent=True)
                    return
                if rows is not None:
                    made = np.array([tuple(each) for each in rows], EVENT)
                    self.note(id=client, account=account, kind=row[_KIND_AT], events=made.tobytes().hex())
                    return
                self.note(id=client, unknown=True)
                if not client or self.end.is_set():
                    return
        finally:
            self.busy[account] -= 1

    def submit(self, row: bytes) -> None:
        """Send an order under a client order id of its own, some of them twice at once."""
        self.numbers += 1
        client = f"g{self.number}.{self.life}.{self.numbers}"
        flags = row[_FLAGS_AT] | (Flag.CANCEL_ON_DISCONNECT if self.number == 2 else 0)
        row = row[:_FLAGS_AT] + bytes([flags]) + row[_FLAGS_AT + 1 : _CLIENT_AT] + client.encode().ljust(32, b"\0")
        self.note(id=client, row=row.hex())
        for _ in range(2 if self.dice.random() < SENT_TWICE else 1):
            self.begin(row, client)

    def move_house(self) -> None:
        """Quote around the last price, print a trade, pay something in or out."""
        for side, price in zip(("buy", "sell"), self.house, strict=True):
            if price:
                self.begin(commands.quote(side, price=price, quantity=0, symbol=SYMBOL))
        last, away = self.market.book.last or REFERENCE, self.dice.randint(1, 8)
        self.house = (last - away, last + away)
        for side, price in zip(("buy", "sell"), self.house, strict=True):
            self.begin(commands.quote(side, price=price, quantity=self.dice.randint(1, 50), symbol=SYMBOL))
        self.begin(commands.print_trade(self.dice.choice(("buy", "sell")), price=last, quantity=3, symbol=SYMBOL))
        self.numbers += 1
        pay = self.dice.choice((commands.deposit, commands.withdraw))
        self.begin(pay(self.dice.choice(self.accounts), 1_000_000 * (self.life + 1) + self.numbers))

    async def run(self) -> None:
        """Trade until asked to stop, then wait for what is on its way."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self.end.set)
        self.catch_up()
        async with open_gateway(self.settings, {SHARD}) as (self.gateway, _):
            self.channel = self.gateway.channels[SHARD]
            for account in self.accounts:
                self.gateway.begin_session(SHARD, account)
            following = asyncio.create_task(self.follow())
            self.note(life=self.life)
            for client, row in self.open_ended.items():
                self.begin(row, client)
            await self.trade()
            if self.tasks:
                await asyncio.wait(self.tasks)
            broken = following.exception() if following.done() else None
            await end_tasks([following])
            if broken is not None:
                raise broken

    async def trade(self) -> None:
        """Send what the participants want, at their pace."""
        clock = asyncio.get_running_loop().time
        began, steps = clock(), 0
        self.market.next_commands(until=1)  # the opening, which is configured
        while not self.end.is_set():
            for desk in self.market.desks:
                if not self.busy[desk.account]:
                    desk.unanswered = 0  # a refusal of a copy is an answer too many
            closed, now = self.gateway.closed(SHARD), int((clock() - began) * 1_000 * SPEED)
            while len(rows := self.market.next_commands(until=now)):
                for each in rows:
                    if each["kind"] != Kind.SUBMIT:
                        self.begin(each.tobytes())
                    elif closed is None:
                        self.submit(each.tobytes())
            steps += 1
            if self.number == 1 and not closed and not steps % HOUSE_EVERY:
                self.move_house()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.end.wait(), STEP)


async def main(number: int, seed: int, log: Path) -> None:
    """Trade."""
    await Trader(number, seed, log).run()


if __name__ == "__main__":
    faulthandler.register(signal.SIGUSR1)  # where it hangs, should it
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
