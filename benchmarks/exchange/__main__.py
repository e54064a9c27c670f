"""Print how fast the order book is, with peers in the same run, in turn; each row as soon as it is measured.

python -m benchmarks.exchange [--rounds N] [--messages N]

Streams of a million messages (`stream`) at 1k, 10k and 100k resting orders, as COMMAND records in parts of 8,192; each
accepted, amended, cancelled and filled record is written and read once by a checksum. The bare C++ book (`floor.cpp`)
has no features and writes nothing. Peers (`peers`) are called once a message, each in an environment of its own.
Other work on the machine shows in the tails first: the fastest of the repetitions of a process count, medians of
processes are printed. ``--messages``: of the day (`day`), whose whole size is 300M.
"""

import argparse
import sys

from benchmarks.exchange import day
from benchmarks.exchange.peers.worker import DUE
from benchmarks.exchange.table import batches, measured, python_calls, runner

DAY = 30_000_000


def worst() -> bool:
    """Print the worst messages; tell whether the target holds."""
    print("\nOne message at most, of each the fastest of many runs: ns of service (target 10,000)")
    found = measured(runner("worst"))
    if "error" in found:
        print(f"  not measured: {found['error']}")
        return False
    for name, each in found.items():
        print(f"  {name.replace('_', ' '):<12} " + ", ".join(f"{key} {value:,}" for key, value in each.items()))
    return all(each["max"] <= 10_000 for each in found.values())


def memory() -> bool:
    """Print what a symbol takes; tell whether the target holds."""
    found = measured(runner("memory"))
    if "error" in found:
        print(f"  memory not measured: {found['error']}")
        return False
    print(
        f"\nA symbol: idle {found['idle']:,.0f} bytes (target 16,384), with a quote {found['quoted']:,.0f}", flush=True
    )
    return bool(found["idle"] <= 16_384)


def accounts() -> bool:
    """Print the engine with accounts; tell whether its targets hold."""
    print("\nWith accounts and risk: 1,000 accounts, fees, limits, 10,000 resting")
    found = measured([sys.executable, "-m", "benchmarks.exchange.accounts"])
    if "error" in found:
        print(f"  not measured: {found['error']}")
        return False
    took = found["nanoseconds"]
    print(
        f"  {took:.1f} ns a command, {1_000 / took:.1f} M/s (target 10); {found['trades']:,} trades, "
        f"{found['refused']:,} refused; the reference {'agrees' if found['same'] else 'DIFFERS'}"
    )
    for name, title in (("service", "service"), ("due", f"from when due, {1e9 / DUE:,.0f} a second")):
        each = ", ".join(f"{key} {value:,}" for key, value in found[name].items())
        print(f"  one command a call, {title}: {each} ns" + (" (target p99 3,000)" if name == "service" else ""))
    return bool(found["same"] and took <= 100 and found["service"]["p99"] <= 3_000)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.exchange")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--messages", type=int, default=DAY, help="of the day")
    given = parser.parse_args()
    held = [batches(given.rounds), python_calls(given.rounds), worst(), memory(), accounts()]
    print()
    held.append(day.main(given.messages))
    print(f"\n{'All targets hold.' if all(held) else 'Not every target holds.'}")
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
