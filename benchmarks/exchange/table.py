"""The engines side by side: in batches with a bare C++ book and the fastest peer's C++ core, and called from Python."""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.exchange.compiled import compiled
from benchmarks.exchange.expectations import changes, expected, verdict
from benchmarks.exchange.stream import EXPECTED, MESSAGES, as_rows, stored
from benchmarks.peers import python_of

BATCHES = {1_000: 1_000 / 30, 10_000: 1_000 / 30, 100_000: 45.0}
"""Resting orders -> nanoseconds a message."""
PATIENCE = 120
"""Seconds after which an engine counts as not finished."""
FEW = 100_000
"""Messages that are enough of an engine that takes microseconds each."""


class Peer(NamedTuple):
    """An engine called from Python."""

    title: str
    module: str
    environment: str | None
    messages: int = MESSAGES


PEERS = (
    Peer("ours", "ours", None),
    Peer("orderly-chaos, C++ by raw ctypes", "orderly_chaos_ctypes", "orderly_chaos"),
    Peer("orderly-chaos, its Python wrapper", "orderly_chaos", "orderly_chaos"),
    Peer("plain Python", "plain", None),
    Peer("nautilus_trader L3 book, no matching", "nautilus", "nautilus"),
    Peer("litebook (Rust)", "litebook", "litebook", FEW),
    Peer("liquibook (C++, SWIG)", "liquibook", "liquibook", FEW),
    Peer("obook (Go)", "obook", "obook", FEW),
    Peer("matching-engine (Python 3.12)", "matching_engine", "matching_engine", FEW),
    Peer("lightmatchingengine", "lightmatchingengine", "lightmatchingengine", FEW),
    Peer("pyorderbook", "pyorderbook", "pyorderbook", FEW),
)
NOT_RUN = "exchange-core (Java) was not run: there is no package of it, and this benchmark builds none from source."


def measured(command: list[str]) -> dict[str, Any]:
    """Return what a program printed, or its ``error``."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"error": f"did not finish within {PATIENCE} s"}
    if done.returncode:
        return {"error": (done.stderr.strip().splitlines() or ["it ended without a word"])[-1][:120]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def runner(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.exchange.runner", *arguments]


def natives(resting: int) -> dict[str, list[str]]:
    """Return the commands of what runs the stream without Python."""
    commands = {"ours": runner("batch", str(resting))}
    floor = compiled("floor")
    if floor is not None:
        commands["bare C++"] = [str(floor), str(as_rows(resting)), "5"]
    python = python_of("orderly_chaos")
    chaos = None if python is None else compiled("chaos")
    if chaos is not None and python is not None:
        library = next(Path(python).parents[1].glob("lib/python*/site-packages/orderly_chaos/lib_orderly_chaos*"))
        commands["orderly-chaos C++"] = [str(chaos), str(library), str(as_rows(resting)), "3"]
    return commands


def batches(rounds: int) -> bool:
    """Print a line a stream; tell whether ours agrees and its targets hold."""
    holds = True
    print("In batches, ns a message: medians of rounds in turn")
    print("  resting      ours    cpu    M/s  target   bare C++  ours/it  orderly-chaos C++  ours/it   trades and book")
    for resting, target in BATCHES.items():
        stored(resting)
        commands = natives(resting)
        runs: dict[str, list[dict[str, Any]]] = {name: [] for name in commands}
        for _ in range(rounds):
            for name, command in commands.items():
                runs[name].append(measured(command))
        ours = runs["ours"]
        if any("error" in each for each in ours):
            print(f"{resting:>9,}  ours failed: {ours[0].get('error')}")
            return False
        agree = all((each["trades"], each["book"]) == EXPECTED[resting] for each in ours)
        took = statistics.median(each["nanoseconds"] for each in ours)
        cpu = statistics.median(each["cpu"] for each in ours)
        words = ["agree" if agree else "DIFFER"]
        beside = ""
        for name, width in (("bare C++", 11), ("orderly-chaos C++", 19)):
            made = [each for each in runs.get(name, []) if "error" not in each]
            if len(made) < len(ours):
                beside += f"{'-':>{width}}{'-':>9}"
                continue
            ratio = statistics.median(a["nanoseconds"] / b["nanoseconds"] for a, b in zip(ours, made, strict=True))
            beside += f"{statistics.median(each['nanoseconds'] for each in made):{width}.1f}{ratio:9.2f}"
            if any(each["trades"] != EXPECTED[resting][0] for each in made):
                words.append(f"{name} DIFFERS")
        print(
            f"{resting:>9,} {took:9.1f} {cpu:6.1f} {1_000 / took:6.1f} {target:7.1f}{beside}   {', '.join(words)}",
            flush=True,
        )
        holds &= agree and took <= target
    return holds


def python_calls(rounds: int, resting: int = 10_000) -> bool:
    """Print a line an engine called once a message from Python, best known first; tell whether ours holds."""
    print(f"\nOne call a message from Python, {resting:,} resting: {len(PEERS)} engines in turn ...", flush=True)
    commands, answers = {}, {}
    for peer in PEERS:
        python = sys.executable if peer.environment is None else python_of(peer.environment)
        if python is None:
            print(f"{peer.title} cannot be installed here and is left out.")
            continue
        if peer.module == "nautilus":
            path, messages, _ = changes(resting, peer.messages)
        else:
            path, messages = as_rows(resting), peer.messages
        expected(resting, peer.messages)
        module = f"benchmarks.exchange.peers.{peer.module}"
        commands[peer] = {task: [python, "-m", module, task, str(path), str(messages)] for task in ("speed", "check")}
        answers[peer] = measured(commands[peer]["check"])
    seconds: dict[Peer, list[float]] = {peer: [] for peer in commands}
    for _ in range(rounds):
        for peer, each in commands.items():
            made = {} if "error" in answers[peer] else measured(each["speed"])
            if "nanoseconds" in made:
                seconds[peer].append(made["nanoseconds"])
    print(
        f"  {'medians of rounds':<38}       ns    M/s   service p50    p99  p99.9       max"
        "   from when due p50    p99   p99.9        max"
    )
    holds = False
    for peer, answer in answers.items():
        if "error" in answer or not seconds[peer]:
            print(f"  {peer.title:<38} not measured: {answer.get('error', 'no round ended')}")
            continue
        took = statistics.median(seconds[peer])
        late = answer["due"]["p50"] > 1e6
        service = "{:13,} {:6,} {:6,} {:9,}".format(*answer["service"].values())
        due = "  cannot keep 250,000 a second" if late else "{:19,} {:6,} {:7,} {:10,}".format(*answer["due"].values())
        few = "" if peer.messages == MESSAGES else f"; first {peer.messages:,} messages"
        outcome = verdict(answer, resting, peer.messages)
        print(f"  {peer.title:<38} {took:8.0f} {1_000 / took:6.2f} {service} {due}   {outcome}{few}", flush=True)
        if peer.module == "ours":
            holds = took <= 1_000 / 3 and answer["service"]["p99"] <= 1_000 and outcome == "hash agrees"
    print(
        "  Service times are of calls one after the other; the others count from when each call was due, 250,000 a\n"
        "  second, so what waits behind a slow one counts. Targets of ours: 3 M/s, p99 1,000 ns of service.\n"
        "  Millions of ns are the machine's other work."
    )
    print(f"  {NOT_RUN}")
    return holds
