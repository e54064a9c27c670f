"""`arbitrax exchange status`: how a shard's processes are doing."""

import time
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.cli.console import Json, facts_table, show, show_json, table
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.exchange.service.status import ShardStatus

REPORT_LATE_MS = 5_000


def status(*, shard: Annotated[int, Parameter(help="Which shard, 0 to 255.")] = 0, json: Json = False) -> int:
    """Show how a shard is doing: its processes, lags, rates, latencies, last snapshot. Exit code 1 when a part is down.

    Archiver and recorder are known by how far they are: one that is level with the events counts as up.
    """
    from arbitrax.bootstrap import exchange_status
    from arbitrax.cli.serve import check_shard

    check_shard(shard)
    found = exchange_status(read_settings(), shard)
    if json:
        show_json(found)
    else:
        rows = [
            (each.name, each.state, "-" if each.lag_ms is None else f"{each.lag_ms / 1000:,.3f} s", each.detail)
            for each in found.parts
        ]
        show(table(f"Shard {shard}", ("part", "state", "behind", "what"), rows, left=4))
        show(facts_table(f"Journal of shard {shard}", _facts(found)), "")
        for each in found.parts:
            if each.start is not None:
                show(f"Start the {each.name}: {each.start}")
    return 0 if found.is_well else 1


def _facts(found: "ShardStatus") -> dict[str, str]:
    facts = {
        "lease": found.holder or "nobody's",
        "epoch": "-" if found.epoch is None else str(found.epoch),
        "applied": found.applied or "-",
        "end of the journal": found.journal_end or "-",
        "hash of events": found.running_hash or "-",
    }
    snapshot = found.snapshot
    if snapshot is None:
        facts["last snapshot"] = "none verified yet"
    else:
        facts["last snapshot"] = f"{snapshot.entry}, state {snapshot.state_hash}"
    report = found.worker
    if report is None:
        facts["worker says"] = "nothing yet"
        return facts
    age = time.time_ns() // 1_000_000 - report.at
    when = "the last minute" if age < REPORT_LATE_MS else f"the minute before it ended, {age // 1000:,} s ago"
    facts["commands"] = f"{report.commands:,}; {report.commands_per_second:,.0f} a second in {when}"
    facts["events"] = f"{report.events:,}; {report.events_per_second:,.0f} a second"
    known = {name: value for name, value in report.latency_ms.items() if value is not None}
    facts["command to event"] = ", ".join(f"{name} {value:.1f} ms" for name, value in known.items()) or "-"
    facts["refused"] = ", ".join(f"{name} {count:,}" for name, count in report.rejects.items()) or "none"
    return facts
