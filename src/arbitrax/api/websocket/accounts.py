"""Channels of an account: the journal is folded once for all who follow it at a gateway.

A stream begins with a snapshot of its own, read as of now while the fold runs already; of what the fold tells it takes
what comes after that. Where the two do not meet, because the exchange's worker made other batches, it begins anew.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from arbitrax.api.messages.orders import FillOfOrder, order_message, position_message
from arbitrax.api.websocket.streams import QueuedStream
from arbitrax.domain.errors import ArbitraxError
from arbitrax.exchange.journal import EntryId

if TYPE_CHECKING:
    from arbitrax.api.websocket.formats import Format
    from arbitrax.api.websocket.streams import Tell
    from arbitrax.trading.orders import AccountUpdate
    from arbitrax.trading.registry import Account

AGAIN_SECONDS = 0.5
"""Until an account is followed again after a fault."""
_FAULTS = (ArbitraxError, KeyError)
"""The latter: of an instrument that the registry has not read yet."""


class Follows(Protocol):
    """What an account is read from."""

    async def whole(self, account: str) -> AccountUpdate:
        """Return how it is now."""

    def follow(self, account: str) -> AsyncGenerator[AccountUpdate, None]:
        """Yield how it is, then what happens to it."""


class AccountFold:
    """One account, for one event loop; it ends with its last stream."""

    def __init__(self, account: Account, broker: Follows, ended: Callable[[], None]) -> None:
        """Take whom to read from, and whom to tell when nobody follows any more."""
        self.account, self.broker, self._ended = account, broker, ended
        self.has_begun = asyncio.Event()
        """Set while what happens is told."""
        self._streams = set[AccountStream]()
        self._made: dict[tuple[str, str], msgspec.Raw | None] = {}
        self._task = asyncio.get_running_loop().create_task(self._follow())

    def join(self, stream: AccountStream) -> None:
        """Tell a stream what happens from now on."""
        self._streams.add(stream)

    def leave(self, stream: AccountStream) -> None:
        """Tell it no more."""
        self._streams.discard(stream)
        if not self._streams:
            self._task.cancel()
            self._ended()

    def encoded(self, channel: str, update: AccountUpdate, form: Format) -> msgspec.Raw | None:
        """Return what a channel says of the update that is being told, made once for all; None: nothing."""
        key = channel, form.name
        if key not in self._made:
            data = said(self.account, channel, update, whole=False)
            self._made[key] = None if data is None else msgspec.Raw(form.encode(data))
        return self._made[key]

    async def _follow(self) -> None:
        while True:
            try:
                async with aclosing(self.broker.follow(self.account.text)) as updates:
                    await anext(updates)
                    self.has_begun.set()
                    async for update in updates:
                        self._made.clear()
                        for each in list(self._streams):
                            if each in self._streams:  # not of a session that the one before ended
                                each.news(update)
            except _FAULTS:
                self.has_begun.clear()
                for each in list(self._streams):
                    each.begin()
                await asyncio.sleep(AGAIN_SECONDS)


class AccountStream(QueuedStream):
    """One of an account's channels: how it is, then what happens to it."""

    def __init__(
        self, channel: str, form: Format, tell: Tell, overflow: Callable[[], None], *, fold: AccountFold
    ) -> None:
        super().__init__(channel, fold.account.text, form, tell, overflow)
        self._fold = fold
        self._at = EntryId(0, 0)
        self._early: list[AccountUpdate] | None = []
        """What is told while the snapshot is read."""
        self._task: asyncio.Task[None] | None = None
        fold.join(self)
        self.begin()

    def close(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
        self._fold.leave(self)
        super().close()

    def begin(self) -> None:
        """Begin, or begin anew, with a snapshot."""
        if self._task is not None:
            self._task.cancel()
        self._early = []
        self._task = asyncio.get_running_loop().create_task(self._begin())

    def news(self, update: AccountUpdate) -> None:
        """Take what happened."""
        if self._early is not None:
            self._early.append(update)
            return
        entry = EntryId.parse(update.entry.encode())
        if entry <= self._at:
            return
        if EntryId.parse(update.after.encode()) < self._at:
            self.begin()
            return
        self._at = entry
        data = self._fold.encoded(self.channel, update, self._form)
        if data is not None:
            self.put("event", self._last + 1, entry.ms, data)

    async def _begin(self) -> None:
        while True:
            try:
                await self._fold.has_begun.wait()  # what comes after the read that follows is told from here on
                whole = await self._fold.broker.whole(self._fold.account.text)
            except _FAULTS:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                break
        self._at = EntryId.parse(whole.entry.encode())
        if self._last:
            self.put("resync_required", self._last, time.time_ns() // 1_000_000, None)
        data = said(self._fold.account, self.channel, whole, whole=True)
        self.put("snapshot", self._last + 1, self._at.ms, data)
        early, self._early, self._task = self._early or (), None, None
        for each in early:
            self.news(each)


def said(account: Account, channel: str, update: AccountUpdate, *, whole: bool) -> dict[str, Any] | None:
    """Return what a channel says of an update; None: nothing."""
    match channel:
        case "orders":
            rows: list[Any] = [order_message(each, account) for each in update.orders]
        case "fills":
            rows = [FillOfOrder(each.order, each.side, each.quantity, each.price, each.maker) for each in update.fills]
        case "positions":
            rows = [position_message(each, account) for each in update.positions]
        case _:
            return {"cash": update.cash, "currency": account.currency, "entry": update.entry}
    return {channel: rows, "entry": update.entry} if rows or whole else None
