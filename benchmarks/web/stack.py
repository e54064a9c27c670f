"""What the page is measured on: a gateway and an exchange on real stores, a run of a million bars, a market."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import numpy as np

from arbitrax import bootstrap
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.dates import to_datetime
from arbitrax.domain.ids import encode
from arbitrax.services.backtests import RUN, run_stored
from arbitrax.strategies.registry import find_registered
from benchmarks.api.sockets_stack import EXCHANGE, MAKER, SYMBOL, TAKER
from benchmarks.api.stack import CORES, PROGRAM, Stack, begin_exchange, free_port, started
from benchmarks.data.stored import MINUTE, bars_at

BARS, SERIES = 1_000_000, "BIG"
USER, PASSWORD = "bench", "a long enough password"
WIDE = {f"ARBITRAX_RATE_LIMIT_{name}": "100000" for name in ("KEY", "USER", "ADDRESS")}


class WebStack:
    """Where the page is, and what it shows."""

    def __init__(self, stack: Stack, *, exchange: bool, runs: bool) -> None:
        self.settings = stack.settings
        self.small = self.big = self.part = ""
        self.big_rows = 0
        with bootstrap.open_store(stack.settings) as store:
            user = store.users.add(USER, PASSWORD, role="trader")
            if runs:
                self._store_runs(store, user.id)
        if exchange:
            begin_exchange(stack, EXCHANGE, set(CORES))
            with bootstrap.open_store(stack.settings, seed=False) as store:
                accounts = {each.name: each for each in store.registry.accounts()}
                store.registry.give_account(accounts[TAKER].id, user.id)
                self.maker = accounts[MAKER].text
        port = free_port()
        stack.start((*PROGRAM, "serve", "api", "--port", str(port)), "gateway.ready", set(CORES))
        self.url, self.symbol = f"http://127.0.0.1:{port}", SYMBOL

    def _store_runs(self, store: bootstrap.Store, owner: UUID) -> None:
        self.small, _ = _run(store, "AAPL", owner, fast=10, slow=30)
        end = time.time_ns() // MINUTE * MINUTE
        bars = bars_at(SERIES, "1m", end - np.arange(BARS, 0, -1) * MINUTE, 1)
        middle = to_datetime(int(bars.timestamp[BARS // 2]))
        self.part = f"from={middle:%Y-%m-%d}T00:00:00Z&to={middle + timedelta(days=4):%Y-%m-%d}T00:00:00Z"
        store.bars.store([bars], source="synthetic", received=time.time_ns(), rows_done=lambda _rows: None)
        self.big, self.big_rows = _run(store, SERIES, owner, interval="1m", fast=2, slow=6)


def _run(
    store: bootstrap.Store, symbol: str, owner: UUID, *, interval: str = "1d", **parameters: int
) -> tuple[str, int]:
    strategy = find_registered("sma_cross")(**parameters)
    spec = RunSpec(
        strategy=strategy_ref(strategy, "sma_cross"), symbols=(symbol,), interval=interval, commission_bps=0.1
    )
    id, result = run_stored(
        store.bars, store.actions, store.runs, spec, strategy, now=time.time_ns(), quality=store.quality, owner=owner
    )
    return encode(RUN, id), len(result.trade_records)


@contextmanager
def running(*, exchange: bool, runs: bool) -> Iterator[WebStack]:
    """Start everything in a home of its own, until the block ends; exchange: with a market; runs: with two runs."""
    with started(WIDE) as stack:
        yield WebStack(stack, exchange=exchange, runs=runs)
