"""Run every benchmark in turn."""

from benchmarks.backtest import __main__ as backtest
from benchmarks.indicators import __main__ as indicators
from benchmarks.main_job import cold, million

cold.main()
print()
million.main()
print()
backtest.main()
print()
indicators.main()
