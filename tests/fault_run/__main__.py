"""`python -m tests.fault_run`."""

import argparse
import sys

from tests.fault_run.run import run

parser = argparse.ArgumentParser(prog="python -m tests.fault_run", description=__doc__)
parser.add_argument("--seconds", type=float, default=60.0, help="of trading under kills")
parser.add_argument("--seed", type=int, default=1, help="of what is killed when")
parser.add_argument("--slow-sync", type=int, default=0, metavar="MS", help="milliseconds that fdatasync takes longer")
parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
arguments = parser.parse_args()
report = run(arguments.seconds, arguments.seed, slow_sync=arguments.slow_sync, keep=arguments.keep)
print(report)  # noqa: T201 - a command prints
sys.exit(bool(report.findings))
