"""Ingestions over HTTP, done by a real worker with the vendor that needs no network."""

import threading

import pytest

from tests.job_workers import Workers, install_misbehaving

PATH = "/api/v1/ingestions"
MONTH = {"symbols": ["SYN-MADE"], "source": "synthetic", "start": "2020-01-01", "end": "2020-01-31"}


@pytest.fixture(scope="module")
def worker(gateway_settings, gateway, tmp_path_factory):
    made = Workers(
        gateway_settings.home,
        install_misbehaving(tmp_path_factory.mktemp("packages")),
        ARBITRAX_DATABASE_URL=gateway_settings.database_url,
        ARBITRAX_CACHE_URL=gateway_settings.cache_url,
        ARBITRAX_REDIS_URL=gateway_settings.redis_url,
    )
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
    assert outcome["symbols"][0]["added"] == len(stored.bars) > 15


def test_an_ingestion_that_cannot_be_done_says_why(client, worker) -> None:
    address = client.post(PATH, json=MONTH | {"symbols": ["UNKNOWN"], "start": None}).headers["location"]
    failed = over(client, address)
    assert (failed["status"], failed["error"]["code"]) == ("failed", "input.invalid")
    assert "say where to begin" in failed["error"]["detail"]


def test_an_ingestion_that_waits_is_cancelled_and_is_nobody_elses(gateway, client) -> None:
    taken = client.post(PATH, json=MONTH | {"symbols": ["SYN-OTHER"]}).json()
    address = f"{PATH}/{taken['id']}"
    with gateway.client(gateway.key(gateway.user("mallory", "trader"), "read", "trade")) as other:
        assert other.get(address).status_code == 404
        assert other.post(f"{address}/cancellation").status_code == 404
    assert client.post(f"/api/v1/backtests/bt_{taken['id'][4:]}/cancellation").status_code == 404
    assert client.get(f"/api/v1/backtests/bt_{taken['id'][4:]}").status_code == 404
    assert client.post(f"{address}/cancellation").status_code == 202
    assert over(client, address)["status"] in ("cancelled", "succeeded")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"source": "nobody"}, 404, "input.unknown_name"),
        ({"interval": "x"}, 422, "input.invalid"),
        ({"start": "2020-02-30"}, 422, "input.range"),
        ({"start": "2021-01-01"}, 422, "input.range"),
        ({"symbols": []}, 422, "request.invalid"),
        ({"until": "2020-01-01"}, 422, "request.invalid"),
    ],
)
def test_a_bad_ingestion_is_refused(client, change, status, code) -> None:
    answer = client.post(PATH, json=MONTH | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
