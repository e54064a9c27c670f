"""`python -m tests.gateway_fault_run`."""

import argparse
import sys

from tests.gateway_fault_run.run import run

parser = argparse.ArgumentParser(prog="python -m tests.gateway_fault_run", description=__doc__)
parser.add_argument("--seconds", type=float, default=60.0, help="of trading under kills")
parser.add_argument("--seed", type=int, default=1, help="of what is killed when, and of what users do")
parser.add_argument("--quiet", action="store_true", help="nothing is killed")
parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
arguments = parser.parse_args()
report = run(arguments.seconds, arguments.seed, quiet=arguments.quiet, keep=arguments.keep)
print(report)  # noqa: T201 - a command prints
sys.exit(bool(report.findings))
