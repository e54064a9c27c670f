"""HEAD is answered as GET is, without the body."""

import socket
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest

from arbitrax.services.identity_ports import User
from tests.gateway import Gateway
from tests.integration.api.test_access import EVERY, run_of

OF_THE_MOMENT = {"date", "x-request-id", "ratelimit"}
READS = sorted({path for method, path, _ in EVERY if method == "GET"})


@pytest.fixture(scope="module")
def chief(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with closing(gateway.sign_in(admin.name)) as client:
        yield client


@pytest.fixture(scope="module")
def run(gateway: Gateway) -> str:
    return run_of(gateway, None)


def told(answer: httpx2.Response) -> dict[str, str]:
    found = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    if answer.url.path == "/api/v1/exchange" and int(found["content-length"]) > 0:  # another text each time
        found["content-length"] = "some"
    return found


@pytest.mark.parametrize("accept", ["*/*", "text/csv"])
@pytest.mark.parametrize("path", READS)
def test_head_tells_what_get_would(chief: httpx2.Client, run: str, path: str, accept: str) -> None:
    names = {
        "backtest": run,
        "symbol": "AAPL",
        "interval": "1d",
        "name": "sma_cross",
        "table": "trades",
        "version": "1",
    }
    filled = path.format_map(
        {**dict.fromkeys(("ingestion", "user", "key", "account", "order", "path"), "none"), **names}
    )
    if path.endswith("/bars"):
        filled += "?symbol=AAPL&start=2012-01-01&end=2013-01-01"
    whole = chief.get(filled, headers={"Accept": accept})
    head = chief.head(filled, headers={"Accept": accept})
    assert head.status_code == whole.status_code
    assert told(head) == told(whole)
    assert head.content == b""
    assert chief.get("/health").status_code == 200, "nothing of a body is left on the connection"


def test_most_reads_are_there(chief: httpx2.Client) -> None:
    assert len(READS) > 20
    answer = chief.head("/api/v1/bars?symbol=AAPL&start=2012-01-01&end=2013-01-01")
    assert (answer.status_code, int(answer.headers["Content-Length"]) > 1000) == (200, True)


def test_head_has_etags_and_is_counted_as_itself(gateway: Gateway, chief: httpx2.Client, run: str) -> None:
    tag = chief.head(f"/api/v1/backtests/{run}").headers["ETag"]
    assert chief.head(f"/api/v1/backtests/{run}", headers={"If-None-Match": tag}).status_code == 304
    counted = {each.labels.get("method") for each in gateway.parts.metrics.collect() if hasattr(each, "labels")}
    assert "HEAD" in counted


def test_where_there_is_no_get_there_is_no_head(chief: httpx2.Client) -> None:
    refused = chief.head("/api/v1/auth/login")
    assert (refused.status_code, refused.headers["Allow"], refused.content) == (405, "OPTIONS, POST", b"")
    assert chief.head("/nowhere").status_code == 404


def test_head_needs_the_same_rights(gateway: Gateway, viewer: User) -> None:
    with gateway.client() as nobody:
        assert nobody.head("/api/v1/users").status_code == 401
    with gateway.client(gateway.key(viewer, "read")) as client:
        assert client.head("/api/v1/users").status_code == 403


def test_the_answer_ends_with_its_head(gateway: Gateway) -> None:
    host, port = gateway.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"HEAD /docs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        received = b""
        while more := connection.recv(65536):
            received += more
    head, _, rest = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert rest == b""
