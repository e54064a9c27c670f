"""Rows of the gateway's REST: beside FastAPI, which has the same endpoints in `peer_fastapi`, in turn."""

import json
import os
import statistics
import time
import urllib.request
from collections.abc import Sequence
from contextlib import nullcontext
from typing import NamedTuple

import psycopg

from arbitrax import bootstrap
from benchmarks.api.client import Plan
from benchmarks.api.stack import PROGRAM, SYMBOLS, Address, Stack, recorded, today
from benchmarks.api.wrk import Rate, as_fast_as_it_goes, ask, quantile
from benchmarks.peers import python_of

READING, SENDING = 32, 64
"""Connections: of who reads, and of who sends orders, each of which waits for the exchange."""
MIXED = ("order", "book", "bars", "post")
RATE = 1_000
GETS, GETS_P99, POSTS, MIXED_P99, BACKTEST_P95 = 3_000, 20.0, 1_500, 15.0, 500.0
"""Targets: a second, ms, a second, ms, ms."""
BACKTESTS = 40
DIFFERENT_ORDERS = 5_000
MATCHING_ENGINE = "matching-engine"


def plan(stack: Stack, at: Address, token: str, kinds: Sequence[str], seconds: float, **more: object) -> Plan:
    """Return what to ask a gateway."""
    year = time.gmtime(today() * 86_400).tm_year - 1
    step = max(1, len(stack.orders) // DIFFERENT_ORDERS)
    return Plan(
        at.port, token, seconds, list(kinds), stack.orders[::step], stack.account, SYMBOLS, stack.bars,
        (f"{year}-01-01", f"{year}-12-31"), **more,
    )  # fmt: skip


def row(text: str, held: bool | None = None) -> bool:
    """Print a row, and return whether its target holds; None: it has none."""
    print(f"  {text}{'  MISSED' if held is False else ''}", flush=True)
    return held is not False


class Pace(NamedTuple):
    """How often each engine has its turn, and for how long."""

    rounds: int
    seconds: float


class Use(NamedTuple):
    """What a gateway took of its core in a round."""

    each: float
    """Microseconds of processor a request."""
    core: float
    """Share of the round that it ran."""
    waited: float
    """Share of the round that it was ready to run while something else ran: the machine's other work."""


class Engines:
    """Ours, and the peers that are there."""

    def __init__(self, ours: Address, peer: Address | None, orders_only: Address | None = None) -> None:
        self.ours, self.peer = ours, peer
        self.all = {"ours": ours} | ({} if peer is None else {"FastAPI": peer})
        if orders_only is not None:
            self.all[MATCHING_ENGINE] = orders_only


def gets(stack: Stack, engines: Engines, pace: Pace) -> bool:
    """An order by its id: token, three limits, a read from the stores."""
    print(f"\nGET an order of {len(stack.orders):,}, {READING} connections, one process on one core (load {load()})")
    found, uses = _in_turn(stack, engines, "order", READING, pace)
    return _rates(found, uses, GETS, GETS_P99)


def posts(stack: Stack, engines: Engines, pace: Pace) -> bool:
    """Orders sent: acknowledged by the exchange, and found in PostgreSQL afterwards, each once."""
    print(
        f"\nPOST an order, {SENDING} connections (load {load()}); FastAPI inserts a row, without an exchange; "
        "matching-engine has engine and log in its gateway's process, and neither tokens nor limits nor a database"
    )
    python = python_of("matching_engine_gateway")
    if python is None:
        row("matching-engine's gateway cannot be installed: it needs Python 3.12 or newer")
    with (
        psycopg.connect(bootstrap.database_url(stack.settings), autocommit=True) as connection,
        nullcontext() if python is None else stack.matching_engine(python) as peer,
    ):
        engines = Engines(engines.ours, engines.peer, peer)
        before = recorded(connection)
        found, uses = _in_turn(stack, engines, "post", SENDING, pace)
        taken = sum(each.requests - each.failed for each in found["ours"])
        end = time.monotonic() + 60
        while (stored := recorded(connection) - before) < taken and time.monotonic() < end:
            time.sleep(0.2)
    # What was on its way when the clock stopped has an order, but no answer that was counted.
    durable = taken <= stored <= taken + pace.rounds * SENDING
    held = _rates(found, uses, POSTS, None)
    return row(f"{taken:,} acknowledged, {stored:,} in PostgreSQL", durable) and held


def mixed(stack: Stack, engines: Engines, pace: Pace) -> bool:
    """Four kinds in turn, each due at its time whatever became of the others."""
    print(f"\n{RATE:,} requests/s offered: {', '.join(MIXED)}; ms from when each was due (load {load()})")
    quantiles: dict[str, list[tuple[float, float, float]]] = {name: [] for name in engines.all}
    kinds: dict[str, list[str]] = {}
    uses: dict[str, list[Use]] = {name: [] for name in engines.all}
    for _ in range(pace.rounds):
        for name, address in engines.all.items():
            before = address.cpu(), address.waited()
            seen = ask(plan(stack, address, engines.ours.token(), MIXED, pace.seconds, rate=float(RATE)))
            uses[name].append(_use(address, before, sum(map(len, seen.milliseconds.values())), seen.seconds))
            if seen.failed:
                print(f"    {name}: {seen.failed} failed, such as {seen.example}")
            times = sorted(each for of_kind in seen.milliseconds.values() for each in of_kind)
            quantiles[name].append((quantile(times, 0.5), quantile(times, 0.99), times[-1]))
            kinds[name] = [f"{kind} {quantile(sorted(own), 0.99):.1f}" for kind, own in seen.milliseconds.items()]
    held = True
    for name, each in quantiles.items():
        p50, p99, most = (statistics.median(column) for column in zip(*each, strict=True))
        spread = f"{min(p for _, p, _ in each):.1f} to {max(p for _, p, _ in each):.1f}"
        text = f"{name:<8} p50 {p50:7.2f}  p99 {p99:7.2f} ({spread})  max {most:7.1f}  {_said(uses[name])}; last: "
        ours = name == "ours"
        target = f" (target p99 {MIXED_P99:g})" if ours else ""
        held &= row(text + ", ".join(kinds[name]) + target, p99 <= MIXED_P99 if ours else None)
    if len(quantiles) > 1:
        ratios = [b[1] / a[1] for a, b in zip(quantiles["ours"], quantiles["FastAPI"], strict=True)]
        row(f"FastAPI's p99 is {statistics.median(ratios):.1f} times ours")
    return held


def backtests(stack: Stack, ours: Address) -> bool:
    """From the request to its result, a year of daily bars of one symbol each, one after the other."""
    print(f"\nA backtest over the API: POST to result, one year daily, {BACKTESTS} (load {load()})")
    worker = stack.start((*PROGRAM, "serve", "worker"), "jobs.ready")
    token = ours.token()
    year = time.gmtime(today() * 86_400).tm_year - 1
    took = []
    try:
        for number in range(BACKTESTS + 2):
            spec = {
                "strategy": "sma_cross", "parameters": {"fast": 10, "slow": 30}, "symbols": [stack.bars[number]],
                "start": f"{year}-01-01", "end": f"{year}-12-31",
            }  # fmt: skip
            begun = time.perf_counter()
            job = _json(ours, token, "/api/v1/backtests", spec)
            while _json(ours, token, f"/api/v1/backtests/{job['id']}").get("status") in ("queued", "running"):
                time.sleep(0.005)
            took.append((time.perf_counter() - begun) * 1000)
    finally:
        stack.stop(worker)
    times = sorted(took[2:])  # the worker's first ones make its processes
    p50, p95 = quantile(times, 0.5), quantile(times, 0.95)
    return row(
        f"p50 {p50:.0f} ms  p95 {p95:.0f} ms  max {times[-1]:.0f} ms (target p95 {BACKTEST_P95:g})", p95 <= BACKTEST_P95
    )


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _in_turn(
    stack: Stack, engines: Engines, kind: str, connections: int, pace: Pace
) -> tuple[dict[str, list[Rate]], dict[str, list[Use]]]:
    """Return what each engine did in each round, and what it took."""
    found: dict[str, list[Rate]] = {name: [] for name in engines.all}
    uses: dict[str, list[Use]] = {name: [] for name in engines.all}
    for _ in range(pace.rounds):
        for name, address in engines.all.items():
            asked = "market" if name == MATCHING_ENGINE else kind
            wanted = plan(stack, address, engines.ours.token(), (asked,), pace.seconds, connections=connections)
            before = address.cpu(), address.waited()
            found[name].append(as_fast_as_it_goes(wanted))
            uses[name].append(_use(address, before, found[name][-1].requests, found[name][-1].seconds))
    return found, uses


def _use(address: Address, before: tuple[float, float], requests: int, seconds: float) -> Use:
    cpu, waited = address.cpu() - before[0], address.waited() - before[1]
    return Use(cpu / requests * 1e6, cpu / seconds, waited / seconds)


def _said(uses: list[Use]) -> str:
    each, core, waited = (statistics.median(column) for column in zip(*uses, strict=True))
    return f"{each:.0f} us of processor each, {core:.0%} of the core, {waited:.0%} waiting for it"


def _rates(found: dict[str, list[Rate]], uses: dict[str, list[Use]], target: float, most: float | None) -> bool:
    held = True
    for name, rounds in found.items():
        rates = [each.per_second for each in rounds]
        p50, p99 = (statistics.median(getattr(each, which) for each in rounds) for which in ("p50", "p99"))
        failed = sum(each.failed for each in rounds)
        text = (
            f"{name:<15} {statistics.median(rates):8,.0f}/s ({min(rates):,.0f} to {max(rates):,.0f})  "
            f"p50 {p50:.1f} ms  p99 {p99:.1f} ms  {_said(uses[name])}"
        )
        if failed:
            text += f"  {failed} FAILED"
        if name == "ours":
            text += f" (target {target:,.0f}" + (")" if most is None else f", p99 {most:g})")
            fast = statistics.median(rates) >= target and (most is None or p99 <= most)
            held &= row(text, fast and not failed)
        else:
            row(text)
    if "FastAPI" in found:
        ratio = statistics.median(
            a.per_second / b.per_second for a, b in zip(found["ours"], found["FastAPI"], strict=True)
        )
        cheaper = statistics.median(b.each / a.each for a, b in zip(uses["ours"], uses["FastAPI"], strict=True))
        row(f"{ratio:.1f} times FastAPI's rate, at 1/{cheaper:.1f} of its processor time a request")
    return held


def _json(at: Address, token: str, path: str, body: object = None) -> dict[str, object]:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{at.port}{path}", data, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, object] = json.load(answer)
        return found
