"""Whole cold processes: `ax.backtest` on a CSV, the command line with servers up, and RaptorBT, interleaved."""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from arbitrax.domain.dates import date_text
from arbitrax.market_data.files import read_file
from arbitrax.samples import sample_paths
from benchmarks.peers import python_of
from benchmarks.timing import interleave, row

HERE = Path(__file__).parent
RUN = "backtest run sma_cross --symbol AAPL --from 2012-01-01 --to 2012-12-31"


def write_year(path: Path) -> None:
    """Write the bundled AAPL bars of 2012 as a Yahoo-like CSV."""
    source = next(each for each in sample_paths() if each.stem == "AAPL")
    bars = read_file(source)[0].bars
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["Date", "Open", "High", "Low", "Close", "Adj Close", "Volume"])
        for at in range(len(bars)):
            day = date_text(int(bars.timestamp[at]))
            if day.startswith("2012"):
                columns = (bars.open, bars.high, bars.low, bars.close, bars.adj_close, bars.volume)
                out.writerow([day, *(float(column[at]) for column in columns if column is not None)])


def main(rounds: int = 11) -> None:
    """Print the table."""
    arbitrax = str(Path(sys.executable).with_name("arbitrax"))
    with tempfile.TemporaryDirectory() as folder:
        home = {"ARBITRAX_HOME": f"{folder}/home"}
        year = Path(folder) / "AAPL.csv"
        write_year(year)
        commands = {
            "python -c 'import numpy'": [sys.executable, "-c", "import numpy"],
            "ax.backtest, one year of CSV": [sys.executable, str(HERE / "ours.py"), str(year)],
            "arbitrax backtest run --symbol AAPL (stored)": [arbitrax, *RUN.split()],
        }
        peer = python_of("raptorbt")
        if peer:
            commands["RaptorBT 0.13.4, one year of CSV"] = [peer, str(HERE / "raptorbt_peer.py"), str(year)]
        servers = subprocess.Popen(
            [arbitrax, "serve", "stores"], stdout=subprocess.PIPE, env={**os.environ, **home}, text=True
        )
        try:
            assert servers.stdout is not None
            for line in servers.stdout:
                if line.startswith("Running"):
                    break
            seconds = interleave(commands, rounds=rounds, environment=home)
        finally:
            servers.terminate()
            servers.wait()
    numpy, ours = (seconds[name] for name in list(commands)[:2])
    print(f"Whole cold processes, {rounds} rounds interleaved; ratios are pairwise medians.")
    for name, taken in seconds.items():
        print(row(name, taken, numpy if taken is ours else None))
    over = sorted(a - b for a, b in zip(ours, numpy, strict=True))[rounds // 2]
    print(f"ax.backtest over `import numpy`: {over * 1000:.0f} ms (target 80)")
    if peer:
        print(row("ax.backtest / RaptorBT", ours, seconds["RaptorBT 0.13.4, one year of CSV"]))


if __name__ == "__main__":
    main()
