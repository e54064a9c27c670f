"""Run every benchmark in turn."""

from benchmarks.main_job import cold, million

cold.main()
print()
million.main()
