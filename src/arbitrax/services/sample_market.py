"""The sample market of `arbitrax up`: set up where nothing is listed, and quoted by the house's market maker.

A market that somebody has configured is theirs: nothing is added to it, and only symbols of the sample that are as the
sample has them are quoted, for the operator's account `maker`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from importlib.resources import files
from typing import TYPE_CHECKING

from arbitrax.domain.errors import InputError, StoreError, StoreUnavailableError
from arbitrax.domain.ids import new_uuid
from arbitrax.services.exchange_configuration import ConfigurationNotes, configure, register
from arbitrax.trading.exchange_settings import ExchangeSettings, read_settings_file
from arbitrax.trading.house_maker import QUOTED, HouseMaker, Quoted

if TYPE_CHECKING:
    from threading import Event

    from arbitrax.trading.exchange_broker import ExchangeBroker
    from arbitrax.trading.gateway import Gateway
    from arbitrax.trading.registry import Account, Registry, RegistryStore

FILE = "exchange.toml"
ACCOUNT = "maker"
NOTE, BEGUN, DONE = "sample", b"begun", b"done"
TURN_SECONDS = 0.5
AGAIN_SECONDS = 1.0
LOOK_SECONDS = 10.0
"""Between looks at a market that is not ours to quote."""

OpenMarket = Callable[[], AbstractAsyncContextManager[tuple["ExchangeBroker", "Registry"]]]
Say = Callable[[str], None]


def sample_settings() -> ExchangeSettings:
    """Return what the sample file says."""
    return read_settings_file((files("arbitrax.samples") / FILE).read_bytes(), FILE)


async def set_up_sample(store: RegistryStore, gateway: Gateway, notes: ConfigurationNotes) -> None:
    """Configure the sample where nothing is listed; what another began and did not end is ended.

    Raises:
        StoreUnavailableError: the exchange does not answer yet.
    """
    wanted = sample_settings()
    noted = (await notes.configured(wanted.shard)).get(NOTE)
    if noted == DONE or (noted is None and (store.instruments() or store.accounts())):
        return
    closed = gateway.closed(wanted.shard)
    if closed is not None:
        raise StoreUnavailableError(closed[1])
    await notes.note_configured(wanted.shard, NOTE, BEGUN)
    found = register(wanted, store, lambda: new_uuid(time.time_ns()))
    await configure(wanted, *found, gateway.channels[wanted.shard], notes)
    await notes.note_configured(wanted.shard, NOTE, DONE)


async def make_market(opened: OpenMarket, seed: int, say: Say, stop: Event) -> None:
    """Quote the sample market until ``stop`` is set; what is down is waited for."""
    said = ""
    while not stop.is_set():
        try:
            async with opened() as (broker, registry):
                account, quoted = quotable(registry)
                if account is None or not quoted:
                    said = _say_once(say, said, "maker.idle The exchange does not list the sample, or has no maker.")
                    await _rest(stop, LOOK_SECONDS)
                    continue
                maker = HouseMaker(broker, account.text, quoted, lambda symbol: _phase(broker, symbol), say, seed=seed)
                await maker.begin()
                said = _say_once(say, "", f"maker.started symbols={','.join(each.symbol for each in quoted)}")
                try:
                    while not stop.is_set():
                        await maker.turn()
                        await _rest(stop, TURN_SECONDS)
                finally:
                    with suppress(StoreError):
                        await maker.end()
        except (StoreError, InputError) as error:
            said = _say_once(say, said, f"maker.waits {error}")
            await _rest(stop, AGAIN_SECONDS)
    say("maker.stopped")


def quotable(registry: Registry) -> tuple[Account | None, list[Quoted]]:
    """Return the account to quote with, None: there is none; and what to quote."""
    wanted = {each.symbol: each for each in sample_settings().instruments}
    account = registry.accounts.get(ACCOUNT)
    if account is None or account.owner is not None:
        return None, []
    listed = [
        each
        for each in QUOTED
        if (one := registry.instruments.get(each.symbol)) is not None
        and (one.shard, one.tick_size, one.lot_size)
        == (account.shard, wanted[each.symbol].tick_size, wanted[each.symbol].lot_size)
    ]
    return account, listed


async def _phase(broker: ExchangeBroker, symbol: str) -> str:
    return (await broker.published(symbol, 1)).statistics.phase


async def _rest(stop: Event, seconds: float) -> None:
    """Wait, unless it is to end."""
    end = time.monotonic() + seconds
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(left, 0.2))


def _say_once(say: Say, before: str, line: str) -> str:
    if line != before:
        say(line)
    return line
