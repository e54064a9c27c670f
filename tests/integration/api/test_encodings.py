"""Answers as zstd or gzip: smaller, the same, and only for who takes them."""

import zlib
from contextlib import closing

import pyarrow as pa
import pytest

from arbitrax.api.encodings import chosen_encoding
from tests.gateway import Gateway

PATH = "/api/v1/bars?symbol=AAPL&limit=500"


@pytest.fixture(scope="module")
def key(gateway, viewer):
    return gateway.key(viewer, "read")


def raw(gateway: Gateway, key, path, **headers):
    """Return an answer with its body as it travelled."""
    with gateway.client(key) as client, client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join(answer.iter_raw())


def opened(encoding, body):
    if encoding == "gzip":
        return zlib.decompress(body, 31)
    assert int.from_bytes(body[:4], "little") == 0xFD2FB528, "zstd's magic number"
    with pa.CompressedInputStream(pa.BufferReader(body), "zstd") as stream:
        return stream.read()


@pytest.mark.parametrize("encoding", ["zstd", "gzip"])
@pytest.mark.parametrize("accept", ["application/json", "text/csv", "application/vnd.apache.arrow.stream"])
def test_large_answers_are_compressed_for_who_takes_it(gateway, key, encoding, accept) -> None:
    plain, body = raw(gateway, key, PATH, **{"Accept-Encoding": "identity", "Accept": accept})
    answer, packed = raw(gateway, key, PATH, **{"Accept-Encoding": encoding, "Accept": accept})
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(packed) < len(body) / 1.5
    assert opened(encoding, packed) == body


def test_parquet_is_compressed_in_itself(gateway, key) -> None:
    answer, body = raw(
        gateway, key, PATH, **{"Accept-Encoding": "zstd, gzip", "Accept": "application/vnd.apache.parquet"}
    )
    assert "Content-Encoding" not in answer.headers
    assert body.startswith(b"PAR1")


def test_small_answers_stay_as_they_are(gateway, key) -> None:
    answer, _ = raw(gateway, key, "/health", **{"Accept-Encoding": "zstd, gzip"})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_a_compressed_answer_is_asked_for_again_with_its_tag(gateway, trader) -> None:
    from tests.integration.api.test_access import run_of

    run = run_of(gateway, trader)
    path = f"/api/v1/backtests/{run}/tables/equity?limit=500"
    with closing(gateway.client(gateway.key(trader, "read"))) as client:
        first = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert first.headers["Content-Encoding"] == "gzip"
        assert first.headers["ETag"].startswith('W/"')
        again = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.content == b""
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert f"W/{plain.headers['ETag']}" == first.headers["ETag"]
        assert plain.content == first.content


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("gzip, zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("zstd;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=0, zstd;q=0", None),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *", "gzip"),
        ("identity", None),
        ("identity;q=1, gzip;q=0.5", None),
        ("gzip;q=nan", None),
        ("gzip;q=2", None),
        ("gzip;q=x", None),
        ("x-gzip-not", None),
        ("br", None),
    ],
)
def test_the_best_liked_is_taken(header, expected) -> None:
    assert chosen_encoding(header.encode()) == expected
