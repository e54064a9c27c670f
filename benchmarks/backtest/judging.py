"""What a row of the table says: whether a target holds, and whether an engine ends with the equity of the rules."""

from typing import Any, NamedTuple

from benchmarks.backtest import data, reference

CENT = 0.005


class Target(NamedTuple):
    """What ours is measured against; what is not given does not count."""

    text: str
    seconds: float | None = None
    bars_a_second: float | None = None
    peer: str | None = None
    """At most ``times`` as long as this peer."""
    times: float = 1.0
    faster: float | None = None
    """So many times as fast as the best peer."""
    megabytes: float | None = None


class Verdict(NamedTuple):
    """Whether a target holds, None where the peer that it names did not run, and the peer that was fastest."""

    held: bool | None
    best: str | None
    ratio: float | None
    """The fastest peer's time over ours."""


def judge(target: Target, bars: int, seconds: dict[str, float], megabytes: float) -> Verdict:
    """Return whether a target holds. seconds: medians by engine, ``ours`` among them. megabytes: ours, at most."""
    ours = seconds["ours"]
    peers = {name: each for name, each in seconds.items() if name != "ours"}
    best = min(peers, key=peers.__getitem__) if peers else None
    ratio = None if best is None else peers[best] / ours
    checks: list[bool | None] = []
    if target.seconds is not None:
        checks.append(ours <= target.seconds)
    if target.bars_a_second is not None:
        checks.append(bars / ours >= target.bars_a_second)
    if target.peer is not None:
        checks.append(ours <= target.times * peers[target.peer] if target.peer in peers else None)
    if target.faster is not None:
        checks.append(None if ratio is None else ratio >= target.faster)
    if target.megabytes is not None:
        checks.append(megabytes <= target.megabytes)
    held = None if None in checks else all(checks)
    return Verdict(held, best, ratio)


def expected_equity(task: str, name: str, outcome: dict[str, Any]) -> float | None:
    """Return the final equity of the rules an engine says it follows; None where they are not written down."""
    if task in {"rotation", "stored"}:
        panel = data.load(name)
        return reference.rotation(panel)[0] if outcome.get("fill") == "open" else None
    if task not in {"cross", "cross-exact"} or "fill" not in outcome:
        return None
    series = data.load(name)
    return reference.cross(series, data.load_signals(name), fill=outcome["fill"], sizing=outcome["sizing"])[0]


def agreement(task: str, expected: float | None, equity: float) -> str:
    """Return how an engine's final equity compares with the rules'."""
    if expected is None:
        return "no plain reference"
    if abs(equity - expected) < CENT:
        return "agrees to the cent"
    ties = "; ties of averages decided otherwise" if task == "cross" else ""
    return f"differs by {equity - expected:+,.2f}{ties}"
