"""The channel of jobs: what becomes of them, whoever changes them, told to whom it is of."""

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.dates import end_of_day, start_of_day
from arbitrax.domain.ids import decode, encode
from arbitrax.services.backtests import run_stored
from arbitrax.services.catalogue_ports import Chunk, IngestionRequest
from arbitrax.services.identity_ports import User
from arbitrax.strategies.registry import find_strategy
from tests.gateway import Gateway
from tests.socket_client import Socket

BACKTESTS, INGESTIONS = "/api/v1/backtests", "/api/v1/ingestions"
YEAR = {
    "strategy": "sma_cross", "parameters": {"fast": 10, "slow": 30}, "symbols": ["AAPL"], "start": "2012-01-01",
    "end": "2012-12-31",
}  # fmt: skip
MONTH = {"symbols": ["SYN-TOLD"], "source": "synthetic", "start": "2020-01-01", "end": "2020-01-31"}


def follow(gateway: Gateway, user: User) -> Socket:
    """Return a socket that has been told how the jobs are."""
    scopes = ("read", "admin") if user.role == "admin" else ("read",)
    socket = Socket(gateway.url, gateway.key(user, *scopes))
    assert socket.ask(op="subscribe", channel="jobs") == {
        "type": "ack", "id": 2, "op": "subscribe", "channel": "jobs", "symbols": [encode("usr", user.id)],
    }  # fmt: skip
    first = socket.first_of("jobs")
    assert (first["type"], first["seq"], first["prev_seq"]) == ("snapshot", 1, None)
    return socket


def told(socket: Socket, id: str) -> list[tuple[str, bool]]:
    """Return what was told of a job: status, and whether its end was asked for."""
    return [
        (job["status"], job["cancel_asked"])
        for each in socket.of("jobs")
        for job in (each["data"] or {}).get("jobs", ())
        if job["id"] == id
    ]


def until(socket: Socket, id: str, status: str) -> dict[str, Any]:
    """Wait until a job was told to have a status; return it."""
    message = socket.wait_for(
        lambda each: (
            each.get("channel") == "jobs"
            and any((job["id"], job["status"]) == (id, status) for job in (each.get("data") or {}).get("jobs", ()))
        )
    )
    return next(job for job in message["data"]["jobs"] if job["id"] == id)


@pytest.fixture
def owners(gateway: Gateway, trader: User) -> Iterator[Socket]:
    with closing(follow(gateway, trader)) as socket:
        yield socket


def test_what_becomes_of_a_job_is_told_to_its_owner_and_to_admins_only(
    gateway: Gateway, trader: User, admin: User, owners: Socket
) -> None:
    stranger = gateway.user("jobs-stranger", "trader")
    store = gateway.parts.store
    with closing(follow(gateway, admin)) as boss, closing(follow(gateway, stranger)) as other:
        with gateway.client(gateway.key(trader, "trade", "read")) as client:
            id = client.post(BACKTESTS, json=YEAR).json()["id"]
            until(owners, id, "queued")
            claimed = store.jobs.claim("test")
            assert claimed is not None
            until(owners, id, "running")
            client.post(f"{BACKTESTS}/{id}/cancellation")
            store.jobs.finish(claimed[1], "cancelled", None)
        change = until(owners, id, "cancelled")
        assert change == {"kind": "backtest", "id": id, "status": "cancelled", "cancel_asked": True}
        until(boss, id, "cancelled")
        expected = [("queued", False), ("running", False), ("running", True), ("cancelled", True)]
        assert told(owners, id) == told(boss, id) == expected
        seen = [each["seq"] for each in owners.of("jobs")]
        assert seen == list(range(1, len(seen) + 1))
        with gateway.client(gateway.key(stranger, "trade", "read")) as client:
            own = client.post(INGESTIONS, json=MONTH).json()["id"]
            until(other, own, "queued")
            client.post(f"{INGESTIONS}/{own}/cancellation")
        assert until(other, own, "cancelled")["kind"] == "ingestion"
        assert told(other, id) == told(owners, own) == []


def test_who_follows_is_first_told_what_waits_and_goes_on(gateway: Gateway, trader: User) -> None:
    store = gateway.parts.store
    with gateway.client(gateway.key(trader, "trade", "read")) as client:
        waits = client.post(INGESTIONS, json=MONTH).json()["id"]
        with closing(follow(gateway, trader)) as socket:
            (found,) = [job for job in socket.first_of("jobs")["data"]["jobs"] if job["id"] == waits]
            assert found == {"kind": "ingestion", "id": waits, "status": "queued", "cancel_asked": False}
        client.post(f"{INGESTIONS}/{waits}/cancellation")
        with closing(follow(gateway, trader)) as socket:
            assert waits not in [job["id"] for job in socket.first_of("jobs")["data"]["jobs"]]
    assert decode("ing", waits) not in [each.id for each in store.jobs.active(None, 500)]


def test_a_reproduction_is_told_by_the_id_of_its_backtest(gateway: Gateway, trader: User, owners: Socket) -> None:
    store = gateway.parts.store
    with gateway.client(gateway.key(trader, "trade", "read")) as client:
        run = made_without_job(gateway, owner=trader)
        client.post(f"{BACKTESTS}/{run}/reproduction")
        assert until(owners, run, "queued")["kind"] == "reproduction"
    claimed = store.jobs.claim("test")
    assert claimed is not None
    store.jobs.finish(claimed[1], "cancelled", None)


def made_without_job(gateway: Gateway, owner: User | None = None) -> str:
    """Return the id of a run as the command line makes it."""
    store = gateway.parts.store
    strategy = find_strategy("sma_cross")(fast=10, slow=30)
    spec = RunSpec(
        strategy=strategy_ref(strategy, "sma_cross"), symbols=("AAPL",), start="2012-01-01", end="2012-12-31"
    )
    run, _ = run_stored(
        store.bars, store.actions, store.runs, spec, strategy, now=time.time_ns(), quality=store.quality,
        owner=None if owner is None else owner.id,
    )  # fmt: skip
    return encode("bt", run)


def test_what_the_operator_does_without_a_job_is_told_to_admins(
    gateway: Gateway, admin: User, trader: User, owners: Socket
) -> None:
    store, day = gateway.parts.store, 86_400_000_000_000
    start, end = start_of_day("2021-01-01"), end_of_day("2021-01-31")
    request = IngestionRequest("synthetic", ("SYN-OPERATOR",), "1d", start, end)
    chunks = [Chunk("SYN-OPERATOR", "1d", start, start + 9 * day), Chunk("SYN-OPERATOR", "1d", start + 9 * day, end)]
    with closing(follow(gateway, admin)) as boss:
        run = made_without_job(gateway)
        assert until(boss, run, "succeeded")["kind"] == "backtest"
        opened = store.ingestions.open(request, lambda: chunks, received=time.time_ns())
        id = encode("ing", opened.id)
        until(boss, id, "running")
        store.ingestions.fail(opened, chunks[0], "nobody answers")
        store.ingestions.finish(opened, received=time.time_ns(), error="nobody answers")
        until(boss, id, "failed")
        assert {status for status, _ in told(boss, id)} == {"running", "failed"}
    assert told(owners, run) == told(owners, id) == []


def test_what_is_not_committed_is_never_told(gateway: Gateway, trader: User, owners: Socket) -> None:
    store = gateway.parts.store
    with gateway.client(gateway.key(trader, "trade", "read")) as client:
        refused = client.post(BACKTESTS, json=YEAR | {"symbols": ["NOTSTORED"]})
        assert refused.status_code == 422
        id = client.post(INGESTIONS, json=MONTH).json()["id"]
        until(owners, id, "queued")
        client.post(f"{INGESTIONS}/{id}/cancellation")
    assert {job["id"] for each in owners.of("jobs")[1:] for job in each["data"]["jobs"]} == {id}
    assert store.jobs.claim("test") is None


def test_after_the_database_was_away_how_jobs_are_is_told_anew(
    gateway: Gateway, trader: User, owners: Socket, postgres_server: str
) -> None:
    with gateway.client(gateway.key(trader, "trade", "read")) as client:
        id = client.post(INGESTIONS, json=MONTH).json()["id"]
        until(owners, id, "queued")
        last = owners.of("jobs")[-1]["seq"]
        with psycopg.connect(postgres_server, autocommit=True) as operator:
            ended = operator.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE query ~ '^(LISTEN arbitrax_job_changes|SELECT 1\\s*$)'"
            ).fetchone()
        assert ended is not None
        assert ended[0] > 0
        owners.wait_for(lambda each: each.get("channel") == "jobs" and each.get("type") == "resync_required")
        again = owners.wait_for(
            lambda each: each.get("channel") == "jobs" and each.get("type") == "snapshot" and each["seq"] > last
        )
        assert id in [job["id"] for job in again["data"]["jobs"]]
        client.post(f"{INGESTIONS}/{id}/cancellation")
        until(owners, id, "cancelled")
