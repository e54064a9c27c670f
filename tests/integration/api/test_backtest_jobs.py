"""Backtests over HTTP: asked for, watched, cancelled, their results fetched; done by real workers."""

import hashlib
import io
import shlex
import threading
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import valkey

from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.ids import decode, encode
from arbitrax.services.backtests import run_stored
from arbitrax.storage.postgres.sql import statement
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
    made = Workers.beside(gateway_settings, packages)
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
    found = done["result"]
    assert (found["result_hash"], found["run_hash"]) == (result.hash, result.spec.hash)
    assert found["metrics"]["sharpe"]["value"] == result.metrics["sharpe"]

    table = found["tables"]["equity"]
    rows = client.get(table).json()["data"]
    assert [float(row["equity"]) for row in rows] == result.equity_curve.tolist()
    arrow = client.get(table, headers={"Accept": "application/vnd.apache.arrow.stream"}).content
    assert pa.ipc.open_stream(arrow).read_all()["equity"].to_pylist() == result.equity_curve.tolist()
    parquet = client.get(table, headers={"Accept": "application/vnd.apache.parquet"}).content
    assert pq.read_table(io.BytesIO(parquet))["equity"].to_pylist() == result.equity_curve.tolist()
    assert client.get(table, headers={"Accept": "text/csv"}).text.count("\n") == len(rows) + 1
    assert client.get(found["report"], headers={"Accept": "text/html"}).text.startswith("<!")
    assert done in client.get(PATH).json()["data"]


def test_a_backtest_has_one_shape_from_being_asked_for_to_its_end(client, worker) -> None:
    taken = client.post(PATH, json=YEAR | {"cash": "2500.25", "costs": {"per_order": "0.35"}})
    address = taken.headers["location"]
    done = until(client, address, "succeeded").json()
    same = {"id", "job", "owner", "created_at", "spec", "channel"}
    assert set(taken.json()) == set(done)
    assert {name: taken.json()[name] for name in same} == {name: done[name] for name in same}
    assert (taken.json()["result"], taken.json()["progress"], taken.json()["attempt"]) == (None, 0.0, 0)
    assert (done["progress"], done["attempt"], done["error"]) == (1.0, 1, None)
    assert done["created_at"] < done["started_at"] < done["finished_at"]
    assert (done["spec"]["cash"], done["spec"]["costs"]["per_order"]) == ("2500.25", "0.35")
    failed = until(
        client,
        client.post(PATH, json=YEAR | {"parameters": {"fast": 10, "slow": 300}}).headers["location"],
        "failed",
    ).json()
    assert set(failed) == set(done)


def test_the_list_holds_backtests_of_every_status_newest_first(gateway, client, worker) -> None:
    waits = client.post(PATH, json=SLOW | {"parameters": {"pause": 0.01}}).json()["id"]
    client.post(f"{PATH}/{waits}/cancellation")
    bad = client.post(PATH, json=YEAR | {"parameters": {"fast": 10, "slow": 300}}).headers["location"]
    good = client.post(PATH, json=YEAR | {"strategy": "buy_and_hold", "parameters": {}}).headers["location"]
    until(client, bad, "failed")
    until(client, good, "succeeded")
    until(client, f"{PATH}/{waits}", "cancelled", "succeeded")
    for status in ("queued", "running"):  # those of other tests change no more while these are read
        for other in client.get(PATH, params={"status": status}).json()["data"]:
            client.post(f"{PATH}/{other['id']}/cancellation")
            until(client, f"{PATH}/{other['id']}", "cancelled", "succeeded", "failed", "dead")

    def all_of(**query):
        rows, cursor = [], None
        while True:
            page = client.get(PATH, params=query | {"limit": 2} | ({} if cursor is None else {"cursor": cursor})).json()
            rows += page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return rows

    rows = all_of()
    ids = [each["id"] for each in rows]
    assert ids == sorted(set(ids), reverse=True)
    assert [each["created_at"] for each in rows] == sorted((each["created_at"] for each in rows), reverse=True)
    for address in (bad, good):
        assert client.get(address).json() in rows
    for status in ("queued", "running", "succeeded", "failed", "cancelled", "dead"):
        assert all_of(status=status) == [each for each in rows if each["status"] == status]
    held = all_of(strategy="buy_and_hold")
    assert good.endswith(held[0]["id"])
    assert {each["spec"]["strategy"]["name"] for each in held} == {"buy_and_hold"}
    assert all_of(symbol="AAPL") == rows
    assert all_of(symbol="MSFT") == []


def test_a_backtest_is_cancelled_while_its_result_is_being_stored(gateway_settings, client, worker) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'backtests'::regclass AND NOT granted"
    url = gateway_settings.database_url
    with psycopg.connect(url, autocommit=True) as looking, psycopg.connect(url) as storing:
        storing.execute("LOCK TABLE backtests IN EXCLUSIVE MODE")  # as if there were a million bars to store
        address = client.post(PATH, json=YEAR).headers["location"]
        for _ in range(int(PATIENCE / 0.02)):
            if looking.execute(waiting).fetchone() == (1,):
                break
            threading.Event().wait(0.02)
        asked = client.post(f"{address}/cancellation")
        assert (asked.status_code, asked.json()["cancel_asked"]) == (202, True)
        assert until(client, address, "succeeded", "cancelled").json()["status"] == "cancelled"
    assert client.get(address).json()["result"] is None


def test_runs_of_the_command_line_are_among_the_operators(gateway, client, admin) -> None:
    store = gateway.parts.store
    strategy = find_strategy("buy_and_hold")()
    spec = RunSpec(strategy=strategy_ref(strategy, "buy_and_hold"), symbols=("AAPL",), start="2012-01-01")
    id, _ = run_stored(store.bars, store.actions, store.runs, spec, strategy, now=time.time_ns())
    asked = client.post(PATH, json=YEAR).json()["id"]
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as boss:
        for query in ({}, {"status": "succeeded"}, {"strategy": "buy_and_hold"}, {"symbol": "AAPL"}):
            first = boss.get(PATH, params=query | {"limit": 2}).json()["data"]
            assert encode("bt", id) in [each["id"] for each in first], query
        assert boss.get(PATH, params={"limit": 2}).json()["data"][0]["id"] == asked
        (made,) = [each for each in boss.get(PATH).json()["data"] if each["id"] == encode("bt", id)]
        assert (made["job"], made["owner"], made["status"]) == (None, None, "succeeded")
        over = boss.post(f"{PATH}/{made['id']}/cancellation")
        assert (over.status_code, over.json()["code"]) == (409, "conflict.over")
    assert encode("bt", id) not in [each["id"] for each in client.get(PATH).json()["data"]]


def test_a_finished_backtest_cannot_be_cancelled(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    done = until(client, address, "succeeded").json()
    over = client.post(f"{address}/cancellation")
    assert (over.status_code, over.json()["code"]) == (409, "conflict.over"), over.text
    assert client.get(address).json() == done


def test_the_curve_of_a_chart_loses_no_extreme(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    found = until(client, address, "succeeded").json()["result"]
    rows = client.get(found["tables"]["equity"]).json()["data"]
    whole = [float(each["equity"]) for each in rows]
    answer = client.get(found["equity"], params={"points": 9})
    curve = answer.json()
    assert (curve["bars"], len(curve["data"])) == (len(rows), 9)
    assert max(float(each["high"]) for each in curve["data"]) == max(whole)
    assert min(float(each["low"]) for each in curve["data"]) == min(whole)
    assert (float(curve["data"][0]["open"]), float(curve["data"][-1]["close"])) == (whole[0], whole[-1])
    assert min(each["drawdown"] for each in curve["data"]) == min(each["drawdown"] for each in rows)
    known = client.get(found["equity"], params={"points": 9}, headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304
    arrow = client.get(found["equity"], headers={"Accept": "application/vnd.apache.arrow.stream"}).content
    table = pa.ipc.open_stream(arrow).read_all()
    assert table["close"].to_pylist() == table["high"].to_pylist() == whole
    part = client.get(found["equity"], params={"start": "2012-03-01", "end": "2012-03-30"}).json()
    days = [each["timestamp"][:10] for each in part["data"]]
    assert (days[0], days[-1], part["bars"]) == ("2012-03-01", "2012-03-30", len(days))


def test_prices_of_a_chart_are_those_the_run_saw_with_its_strategys_lines(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    until(client, address, "succeeded")
    whole = client.get(f"{address}/prices", params={"points": 10_000}).json()
    assert (whole["symbol"], whole["lines"], whole["bars"]) == ("AAPL", ["SMA 10", "SMA 30"], len(whole["data"]))
    closes = [float(each["close"]) for each in whole["data"]]
    assert whole["data"][8]["lines"] == [None, None]
    assert whole["data"][29]["lines"] == pytest.approx([sum(closes[20:30]) / 10, sum(closes[:30]) / 30], rel=1e-6)
    trade = client.get(f"{address}/tables/trades").json()["data"][0]
    entry = next(each for each in whole["data"] if each["timestamp"] == trade["entry_time"])
    assert float(entry["low"]) * 0.99 <= float(trade["entry_price"]) <= float(entry["high"]) * 1.01
    few = client.get(f"{address}/prices", params={"points": 7}).json()
    assert (few["bars"], len(few["data"])) == (whole["bars"], 7)
    assert max(float(each["high"]) for each in few["data"]) == max(float(each["high"]) for each in whole["data"])
    assert few["data"][-1]["lines"] == whole["data"][-1]["lines"]
    part = client.get(f"{address}/prices", params={"start": "2012-03-01", "end": "2012-03-30"}).json()
    assert part["data"] == [each for each in whole["data"] if "2012-03-01" <= each["timestamp"][:10] <= "2012-03-30"]
    other = client.get(f"{address}/prices", params={"symbol": "MSFT"})
    assert (other.status_code, other.json()["code"]) == (404, "input.unknown_name"), other.text


def test_prices_of_one_of_several_symbols_are_its_own(client, worker) -> None:
    several = {"strategy": "buy_and_hold", "symbols": ["AAPL", "IBM"], "start": "2012-01-01", "end": "2012-12-31"}
    address = client.post(PATH, json=several).headers["location"]
    assert until(client, address, "succeeded", "failed").json()["status"] == "succeeded"
    first, second = (client.get(f"{address}/prices", params={"symbol": each}).json() for each in several["symbols"])
    assert (first["symbol"], second["symbol"]) == ("AAPL", "IBM")
    assert client.get(f"{address}/prices").json() == first
    assert [each["close"] for each in first["data"]] != [each["close"] for each in second["data"]]


def test_the_source_that_ran_is_told_with_the_hash_of_the_spec(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    spec = until(client, address, "succeeded").json()["spec"]
    found = client.get(f"{address}/source").json()
    assert "class SmaCross(Strategy)" in found["source"]
    assert hashlib.sha256(found["source"].encode()).hexdigest() == found["source_sha256"]
    assert found["source_sha256"] == spec["strategy"]["source_hash"]


def test_returns_of_a_run_are_a_table(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    until(client, address, "succeeded")
    rows = client.get(f"{address}/tables/returns", params={"limit": 3}).json()["data"]
    assert list(rows[0]) == ["time", "since", "return", "benchmark"]
    assert rows[1]["since"] == rows[0]["time"]


def test_figures_say_how_they_are_computed_and_the_benchmarks(client, worker) -> None:
    address = client.post(PATH, json=YEAR).headers["location"]
    metrics = until(client, address, "succeeded").json()["result"]["metrics"]
    found = client.get(f"{address}/figures").json()
    assert {each["name"]: each["value"] for each in found["figures"]} == {
        name: each["value"] for name, each in metrics.items()
    }
    sharpe = next(each for each in found["figures"] if each["name"] == "sharpe")
    assert "sqrt(P)" in sharpe["formula"]
    assert "returns" in sharpe["sample"]
    assert sharpe["benchmark"] is not None
    assert found["benchmark"] == "Hold AAPL"
    assert sum(found["histogram"]["counts"]) == found["histogram"]["returns"] - found["histogram"]["zeros"]
    orders = client.get(f"{address}/tables/orders").json()["data"]
    assert sum(each["orders"] for each in found["orders"]) == len(orders)
    assert {"Fills", "Costs"} <= {each["label"] for each in found["assumptions"]}


def test_what_a_backtest_would_be_of_is_told_before_it_is_asked_for(client) -> None:
    before = client.get(PATH).json()["data"]
    told = client.post(f"{PATH}/validations", json=YEAR)
    assert told.status_code == 200, told.text
    assert told.json()["warmup"] == 30
    assert told.json()["bars"] == 250
    assert (told.json()["first"][:10], told.json()["last"][:10]) == ("2012-01-03", "2012-12-31")
    assert client.get(PATH).json()["data"] == before


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"parameters": {"slow": 300}}, "/start", "needs 301 bars"),
        ({"parameters": {"fast": 0}}, "/parameters/fast", "fast"),
        ({"parameters": {"fast": 40, "slow": 30}}, "/parameters", "must be smaller"),
        ({"symbols": ["AAPLE"]}, "/symbols/0", "did you mean 'AAPL'?"),
        ({"start": "2020-01-01", "end": None}, "/start", "after the last bar"),
        ({"start": "2012-01-07", "end": "2012-01-08"}, "/start", "No bar of AAPL"),
    ],
)
def test_what_is_wrong_with_a_backtest_is_told_where_it_is_before_it_runs(client, change, pointer, said) -> None:
    refused = client.post(f"{PATH}/validations", json=YEAR | change)
    assert refused.status_code in (404, 422), refused.text
    (error,) = refused.json()["errors"]
    assert error["pointer"] == pointer
    assert said in error["detail"]


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
        if path.endswith("/cancellation"):
            made = client.post(PATH, json=SLOW).json()["id"]
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
    assert asked.json()["cancel_asked"]
    assert until(client, address, "cancelled").json()["error"] is None
    again = client.post(f"{address}/cancellation")
    assert (again.status_code, again.json()["status"]) == (202, "cancelled")


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
    address = client.post(PATH, json=SLOW).headers["location"]
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
    ("change", "pointer", "code"),
    [
        ({"strategy": "no_such"}, "/strategy", "input.unknown_name"),
        ({"strategy": "/etc/passwd.py"}, "/strategy", "input.unknown_name"),
        ({"strategy": "mine.py:Mine"}, "/strategy", "input.unknown_name"),
        ({"strategy": "pairs_trading", "parameters": {}}, "/symbols", "input.invalid"),
        ({"symbols": ["AAPL", "NOTSTORED"]}, "/symbols/1", "input.unknown_name"),
        ({"symbols": []}, "/symbols", "request.value"),
        ({"symbols": ["A\u0000"]}, "/symbols/0", "request.value"),
        ({"symbols": ["AAPL", "AAPL"]}, "/symbols/1", "input.invalid"),
        ({"parameters": {"fast": 10, "slwo": 30}}, "/parameters/slwo", "input.parameter"),
        ({"parameters": {"self": 1}}, "/parameters/self", "input.parameter"),
        ({"parameters": {"fast": -1}}, "/parameters/fast", "input.parameter"),
        ({"parameters": {"fast": 30, "slow": 10}}, "/parameters", "input.parameter"),
        ({"parameters": {"fast": [1]}}, "/parameters", "request.value"),
        ({"cash": 100000}, "/cash", "request.value"),
        ({"cash": "1e5"}, "/cash", "request.value"),
        ({"cash": "NaN"}, "/cash", "request.value"),
        ({"cash": "\u0661\u0662"}, "/cash", "request.value"),
        ({"cash": "0"}, "/cash", "input.invalid"),
        ({"start": "2013-01-01"}, "/end", "input.range"),
        ({"start": "2012-13-45"}, "/start", "input.range"),
        ({"start": "1800-01-01"}, "/start", "input.range"),
        ({"start": "2190-01-01", "end": None}, "/start", "input.range"),
        ({"start": None, "end": "1910-01-01"}, "/end", "input.range"),
        ({"interval": "7x"}, "/interval", "input.invalid"),
        ({"interval": "7q"}, "/interval", "input.unknown_name"),
        ({"interval": "1h"}, "/interval", "input.unknown_name"),
        ({"finer": "1h"}, "/finer", "input.unknown_name"),
        ({"benchmark": "NOTSTORED"}, "/benchmark", "input.unknown_name"),
        ({"calendar": "XNZZ"}, "/calendar", "input.unknown_name"),
        ({"account": {"leverage": 0}}, "/account/leverage", "input.invalid"),
        ({"costs": {"per_share": "1", "per_sahre": "2"}}, "/costs/per_sahre", "request.unknown"),
        ({"costs": {"per_share": 1}}, "/costs/per_share", "request.value"),
        ({"costs": {"half_spread": "9999999999999"}}, "/costs/half_spread", "input.invalid"),
        ({"costs": {"tiers": [["100", 5], ["50", 1]]}}, "/costs/tiers", "input.invalid"),
        ({"instruments": {"MSFT": {"lot": "1"}}}, "/instruments/MSFT", "input.invalid"),
        ({"instruments": {"AAPL": {"multiplier": 0}}}, "/instruments/AAPL/multiplier", "input.invalid"),
        ({"slipage_bps": 1}, "/slipage_bps", "request.unknown"),
    ],
)
def test_a_bad_backtest_is_refused_where_it_is_wrong(gateway, client, change, pointer, code) -> None:
    def count():
        return len(gateway.parts.store.jobs.newest(500))

    before = count()
    answer = client.post(PATH, json=YEAR | change)
    assert answer.status_code == 422, answer.text
    (wrong,) = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == (pointer, code)
    assert wrong["detail"]
    assert count() == before


def test_a_number_in_the_place_of_money_is_told_to_be_quoted(client) -> None:
    for change in ({"cash": 100000}, {"costs": {"minimum": 0.5}}, {"instruments": {"*": {"tick": 0.01}}}):
        (wrong,) = client.post(PATH, json=YEAR | change).json()["errors"]
        assert "quote it" in wrong["detail"]


def test_a_run_that_is_cancelled_while_it_waits_is_told_to_be_over(gateway, gateway_settings, client, trader) -> None:
    with (
        psycopg.connect(gateway_settings.database_url) as nobody_claims,
        closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket,
    ):
        nobody_claims.execute(statement("job_claims_lock"))
        made = client.post(PATH, json=YEAR).json()
        assert socket.ask(op="subscribe", channel=made["channel"])["type"] == "ack"
        assert client.post(f"{PATH}/{made['id']}/cancellation").json()["status"] == "cancelled"
        done = socket.wait_for(lambda each: each.get("symbol") == made["id"])["data"]
    assert (done["kind"], done["status"], done["error"]["code"]) == ("done", "cancelled", "job.cancelled")


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


def test_what_a_strategy_says_is_told_as_it_goes_and_kept(gateway, client, worker, trader) -> None:
    talks = YEAR | {"strategy": "talkative", "parameters": {}}
    made = client.post(PATH, json=talks).json()["id"]
    channel = f"runs.{made}"
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket:
        assert socket.ask(op="subscribe", channel=channel)["type"] == "ack"
        socket.wait_for(lambda each: each.get("channel") == channel and each.get("data", {}).get("kind") == "done")
        told = [each["data"] for each in socket.of(channel) if each["data"]["kind"] == "log"]
    kept = client.get(f"{PATH}/{made}/log").json()
    lines = [(each["text"], each["bar"]) for each in kept["lines"]]
    assert kept["cut"] == 0
    bars = [each["time"] for each in client.get(f"{PATH}/{made}/tables/equity", params={"limit": 500}).json()["data"]]
    expected = [(f"bar {at} line 0", bar) for at, bar in enumerate(bars)]
    expected[4:4] = [("told of bar 3", bars[3]), ("warning: careful", bars[3]), (" two", bars[3])]
    expected[7] = ("linesbar 4 line 0", bars[4])  # no line ended in between
    assert lines == expected
    assert told
    assert {(each["text"], each["bar"].replace(".000000Z", "Z")) for each in told} <= set(expected)
    assert told[-1]["text"] == expected[-1][0]
    with gateway.client(gateway.key(gateway.user("log-stranger", "trader"), "read")) as other:
        assert other.get(f"{PATH}/{made}/log").status_code == 404


def test_of_a_run_that_failed_the_newest_lines_are_kept(client, worker) -> None:
    talks = YEAR | {"strategy": "talkative", "parameters": {"lines": 30, "fails": 100}}
    made = client.post(PATH, json=talks).json()["id"]
    failed = until(client, f"{PATH}/{made}", "failed").json()
    assert "as asked" in failed["error"]["detail"]
    kept = client.get(f"{PATH}/{made}/log").json()
    assert (len(kept["lines"]), kept["lines"][-1]["text"]) == (1_000, "bar 100 line 29")
    assert kept["cut"] == 101 * 30 + 3 - 1_000
