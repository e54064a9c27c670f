"""The gateway against its own OpenAPI document: schemathesis, every check, with state, finds nothing.

A handful of examples each time, many by `make nightly`. A failure prints the seed that repeats it.
"""

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from arbitrax.domain.ids import encode
from arbitrax.services.identity_ports import KEY, USER, User
from tests.exchange_processes import Exchange
from tests.gateway import Gateway
from tests.integration.api.test_access import run_of

PHASES = "examples,coverage,fuzzing,stateful"
# Beyond schemathesis' own: what only a store can tell (422 with a code that says so, which
# tests/schemathesis_checks.py looks at), an ETag that is old (412), and If-Match that is missing (428).
CONFIGURATION = """
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429"]
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "428", "429"]
[checks.missing_required_header]
expected-statuses = ["401", "403", "422", "428"]
"""


BOUND = {
    "path.user": "user", "path.key": "key", "path.backtest": "backtest", "path.account": "account",
    "path.order": "order", "path.symbol": "symbol", "path.name": "strategy", "query.account": "account",
    "query.symbol": "symbol", "body.account": "account", "body.symbol": "symbol", "body.symbols[*]": "symbol",
    "body.strategy": "strategy", "body.user": "user",
}  # fmt: skip
"""Which parameters are often, though not always, what there is."""


@pytest.mark.parametrize("examples", [5, pytest.param(100, marks=pytest.mark.nightly)])
def test_it_finds_nothing(gateway: Gateway, exchange: Exchange, trader: User, tmp_path: Path, examples: int) -> None:
    fuzzer = gateway.user(f"fuzzer-{examples}", "admin")
    key = gateway.key(fuzzer, "read", "trade", "admin")
    own = [encode(USER, fuzzer.id), *(encode(KEY, each.id) for each in gateway.parts.store.keys.list(fuzzer.id))]
    lines = [CONFIGURATION]
    lines += [f"[dictionaries.{name}]\nvalues = {values}" for name, values in what_there_is(gateway, trader).items()]
    lines += ["[parameters]"]
    lines += [f'"{place}" = {{ dictionary = "{name}", probability = 0.7 }}' for place, name in BOUND.items()]
    (tmp_path / "schemathesis.toml").write_text("\n".join(lines))
    seed = os.environ.get("SCHEMATHESIS_SEED") or str(int.from_bytes(os.urandom(4), "big"))
    done = subprocess.run(
        [
            sys.executable, "-m", "schemathesis.cli", "run", f"{gateway.url}/openapi.json",
            # DELETE revokes a key and cancels an order, and both can still be looked at: nothing is ever deleted.
            "--checks", "all", "--exclude-checks", "use_after_free",
            "--phases", PHASES, "--max-examples", str(examples), "--seed", seed, "--workers", "2",
            "--header", f"Authorization: Bearer {key}", "--continue-on-failure", "--no-color",
            "--request-timeout", "120", "--max-response-time", "120",  # nothing that a busy machine could miss
            "--report", "ndjson", "--report-ndjson-path", "events.ndjson",
        ],
        env=os.environ
        | {
            "SCHEMATHESIS_HOOKS": "tests.schemathesis_checks",
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "ARBITRAX_PROTECTED": ",".join(own),
        },
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=3_000,
    )  # fmt: skip
    assert done.returncode == 0, f"SCHEMATHESIS_SEED={seed}\n{done.stdout}\n{done.stderr}"
    with gateway.client(key) as client:
        assert client.get("/api/v1/users").status_code == 200, "the fuzzer took its own rights away"


def what_there_is(gateway: Gateway, trader: User) -> dict[str, list[str]]:
    """Return ids and names that requests succeed with. Each symbol has had an order: else there is no book yet."""
    store = gateway.parts.store
    others = [gateway.user(f"target-{uuid4().hex[:8]}", "trader") for _ in range(3)]
    keys = [store.keys.add(each, "target", scopes=["read"])[0] for each in others]
    orders = []
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        for symbol in ("COIN", "TIN", "GOLD"):
            body = {"account": "mine", "symbol": symbol, "side": "buy", "quantity": "1", "price": "1"}
            body["client_order_id"] = uuid4().hex
            while (made := client.post("/api/v1/orders", json=body)).status_code == 503:
                pass  # the recorder is starting
            orders.append(made.json()["id"])
            while client.get(f"/api/v1/books/{symbol}").status_code == 503:
                pass  # the feed publishes a moment later
    return {
        "user": [encode(USER, each.id) for each in others],
        "key": [encode(KEY, each.id) for each in keys],
        "backtest": [run_of(gateway, trader), run_of(gateway, None)],
        "account": [each.text for each in store.registry.accounts()][:3],
        "order": orders,
        "symbol": ["AAPL", "COIN", "TIN", "GOLD"],
        "strategy": ["sma_cross", "buy_and_hold"],
    }
