"""A fresh process that backtests a CSV: argv[1] is the file."""

import sys

import arbitrax as ax

result = ax.backtest(ax.SmaCross(fast=10, slow=30), sys.argv[1])
print(result, result.metrics["sharpe"])
