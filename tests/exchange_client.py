"""A client in a process of its own: sends orders of an account, prints what it was told, follows the account."""

import asyncio
import json
import sys

from arbitrax.exchange import commands
from arbitrax.exchange.records import Happening
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.trading.gateway import Gateway

TOGETHER = 500


async def run(url: str, shard: int, name: str, count: int, everybody: int) -> None:
    gateway = Gateway(ValkeyClientJournal(url), {shard})
    await gateway.open()
    channel = gateway.channels[shard]
    seen: list[int] = []

    async def follow() -> None:
        async for _, rows in channel.reader.follow(1):
            seen.extend(rows["order"][rows["kind"] == Happening.ACCEPTED].tolist())
            if len(seen) >= everybody:
                return

    following = asyncio.create_task(follow())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    told: dict[str, int] = {}

    async def send(numbers: range) -> None:
        for number in numbers:
            client = f"{name}-{number}"
            row = commands.submit("buy", symbol=1, account=1, quantity=1, price=100, client_id=client)
            (answer,) = await channel.send(row, 60) or ()
            assert answer[10] == Happening.ACCEPTED, answer
            told[client] = answer[0]

    await asyncio.gather(*(send(range(first, count, TOGETHER)) for first in range(TOGETHER)))
    await following
    await gateway.close()
    sys.stdout.write(json.dumps({"told": told, "seen": seen}) + "\n")


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
