"""A market whose book changes at a steady pace, for whoever watches it: python -m benchmarks.web.market

Reads JSON {home, account, symbol, rate} from its input, prints "ready", then changes the book until its input ends, and
prints what it did as JSON. Each second change is of the best bid, whose quantity is never the same twice, so that a
page that shows it tells which change it shows.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from threading import Event, Thread

from arbitrax import bootstrap
from arbitrax.settings import read_settings
from arbitrax.trading.client_ids import new_client_order_id
from arbitrax.trading.orders import Done, NewOrder

LEVELS = 20


async def main() -> None:
    """Change the book until the input ends."""
    asked = json.loads(sys.stdin.readline())
    settings = read_settings({"ARBITRAX_HOME": asked["home"]})
    registry = bootstrap.read_registry(settings)
    ended = Event()
    Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    async with bootstrap.open_broker(settings, registry, {0}) as broker:
        account, symbol = asked["account"], asked["symbol"]
        resting = [f"{100 - step / 100:.2f}" for step in range(LEVELS)] + [
            f"{100 + step / 100:.2f}" for step in range(1, LEVELS + 1)
        ]
        placed = await broker.submit_all(
            account, [_order(symbol, "buy" if at < LEVELS else "sell", price) for at, price in enumerate(resting)]
        )
        orders = [each.order for each in placed if isinstance(each, Done)]
        if len(orders) != len(resting):
            raise SystemExit(f"The market cannot be made: {placed}")
        print("ready", flush=True)
        sent: list[tuple[str, float]] = []
        period, begun, number, latest = 1 / asked["rate"], time.perf_counter(), 0, 0.0
        while not ended.is_set():
            due = begun + number * period
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            latest = max(latest, time.perf_counter() - due)
            place = 0 if number % 2 == 0 else 1 + number // 2 % (len(orders) - 1)
            quantity = f"{(1000 + number) / 100:.2f}"
            at = time.time() * 1000
            await broker.amend(account, str(orders[place]), quantity=quantity)
            if place == 0:
                sent.append((quantity, at))
            number += 1
        seconds = time.perf_counter() - begun
        print(json.dumps({"sent": sent, "rate": number / seconds, "late_ms": latest * 1000}), flush=True)


def _order(symbol: str, side: str, price: str) -> NewOrder:
    id = new_client_order_id(time.time_ns() // 1_000_000)
    return NewOrder(symbol, side, "5", price=price, client_order_id=id)  # type: ignore[arg-type]  # one of the two


if __name__ == "__main__":
    asyncio.run(main())
