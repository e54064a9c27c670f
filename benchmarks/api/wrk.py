"""As fast as a gateway answers: wrk, which takes a fiftieth of a gateway's time, or our own client where it is not."""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.api.client import Plan, Seen

DONE = """
function done(summary, latency)
    local errors = summary.errors
    print(string.format('RESULT {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"most":%f,"failed":%d}',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
        latency.max / 1e3, errors.status + errors.connect + errors.read + errors.timeout))
end
"""
ORDERS = """
local ids, at = {%s}, 0
function request() at = at %% #ids + 1; return wrk.format("GET", "/api/v1/orders/" .. ids[at] .. "?account=%s") end
"""
POSTS = """
local symbols, count = {%s}, 0
wrk.headers["Content-Type"] = "application/json"
function request()
    count = count + 1
    local buys, step = count %% 2 == 0, math.random(0, 99) / 100
    return wrk.format("POST", "/api/v1/orders", nil, string.format(
        '{"account":"%s","symbol":"%%s","side":"%%s","quantity":"0.01","price":"%%.2f","client_order_id":"t_%%011x_%s%%06x"}',
        symbols[count %% #symbols + 1], buys and "buy" or "sell", buys and 90 - step or 110 + step,
        os.time() * 1000, count))
end
"""
MARKETS = """
local symbols, count = {%s}, 0
wrk.headers["Content-Type"] = "application/json"
function request()
    count = count + 1
    local buys, step = count %% 2 == 0, math.random(0, 99) / 100
    return wrk.format("POST", "/markets/" .. symbols[count %% #symbols + 1] .. "/orders", nil, string.format(
        '{"account":1,"side":"%%s","quantity":"0.01","price":"%%.2f"}',
        buys and "buy" or "sell", buys and 90 - step or 110 + step))
end
"""


class Rate(msgspec.Struct):
    """What was answered, latencies in ms."""

    requests: int
    seconds: float
    p50: float
    p99: float
    most: float
    failed: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def as_fast_as_it_goes(plan: Plan) -> Rate:
    """Ask for orders by their ids, or send some, by so many connections."""
    if shutil.which("wrk") is None:
        return _of(ask(plan))
    (kind,) = plan.kinds
    quoted = ", ".join(f'"{each}"' for each in (plan.orders if kind == "order" else plan.symbols))
    run = f"{time.time_ns() // 1000 % 16**8:08x}"
    scripts = {
        "order": lambda: ORDERS % (quoted, plan.account),
        "post": lambda: POSTS % (quoted, plan.account, run),
        "market": lambda: MARKETS % quoted,
    }
    script = scripts[kind]()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "load.lua"
        file.write_text(script + DONE)
        done = subprocess.run(
            [
                "wrk", "-t1", f"-c{plan.connections}", f"-d{plan.seconds:.0f}s", "-s", str(file),
                "-H", f"Authorization: Bearer {plan.token}", f"http://127.0.0.1:{plan.port}",
            ],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    line = next(each for each in done.stdout.splitlines() if each.startswith("RESULT "))
    return msgspec.convert(json.loads(line.removeprefix("RESULT ")), Rate)


def ask(plan: Plan) -> Seen:
    """Ask from another process."""

    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.api.client"],
        input=msgspec.json.encode(plan),
        check=True,
        capture_output=True,
    )
    return msgspec.json.decode(done.stdout, type=Seen)


def quantile(sorted_values: list[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def _of(seen: Seen) -> Rate:
    times = sorted(each for of_kind in seen.milliseconds.values() for each in of_kind)
    return Rate(len(times), seen.seconds, quantile(times, 0.5), quantile(times, 0.99), times[-1], seen.failed)
