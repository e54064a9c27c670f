"""`arbitrax exchange bench --service`: each figure on a shard of its own, with a worker of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from arbitrax.cli.console import facts_table, progress, show, show_json
from arbitrax.cli.service_trial import Durability, Trial, trial

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from arbitrax.exchange.service.speed.results import Paused, Recovered, ServiceSpeed, Spread, Throughput

    Done = Callable[[int], None]
    Commands = NDArray[np.void]

PER_SECOND = 2_000
SECONDS = 10
COMMANDS = 1_000_000
LARGE, SMALL = 2_048, 512
"""Commands an entry."""
OFFERED_BEFORE, OFFERED_AFTER = 2, 8
"""Seconds before and after a snapshot is begun."""


def bench_service(durability: Durability, *, json: bool) -> int:
    """Measure and print; 1 when events were not those expected."""
    with progress("Measuring", shown=not json) as (_, done):
        found = measure(durability, done)
    if json:
        show_json(found)
    else:
        show(facts_table(f"The service, durability {found.durability}", _facts(found)))
    return 0 if found.agrees else 1


def measure(durability: Durability, done: Done) -> ServiceSpeed:
    """Measure all of it in a home of its own; ``done`` hears of commands executed.

    Raises:
        StoreError: servers or workers of the trial do not run.
    """
    from arbitrax.exchange.service.speed import measuring, workloads
    from arbitrax.exchange.service.speed.results import Offered, ServiceSpeed, spread
    from arbitrax.exchange.streams import opening

    commands = workloads.stream(COMMANDS)
    with trial(durability) as place:
        sync = spread(measuring.sync_times(place.home))
        with place.worker(0) as worker, place.client(0) as (journal, events):
            worker.say("recovery.done")
            measuring.push(journal, opening(), 1)
            first = commands[: PER_SECOND * SECONDS]
            latency = spread(measuring.offer(journal, events, first, PER_SECOND))
            done(len(first))
        pushed = [_pushed(place, 1, commands, LARGE, done)]
        recovered = _recovered(place, 1, len(commands), LARGE)
        pushed.append(_pushed(place, 2, commands[: len(commands) // 2], SMALL, done))
        singles = commands[: len(commands) // 10]
        pushed.append(_pushed(place, 4, singles, 1, done))
        recovered += _recovered(place, 4, len(singles), 1)
        paused = _paused(place, 3, done)
    return ServiceSpeed(durability, sync, Offered(PER_SECOND, latency), pushed, recovered, paused)


def _pushed(place: Trial, shard: int, commands: Commands, per_entry: int, done: Done) -> Throughput:
    """Push commands to a shard that has none."""
    from arbitrax.exchange.service.speed import measuring, workloads
    from arbitrax.exchange.service.speed.results import Throughput
    from arbitrax.exchange.streams import opening

    mine = workloads.in_shard(commands, shard)
    with place.worker(shard) as worker, place.client(shard) as (journal, _):
        worker.say("recovery.done")
        measuring.push(journal, opening(), 1)
        seconds = measuring.push(journal, mine, per_entry)
        written = journal.applied().hash
    events, running = workloads.expected(mine, shard)
    done(len(mine))
    return Throughput(per_entry, len(mine), events, round(seconds, 4), written == running)


def _recovered(place: Trial, shard: int, commands: int, per_entry: int) -> list[Recovered]:
    """Start a shard from its journal alone, then from a snapshot of its end."""
    from arbitrax.exchange.service.speed.results import Recovered

    found = []
    for from_snapshot in (False, True):
        # The first worker takes a snapshot as soon as it has recovered.
        with place.worker(shard, snapshot_commands=1) as worker:
            seconds = float(worker.say("recovery.done")["seconds"])
            if not from_snapshot:
                worker.say("snapshot.written")
        found.append(Recovered(per_entry, commands, from_snapshot, seconds))
        if not from_snapshot:
            place.verify(shard)
    return found


def _paused(place: Trial, shard: int, done: Done) -> Paused:
    """Offer commands to a market with many open orders while its snapshot is taken."""
    from arbitrax.exchange.service.speed import measuring, workloads
    from arbitrax.exchange.service.speed.results import Paused, spread

    opening, orders = workloads.market(COMMANDS)
    trading = workloads.trading(orders, PER_SECOND * (OFFERED_BEFORE + OFFERED_AFTER), shard)
    before = PER_SECOND * OFFERED_BEFORE
    due = 1 + len(opening) + len(orders) + before  # the first opens the epoch
    with place.worker(shard, snapshot_commands=due) as worker, place.client(shard) as (journal, events):
        worker.say("recovery.done")
        measuring.push(journal, opening, LARGE)
        measuring.push(journal, orders, LARGE)
        latency = measuring.offer(journal, events, trading, PER_SECOND)
        forked, written = worker.say("snapshot.forked"), worker.say("snapshot.written")
        done(len(orders) + len(trading))
    return Paused(
        open_orders=len(orders),
        fork_ms=float(forked["pause_ms"]),
        longest_batch_ms=float(written["longest_batch_ms"]),
        snapshot_seconds=float(written["seconds"]),
        before=spread(latency[:before]),
        during=spread(latency[before:]),
    )


def _facts(found: ServiceSpeed) -> dict[str, str]:
    """Say it in lines."""
    paused, facts = found.paused, {"fdatasync of 4 KB": _said(found.sync)}
    facts[f"{found.offered.per_second:,} commands a second"] = _said(found.offered.latency)
    for each in found.throughput:
        verdict = "as expected" if each.agrees else "WRONG"
        facts[f"{each.commands_per_entry:,} commands an entry"] = (
            f"{each.per_second:,.0f} a second to the reply of the output write; {each.events:,} events, {verdict}"
        )
    for again in found.recovered:
        how = "with a snapshot of its end" if again.from_snapshot else "without a snapshot"
        facts[f"recovery {how}"] = (
            f"{again.seconds:.2f} s of {again.commands:,} commands, {again.commands_per_entry:,} an entry"
        )
    facts["snapshot"] = (
        f"of {paused.open_orders:,} open orders in {paused.snapshot_seconds:.1f} s: matching stands still "
        f"{paused.fork_ms:.1f} ms, longest batch then {paused.longest_batch_ms:.1f} ms"
    )
    facts["latency before"], facts["latency meanwhile"] = _said(paused.before), _said(paused.during)
    return facts


def _said(found: Spread) -> str:
    return f"p50 {found.p50:.2f}, p99 {found.p99:.2f}, p99.9 {found.p99_9:.2f}, max {found.max:.2f} ms"
