"""The last message about a run, `done`: told to who follows it however its job ends, and once."""

from collections.abc import Callable, Iterator
from contextlib import closing

import httpx2
import psycopg
import pytest

from arbitrax.domain.ids import decode
from arbitrax.services.identity_ports import User
from arbitrax.services.jobs import MOST_LOSSES, Lease, Problem, cancel_job
from arbitrax.services.run_news import Done
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.run_feed import RunFeed
from tests.gateway import Gateway
from tests.integration.api.test_orders import eventually
from tests.socket_client import Socket

BACKTESTS, INGESTIONS = "/api/v1/backtests", "/api/v1/ingestions"
YEAR = {
    "strategy": "sma_cross", "parameters": {"fast": 10, "slow": 30}, "symbols": ["AAPL"], "start": "2012-01-01",
    "end": "2012-12-31",
}  # fmt: skip
MONTH = {"symbols": ["SYN-ENDED"], "source": "synthetic", "start": "2020-01-01", "end": "2020-01-31"}
Ending = Callable[[Gateway, str], None]


@pytest.fixture
def client(gateway: Gateway, trader: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(trader, "read", "trade")) as made:
        yield made


def followed(gateway: Gateway, user: User, run: str) -> Socket:
    """Return a socket that follows a run."""
    socket = Socket(gateway.url, gateway.key(user, "read"))
    assert socket.ask(op="subscribe", channel=f"runs.{run}")["type"] == "ack"
    return socket


def wait_done(socket: Socket, run: str) -> None:
    socket.wait_for(lambda each: each.get("symbol") == run and (each.get("data") or {}).get("kind") == "done")


def ends(socket: Socket, run: str) -> list[tuple[str, str | None]]:
    """Return status and code of each end that was told of a run."""
    told = [each["data"] for each in socket.of(f"runs.{run}") if each["data"]["kind"] == "done"]
    return [(each["status"], (each["error"] or {}).get("code")) for each in told]


def claimed(gateway: Gateway) -> Lease:
    found = gateway.parts.store.jobs.claim("a worker that is never heard of again")
    assert found is not None
    return found[1]


def cancelled_by_the_operator(gateway: Gateway, run: str) -> None:
    cancel_job(gateway.parts.store.jobs, decode("bt", run))


def lost_too_often(gateway: Gateway, _: str) -> None:
    for _ in range(MOST_LOSSES):
        gateway.parts.store.jobs.lose(claimed(gateway), "killed")


def expired_after_it_was_to_end(gateway: Gateway, run: str) -> None:
    lease = claimed(gateway)
    gateway.parts.store.jobs.cancel(decode("bt", run))
    with psycopg.connect(str(gateway.settings.database_url)) as operator:
        operator.execute(
            "UPDATE jobs SET lease_until = clock_timestamp() - interval '1 ms' WHERE id = %s", (lease.job,)
        )
    assert gateway.parts.store.jobs.expire() == [(lease.job, "cancelled")]


def failed_by_a_worker_that_then_died(gateway: Gateway, _: str) -> None:
    gateway.parts.store.jobs.finish(claimed(gateway), "failed", Problem("strategy.failed", "It broke."))


def failed_and_told_by_its_worker(gateway: Gateway, run: str) -> None:
    problem = Problem("strategy.failed", "It broke.")
    gateway.parts.store.jobs.finish(claimed(gateway), "failed", problem)
    feed = RunFeed(str(gateway.settings.cache_url))
    assert feed.end(run, Done("failed", problem))
    assert feed.publish(run, [("log", {"text": "too late", "bar": None})])


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        (cancelled_by_the_operator, ("cancelled", "job.cancelled")),
        (lost_too_often, ("dead", "job.dead")),
        (expired_after_it_was_to_end, ("cancelled", "job.cancelled")),
        (failed_by_a_worker_that_then_died, ("failed", "strategy.failed")),
        (failed_and_told_by_its_worker, ("failed", "strategy.failed")),
    ],
)
def test_a_run_is_told_to_be_over_however_it_ends_and_once(
    gateway: Gateway, client: httpx2.Client, trader: User, ending: Ending, expected: tuple[str, str]
) -> None:
    run = client.post(BACKTESTS, json=YEAR).json()["id"]
    with closing(followed(gateway, trader, run)) as first, closing(followed(gateway, trader, run)) as second:
        ending(gateway, run)
        wait_done(first, run)
        wait_done(second, run)
        with closing(followed(gateway, trader, run)) as later:
            wait_done(later, run)
            with Channel(str(gateway.settings.cache_url)) as cache:  # as an hour later
                cache.ask("DEL", f"runs.{run}")
            with closing(followed(gateway, trader, run)) as much_later:
                wait_done(much_later, run)
                last = [socket.ask(op="ping")["type"] for socket in (first, second, later)]
                assert last == ["pong"] * 3
                everybody = (first, second, later, much_later)
                assert [ends(each, run) for each in everybody] == [[expected]] * 4
                assert [each for each in first.of(f"runs.{run}") if each["data"]["kind"] != "done"] == []


def test_a_run_or_an_ingestion_that_is_cancelled_while_it_waits_is_told_to_be_over(
    gateway: Gateway, client: httpx2.Client, trader: User
) -> None:
    for path, asked in ((BACKTESTS, YEAR), (INGESTIONS, MONTH)):
        made = client.post(path, json=asked).json()["id"]
        with closing(followed(gateway, trader, made)) as socket:
            assert client.post(f"{path}/{made}/cancellation").json()["status"] == "cancelled"
            wait_done(socket, made)
            assert ends(socket, made) == [("cancelled", "job.cancelled")]


def test_an_end_that_was_not_heard_of_is_told_when_changes_are_heard_again(
    gateway: Gateway, client: httpx2.Client, trader: User
) -> None:
    run = client.post(BACKTESTS, json=YEAR).json()["id"]
    listens = gateway.parts.hub.jobs.listens
    with closing(followed(gateway, trader, run)) as socket:
        eventually(listens.is_set)
        with psycopg.connect(str(gateway.settings.database_url), autocommit=True) as operator:
            operator.execute("ALTER TABLE jobs DISABLE TRIGGER job_changed")
            cancel_job(gateway.parts.store.jobs, decode("bt", run))
            operator.execute("ALTER TABLE jobs ENABLE TRIGGER job_changed")
            operator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query ~ '^(LISTEN arbitrax_job_changes|SELECT 1\\s*$)'"
            )
        wait_done(socket, run)
        assert ends(socket, run) == [("cancelled", "job.cancelled")]


def test_a_run_is_followed_by_its_own_id_only(gateway: Gateway, client: httpx2.Client, trader: User) -> None:
    made = client.post(BACKTESTS, json=YEAR).json()["id"]
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket:
        other = made.replace("bt_", "job_")
        assert socket.ask(op="subscribe", channel=f"runs.{other}")["code"] == "input.unknown_name"
    client.post(f"{BACKTESTS}/{made}/cancellation")
