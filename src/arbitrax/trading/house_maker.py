"""The house's market maker of the sample market: somebody to trade with, at made-up prices.

It sends orders like anybody else, from an account with cash and limits. Its quotes stand on a grid of prices, five a
side, and only those move that the price has left behind; an order at a price always has the same size. What is open it
reads anew each turn, so it need not know what became of an order, nor what another of its kind left behind. The more it
holds, the less it bids and asks, and beyond its limit it only gives back. When it dies the dead-man switch cancels all.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.trading.orders import NewOrder, OrderState, Outcome, Refused, Side
from arbitrax.trading.synthetic_price import SyntheticPrice

if TYPE_CHECKING:
    from arbitrax.trading.broker import Broker

LEVELS = 5
DEAD_MAN = 15_000
"""Milliseconds without a word from us after which our orders go."""
POSTPONE_SECONDS = 5.0
REST_SECONDS = 5.0
"""How long a symbol is left alone whose orders are refused."""
LEAN = 0.002
"""Share by which the price is lower when we hold all that we may, and higher when we owe it."""
FILLED_MEANWHILE = "order.closed"
SIDES: tuple[Side, ...] = ("buy", "sell")

Phase = Callable[[str], Awaitable[str]]
Say = Callable[[str], None]


class Quoted(Struct, frozen=True):
    """How a symbol is quoted; decimals."""

    symbol: str
    reference: str
    step: str
    """Between prices of the grid."""
    size: str
    """Of the smallest order; the largest has three times as much."""
    most: str
    """That we may hold, or owe."""
    volatility: float
    """Of the logarithm of the price, a square root of a second."""


QUOTED = (
    Quoted("AAPL", "190", "0.02", "100", "2000", 4.5e-5),
    Quoted("BTC-USD", "60000", "5", "0.10", "8", 7e-5),
)


class HouseMaker:
    """Quotes symbols for an account, a turn at a time."""

    def __init__(
        self,
        broker: Broker,
        account: str,
        quoted: Sequence[Quoted],
        phase: Phase,
        say: Say,
        *,
        seed: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take where orders go, and what tells whether a symbol trades: ``phase`` of its session."""
        self._broker, self._account, self._phase, self._say, self._clock = broker, account, phase, say, clock
        self._quoted = {each.symbol: each for each in quoted}
        self._prices = {
            each.symbol: SyntheticPrice(each.symbol, float(each.reference), each.volatility, seed) for each in quoted
        }
        self._seed = seed
        self._rests: dict[str, float] = {}
        self._refused: dict[str, str] = {}
        self._postponed = float("-inf")

    async def begin(self) -> None:
        """Cancel what another left behind."""
        await self._broker.cancel_all(self._account)

    async def end(self) -> None:
        """Cancel what is open."""
        await self._broker.cancel_all(self._account)

    async def turn(self) -> None:
        """Bring every symbol's quotes to where the price is now.

        Raises:
            StoreUnavailableError: what it reads is down.
        """
        now = self._clock()
        if now - self._postponed >= POSTPONE_SECONDS:
            await self._broker.cancel_after(self._account, DEAD_MAN)
            self._postponed = now
        trading = [each for each in self._quoted if now >= self._rests.get(each, 0.0) and await self._trades(each)]
        if not trading:
            return
        orders, positions = await asyncio.gather(
            self._broker.open_orders(self._account), self._broker.positions(self._account)
        )
        held = {each.symbol: Decimal(each.quantity) for each in positions}
        for symbol in trading:
            mine = [each for each in orders if each.symbol == symbol]
            await self._quote(self._quoted[symbol], mine, held.get(symbol, Decimal(0)), now)

    async def _trades(self, symbol: str) -> bool:
        return await self._phase(symbol) in ("continuous", "auction")

    async def _quote(self, quoted: Quoted, mine: list[OrderState], held: Decimal, now: float) -> None:
        targets = self._targets(quoted, held, now)
        # The side that the price moves away from goes first, so that the two never meet.
        asks = [Decimal(each.price) for each in mine if each.side == "sell" and each.price is not None]
        rising = bool(asks) and bool(targets["buy"]) and max(targets["buy"]) >= min(asks)
        outcomes = list[Outcome]()
        for side in reversed(SIDES) if rising else SIDES:
            outcomes += await asyncio.gather(*self._moves(quoted, side, mine, targets[side]))
        refusals = [each for each in outcomes if isinstance(each, Refused) and each.code != FILLED_MEANWHILE]
        self._note(quoted.symbol, refusals[0] if refusals else None, now)

    def _targets(self, quoted: Quoted, held: Decimal, now: float) -> dict[Side, list[Decimal]]:
        """Return the prices to quote at, best first."""
        step, share = Decimal(quoted.step), held / Decimal(quoted.most)
        fair = self._prices[quoted.symbol].at(now) * (1.0 - LEAN * max(-1.0, min(1.0, float(share))))
        place = fair / float(step)
        bid, ask = floor(place - 0.5), ceil(place + 0.5)
        return {
            "buy": [] if share >= 1 else [step * (bid - level) for level in range(LEVELS)],
            "sell": [] if share <= -1 else [step * (ask + level) for level in range(LEVELS)],
        }

    def _moves(
        self, quoted: Quoted, side: Side, mine: list[OrderState], targets: list[Decimal]
    ) -> list[Awaitable[Outcome]]:
        """Return what brings a side's orders to where they should be: moved, cancelled or new."""
        standing, spare = set[Decimal](), list[OrderState]()
        for each in mine:
            if each.side != side or each.price is None:
                continue
            price = Decimal(each.price)
            if price in targets and price not in standing:
                standing.add(price)
            else:
                spare.append(each)
        found = list[Awaitable[Outcome]]()
        for price in targets:
            if price in standing:
                continue
            size = self._size(quoted, price)
            if spare:
                order = spare.pop()
                total = f"{Decimal(order.filled) + size:f}"
                found.append(self._broker.amend(self._account, order.order, quantity=total, price=f"{price:f}"))
            else:
                new = NewOrder(quoted.symbol, side, f"{size:f}", price=f"{price:f}", time_in_force="day")
                found.append(self._broker.submit(self._account, new))
        return found + [self._broker.cancel(self._account, each.order) for each in spare]

    def _size(self, quoted: Quoted, price: Decimal) -> Decimal:
        """Return the size of an order at a price: one to three times the smallest."""
        return Decimal(quoted.size) * (1 + hash((self._seed, price)) % 3)

    def _note(self, symbol: str, refusal: Refused | None, now: float) -> None:
        """Say it when orders of a symbol begin or cease to be refused, and let it rest."""
        code = "" if refusal is None else refusal.code
        if code:
            self._rests[symbol] = now + REST_SECONDS
        if code != self._refused.get(symbol, ""):
            self._refused[symbol] = code
            self._say(f"maker.refused symbol={symbol} code={code}" if code else f"maker.quotes symbol={symbol}")
