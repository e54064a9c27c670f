"""The same job in RaptorBT: read the CSV, cross two averages, print the Sharpe ratio. argv[1] is the file."""

import csv
import datetime
import sys

import numpy as np
import raptorbt as rb

with open(sys.argv[1], newline="") as file:  # noqa: PTH123 - a peer loads no more than it needs
    rows = list(csv.DictReader(file))
time = np.array(
    [int(datetime.datetime.fromisoformat(r["Date"]).replace(tzinfo=datetime.UTC).timestamp()) * 10**9 for r in rows]
)
adjusted = np.array([float(r["Adj Close"]) for r in rows])
factor = adjusted / np.array([float(r["Close"]) for r in rows])
o, h, low = (np.array([float(r[name]) for r in rows]) * factor for name in ("Open", "High", "Low"))
volume = np.array([float(r["Volume"]) for r in rows])
config = rb.BacktestConfig(initial_capital=100_000.0, fees=0.001, periods_per_year=252.0, fill_timing="next_bar_open")
up = np.asarray(rb.sma(adjusted, 10)) > np.asarray(rb.sma(adjusted, 30))
result = rb.run_single_backtest(time, o, h, low, adjusted, volume, up, ~up, 1, 1.0, "AAPL", config)
print(float(np.asarray(result.equity_curve())[-1]), result.metrics.sharpe_ratio)
