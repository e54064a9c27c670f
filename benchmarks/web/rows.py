"""Rows of the page: what was found, and whether targets hold."""

from __future__ import annotations

import os
import statistics
import urllib.request
from typing import Any

from benchmarks.api.wrk import quantile

KILOBYTES, PAINTED_MS, UPDATE_MS, TASK_MS, HEAP_MB = 300, 1_500, 8.0, 50.0, 30.0
FRAME_MS = 1000 / 60
"""What a turn of the wheel over a table may take: a frame."""
RATE = 100
"""Changes of the book a second."""
LEAST = 0.95
"""Share of that which the market has to reach."""
GROWN = 2.0
"""How much longer the end's delay may be than the beginning's; noise of the machine is in both."""
NOISE_MS = 50.0


def load() -> str:
    """Return how much else the machine has to do."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def row(text: str, held: bool | None = None) -> bool:
    """Print a row; None: it has no target."""
    print(f"  {text}{'  MISSED' if held is False else ''}", flush=True)
    return held is not False


def route(found: dict[str, Any], url: str) -> bool:
    """JavaScript that the first page needs, gzipped, each file as the gateway sends it."""
    print("\nJavaScript of the first route, gzipped")
    sizes = {}
    for path in {each["path"] for each in (*found["first"], *found["dashboard"])}:
        request = urllib.request.Request(url + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.headers["Content-Encoding"] == "gzip", path
            sizes[path] = len(answer.read())
    totals = {name: sum(sizes[path] for path in {one["path"] for one in each}) / 1000 for name, each in found.items()}
    held = row(
        f"{totals['first']:.0f} kB in {len(found['first'])} files, of a stranger who is to sign in "
        f"(target {KILOBYTES})", totals["first"] <= KILOBYTES,
    )  # fmt: skip
    return held & row(
        f"{totals['dashboard']:.0f} kB with the dashboard that follows (target {KILOBYTES})",
        totals["dashboard"] <= KILOBYTES,
    )


def result(found: dict[str, dict[str, list[float]]]) -> bool:
    """From the beginning of a navigation until curve and figures of a finished run are painted."""
    print(f"\nA finished run: ms from navigation until curve and figures are painted (load {load()})")
    held = True
    for name, times in found.items():
        both = sorted(map(max, times["curve"], times["figures"]))
        p50, p95 = statistics.median(both), quantile(both, 0.95)
        text = (
            f"{name:<10} cache: median {p50:,.0f}, p95 {p95:,.0f} of {len(both)}; HTML {_median(times['response'])}, "
            f"honesty {_median(times['honesty'])}"
        )
        held &= row(f"{text} (target {PAINTED_MS:,})", p95 <= PAINTED_MS)
    return held


def tiles(found: dict[str, Any]) -> bool:
    """Wheel and drag over a million bars."""
    print(f"\n50 steps of wheel and drag over a part of charts of a million bars (load {load()})")
    held = _work(found["trace"]) & _work(found["zooms"], "zooms to sharper tiles: ")
    sharper = sorted(found["sharper"])
    if sharper:
        row(f"the sharper tile is painted {_median(sharper)} ms after a zoom, at most {sharper[-1]:,.0f}")
    return held & row(
        f"{found['panned']} tiles were asked for while it moved, then {len(sharper)} times sharper ones", bool(sharper)
    )


def trades(found: dict[str, Any], expected: int) -> bool:
    """The log of trades, scrolled."""
    rows = int(found["rows"]) - 1
    print(f"\n100 turns of the wheel over a log of {rows:,} trades (load {load()})")
    held = row(f"{rows:,} of {expected:,} trades are in it", rows == expected)
    held &= _work(found["trace"], most=FRAME_MS)
    blank = [each for each in found["blank"] if each > 0.02]
    return held & row(f"rows were missing in {len(blank)} of {len(found['blank'])} frames (target 0)", not blank)


def book(found: dict[str, Any], market: dict[str, Any]) -> bool:
    """The desk, while its book changes."""
    print(f"\nThe desk, {found['seconds'] / 60:.1f} minutes of {RATE} changes of the book a second (load {load()})")
    held = row(
        f"the market changed {market['rate']:.0f} times a second, {market['late_ms']:.0f} ms late at most",
        market["rate"] >= LEAST * RATE,
    )
    for name in ("first", "last"):
        held &= _work(found[name], f"{name}: ")
    sent: dict[str, float] = dict(market["sent"])
    seen = [(at, at - sent[text]) for text, at in ((_plain(one), two) for one, two in found["bids"]) if text in sent]
    tenth = max(1, len(seen) // 10)
    begin, end = (sorted(delay for _, delay in part) for part in (seen[:tenth], seen[-tenth:]))
    p50, p95 = statistics.median(end), quantile(end, 0.95)
    held &= row(
        f"from order to paint: median {statistics.median(begin):.0f} ms, p95 {quantile(begin, 0.95):.0f} in the first "
        f"tenth; {p50:.0f} and {p95:.0f} in the last (target: at most {GROWN:g} times the first and {NOISE_MS:.0f} ms)",
        p50 <= GROWN * statistics.median(begin) + NOISE_MS,
    )
    grown = (found["after"] - found["before"]) / 1e6
    held &= row(f"heap {found['before'] / 1e6:.1f} MB, {grown:+.1f} MB after it (target {HEAP_MB:g})", grown <= HEAP_MB)
    return held & row(f"{len(seen):,} different best bids were painted", len(seen) > 0)


def _work(trace: dict[str, Any], name: str = "", most: float = UPDATE_MS) -> bool:
    """Print what the main thread did for each update, and its longest task."""
    cpu, wall = (sorted(trace["updates"][each]) for each in ("cpu", "wall"))
    if not cpu:
        return row(f"{name}nothing was drawn", held=False)
    p95 = quantile(cpu, 0.95)
    held = row(
        f"{name}script and layout p50 {quantile(cpu, 0.5):.1f}, p95 {p95:.1f} ms of processor an update (target "
        f"{most:.3g}; by the clock p95 {quantile(wall, 0.95):.1f}); {len(cpu):,} updates, "
        f"{trace['frames'] / trace['seconds']:.0f} frames/s",
        p95 <= most,
    )
    longest = trace["tasks"][0] if trace["tasks"] else {"cpu": 0.0, "wall": 0.0}
    by_clock = max((each["wall"] for each in trace["tasks"]), default=0.0)
    return held & row(
        f"{name}longest task {longest['cpu']:.0f} ms of processor (target {TASK_MS:g}; by the clock {by_clock:.0f})",
        longest["cpu"] <= TASK_MS,
    )


def _plain(text: str) -> str:
    """Return a quantity as it was sent, from how the page groups it."""
    return "".join(each for each in text if each.isdigit() or each == ".")


def _median(values: list[float]) -> str:
    return f"{statistics.median(values):,.0f}" if values else "none"
