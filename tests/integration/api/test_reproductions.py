"""Runs run again over HTTP by real workers: byte for byte, or why not."""

import itertools
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from arbitrax.domain.ids import decode
from arbitrax.services.backtests import RUN, find_run
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from arbitrax.storage.postgres.connection import Database
from tests.gateway import Gateway
from tests.integration.api.test_access import run_of
from tests.integration.api.test_orders import eventually
from tests.job_workers import Workers

_requests = itertools.count()


@pytest.fixture
def tom(gateway: Gateway, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        yield client


def path_of(run: str) -> str:
    return f"/api/v1/backtests/{run}/reproduction"


def done(client: httpx2.Client, run: str) -> dict[str, Any]:
    """Return the newest reproduction once it is over."""

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = client.get(path_of(run)).json()
        return found if found["status"] in ("succeeded", "failed", "dead") else None

    found: dict[str, Any] = eventually(over)
    return found


def test_a_run_is_run_again_and_every_byte_is_as_it_was(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, trader: User
) -> None:
    run = run_of(gateway, trader)
    assert tom.get(path_of(run)).json()["status"] == "none"
    asked = tom.post(path_of(run))
    assert (asked.status_code, asked.headers["Location"]) == (202, path_of(run)), asked.text
    assert asked.json()["equal"] is None
    found = done(tom, run)
    assert (found["status"], found["equal"], found["differences"]) == ("succeeded", True, [])
    assert found["reproduced_at"] >= found["created_at"]
    assert found["result_hash"] == found["stored_result_hash"]
    assert found["result_hash"] == find_run(gateway.parts.store.runs, run).result_hash
    again = tom.post(path_of(run)).json()
    assert again["job"] != found["job"]
    assert done(tom, run)["job"] == again["job"]


def test_one_that_waits_is_not_asked_for_twice(gateway: Gateway, tom: httpx2.Client, trader: User) -> None:
    def asked_twice() -> bool:  # a worker of another test may be done with the first one in between
        run = run_of(gateway, trader)
        jobs = [tom.post(path_of(run)).json()["job"] for _ in range(2)]
        return jobs[0] == jobs[1]

    assert eventually(asked_twice)


def test_what_came_out_otherwise_is_named(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, trader: User, gateway_settings: Settings
) -> None:
    run = run_of(gateway, trader)
    id = decode(RUN, run)
    with Database(str(gateway_settings.database_url)) as database, database.connection() as connection:
        changed = connection.execute("UPDATE backtests SET result_hash = repeat('0', 64) WHERE id = %s", (id,)).rowcount
        assert changed == 1
    tom.post(path_of(run))
    found = done(tom, run)
    assert (found["status"], found["equal"]) == ("succeeded", False)
    assert "result hash" in found["differences"]
    assert found["stored_result_hash"] == "0" * 64


def test_a_run_whose_strategy_is_not_registered_is_refused_with_the_reason(
    gateway: Gateway, worker: Workers, tom: httpx2.Client, trader: User, gateway_settings: Settings
) -> None:
    run = run_of(gateway, trader)
    with Database(str(gateway_settings.database_url)) as database, database.connection() as connection:
        connection.execute(
            "UPDATE backtests SET spec = jsonb_set(spec::jsonb, '{strategy,name}', %s::jsonb) WHERE id = %s",
            ('"own.py:SmaCross"', decode(RUN, run)),
        )
    tom.post(path_of(run))
    found = done(tom, run)
    assert (found["status"], found["code"], found["equal"]) == ("failed", "input.invalid", None)
    assert "not a registered strategy" in found["detail"]


def test_another_users_run_is_as_if_it_were_not_there(gateway: Gateway, tom: httpx2.Client, viewer: User) -> None:
    theirs = run_of(gateway, gateway.user(f"runner-{next(_requests)}", "trader"))
    for answer in (tom.post(path_of(theirs)), tom.get(path_of(theirs))):
        assert (answer.status_code, answer.json()["code"]) == (404, "input.unknown_name")
    mine = run_of(gateway, viewer)
    with gateway.client(gateway.key(viewer, "read")) as client:
        assert client.post(path_of(mine)).json()["code"] == "access.forbidden"
        assert client.get(path_of(mine)).json()["status"] == "none"


def test_a_strategy_shows_its_text_its_hash_and_its_warm_up(gateway: Gateway, tom: httpx2.Client, trader: User) -> None:
    found = tom.get("/api/v1/strategies/sma_cross").json()
    assert "class SmaCross(Strategy):" in found["source"]
    run = find_run(gateway.parts.store.runs, run_of(gateway, trader))
    assert found["source_sha256"] == run.spec.strategy.source_hash
    assert (found["warm_up_bars"], found["form"]) == (30, "signals")
    assert found["description"].startswith("Long while the fast average")
    assert "Journal of Finance" in found["description"]
    assert [each["name"] for each in found["parameters"]] == ["fast", "slow", "short"]
    listed = tom.get("/api/v1/strategies").json()["data"]
    assert "source" not in listed[0]
    for each in listed:
        detail = tom.get(f"/api/v1/strategies/{each['name']}").json()
        assert detail["warm_up_bars"] is None or detail["warm_up_bars"] >= 1
        assert detail["source"]
