"""What the gateway reads: pages, formats, tags."""

import io
import time
from collections.abc import Iterator
from contextlib import closing

import httpx2
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from arbitrax.api.formats import MEDIA_TYPES
from arbitrax.backtest.report.recorded import POINTS
from arbitrax.services.identity_ports import User
from tests.gateway import Gateway
from tests.integration.api.test_access import run_of
from tests.report_page import answers_of, cells_of

BARS = "/api/v1/bars"


@pytest.fixture(scope="module")
def reader(gateway: Gateway, viewer: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(viewer, "read")) as client:
        yield client


def pages(client: httpx2.Client, path: str, **params: object) -> list[dict[str, object]]:
    found, cursor = [], None
    while True:
        answer = client.get(path, params={**params, **({} if cursor is None else {"cursor": cursor})})
        assert answer.status_code == 200, answer.text[:300]
        page = answer.json()
        found += page["data"]
        assert page["has_more"] == (page["next_cursor"] is not None)
        if not page["has_more"]:
            return found
        cursor = page["next_cursor"]


def test_instruments_come_in_pages_by_symbol(reader: httpx2.Client) -> None:
    whole = pages(reader, "/api/v1/instruments")
    assert len(whole) > 3
    assert pages(reader, "/api/v1/instruments", limit=1) == whole
    assert [each["symbol"] for each in whole] == sorted(str(each["symbol"]) for each in whole)
    found = pages(reader, "/api/v1/instruments", search="apple")
    assert [each["symbol"] for each in found] == ["AAPL"]
    one = reader.get("/api/v1/instruments/AAPL").json()
    assert one == found[0]
    assert one["coverage"][0]["interval"] == "1d"
    missing = reader.get("/api/v1/instruments/APPL")
    assert "AAPL" in missing.json()["detail"]


def test_every_bar_is_there_once_whatever_the_page(gateway: Gateway, reader: httpx2.Client) -> None:
    stored = gateway.parts.store.bars.load("AAPL", "1d")
    assert stored is not None
    bars = stored.bars
    rows = pages(reader, BARS, symbol="AAPL", limit=499)
    assert len(rows) == len(bars)
    assert [float(str(row["close"])) for row in rows] == bars.close.tolist()
    assert [float(str(row["volume"])) for row in rows] == bars.volume.tolist()
    times = np.array([str(row["timestamp"]).removesuffix("Z") for row in rows], "datetime64[ns]").astype(np.int64)
    assert times.tolist() == bars.timestamp.tolist()
    assert all(isinstance(row["open"], str) for row in rows)


def test_days_count_whole_and_a_moment_ends_a_range(reader: httpx2.Client) -> None:
    rows = pages(reader, BARS, symbol="AAPL", start="2012-01-03", end="2012-01-05")
    assert [str(row["timestamp"])[:10] for row in rows] == ["2012-01-03", "2012-01-04", "2012-01-05"]
    same = pages(reader, BARS, symbol="AAPL", start="2012-01-03T00:00:00Z", end="2012-01-05T19:00:00-05:00")
    assert same == rows
    assert pages(reader, BARS, symbol="AAPL", start="2012-01-03", end="2012-01-03") == rows[:1]
    assert pages(reader, BARS, symbol="AAPL", start="2050-01-01") == []
    assert pages(reader, BARS, symbol="AAPL", start="2050-01-01", end="2050-02-01") == []


def test_a_part_of_a_series_is_the_same_however_much_of_it_is_read(reader: httpx2.Client) -> None:
    whole = pages(reader, BARS, symbol="AAPL")
    for start, end in (("2012-01-01", "2012-12-31"), ("2010-01-01", "2019-12-31"), ("2012-01-03", None)):
        part = pages(reader, BARS, symbol="AAPL", start=start, **({} if end is None else {"end": end}))
        assert part == [each for each in whole if start <= str(each["timestamp"])[:10] <= (end or "9999")]
        assert part


@pytest.mark.parametrize("form", ["arrow", "parquet", "csv"])
def test_a_whole_range_comes_in_other_formats(gateway: Gateway, reader: httpx2.Client, form: str) -> None:
    media = MEDIA_TYPES[form]  # type: ignore[index] - a str is no Literal
    answer = reader.get(BARS, params={"symbol": "AAPL"}, headers={"Accept": f"{media}, application/json;q=0.5"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == media
    table = read_table(answer.content, form)
    stored = gateway.parts.store.bars.load("AAPL", "1d")
    assert stored is not None
    for name in ("open", "high", "low", "close", "volume", "adj_close"):
        assert table[name].to_pylist() == getattr(stored.bars, name).tolist()


@pytest.mark.parametrize("form", ["arrow", "parquet", "csv"])
def test_a_limit_cuts_other_formats_short_and_they_have_no_pages(reader: httpx2.Client, form: str, run: str) -> None:
    headers = {"Accept": MEDIA_TYPES[form]}  # type: ignore[index] - a str is no Literal
    for path in (f"{BARS}?symbol=AAPL", f"/api/v1/backtests/{run}/tables/equity?"):
        cut = read_table(reader.get(f"{path}&limit=3", headers=headers).content, form)
        whole = read_table(reader.get(path, headers=headers).content, form)
        assert cut.num_rows == 3
        assert cut.to_pylist() == whole.slice(0, 3).to_pylist()
        cursor = reader.get(f"{path}&limit=3").json()["next_cursor"]
        refused = reader.get(f"{path}&cursor={cursor}", headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "?cursor")


def test_a_chart_has_few_bars_and_every_extreme(gateway: Gateway, reader: httpx2.Client) -> None:
    stored = gateway.parts.store.bars.load("AAPL", "1d")
    assert stored is not None
    bars = stored.bars
    answer = reader.get(BARS, params={"symbol": "AAPL", "points": 100})
    rows = answer.json()["data"]
    assert (len(rows), answer.json()["has_more"]) == (100, False)
    assert max(float(each["high"]) for each in rows) == bars.high.max()
    assert min(float(each["low"]) for each in rows) == bars.low.min()
    assert sum(float(each["volume"]) for each in rows) == bars.volume.sum()
    assert (float(rows[0]["open"]), float(rows[-1]["close"])) == (bars.open[0], bars.close[-1])
    known = reader.get(
        BARS, params={"symbol": "AAPL", "points": 100}, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert known.status_code == 304
    other = reader.get(BARS, params={"symbol": "AAPL", "points": 99}, headers={"If-None-Match": answer.headers["ETag"]})
    assert len(other.json()["data"]) == 99
    arrow = reader.get(BARS, params={"symbol": "AAPL", "points": 100}, headers={"Accept": MEDIA_TYPES["arrow"]})
    table = read_table(arrow.content, "arrow")
    assert table["high"].to_pylist() == [float(each["high"]) for each in rows]
    few = {"symbol": "AAPL", "start": "2012-01-03", "end": "2012-01-05"}
    assert reader.get(BARS, params=few | {"points": 9}).json() == reader.get(BARS, params=few).json()
    assert reader.get(BARS, params={"symbol": "AAPL", "start": "2050-01-01", "points": 5}).json()["data"] == []


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("", "?symbol", "request.missing"),
        ("symbol=AAPL&start=2012-02-30", "?start", "request.time"),
        ("symbol=AAPL&start=2012-02-02&end=2012-02-01", "?end", "request.range"),
        ("symbol=AAPL&interval=7q", "?interval", "request.value"),
        ("symbol=AAPL&points=0", "?points", "request.value"),
        ("symbol=AAPL&points=5&limit=5", "?points", "request.combination"),
    ],
)
def test_a_wrong_parameter_is_pointed_at(reader: httpx2.Client, query: str, pointer: str, code: str) -> None:
    answer = reader.get(f"{BARS}?{query}")
    assert answer.status_code == 422, answer.text
    (wrong,) = answer.json()["errors"]
    assert (wrong["pointer"], wrong["code"]) == (pointer, code)
    assert "regex" not in wrong["detail"]


def read_table(content: bytes, form: str) -> pa.Table:
    if form == "arrow":
        return pa.ipc.open_stream(content).read_all()
    if form == "parquet":
        return pa.parquet.read_table(io.BytesIO(content))
    return pa.csv.read_csv(
        io.BytesIO(content), convert_options=pa.csv.ConvertOptions(column_types={"volume": pa.float64()})
    )


def test_tags_save_what_a_client_has(gateway: Gateway, reader: httpx2.Client) -> None:
    closed = {"symbol": "AAPL", "start": "2010-01-01", "end": "2010-12-31"}
    first = reader.get(BARS, params=closed)
    assert "max-age" in first.headers["Cache-Control"]
    assert "private" in first.headers["Cache-Control"]
    assert "no-cache" in reader.get(BARS, params={"symbol": "AAPL"}).headers["Cache-Control"]
    tag = first.headers["ETag"]
    again = reader.get(BARS, params=closed, headers={"If-None-Match": f'"other", {tag}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"].removeprefix("W/") == tag.removeprefix("W/")  # weak where the answer was compressed
    csv = reader.get(BARS, params=closed, headers={"Accept": "text/csv", "If-None-Match": tag})
    assert csv.status_code == 200
    assert csv.headers["ETag"].removeprefix("W/") != tag.removeprefix("W/")


def test_strategies_have_their_parameters_with_bounds(reader: httpx2.Client) -> None:
    found = {str(each["name"]): each for each in pages(reader, "/api/v1/strategies", limit=3)}
    assert len(found) > 8
    fast = found["sma_cross"]["parameters"][0]  # type: ignore[index] - JSON
    assert (fast["name"], fast["type"], fast["low"]) == ("fast", "int", 1)
    detail = reader.get("/api/v1/strategies/sma_cross").json()
    assert found["sma_cross"].items() <= detail.items()


def test_ingestions_of_the_command_line_are_the_operators(gateway: Gateway, reader: httpx2.Client, admin: User) -> None:
    from arbitrax.services.catalogue_ports import Chunk, IngestionRequest

    store = gateway.parts.store.ingestions
    day = 86_400_000_000_000
    for start in (0, day, 2 * day):
        chunk = Chunk("AAPL", "1d", start, start + day)
        opened = store.open(
            IngestionRequest("yahoo", ("AAPL",), "1d", start, start + day),
            lambda chunk=chunk: [chunk],
            received=time.time_ns(),
        )
        store.fail(opened, chunk, "nobody answers")
        store.finish(opened, received=time.time_ns(), error="nobody answers")
    with gateway.client(gateway.key(admin, "read", "admin")) as boss:
        rows = pages(boss, "/api/v1/ingestions", limit=2)
        assert len(rows) == 3
        assert rows == pages(boss, "/api/v1/ingestions") == pages(boss, "/api/v1/ingestions?status=failed")
        assert boss.get("/api/v1/ingestions?status=succeeded").json()["data"] == []
        assert [row["created_at"] for row in rows] == sorted((str(row["created_at"]) for row in rows), reverse=True)
        newest = rows[0]
        assert (newest["status"], newest["error"]["detail"]) == ("failed", "nobody answers")  # type: ignore[index] - JSON
        assert (newest["owner"], newest["job"], newest["bars_added"]) == (None, None, 0)
        assert newest["spec"] == {
            "symbols": ["AAPL"], "interval": "1d", "source": "yahoo", "start": "1970-01-03", "end": "1970-01-03",
            "only_missing": False, "replace_source": False,
        }  # fmt: skip
        assert boss.get(f"/api/v1/ingestions/{newest['id']}").json() == newest
        assert boss.post(f"/api/v1/ingestions/{newest['id']}/cancellation").status_code in (403, 404)
    assert pages(reader, "/api/v1/ingestions") == []
    assert reader.get(f"/api/v1/ingestions/{newest['id']}").status_code == 404


@pytest.fixture(scope="module")
def run(gateway: Gateway, viewer: User) -> str:
    return run_of(gateway, viewer)


def test_a_finished_backtest_tells_everything_that_decided_it(reader: httpx2.Client, run: str) -> None:
    answer = reader.get(f"/api/v1/backtests/{run}")
    found = answer.json()
    assert found["id"] == run
    assert found["spec"]["strategy"]["parameters"] == {"fast": 3, "slow": 9, "short": False}
    assert (found["job"], found["owner"], found["status"], found["progress"]) == (
        None,
        found["owner"],
        "succeeded",
        1.0,
    )
    assert found["created_at"] == found["started_at"] == found["finished_at"]
    result = found["result"]
    assert {"sharpe", "total_return"} <= set(result["metrics"])
    undefined = [each for each in result["metrics"].values() if each["value"] is None]
    assert all(each["undefined_because"] for each in undefined)
    assert reader.get(f"/api/v1/backtests/{run}", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    summary = pages(reader, "/api/v1/backtests", limit=1)
    assert found in summary
    for link in (*result["tables"].values(), result["equity"], result["honesty"], result["report"]):
        assert reader.get(link).status_code == 200


def test_tables_are_the_same_in_every_format(reader: httpx2.Client, run: str) -> None:
    for table in ("equity", "trades", "drawdowns"):
        path = f"/api/v1/backtests/{run}/tables/{table}"
        rows = pages(reader, path, limit=7)
        assert rows
        for form in ("arrow", "parquet", "csv"):
            answer = reader.get(path, headers={"Accept": MEDIA_TYPES[form]})  # type: ignore[index] - a str is no Literal
            found = read_table(answer.content, form)
            assert found.column_names == list(rows[0])
            assert found.num_rows == len(rows)
        money = {"equity": "equity", "trades": "pnl"}.get(table)
        if money is not None:
            assert [float(str(row[money])) for row in rows] == found[money].to_pylist()


def test_a_report_holds_what_the_gateway_answers(reader: httpx2.Client, run: str) -> None:
    told = answers_of(reader.get(f"/api/v1/backtests/{run}/report").text)
    path = f"/api/v1/backtests/{run}"
    found = reader.get(path).json()
    assert {name: told[""][name] for name in ("id", "spec", "result", "created_at")} == {
        name: found[name] for name in ("id", "spec", "result", "created_at")
    }
    assert set(told[""]) == set(found)
    assert told["/figures"] == reader.get(f"{path}/figures").json()
    assert told["/account"] == reader.get(f"{path}/account").json()
    honesty = reader.get(f"{path}/honesty").json()
    for part in (honesty, honesty["look_ahead"]):
        del part["seconds"]  # it differs each time
    assert told["/honesty"] == honesty
    assert told["/equity"] == reader.get(f"{path}/equity", params={"points": POINTS}).json()
    prices = reader.get(f"{path}/prices", params={"points": POINTS, "symbol": "AAPL"}).json()
    assert told["/prices?symbol=AAPL"] == prices
    for table in ("monthly", "drawdowns", "var_backtest"):
        assert told[f"/tables/{table}"] == reader.get(f"{path}/tables/{table}").json()
    for table in ("trades", "orders", "rolling"):
        answer = reader.get(f"{path}/tables/{table}", headers={"Accept": "text/csv"})
        assert cells_of(told[f"/tables/{table}"]) == cells_of(answer.text)


def test_a_report_is_one_page_without_anything_from_elsewhere(gateway: Gateway, viewer: User, run: str) -> None:
    with closing(gateway.sign_in(viewer.name)) as client:
        answer = client.get(f"/api/v1/backtests/{run}/report")
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
        assert "<html" in answer.text
        refused = client.get(f"/api/v1/backtests/{run}/report", headers={"Accept": "application/json"})
        assert refused.status_code == 406
