"""A gateway in a process of its own: a session of account 1, one order that goes with it, one that stays."""

import asyncio
import sys

from arbitrax.exchange import commands
from arbitrax.exchange.records import Happening
from arbitrax.storage.redis.client_journal import ValkeyClientJournal
from arbitrax.trading.gateway import Gateway


async def run(url: str, shard: int, accounts: list[int]) -> None:
    gateway = Gateway(ValkeyClientJournal(url), {shard})
    await gateway.open()
    for account in accounts:
        gateway.begin_session(shard, account)
        for goes in (True, False):
            row = commands.submit("buy", account=account, quantity=1, price=9, cancel_on_disconnect=goes)
            (answer,) = await gateway.channels[shard].send(row, 60) or ()
            assert answer[10] == Happening.ACCEPTED, answer
    sys.stdout.write("connected\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], int(sys.argv[2]), [int(each) for each in sys.argv[3:]]))
