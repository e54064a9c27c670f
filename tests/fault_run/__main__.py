"""`python -m tests.fault_run`."""

import argparse
import sys

from tests.fault_run.run import TARGETS, run

parser = argparse.ArgumentParser(prog="python -m tests.fault_run", description=__doc__)
parser.add_argument("--seconds", type=float, default=60.0, help="of trading under kills")
parser.add_argument("--seed", type=int, default=1, help="of what is killed when")
parser.add_argument("--kills", type=int, default=0, help="trade on until so many processes were killed")
parser.add_argument("--rounds", type=int, default=0, help="at each named point, before")
parser.add_argument("--durability", choices=("process", "power"), default="process", help="of servers and processes")
parser.add_argument("--full-disk", action="store_true", help="now and then the disk is full")
parser.add_argument("--slow-sync", type=int, default=0, metavar="MS", help="milliseconds that fdatasync takes longer")
parser.add_argument("--keep", action="store_true", help="leave the folder with logs and data")
arguments = parser.parse_args()
report = run(
    arguments.seconds,
    arguments.seed,
    kills=arguments.kills,
    rounds=arguments.rounds,
    targets=TARGETS | ({"disk": 4} if arguments.full_disk else {}),
    durability=arguments.durability,
    slow_sync=arguments.slow_sync,
    keep=arguments.keep,
)
print(report)  # noqa: T201 - a command prints
sys.exit(bool(report.findings))
