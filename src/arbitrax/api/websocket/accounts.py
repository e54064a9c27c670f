"""Channels of an account: the journal is folded once for all who follow it at a gateway.

A stream begins with a snapshot, read after it was asked for while the fold runs already; of what the fold tells it
takes what comes after that. Where the two do not meet, because the worker made other batches, it begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from arbitrax.api.messages.orders import fill_of_order, order_message, position_message
from arbitrax.api.together import Together
from arbitrax.api.websocket.streams import SnapshotStream
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


class Told:
    """An update, and what each channel says of it, made once for all."""

    def __init__(self, account: Account, update: AccountUpdate, *, whole: bool) -> None:
        self._account, self._update, self._is_whole = account, update, whole
        self.entry, self.after = (EntryId.parse(each.encode()) for each in (update.entry, update.after))
        self._made: dict[tuple[str, str], msgspec.Raw | None] = {}

    def encoded(self, channel: str, form: Format) -> msgspec.Raw | None:
        """Return what a channel says; None: nothing."""
        key = channel, form.name
        if key not in self._made:
            data = said(self._account, channel, self._update, whole=self._is_whole)
            self._made[key] = None if data is None else msgspec.Raw(form.encode(data))
        return self._made[key]


class AccountFold:
    """One account, for one event loop; it ends with its last stream."""

    def __init__(self, account: Account, broker: Follows, ended: Callable[[], None]) -> None:
        """Take whom to read from, and whom to tell when nobody follows any more."""
        self.account, self._broker, self._ended = account, broker, ended
        self.has_begun = asyncio.Event()
        """Set while what happens is told."""
        self._streams = set[AccountStream]()
        self._wholes = Together(self._whole)
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

    async def whole(self) -> Told:
        """Return how the account is, read from now on, once for all who ask meanwhile; raises what reading does."""
        await self.has_begun.wait()  # what comes after the read is told from here on
        return await self._wholes.get(None)

    async def _whole(self, asked: list[None]) -> list[Told]:
        found = Told(self.account, await self._broker.whole(self.account.text), whole=True)
        return [found] * len(asked)

    async def _follow(self) -> None:
        while True:
            try:
                async with aclosing(self._broker.follow(self.account.text)) as updates:
                    await anext(updates)
                    self.has_begun.set()
                    async for update in updates:
                        told = Told(self.account, update, whole=False)
                        for each in list(self._streams):
                            if each in self._streams:  # not of a session that the one before ended
                                each.news(told)
            except _FAULTS:
                self.has_begun.clear()
                for each in list(self._streams):
                    each.begin()
                await asyncio.sleep(AGAIN_SECONDS)


class AccountStream(SnapshotStream[Told]):
    """One of an account's channels: how it is, then what happens to it."""

    def __init__(
        self, channel: str, form: Format, tell: Tell, overflow: Callable[[], None], *, fold: AccountFold
    ) -> None:
        super().__init__(channel, fold.account.text, form, tell, overflow)
        self._fold = fold
        self._at = EntryId(0, 0)
        fold.join(self)
        self.begin()

    def close(self) -> None:
        """End."""
        self._fold.leave(self)
        super().close()

    def happened(self, told: Told) -> None:
        """Put what is new; where it does not follow on what was put, begin anew."""
        if told.entry <= self._at:
            return
        if told.after < self._at:
            self.begin()
        else:
            self._put("event", told)

    async def whole(self) -> Callable[[], None]:
        """Read how the account is."""
        while True:
            try:
                whole = await self._fold.whole()
            except _FAULTS:
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return lambda: self._put("snapshot", whole)

    def _put(self, kind: str, told: Told) -> None:
        self._at = told.entry
        data = told.encoded(self.channel, self._form)
        if data is not None:
            self.put(kind, self._last + 1, told.entry.ms, data)


def said(account: Account, channel: str, update: AccountUpdate, *, whole: bool) -> dict[str, Any] | None:
    """Return what a channel says of an update; None: nothing."""
    match channel:
        case "orders":
            rows: list[Any] = [order_message(each, account) for each in update.orders]
        case "fills":
            rows = [fill_of_order(each) for each in update.fills]
        case "positions":
            rows = [position_message(each, account) for each in update.positions]
        case _:
            return {"cash": update.cash, "currency": account.currency, "entry": update.entry}
    return {channel: rows, "entry": update.entry} if rows or whole else None
