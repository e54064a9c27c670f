"""What an engine does when the machine gives it no more memory: it refuses what needs some, and loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[3]
STARVE = """
import resource
import sys

import numpy as np

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.records import EVENT, Code, Happening
from tests.exchange.hard_markets import MARKETS
from tests.exchange.ledger import Ledger

market = MARKETS[sys.argv[1]](1)
market.recent = 5_000
while len(market.rows) < 30_000:
    market.submit()
    if len(market.rows) % 4 == 0:
        market.cancel()
        market.amend()
        market.outside()
commands = np.array(market.rows, market.dtype)
engine, ledger = MatchingCore(), Ledger(market.accounts, market.symbols)
said = np.zeros(len(commands) * 8, EVENT)
said["code"] = 1  # touched
offsets, count, ends = np.zeros(201, np.int64), 0, []


def run(start):
    global count
    made = engine.kernel.run(commands[start : start + 200], offsets[: len(commands[start : start + 200]) + 1])
    said[count : count + made] = np.frombuffer(engine.kernel.events(), EVENT)
    count += made
    ends.append(count)


for start in range(0, 4_000, 200):
    run(start)
with open("/proc/self/status") as status:
    used = next(int(line.split()[1]) << 10 for line in status if line.startswith("VmData"))
resource.setrlimit(resource.RLIMIT_DATA, (used + (1 << 16), resource.RLIM_INFINITY))
for start in range(4_000, 24_000, 200):
    run(start)
resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for start in range(24_000, len(commands), 200):
    run(start)
starved = said[ends[19] : ends[119]]
assert Code.NO_ROOM in starved["code"]
assert Code.BY_OWNER in starved["code"]
after = said[ends[120] : count]
assert Code.NO_ROOM not in after["code"]
assert (after["kind"] == Happening.ACCEPTED).any()
ledger.take(said[:count])
ledger.check(engine)
print(np.count_nonzero(starved["code"] == Code.NO_ROOM))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the data of a process as Linux counts it")
@pytest.mark.skipif("asan" in os.environ.get("LD_PRELOAD", ""), reason="the sanitizer needs memory of its own")
@pytest.mark.parametrize("name", ["ManySymbols", "ClientIds"])
def test_without_memory_orders_are_refused_and_nothing_is_lost(name):
    done = subprocess.run([sys.executable, "-c", STARVE, name], cwd=HERE, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 100
