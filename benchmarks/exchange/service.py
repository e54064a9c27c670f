"""Print how fast the exchange service is on real servers, as `arbitrax exchange bench --service` measures it.

python -m benchmarks.exchange.service

The machine has few cores for client, server, worker and disk: figures move with whatever else runs. No peer can be run
beside it. The best figure known of one, matching-engine 0.1.1 with engine and log in one process and an fsync each 512
commands, was taken on such a machine earlier: the package cannot be had any more.
"""

import json
import os
import subprocess
import sys

PEER = 294_000
"""Commands a second of matching-engine 0.1.1, which also recovers 300,000 a second."""
LATENCY = {"process": (0.6, 3.0), "power": (2.0, 10.0)}
"""ms: p50, p99."""
DURABLE = {2_048: 500_000, 512: 200_000}
RECOVERY = {False: 2.0, True: 0.5}
"""Seconds, by whether there is a snapshot."""
PAUSE = 20.0
"""ms."""


def measured(durability):
    """Run the command; return what it says."""
    words = [sys.executable, "-m", "arbitrax.cli.main", "exchange", "bench", "--service", "--json"]
    done = subprocess.run(
        [*words, *(["--durable"] if durability == "power" else [])], capture_output=True, text=True, check=False
    )
    if not done.stdout:
        raise SystemExit(f"The service was not measured: {done.stderr.strip()}")
    return json.loads(done.stdout)


def said(spread):
    return ", ".join(f"{name.replace('_', '.')} {spread[name]:.2f}" for name in ("p50", "p99", "p99_9", "max"))


def row(text, held):
    print(f"  {text}{'' if held else '  MISSED'}", flush=True)
    return held


def rows(durability):
    """Print the rows of a durability; tell which targets hold."""
    found = measured(durability)
    p50, p99 = LATENCY[durability]
    offered, paused = found["offered"], found["paused"]
    latency = offered["latency"]
    print(f"\nThe service, {durability}; fdatasync of 4 KB on its disk: {said(found['sync'])} ms")
    held = [
        row(
            f"{offered['per_second']:,} commands/s, command to event: {said(latency)} ms (target p50 {p50}, p99 {p99})",
            latency["p50"] <= p50 and latency["p99"] <= p99,
        )
    ]
    for each in found["throughput"]:
        size, rate = each["commands_per_entry"], each["commands"] / each["seconds"]
        target = DURABLE.get(size, 0) if durability == "power" else 0
        wanted = f" (target {target:,}; matching-engine 0.1.1, fsync each 512: {PEER:,})" if target else ""
        verdict = "" if each["agrees"] else ", EVENTS DIFFER"
        text = f"{size:,} commands an entry: {rate:,.0f}/s with all {each['events']:,} events{verdict}{wanted}"
        held.append(row(text, rate >= target and each["agrees"]))
    for each in found["recovered"]:
        target = RECOVERY[each["from_snapshot"]]
        how = "with a snapshot of its end" if each["from_snapshot"] else "without a snapshot"
        size = each["commands_per_entry"]
        text = f"recovery of {each['commands']:,} commands, {size:,} an entry, {how}: {each['seconds']:.2f} s"
        held.append(row(f"{text} (target {target})" if size > 1 else text, size == 1 or each["seconds"] <= target))
    worst = max(paused["fork_ms"], paused["longest_batch_ms"])
    held.append(
        row(
            f"snapshot of {paused['open_orders']:,} open orders: worst pause of matching {worst:.1f} ms, fork "
            f"{paused['fork_ms']:.1f} (target {PAUSE:.0f})",
            worst <= PAUSE,
        )
    )
    print(f"    command to event before: {said(paused['before'])} ms; meanwhile: {said(paused['during'])} ms")
    return held


def main():
    print(f"The service (load {os.getloadavg()[0]:.1f} at the beginning)")
    held = [*rows("process"), *rows("power")]
    print(f"\n{'All targets hold.' if all(held) else 'Not every target holds.'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
