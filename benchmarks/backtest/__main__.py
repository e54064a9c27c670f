"""Print the table of speeds: ours and the peers, interleaved in one run, medians and ratios.

python -m benchmarks.backtest [--quick] [--rounds N] [--rows TEXT]
"""

import argparse
import json
import os
import select
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.backtest.data import PANELS, SERIES, prepare
from benchmarks.backtest.judging import Target, Verdict, agreement, expected_equity, judge
from benchmarks.peers import REQUIREMENTS, python_of

RUNNERS = "benchmarks.backtest.runners"
PATIENCE = 300
"""Seconds after which an engine's repetition counts as not finished."""
SLOW = 3.0
"""Seconds beyond which one repetition of a peer is enough."""


class Row(NamedTuple):
    """One line of the table."""

    title: str
    task: str
    data: str
    cold: bool
    engines: tuple[str, ...]
    target: Target


ROWS = (
    Row("SMA(10,30), 252 daily bars, whole cold process", "cross", "d252", True, ("ours", "raptorbt", "backtestingpy"),
        Target("1.1x RaptorBT", peer="raptorbt", times=1.1)),
    Row("the same, 98,280 minute bars, cold", "cross", "m98k", True, ("ours", "raptorbt"),
        Target("1.1x RaptorBT", peer="raptorbt", times=1.1)),
    Row("the same, 98,280 bars, warm", "cross", "m98k", False,
        ("ours", "raptorbt", "vectorbt", "backtestingpy", "akquant", "nautilus", "backtrader"),
        Target("5 ms", seconds=0.005)),
    Row("the same on exact decisions", "cross-exact", "m98k", False, ("ours", "raptorbt"),
        Target("5 ms, equal to the cent", seconds=0.005)),
    Row("the same, 1M bars, warm", "cross", "m1m", False, ("ours", "raptorbt", "vectorbt"),
        Target("40 ms, 250 MB", seconds=0.040, megabytes=250)),
    Row("events in Python: limit entry, stop, target", "event", "m98k", False,
        ("ours", "raptorbt", "backtestingpy", "nautilus", "backtrader"),
        Target("600k bars/s", bars_a_second=600_000)),
    Row("the same compiled", "compiled", "m98k", False, ("ours", "vectorbt"),
        Target("12M bars/s", bars_a_second=12_000_000)),
    Row("500 symbols x 2,520 days, monthly momentum", "rotation", "p500", False,
        ("ours", "vectorbt", "bt", "zipline", "nautilus"), Target("10x the best peer", faster=10)),
    Row("8,000 symbols x 2,520 days, the same", "rotation", "p8000", False, ("ours",), Target("0.5 s", seconds=0.5)),
    Row("the same from the bar cache", "stored", "p8000", False, ("ours",),
        Target("3 s, 2 GB", seconds=3.0, megabytes=2048)),
)  # fmt: skip


class Worker:
    """An engine's process that waits to be told to run."""

    def __init__(self, engine: str, row: Row) -> None:
        self.process = subprocess.Popen(
            command(engine, row, "serve"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=environment(),
        )  # fmt: skip
        self.ready = self.answer()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
        if not ready:
            return {"error": f"did not finish within {PATIENCE} s"}
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process ended"}

    def run(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self.answer()

    def stop(self) -> None:
        assert self.process.stdin is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONWARNINGS": "ignore"}


def command(engine: str, row: Row, mode: str) -> list[str]:
    python = sys.executable if engine == "ours" else python_of(engine)
    if python is None:
        raise RuntimeError("cannot be installed here")
    form = "csv" if row.cold else "npz"
    return [python, "-m", f"{RUNNERS}.{engine}", row.task, row.data, form, mode]


def measure(row: Row, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """Return each engine's answers, taking turns; the first of each is thrown away."""
    answers: dict[str, list[dict[str, Any]]] = {engine: [] for engine in row.engines}
    workers: dict[str, Worker] = {}
    try:
        for engine in row.engines if not row.cold else ():
            try:
                workers[engine] = Worker(engine, row)
            except RuntimeError as error:
                answers[engine] = [{"error": str(error)}]
                continue
            if "error" in workers[engine].ready:
                answers[engine] = [workers[engine].ready]
        for number in range(rounds + 1):
            for engine in row.engines:
                if answers[engine] and "error" in answers[engine][-1]:
                    continue
                made = cold_run(engine, row) if row.cold else workers[engine].run()
                if number or "error" in made:
                    answers[engine].append(made)
                if not row.cold and engine != "ours" and made.get("seconds", 0) > SLOW:
                    answers[engine] = [made, {"error": "slow enough for one repetition to do"}]
                    workers.pop(engine).stop()
    finally:
        for worker in workers.values():
            worker.stop()
    return {engine: [each for each in made if "seconds" in each] or made for engine, made in answers.items()}


def cold_run(engine: str, row: Row) -> dict[str, Any]:
    started = time.perf_counter()
    done = subprocess.run(
        command(engine, row, "once"), capture_output=True, text=True, check=False, env=environment(), timeout=PATIENCE
    )
    seconds = time.perf_counter() - started
    lines = done.stdout.strip().splitlines()
    answer: dict[str, Any] = json.loads(lines[-1]) if lines else {"error": done.stderr.strip()[-200:]}
    return answer if "error" in answer else {**answer, "seconds": seconds}


def show(row: Row, answers: dict[str, list[dict[str, Any]]]) -> Verdict | None:
    """Print a row and return its verdict; None when ours did not run."""
    bars = SERIES[row.data][0] if row.data in SERIES else PANELS[row.data][0] * 2_520
    print(f"\n{row.title}   (target: {row.target.text})")
    medians = {
        engine: statistics.median(each["seconds"] for each in made)
        for engine, made in answers.items()
        if "seconds" in made[0]
    }
    for engine, made in answers.items():
        if engine not in medians:
            print(f"  {engine:<14} not available: {made[0].get('error', '')[:160]}")
            continue
        seconds = [each["seconds"] for each in made]
        median = medians[engine]
        last = made[-1]
        ratio = f"{median / medians['ours']:8.2f}x ours" if "ours" in medians and engine != "ours" else " " * 13
        own, our = (f"{last[key]:.4f}" if last.get(key) is not None else "-" for key in ("sharpe", "our_sharpe"))
        print(
            f"  {engine:<14} {median * 1e3:10.2f} ms  ({min(seconds) * 1e3:.2f} to {max(seconds) * 1e3:.2f})  {ratio}  "
            f"{bars / median:14,.0f} bars/s  {last['peak_mb']:6.0f} MB  trades {last.get('trades', '-')}"
        )
        agrees = agreement(row.task, expected_equity(row.task, row.data, last), last["final_equity"])
        note = f"; {last['note']}" if last.get("note") else ""
        print(
            f"  {'':<14} equity {last['final_equity']:,.2f} {agrees}; Sharpe own {own}, ours of its curve {our}{note}"
        )
    if "ours" not in medians:
        return None
    return judge(row.target, bars, medians, answers["ours"][-1]["peak_mb"])


def summary(verdicts: list[tuple[Row, Verdict | None]]) -> None:
    """Print each row's target and whether it held."""
    print("\nTargets")
    words = {True: "held", False: "MISSED", None: "not judged"}
    for row, verdict in verdicts:
        if verdict is None:
            print(f"  {row.title:<48} {row.target.text:<26} not judged: ours did not run")
            continue
        best = "" if verdict.best is None else f"best peer {verdict.best}: {verdict.ratio:.2f}x our time"
        print(f"  {row.title:<48} {row.target.text:<26} {words[verdict.held]:<11} {best}")


def main() -> None:
    """Run the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="three rounds, without the largest panel")
    parser.add_argument("--rows", help="only rows whose title holds this")
    given = parser.parse_args()
    rows = [row for row in ROWS if not (given.quick and row.data == "p8000") and (given.rows or "") in row.title]
    rounds = 3 if given.quick else given.rounds
    print(f"Ours and the peers in turn, medians of {rounds} (least to most); times cover the run and its metrics.")
    print("Peers: " + ", ".join(each[0] for each in REQUIREMENTS.values()))
    verdicts = []
    for row in rows:
        prepare(row.data)
        verdicts.append((row, show(row, measure(row, rounds))))
    summary(verdicts)


if __name__ == "__main__":
    main()
