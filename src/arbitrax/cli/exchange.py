"""`arbitrax exchange`: replay files on the matching engine, measure it, verify the service's journal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from arbitrax.cli import exchange_registry, exchange_transfers
from arbitrax.cli.console import Json, complain, facts_table, progress, show, show_json, table
from arbitrax.domain.errors import InputError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from arbitrax.exchange.lobster.replay import LobsterOutcome
    from arbitrax.exchange.replay import Outcome
    from arbitrax.exchange.service.verification import Verification

LEAST_RESTING, MOST_RESTING = 100, 100_000

app = App(name="exchange", help="Configure the exchange, watch it, verify its journal, measure its engine.")
exchange_registry.add_commands(app)
exchange_transfers.add_commands(app)
app.command("arbitrax.cli.exchange_show:show", name="show")
app.command("arbitrax.cli.exchange_status:status", name="status")


@app.command
def replay(
    file: Path,
    /,
    *,
    book: Annotated[Path | None, Parameter(help="LOBSTER order book file, when its name does not follow.")] = None,
    json: Json = False,
) -> int:
    """Run a file of commands (.npy of records.COMMAND) or a LOBSTER day (its message file) on an engine of its own.

    Print trades, hashes and speed; of a LOBSTER day also where the engine differs from the files
    (docs/concepts/lobster.md).
    """
    from arbitrax.exchange.replay import Outcome
    from arbitrax.services.replays import replay_file

    with progress(f"Replaying {file.name}", shown=not json) as (_, done):
        found = replay_file(file, book, done)
    if json:
        show_json(found)
    elif isinstance(found, Outcome):
        show(_outcome(file.name, found))
    else:
        show(_outcome(file.name, found.outcome), "", _day(found), "", *_mismatches(found))
    return 0


def _outcome(title: str, found: "Outcome") -> "RenderableType":
    return facts_table(
        title,
        {
            "commands": f"{found.commands:,}, {found.commands_per_second:,.0f} a second, {found.refused:,} refused",
            "events": f"{found.events:,}, {found.events_per_second:,.0f} a second",
            "trades": f"{found.trades:,} of {found.traded:,} lots in all",
            "time in the engine": f"{found.engine_seconds:.3f} s",
            "hash of trades": found.trade_hash,
            "hash of events": found.event_hash,
            "hash of the state": found.state_hash,
        },
    )


def _day(found: "LobsterOutcome") -> "RenderableType":
    messages = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in found.messages.items())
    depth = f"a side's best {found.levels}, {found.books_compared:,} times: {found.books_differ:,} differ"
    return facts_table(
        "The files",
        {
            "messages": messages,
            "opening depth": f"{found.opening_lots:,} shares as {found.opening_orders:,} orders",
            "came into view": f"{found.unseen_lots:,} shares without a message",
            "level of the message": f"{found.levels_compared:,} rows compared: {found.levels_differ:,} differ",
            "depth": depth,
        },
    )


def _mismatches(found: "LobsterOutcome") -> "tuple[RenderableType, ...]":
    from arbitrax.exchange.lobster.checks import MISMATCHES

    if not found.mismatches:
        return ("The engine did what every message says.",)
    rows = [(f"{count:,}", MISMATCHES[name]) for name, count in found.mismatches.items()]
    return (table("Mismatches", ("messages", "what"), rows, left=0),)


@app.command
def bench(
    *,
    resting: Annotated[int, Parameter(help="Orders open in the book: 1000, 10000, 100000, say.")] = 10_000,
    service: Annotated[
        bool, Parameter(negative="", help="Measure the service, servers and all, for about a minute.")
    ] = False,
    durable: Annotated[
        bool, Parameter(negative="", help="With --service: durability `power`, everything synced before its reply.")
    ] = False,
    json: Json = False,
) -> int:
    """Measure the engine on a seeded stream, in half a minute at most; exit code 1 when its trades are wrong.

    Batches give messages a second. Latency is of single calls from Python, offered at half the rate they can reach and
    counted from when each was due.

    The service is measured on real servers, in a home of its own that is removed afterwards, under the system's folder
    of temporary files (TMPDIR): latency at 2,000 commands a second, throughput, recovery, the pause of a snapshot.
    """
    from arbitrax.exchange.speed import ROUNDS, measure

    if durable and not service:
        raise InputError("--durable is about the service; give --service too.")
    if service:
        from arbitrax.cli.service_bench import bench_service

        return bench_service("power" if durable else "process", json=json)
    if not LEAST_RESTING <= resting <= MOST_RESTING:
        raise InputError(f"--resting {resting} is not allowed; give {LEAST_RESTING} to {MOST_RESTING:,}.")
    with progress("Measuring", shown=not json) as (_, done):
        found = measure(resting, done)
    if json:
        show_json(found)
    else:
        late = found.latency
        verdict = "as expected" if found.agrees else f"WRONG, expected {found.expected}"
        facts = {
            "messages": f"{found.messages:,}, fastest of {found.rounds} of {ROUNDS} rounds",
            "messages a second": f"{found.per_second:,.0f}",
            "ns a message": f"{found.nanoseconds:,.1f}",
            "single calls": f"{late.calls:,}, offered at {late.offered:,} a second",
            "latency, us": ", ".join(
                f"{name} {value / 1_000:,.2f}"
                for name, value in (("p50", late.p50), ("p99", late.p99), ("p99.9", late.p99_9), ("max", late.max))
            ),
            "hash of trades": f"{found.trade_hash}, {verdict}",
        }
        show(facts_table(f"{resting:,} resting orders", facts))
    return 0 if found.agrees else 1


@app.command
def verify(
    *,
    shard: Annotated[int, Parameter(help="Which shard, 0 to 255.")] = 0,
    start: Annotated[
        str | None, Parameter(name="--from", help="Snapshot to begin with; otherwise at the very start.")
    ] = None,
    quiet: Annotated[bool, Parameter(negative="", help="Print nothing unless something differs.")] = False,
    json: Json = False,
) -> int:
    """Replay a shard's journal from its files and streams, and compare with all that is written of it.

    Compared are every event, the running hash and the state of each snapshot on the way; snapshots that agree count as
    verified from then on. Exit code 1, with the first entry that differs, when something does. Changes nothing else.
    """
    from arbitrax.bootstrap import verify_exchange
    from arbitrax.cli.serve import check_shard
    from arbitrax.settings import read_settings

    check_shard(shard)
    with progress(f"Replaying shard {shard}", shown=not (json or quiet)) as (_, done):
        found = verify_exchange(read_settings(), shard, start, done)
    if json:
        show_json(found)
    elif not quiet:
        show(facts_table(f"Shard {shard}", _verified(found)))
    if found.agrees:
        return 0
    complain(f"Shard {shard} is not what its journal makes of it: {found.differs} differs: {found.reason}.")
    return 1


def _verified(found: "Verification") -> dict[str, str]:
    return {
        "from": f"{found.start or 'the beginning'}, after {found.after}",
        "to": found.last,
        "entries": f"{found.entries:,}",
        "commands": f"{found.commands:,}, {found.commands_per_second:,.0f} a second",
        "events": f"{found.events:,}",
        "snapshots": ", ".join(found.snapshots) or "none on the way",
        "hash of events": found.running_hash,
        "hash of the state": found.state_hash,
        "verdict": "agrees" if found.agrees else f"DIFFERS at {found.differs}",
    }
