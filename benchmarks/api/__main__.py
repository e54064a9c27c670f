"""Print how fast the gateway is, on real stores and a running exchange, each row as soon as it is measured.

python -m benchmarks.api [--rounds N] [--seconds S] [--rows gets,posts,mixed,backtests]

Ours and the peer take turns in one run; medians are printed, with least and most. A gateway has one core for itself;
stores, exchange and the client share the other. Exit code 1 when a target does not hold.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.api import rest
from benchmarks.api.stack import ORDERS, SERIES, running
from benchmarks.peers import REQUIREMENTS, python_of

DAYS = 2_520


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round of each engine")
    parser.add_argument("--rows", default="gets,posts,mixed,backtests")
    given = parser.parse_args()
    wanted = given.rows.split(",")
    python = python_of("fastapi")
    beside = f"beside {REQUIREMENTS['fastapi'][0]}" if python else "FastAPI cannot be installed"
    print(
        f"The gateway, {ORDERS:,} orders and {SERIES * DAYS:,} bars stored, {beside} (load {rest.load()})", flush=True
    )
    with running() as stack, ExitStack() as served:
        ours = served.enter_context(stack.gateway())
        ours.token()  # publishes the key that the peer checks tokens with
        peer = served.enter_context(stack.peer(python)) if python else None
        engines, pace = rest.Engines(ours, peer), rest.Pace(given.rounds, given.seconds)
        rows: dict[str, Callable[[], bool]] = {
            "gets": lambda: rest.gets(stack, engines, pace),
            "posts": lambda: rest.posts(stack, engines, pace),
            "mixed": lambda: rest.mixed(stack, engines, pace),
            "backtests": lambda: rest.backtests(stack, ours),
        }
        held = [measure() for name, measure in rows.items() if name in wanted]
    print(f"\n{'All targets hold.' if all(held) else 'Not every target holds.'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
