"""Backtests over HTTP: asked for, watched, cancelled, their results fetched; done by real workers."""

import io
import shlex
import threading
import time
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import valkey

from arbitrax.domain.ids import decode
from arbitrax.services.backtests import run_stored
from arbitrax.strategies.registry import find_strategy
from tests.job_workers import Workers, install_misbehaving
from tests.socket_client import Socket

PATH = "/api/v1/backtests"
PATIENCE = 120.0
YEAR = {
    "strategy": "sma_cross", "parameters": {"fast": 10, "slow": 30}, "symbols": ["AAPL"], "start": "2012-01-01",
    "end": "2012-12-31",
}  # fmt: skip
SLOW = YEAR | {"strategy": "slow", "parameters": {"pause": 0.5}}


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    return install_misbehaving(tmp_path_factory.mktemp("packages"))


@pytest.fixture(autouse=True)
def installed(packages, monkeypatch):
    monkeypatch.syspath_prepend(packages)


@pytest.fixture(scope="module")
def worker(gateway_settings, packages, gateway):
    made = Workers(
        gateway_settings.home,
        packages,
        ARBITRAX_DATABASE_URL=gateway_settings.database_url,
        ARBITRAX_CACHE_URL=gateway_settings.cache_url,
        ARBITRAX_REDIS_URL=gateway_settings.redis_url,
    )
    made.start(2)
    yield made
    made.close()


@pytest.fixture
def client(gateway, trader):
    with gateway.client(gateway.key(trader, "read", "trade")) as made:
        yield made


def until(client, address, *statuses):
    for _ in range(int(PATIENCE / 0.02)):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        if answer.json()["status"] in statuses:
            return answer
        threading.Event().wait(0.02)
    raise AssertionError(answer.text)


def test_a_backtest_is_asked_for_and_its_result_fetched(gateway, client, worker) -> None:
    taken = client.post(PATH, json=YEAR)
    assert taken.status_code == 202, taken.text
    address = taken.headers["location"]
    assert taken.json()["status"] == "queued"
    assert address == f"{PATH}/{taken.json()['id']}"
    assert taken.json()["job"][4:] == taken.json()["id"][3:]
    done = until(client, address, "succeeded", "failed").json()
    assert done["status"] == "succeeded"

    store = gateway.parts.store
    run = store.runs.load(decode("bt", done["id"]))
    _, result = run_stored(
        store.bars, store.actions, store.runs, run.spec, find_strategy("sma_cross")(fast=10, slow=30),
        now=time.time_ns(), quality=store.quality,
    )  # fmt: skip
    assert done["result_hash"] == result.hash
    assert done["metrics"]["sharpe"]["value"] == result.metrics["sharpe"]

    table = done["tables"]["equity"]
    rows = client.get(table).json()["data"]
    assert [float(row["equity"]) for row in rows] == result.equity_curve.tolist()
    arrow = client.get(table, headers={"Accept": "application/vnd.apache.arrow.stream"}).content
    assert pa.ipc.open_stream(arrow).read_all()["equity"].to_pylist() == result.equity_curve.tolist()
    parquet = client.get(table, headers={"Accept": "application/vnd.apache.parquet"}).content
    assert pq.read_table(io.BytesIO(parquet))["equity"].to_pylist() == result.equity_curve.tolist()
    assert client.get(table, headers={"Accept": "text/csv"}).text.count("\n") == len(rows) + 1
    assert client.get(done["report"], headers={"Accept": "text/html"}).text.startswith("<!")
    assert done["id"] in [each["id"] for each in client.get(PATH).json()["data"]]


def test_the_examples_of_the_docs_do_what_they_say(client, worker) -> None:
    page = (Path(__file__).parents[3] / "docs" / "concepts" / "jobs.md").read_text()
    lines = [line for line in page.replace("\\\n", " ").splitlines() if line.startswith("curl ")]
    made = ""
    for line in lines:
        words = shlex.split(line, comments=True)
        path = next(word for word in words if "localhost:8080" in word).removeprefix("localhost:8080")
        headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
        headers["Authorization"] = client.headers["Authorization"]
        body = words[words.index("-d") + 1] if "-d" in words else None
        method = "POST" if body or "POST" in words else "GET"
        answer = client.request(method, path.replace("bt_...", made), content=body, headers=headers)
        assert answer.status_code == (202 if method == "POST" else 200), (line, answer.text)
        if path == PATH:
            made = answer.json()["id"]
            until(client, answer.headers["location"], "succeeded")
    assert len(lines) == 6


def test_progress_is_seen_and_a_running_backtest_cancelled(client, worker, gateway_settings) -> None:
    address = client.post(PATH, json=SLOW).headers["location"]
    for _ in range(int(PATIENCE / 0.02)):
        seen = client.get(address)
        if seen.json()["progress"] > 0:
            break
        threading.Event().wait(0.02)
    assert seen.json()["status"] == "running"
    assert seen.json()["eta"] > seen.json()["started_at"]
    for part in ("honesty", "tables/trades", "report"):
        early = client.get(f"{address}/{part}", headers={"Accept": "*/*"})
        assert (early.status_code, early.json()["code"]) == (409, "conflict.not_finished")
        assert early.headers["retry-after"] == "1"
    assert (seen.headers["retry-after"], seen.headers["cache-control"]) == ("1", "no-store")
    with valkey.Valkey.from_url(gateway_settings.cache_url) as cache:
        assert cache.xlen(seen.json()["channel"]) > 0
    running = client.get(PATH, params={"status": "running"}).json()["data"]
    assert seen.json()["id"] in [each["id"] for each in running]
    asked = client.post(f"{address}/cancellation")
    assert asked.status_code == 202, asked.text
    assert until(client, address, "cancelled").json()["error"] is None
    assert client.post(f"{address}/cancellation").json()["status"] == "cancelled"


def test_the_same_key_gives_one_backtest(client) -> None:
    headers = {"Idempotency-Key": "nightly"}
    first = client.post(PATH, json=YEAR, headers=headers)
    again = client.post(PATH, json=YEAR, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.json(), again.headers["location"]) == (
        202, first.json(), first.headers["location"],
    )  # fmt: skip
    other = client.post(PATH, json=YEAR | {"cash": "5000"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "input.idempotency_key")


def test_a_backtest_that_fails_says_why(client, worker) -> None:
    address = client.post(PATH, json=YEAR | {"parameters": {"fast": 10, "slow": 300}}).headers["location"]
    failed = until(client, address, "failed").json()
    assert failed["error"]["code"] == "input.range"
    assert "needs at least" in failed["error"]["detail"]
    assert client.get(f"{address}/report", headers={"Accept": "text/html"}).status_code == 404


def test_nobody_elses_backtest_is_seen_or_cancelled(gateway, client, admin) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    with gateway.client(gateway.key(gateway.user("eve", "trader"), "read", "trade")) as eve:
        assert eve.get(address).status_code == 404
        assert eve.post(f"{address}/cancellation").status_code == 404
        assert eve.get(PATH, params={"status": "queued"}).json()["data"] == []
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as boss:
        assert boss.get(address).status_code == 200
        assert boss.post(f"{address}/cancellation").status_code == 202


def test_a_viewer_may_look_and_not_ask(gateway, viewer) -> None:
    with gateway.client(gateway.key(viewer, "read")) as client:
        assert client.post(PATH, json=YEAR).status_code == 403
        assert client.get(PATH).status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"strategy": "no_such"}, 404, "input.unknown_name"),
        ({"strategy": "/etc/passwd.py"}, 404, "input.unknown_name"),
        ({"strategy": "mine.py:Mine"}, 404, "input.unknown_name"),
        ({"symbols": ["NOTSTORED"]}, 404, "input.unknown_name"),
        ({"symbols": []}, 422, "request.invalid"),
        ({"symbols": ["A\u0000"]}, 422, "request.invalid"),
        ({"symbols": ["AAPL", "AAPL"]}, 422, "input.invalid"),
        ({"parameters": {"fast": 10, "slwo": 30}}, 422, "input.parameter"),
        ({"parameters": {"fast": -1}}, 422, "input.parameter"),
        ({"parameters": {"fast": [1]}}, 422, "request.invalid"),
        ({"cash": 100000}, 422, "request.invalid"),
        ({"cash": "1e5"}, 422, "request.invalid"),
        ({"cash": "NaN"}, 422, "request.invalid"),
        ({"cash": "\u0661\u0662"}, 422, "request.invalid"),
        ({"cash": "0"}, 422, "input.invalid"),
        ({"start": "2013-01-01"}, 422, "input.range"),
        ({"start": "2012-13-45"}, 422, "input.range"),
        ({"interval": "7x"}, 422, "input.invalid"),
        ({"account": {"leverage": 0}}, 422, "input.invalid"),
        ({"costs": {"per_share": 1, "per_sahre": 2}}, 422, "request.invalid"),
        ({"instruments": {"MSFT": {"lot": 1}}}, 422, "input.invalid"),
        ({"slipage_bps": 1}, 422, "request.invalid"),
    ],
)
def test_a_bad_backtest_is_refused_and_nothing_waits(gateway, client, change, status, code) -> None:
    def count():
        return len(gateway.parts.store.jobs.newest(500))

    before = count()
    answer = client.post(PATH, json=YEAR | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert count() == before


def test_a_run_is_told_over_a_socket_to_its_owner_only(gateway, client, worker, trader) -> None:
    made = client.post(PATH, json=SLOW | {"end": "2012-01-20"}).json()["id"]
    channel = f"runs.{made}"
    other = gateway.user("runs-stranger", "trader")
    with (
        closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket,
        closing(Socket(gateway.url, gateway.key(other, "read"))) as stranger,
    ):
        assert stranger.ask(op="subscribe", channel=channel)["code"] == "input.unknown_name"
        assert socket.ask(op="subscribe", channel=channel)["type"] == "ack"
        done = socket.wait_for(
            lambda each: each.get("channel") == channel and each.get("data", {}).get("kind") == "done"
        )
        assert done["data"]["status"] == "succeeded"
        told = socket.of(channel)
        assert {each["data"]["kind"] for each in told} >= {"progress", "done"}
        assert [each["seq"] for each in told] == sorted({each["seq"] for each in told})
        progress = [each["data"]["progress"] for each in told if each["data"]["kind"] == "progress"]
        assert progress == sorted(progress)
        first = told[0]
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as again:
        position = {"channel": channel, "symbol": made, "seq": first["seq"]}
        assert again.ask(op="resume", positions=[position])["type"] == "ack"
        again.wait_for(lambda each: each.get("channel") == channel and each.get("data", {}).get("kind") == "done")
        assert [each["seq"] for each in again.of(channel)] == [each["seq"] for each in told[1:]]
