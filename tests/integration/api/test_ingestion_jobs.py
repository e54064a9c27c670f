"""Ingestions over HTTP, done by a real worker with the vendor that needs no network."""

import threading
import time
from contextlib import closing

import pytest
from msgspec.structs import replace

from arbitrax.domain.dates import end_of_day, start_of_day
from arbitrax.domain.errors import JobError, NoData
from arbitrax.domain.ids import encode
from arbitrax.market_data.providers.synthetic import SyntheticProvider
from arbitrax.services.catalogue_ports import Chunk, IngestionRequest
from arbitrax.services.ingestion_jobs import IngestionSpec, do_ingestion, submit_ingestion
from arbitrax.services.jobs import Lease
from arbitrax.services.series_rights import Writer
from tests.job_workers import Workers, install_misbehaving
from tests.socket_client import Socket

PATH = "/api/v1/ingestions"
MONTH = {"symbols": ["SYN-MADE"], "source": "synthetic", "start": "2020-01-01", "end": "2020-01-31"}


@pytest.fixture(scope="module")
def worker(gateway_settings, gateway, tmp_path_factory):
    made = Workers.beside(gateway_settings, install_misbehaving(tmp_path_factory.mktemp("packages")))
    made.start()
    yield made
    made.close()


@pytest.fixture
def client(gateway, trader):
    with gateway.client(gateway.key(trader, "read", "trade")) as made:
        yield made


def over(client, address):
    for _ in range(6000):
        found = client.get(address).json()
        if found["status"] not in ("queued", "running"):
            return found
        threading.Event().wait(0.02)
    raise AssertionError(found)


def test_bars_are_asked_for_and_brought(gateway, client, worker) -> None:
    taken = client.post(PATH, json=MONTH)
    assert taken.status_code == 202, taken.text
    done = over(client, taken.headers["location"])
    assert (done["status"], done["progress"], done["error"]) == ("succeeded", 1.0, None), done
    (outcome,) = done["outcomes"]
    assert outcome["source"] == "synthetic"
    stored = gateway.parts.store.bars.load("SYN-MADE", "1d")
    assert outcome["symbols"][0]["added"] == done["bars_added"] == len(stored.bars) > 15
    assert set(taken.json()) == set(done)
    same = {"id", "job", "owner", "created_at", "spec", "quality"}
    assert {name: taken.json()[name] for name in same} == {name: done[name] for name in same}
    assert (done["spec"]["start"], done["spec"]["end"]) == ("2020-01-01", "2020-01-31")
    assert done["quality"] == {"SYN-MADE": "/api/v1/series/SYN-MADE/1d/quality"}
    assert done in client.get(PATH).json()["data"]
    over_already = client.post(f"{taken.headers['location']}/cancellation")
    assert (over_already.status_code, over_already.json()["code"]) == (409, "conflict.over")


def test_bundled_prices_are_brought_and_take_the_place_of_no_others(gateway, client, admin, worker) -> None:
    sample = {"symbols": ["FB"], "source": "sample"}
    done = over(client, client.post(PATH, json=sample).headers["location"])
    assert done["status"] == "succeeded", done
    (found,) = done["outcomes"][0]["symbols"]
    stored = gateway.parts.store.bars.load("FB", "1d")
    assert len(stored.bars) == 196
    assert found["added"] + found["unchanged"] == 196
    others = replace(stored.bars, volume=stored.bars.volume + 1)
    gateway.parts.store.bars.store(
        [others], source="other", received=time.time_ns(), rows_done=lambda _rows: None, replace_source=True
    )
    refused = client.post(PATH, json=sample)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.series")
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as boss:
        failed = over(boss, boss.post(PATH, json=sample).headers["location"])
    assert failed["status"] == "failed"
    assert "other" in failed["error"]["detail"]
    for body, at in (({"symbols": ["FBX"]}, "/symbols"), ({"interval": "1h"}, "/interval")):
        answer = client.post(PATH, json=sample | body)
        assert answer.json()["errors"][0]["pointer"] == at, answer.text


def test_an_ingestion_is_in_its_owners_list_while_it_waits_and_its_runs_are_nobody_elses(
    gateway, client, admin, worker
) -> None:
    taken = client.post(PATH, json=MONTH | {"symbols": ["SYN-LISTED"]}).json()
    listed = {each["id"]: each for each in client.get(PATH).json()["data"]}
    assert listed[taken["id"]]["spec"] == taken["spec"]
    done = over(client, f"{PATH}/{taken['id']}")
    assert client.get(PATH, params={"status": "succeeded", "limit": 1}).json()["data"] == [done]
    with gateway.client(gateway.key(gateway.user("oscar", "trader"), "read", "trade")) as other:
        assert other.get(PATH).json()["data"] == []
    with gateway.client(gateway.key(admin, "read", "admin")) as boss:
        of_it = [each["id"] for each in boss.get(PATH).json()["data"] if each["spec"]["symbols"] == ["SYN-LISTED"]]
    assert of_it == [taken["id"]]


def test_what_another_process_took_up_counts_for_who_brought_it(gateway, client, admin, worker) -> None:
    """The operator began it on the command line and was stopped; the same asked for here goes on with it."""
    store, day = gateway.parts.store, 86_400_000_000_000
    start, end = start_of_day("2020-01-01"), end_of_day("2020-01-31")
    request = IngestionRequest("synthetic", ("SYN-TAKEN",), "1d", start, end)
    chunks = [Chunk("SYN-TAKEN", "1d", start, start + 9 * day), Chunk("SYN-TAKEN", "1d", start + 9 * day, end)]
    opened = store.ingestions.open(request, lambda: chunks, received=time.time_ns())
    store.ingestions.fail(opened, chunks[0], "nobody answers")
    store.ingestions.finish(opened, received=time.time_ns(), error="nobody answers")
    done = over(client, client.post(PATH, json=MONTH | {"symbols": ["SYN-TAKEN"]}).headers["location"])
    assert done["bars_added"] == len(store.bars.load("SYN-TAKEN", "1d").bars) > 15
    with gateway.client(gateway.key(admin, "read", "admin")) as boss:
        began = boss.get(f"{PATH}/{encode('ing', opened.id)}").json()
    assert (began["status"], began["job"], began["owner"]) == ("succeeded", None, None)


def test_an_ingestion_that_does_not_know_where_to_begin_is_not_taken(client, worker) -> None:
    wrong = client.post(PATH, json=MONTH | {"symbols": ["UNKNOWN"], "start": None})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/start")
    assert wrong.json()["detail"] == "Nothing is stored of UNKNOWN at 1d; say where to begin, as 2015-01-01."
    first = client.post(PATH, json=MONTH | {"symbols": ["SYN-KNOWN"]}).headers["location"]
    assert over(client, first)["status"] == "succeeded"
    assert client.post(PATH, json=MONTH | {"symbols": ["SYN-KNOWN"], "start": None}).status_code == 202


class _OfNothing(SyntheticProvider):
    """A vendor that knows every symbol and has no bars of any."""

    async def bars(self, request):
        raise NoData(f"It has nothing of {request.symbol} in this range.")


class _Vendors:
    def order(self, interval, asset_type):
        return ["synthetic"]

    def open(self, name):
        return _OfNothing()


def test_an_ingestion_that_brings_nothing_of_any_symbol_has_failed(gateway, trader, tmp_path) -> None:
    store = gateway.parts.store
    spec = IngestionSpec(
        symbols=("SYN-NONE",), source="synthetic", start=start_of_day("2020-01-01"), end=end_of_day("2020-01-31")
    )
    with store._database.connection() as connection, connection.transaction():  # no worker sees it while it waits
        job = submit_ingestion(store, spec, writer=Writer(trader.id, everybodys=False), now=time.time_ns())
        store.jobs.cancel(job.id)
    with pytest.raises(JobError, match="nothing of SYN-NONE"):
        do_ingestion(
            store,
            _Vendors(),
            bytes(job.spec),
            owner=trader.id,
            lease=Lease(job.id, 1),
            clock=time.time_ns,
            told=lambda done, chunks: None,
            cancelled=lambda: False,
            notice=lambda text: None,
            uploads=tmp_path,
        )


def test_an_ingestion_that_waits_is_cancelled_and_is_nobody_elses(gateway, client) -> None:
    taken = client.post(PATH, json=MONTH | {"symbols": ["SYN-OTHER"]}).json()
    address = f"{PATH}/{taken['id']}"
    with gateway.client(gateway.key(gateway.user("mallory", "trader"), "read", "trade")) as other:
        assert other.get(address).status_code == 404
        assert other.post(f"{address}/cancellation").status_code == 404
    assert client.post(f"/api/v1/backtests/bt_{taken['id'][4:]}/cancellation").status_code == 404
    assert client.get(f"/api/v1/backtests/bt_{taken['id'][4:]}").status_code == 404
    asked = client.post(f"{address}/cancellation").status_code
    # A worker of another test may have been faster.
    assert (asked, over(client, address)["status"]) in {(202, "cancelled"), (202, "succeeded"), (409, "succeeded")}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"source": "nobody"}, "/source", "input.unknown_name"),
        ({"interval": "x"}, "/interval", "input.invalid"),
        ({"start": "2020-02-30"}, "/start", "input.range"),
        ({"start": "1800-01-01"}, "/start", "input.range"),
        ({"start": "2190-01-01", "end": None}, "/start", "input.range"),
        ({"start": "2021-01-01"}, "/end", "input.range"),
        ({"symbols": []}, "/symbols", "request.value"),
        ({"symbols": ["SYN-A", "../x"]}, "/symbols/1", "input.unknown_name"),
        ({"source": "yahoo", "symbols": [".."]}, "/symbols/0", "input.unknown_name"),
        ({"interval": "1s", "start": "1900-01-01", "end": "2199-12-31"}, "/interval", "input.invalid"),
        ({"source": "yahoo", "interval": "1s"}, "/interval", "input.invalid"),
        ({"source": "auto", "interval": "1s"}, "/interval", "input.invalid"),
        ({"source": "yahoo", "interval": "1m", "start": "1900-01-01"}, "/start", "input.invalid"),
        ({"until": "2020-01-01"}, "/until", "request.unknown"),
    ],
)
def test_a_bad_ingestion_is_refused_where_it_is_wrong(client, change, pointer, code) -> None:
    answer = client.post(PATH, json=MONTH | change)
    assert answer.status_code == 422, answer.text
    (wrong,) = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == (pointer, code)


def test_an_ingestion_is_told_over_a_socket_to_its_owner_only_and_resumed(gateway, client, worker, trader) -> None:
    months = {
        "symbols": ["SYN-TOLD"],
        "source": "synthetic",
        "interval": "1m",
        "start": "2020-01-01",
        "end": "2020-06-30",
    }
    made = client.post(PATH, json=months).json()["id"]
    channel = f"runs.{made}"
    stranger = gateway.user("ingestions-stranger", "trader")
    with (
        closing(Socket(gateway.url, gateway.key(trader, "read"))) as socket,
        closing(Socket(gateway.url, gateway.key(stranger, "read"))) as other,
    ):
        assert other.ask(op="subscribe", channel=channel)["code"] == "input.unknown_name"
        assert socket.ask(op="subscribe", channel=channel)["type"] == "ack"
        done = socket.wait_for(
            lambda each: each.get("channel") == channel and each.get("data", {}).get("kind") == "done"
        )
        assert done["data"] == {"kind": "done", "status": "succeeded", "error": None}
        told = socket.of(channel)
    assert [each["data"]["kind"] for each in told] == ["progress"] * (len(told) - 1) + ["done"]
    counts = [(each["data"]["chunks_done"], each["data"]["chunks"]) for each in told[:-1]]
    assert counts[-1][0] == counts[-1][1]
    assert counts == sorted(counts)
    with closing(Socket(gateway.url, gateway.key(trader, "read"))) as again:
        position = {"channel": channel, "symbol": made, "seq": told[0]["seq"]}
        assert again.ask(op="resume", positions=[position])["type"] == "ack"
        again.wait_for(lambda each: each.get("channel") == channel and each.get("data", {}).get("kind") == "done")
        assert [each["seq"] for each in again.of(channel)] == [each["seq"] for each in told[1:]]
