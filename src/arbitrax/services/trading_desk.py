"""The paper exchange for users: one broker of a process, opened when it is first needed, and whose account is whose."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import UUID

from arbitrax.domain.errors import ConflictError, InputError, StoreError, UnknownNameError
from arbitrax.trading.registry import Registry

if TYPE_CHECKING:
    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.registry import Account, Instrument

REFRESH_SECONDS = 0.2
"""How old the registry must be to be read again because somebody asks for what is not in it."""
STALE_SECONDS = 2.0
"""How old it may get while accounts are asked for: other gateways' orders may be of instruments that came since."""

T = TypeVar("T")


class RunInThread(Protocol):
    """Runs a function beside the event loop."""

    async def __call__(self, function: Callable[[], T], /) -> T:
        """Return what it returns."""


Rows = tuple["list[Instrument]", "list[Account]"]
LoadRows = Callable[[], Awaitable[Rows]]
OpenBroker = Callable[[Registry, set[int]], AbstractAsyncContextManager["ExchangeBroker"]]


class TradingDesk:
    """For one event loop. ``sees`` is the user who asks, None for who may see everybody's accounts."""

    def __init__(self, load: LoadRows, open_broker: OpenBroker) -> None:
        """Take what reads the registry, and what opens the broker."""
        self._load, self._open = load, open_broker
        self._registry: Registry | None = None
        self._read = 0.0
        self._broker: ExchangeBroker | None = None
        self._shards: set[int] = set()
        self._opening = asyncio.Lock()
        self._stack = AsyncExitStack()
        self._refreshing: asyncio.Task[None] | None = None

    async def broker(self) -> ExchangeBroker:
        """Return the broker.

        Raises:
            StoreError: the journal's server or the database is down; it is tried again with the next call.
        """
        if self._broker is not None:
            return self._broker
        async with self._opening:
            if self._broker is None:
                registry = await self._known()
                shards = _shards(registry)
                self._broker = await self._stack.enter_async_context(self._open(registry, shards))
                self._shards = shards
        return self._broker

    async def account(self, name: str | None, sees: UUID | None) -> Account:
        """Return an account by its id, or by its name among those one sees; without either the only one there is.

        Raises:
            UnknownNameError: there is none, or it is somebody else's.
            InputError: there are several.
        """
        registry = await self._known()
        if time.monotonic() - self._read > STALE_SECONDS:
            self._begin_refresh()  # nobody waits for it: cancels pass while the database is down
        found = _account(registry, name, sees)
        if not found:  # it may be younger than what was read
            await self._refresh(wait=True)
            found = _account(registry, name, sees)
        if not found:
            what = "no account" if name is None else f"no account {name!r}"
            raise UnknownNameError(f"You have {what}; GET /api/v1/accounts lists yours.")
        if len(found) > 1:
            raise InputError("There are several accounts; name one by its id: GET /api/v1/accounts lists them.")
        await self._reach(found[0].shard)
        return found[0]

    async def accounts(self, sees: UUID | None) -> list[Account]:
        """Return the accounts that somebody sees, oldest first."""
        registry = await self._known()
        await self._refresh()
        return sorted(
            (each for each in registry.by_id.values() if sees is None or each.owner == sees), key=lambda each: each.id
        )

    async def instrument(self, symbol: str) -> Instrument:
        """Return what a symbol is on the exchange.

        Raises:
            UnknownNameError: it is not listed.
        """
        registry = await self._known()
        if symbol not in registry.instruments:
            await self._refresh()
        return registry.instrument(symbol)

    async def listed(self) -> list[Instrument]:
        """Return what is listed, by shard and number; while the database is down as it was before."""
        registry = await self._known()
        if time.monotonic() - self._read > STALE_SECONDS:
            with suppress(StoreError):
                await self._refresh()
        return [each for _, each in sorted(registry.by_number.items())]

    async def market(self) -> Instrument:
        """Return the first instrument of the first shard that has any: an account for it is one for its whole shard.

        Raises:
            ConflictError: nothing is listed yet.
        """
        await self._known()
        await self._refresh()
        listed = (await self._known()).by_number
        if not listed:
            raise ConflictError(
                "The exchange lists nothing to trade yet; `arbitrax up` or `arbitrax exchange configure` sets it up."
            )
        found = listed[min(listed)]
        await self._reach(found.shard)
        return found

    async def know(self, symbols: set[str]) -> None:
        """Read the registry again if one of these symbols is not in it."""
        registry = await self._known()
        if not symbols <= registry.instruments.keys():
            await self._refresh()

    async def close(self) -> None:
        """End the broker."""
        await self._stack.aclose()
        self._broker = None

    async def _known(self) -> Registry:
        if self._registry is None:
            await self._refresh()
        assert self._registry is not None  # noqa: S101 - `_refresh` made it
        return self._registry

    async def _refresh(self, *, wait: bool = False) -> None:
        """Read the registry, once for all who ask meanwhile, unless it was read a moment ago; ``wait``: then later."""
        asked = time.monotonic()
        age = asked - self._read
        if self._registry is not None and age < REFRESH_SECONDS:
            if not wait:
                return
            await asyncio.sleep(REFRESH_SECONDS - age)
            if self._read >= asked:
                return
        await asyncio.shield(self._begin_refresh())

    def _begin_refresh(self) -> asyncio.Task[None]:
        if self._refreshing is None:
            self._refreshing = asyncio.create_task(self._read_rows())
            self._refreshing.add_done_callback(self._refreshed)
        return self._refreshing

    def _refreshed(self, task: asyncio.Task[None]) -> None:
        self._refreshing = None
        task.exception()  # whoever waits has it

    async def _read_rows(self) -> None:
        begun = time.monotonic()
        rows = await self._load()
        if self._registry is None:
            self._registry = Registry(*rows)
        else:
            self._registry.refresh(*rows)
        self._read = begun

    async def _reach(self, shard: int) -> None:
        broker = await self.broker()
        if shard not in self._shards:
            await broker.reach(shard)
            self._shards.add(shard)


def _shards(registry: Registry) -> set[int]:
    """Return the shards that accounts or instruments are on."""
    return {each.shard for each in registry.by_id.values()} | {each.shard for each in registry.instruments.values()}


def _account(registry: Registry, name: str | None, sees: UUID | None) -> list[Account]:
    if name is not None and (one := registry.by_id.get(name)) is not None:
        return [one] if sees is None or one.owner == sees else []
    mine = [each for each in registry.by_id.values() if sees is None or each.owner == sees]
    return [each for each in mine if name is None or each.name == name]
