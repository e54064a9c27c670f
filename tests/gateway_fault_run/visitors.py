"""Users in a process of their own: each trades with an account by REST and web socket, and asks for backtests.

What a user is told goes to a file: a line before an order is sent, and one for each answer.
"""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.fault_run.exchange_file import NAME, REFERENCE, TICK
from tests.fault_run.trader import read_log

PAUSE = 0.08
"""Seconds between what a user does, on average."""
WAIT = 10.0
"""Seconds for an answer."""
SENT_TWICE = 0.1
"""Share of orders sent through both gateways at once."""
LAST_SEEN = 5.0
"""Seconds until another gateway must show an order."""
YEAR = {"symbols": ["AAPL"], "start": "2012-01-01", "end": "2012-12-31"}
LONG = 0.3
"""Share of backtests that take seconds, so that workers are killed in the middle."""
OVER = {"succeeded", "failed", "cancelled", "dead"}
AGAIN = ("exchange.", "store.", "rate_limit", "order.stale", "server.")
"""Codes that say nothing about the order."""


@dataclass
class User:
    """One with an account and a key."""

    account: str
    key: str
    gateways: list[str]
    dice: random.Random
    note: Callable[..., None]
    end: asyncio.Event
    prefix: str
    orders: list[str] = field(default_factory=list)
    """Those that may be open."""
    backtests: list[str] = field(default_factory=list)
    numbers: int = 0

    async def run(self) -> None:
        """Do this and that until asked to stop, then see the backtests through."""
        headers = {"Authorization": f"Bearer {self.key}"}
        limits = httpx2.Limits(max_keepalive_connections=4)
        async with httpx2.AsyncClient(headers=headers, timeout=WAIT, limits=limits) as self.client:
            ways: dict[Callable[[], Awaitable[None]], float] = {
                self.submit_one: 12, self.submit_frame: 2, self.amend: 2, self.cancel: 4, self.cancel_all: 0.3,
                self.look: 3, self.look_at_somebody_elses: 0.5, self.backtest: 0.4,
            }  # fmt: skip
            while not self.end.is_set():
                await self.dice.choices(list(ways), list(ways.values()))[0]()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.end.wait(), self.dice.expovariate(1 / PAUSE))
            for each in self.backtests:
                await self.see_through(each)

    async def ask(self, method: str, path: str, gateway: str | None = None, **options: Any) -> httpx2.Response | None:
        """Return the answer of a gateway; None: there was none."""
        try:
            return await self.client.request(
                method, (gateway or self.dice.choice(self.gateways)) + "/api/v1" + path, **options
            )
        except httpx2.HTTPError:
            await asyncio.sleep(0.05)
            return None

    def order(self) -> dict[str, Any]:
        """Return an order near the reference, under an id of its own, noted."""
        self.numbers += 1
        side = self.dice.choice(("buy", "sell"))
        behind = self.dice.randint(-3, 12) * (1 if side == "buy" else -1)
        made = {
            "account": self.account, "symbol": NAME, "side": side, "quantity": f"{self.dice.randint(1, 400) / 100}",
            "client_order_id": f"{self.prefix}.{self.numbers}",
        }  # fmt: skip
        kind = self.dice.random()
        if kind < 0.1:
            made |= {"type": "market"}
        else:
            made |= {"price": str(TICK * (REFERENCE - behind))}
            if kind < 0.2:
                made |= {"time_in_force": self.dice.choice(("ioc", "fok"))}
        self.note(id=made["client_order_id"], account=self.account, sent=True)
        return made

    async def submit_one(self) -> None:
        """Send an order until its outcome is known, some of them through both gateways at once."""
        made = self.order()
        if self.dice.random() < SENT_TWICE:
            await asyncio.gather(*(self.send(made, each) for each in self.gateways))
        else:
            await self.send(made)

    async def send(self, made: dict[str, Any], gateway: str | None = None) -> None:
        """Send an order through a gateway, then through any, until its outcome is known."""
        name = made["client_order_id"]
        while True:
            answer = await self.ask("POST", "/orders", gateway, json=made)
            gateway = None
            if answer is not None and self.conclude(name, answer):
                return
            why = "no answer" if answer is None else answer.json().get("code", "unknown")
            self.note(id=name, unknown=why, at=time.time())
            await asyncio.sleep(0.1)

    def conclude(self, name: str, answer: httpx2.Response) -> bool:
        """Note an answer about an order; False: it does not say what became of it."""
        body = answer.json()
        if answer.status_code in (200, 201):
            self.learn(name, body)
            return True
        if answer.status_code == 202 or body["code"].startswith(AGAIN):
            return False
        self.note(id=name, refused=body["code"], http=answer.status_code)
        return True

    def learn(self, name: str, body: dict[str, Any]) -> None:
        """Note the outcome of an order."""
        self.note(id=name, order=body["id"], status=body["status"], filled=body["filled_quantity"])
        if body["status"] == "open":
            self.orders.append(body["id"])

    async def submit_frame(self) -> None:
        """Send orders in a frame; those without an outcome by REST."""
        made = [self.order() for _ in range(self.dice.randint(1, 20))]
        known = set[str]()
        frame = [{name: value for name, value in each.items() if name != "account"} for each in made]
        address = self.dice.choice(self.gateways).replace("http", "ws", 1) + "/api/v1/ws"
        with suppress(OSError, WebSocketException, TimeoutError, EOFError):
            headers = {"Authorization": f"Bearer {self.key}"}
            async with asyncio.timeout(WAIT), connect(address, additional_headers=headers) as socket:
                await socket.send(json.dumps({"op": "submit", "id": 1, "account": self.account, "orders": frame}))
                while True:
                    found = json.loads(await socket.recv())
                    for each in found if isinstance(found, list) else [found]:
                        if each.get("id") == 1 and each["type"] == "result":
                            known = self.learn_frame(each["results"])
                    if known or any(each.get("type") == "error" for each in _listed(found)):
                        break
        await asyncio.gather(*(self.send(each) for each in made if each["client_order_id"] not in known))

    def learn_frame(self, results: list[dict[str, Any]]) -> set[str]:
        """Note the outcomes of a frame; return which are known."""
        known = set()
        for each in results:
            name = each["client_order_id"]
            if each["status"] == "refused":
                if each["reason"].startswith(AGAIN):
                    continue
                self.note(id=name, refused=each["reason"])
            elif each["status"] == "unknown":
                continue
            else:
                self.learn(name, each)
            known.add(name)
        return known

    async def amend(self) -> None:
        """Change an order."""
        if self.orders:
            order = self.dice.choice(self.orders)
            change = {"quantity": f"{self.dice.randint(1, 300) / 100}"}
            await self.ask("PATCH", f"/orders/{order}", json=change, params={"account": self.account})

    async def cancel(self) -> None:
        """Cancel an order until it is gone."""
        if not self.orders:
            return
        order = self.orders.pop(self.dice.randrange(len(self.orders)))
        while True:
            answer = await self.ask("DELETE", f"/orders/{order}", params={"account": self.account})
            if answer is None:
                continue
            body = answer.json()
            if answer.status_code == 200:
                self.note(cancelled=order, status=body["status"])
            elif answer.status_code == 404:
                self.note(violation=f"{order} of {self.account} was acknowledged; cancelling it was answered {body}")
            elif answer.status_code == 202 or body["code"].startswith(AGAIN):
                await asyncio.sleep(0.1)
                continue
            return

    async def cancel_all(self) -> None:
        """Cancel what is open."""
        await self.ask("DELETE", "/orders", params={"account": self.account})

    async def look(self) -> None:
        """See an acknowledged order through any gateway."""
        if not self.orders:
            return
        order = self.dice.choice(self.orders)
        end = asyncio.get_running_loop().time() + LAST_SEEN
        while True:
            answer = await self.ask("GET", f"/orders/{order}", params={"account": self.account})
            if answer is None or answer.status_code != 404:
                return
            if asyncio.get_running_loop().time() > end:
                self.note(violation=f"{order} of {self.account} was acknowledged and is not found: {answer.text}")
                return
            self.note(seen_late=order)
            await asyncio.sleep(0.05)

    async def look_at_somebody_elses(self) -> None:
        """Ask for what belongs to the operator or another user."""
        other = "trader 1" if self.account != "trader 1" else "trader 2"
        answer = await self.ask("GET", "/orders", params={"account": other})
        if answer is not None and answer.status_code not in (404, 429, 503):
            self.note(violation=f"{self.account} asked for orders of {other} and was answered {answer.status_code}")

    async def backtest(self) -> None:
        """Ask for a backtest until it is taken, and remember it."""
        self.numbers += 1
        key = f"{self.prefix}.{self.numbers}"
        fast = self.dice.randint(5, 20)
        if self.dice.random() < LONG:
            asked = YEAR | {"strategy": "slow", "parameters": {"pause": self.dice.uniform(0.002, 0.02)}}
        else:
            asked = YEAR | {
                "strategy": "sma_cross", "parameters": {"fast": fast, "slow": fast + self.dice.randint(5, 30)},
            }  # fmt: skip
        self.note(job=key)
        while True:
            answer = await self.ask("POST", "/backtests", json=asked, headers={"Idempotency-Key": key})
            if answer is not None and answer.status_code == 202:
                self.note(job=key, backtest=answer.json()["id"])
                self.backtests.append(answer.json()["id"])
                return
            if answer is not None and answer.status_code in (400, 404, 422):
                self.note(violation=f"a backtest was refused: {answer.text}")
                return
            await asyncio.sleep(0.1)

    async def see_through(self, backtest: str) -> None:
        """Wait until a backtest is over."""
        while True:
            answer = await self.ask("GET", f"/backtests/{backtest}")
            if answer is not None and answer.status_code == 200 and answer.json()["status"] in OVER:
                self.note(over=backtest, status=answer.json()["status"])
                return
            if answer is not None and answer.status_code == 404:
                self.note(violation=f"{backtest} was acknowledged and is not found")
                return
            await asyncio.sleep(0.1)


def _listed(found: Any) -> list[dict[str, Any]]:
    return found if isinstance(found, list) else [found]


async def main(seed: int, log: Path, users: Path) -> None:
    """Let all users of a file do this and that until asked to stop."""
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    life = sum("life" in each for each in read_log(log))
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(**line: object) -> None:
        os.write(file, ("\n" + json.dumps(line) + "\n").encode())

    note(life=life)
    told = json.loads(users.read_text())
    async with asyncio.TaskGroup() as tasks:
        for at, each in enumerate(told["users"]):
            dice = random.Random(f"{seed} {at} {life}")  # noqa: S311 - not secret
            user = User(each["account"], each["key"], told["gateways"], dice, note, end, f"u{at}.{life}")
            tasks.create_task(user.run())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])))
