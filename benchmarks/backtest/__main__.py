"""Print the table of speeds: ours and the peers, interleaved in one run, medians and ratios.

python -m benchmarks.backtest [--quick] [--rounds N]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.backtest.data import PANELS, SERIES, prepare
from benchmarks.peers import python_of

RUNNERS = "benchmarks.backtest.runners"
ENGINES = {"ours": None, "raptorbt": "raptorbt", "backtestingpy": "backtestingpy", "vectorbt": "vectorbt", "bt": "bt"}
PATIENCE = 300
"""Seconds after which an engine's repetition counts as not finished."""


class Row(NamedTuple):
    """One line of the table."""

    title: str
    task: str
    data: str
    cold: bool
    engines: tuple[str, ...]
    target: str


ROWS = (
    Row("SMA(10,30), 252 daily bars, whole cold process", "cross", "d252", True, ("ours", "raptorbt", "backtestingpy"),
        "1.1x RaptorBT"),
    Row("the same, 98,280 minute bars, cold", "cross", "m98k", True, ("ours", "raptorbt"), "1.1x RaptorBT"),
    Row("the same, 98,280 bars, warm", "cross", "m98k", False, ("ours", "raptorbt", "vectorbt", "backtestingpy"),
        "5 ms"),
    Row("the same on exact decisions", "cross-exact", "m98k", False, ("ours", "raptorbt"), "equal to the cent"),
    Row("the same, 1M bars, warm", "cross", "m1m", False, ("ours", "raptorbt", "vectorbt"), "40 ms, 250 MB"),
    Row("events in Python: limit entry, stop, target", "event", "m98k", False, ("ours", "raptorbt", "backtestingpy"),
        "600k bars/s"),
    Row("the same compiled", "compiled", "m98k", False, ("ours", "vectorbt"), "12M bars/s"),
    Row("500 symbols x 2,520 days, monthly momentum", "rotation", "p500", False, ("ours", "vectorbt", "bt"),
        "10x the best peer"),
    Row("8,000 symbols x 2,520 days, the same", "rotation", "p8000", False, ("ours",), "0.5 s"),
    Row("the same from the bar cache", "stored", "p8000", False, ("ours",), "3 s, 2 GB"),
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
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process ended"}

    def run(self) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return self.answer()

    def stop(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path.cwd()), "PYTHONWARNINGS": "ignore"}


def command(engine: str, row: Row, mode: str) -> list[str]:
    peer = ENGINES[engine]
    python = sys.executable if peer is None else python_of(peer)
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
        for number in range(rounds + 1):
            for engine in row.engines:
                if answers[engine] and "error" in answers[engine][-1]:
                    continue
                made = cold_run(engine, row) if row.cold else workers[engine].run()
                if number or "error" in made:
                    answers[engine].append(made)
                if made.get("seconds", 0) > 20:
                    answers[engine] = [made]  # slow enough for one repetition to do
                    workers.pop(engine).stop()
                    answers[engine].append({"error": "stopped"})
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


def show(row: Row, answers: dict[str, list[dict[str, Any]]]) -> None:
    bars = SERIES[row.data][0] if row.data in SERIES else PANELS[row.data][0] * 2_520
    print(f"\n{row.title}   (target: {row.target})")
    ours = statistics.median(each["seconds"] for each in answers["ours"]) if "seconds" in answers["ours"][0] else None
    for engine, made in answers.items():
        if "seconds" not in made[0]:
            print(f"  {engine:<14} not available: {made[0].get('error', '')[:120]}")
            continue
        seconds = [each["seconds"] for each in made]
        median = statistics.median(seconds)
        last = made[-1]
        ratio = f"{median / ours:6.2f}x ours" if ours and engine != "ours" else " " * 11
        sharpe = last.get("sharpe")
        print(
            f"  {engine:<14} {median * 1e3:10.2f} ms  ({min(seconds) * 1e3:.2f} to {max(seconds) * 1e3:.2f})  {ratio}  "
            f"{bars / median:14,.0f} bars/s  {last['peak_mb']:6.0f} MB  equity {last['final_equity']:,.2f}  "
            f"Sharpe {float('nan') if sharpe is None else sharpe:.4f}  trades {last.get('trades', '-')}  "
            f"{last.get('note', '')}"
        )


def main() -> None:
    """Run the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="three rounds, without the largest panel")
    given = parser.parse_args()
    rows = [row for row in ROWS if not (given.quick and row.data == "p8000")]
    rounds = 3 if given.quick else given.rounds
    print(f"Ours and the peers in turn, medians of {rounds} (least to most); times cover the run and its metrics.")
    for row in rows:
        prepare(row.data)
        show(row, measure(row, rounds))


if __name__ == "__main__":
    main()
