import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arbitrax.domain.errors import DataError
from arbitrax.market_data.files import looks_like_file, read_file
from arbitrax.market_data.frames import read_frame

FILES = Path(__file__).parents[2] / "fixtures" / "files"
ALLOWED = {"numpy", "msgspec", "arbitrax"}


def test_parquet_gives_the_bars_of_the_csv(tmp_path):
    (expected,) = read_file(FILES / "yahoo.csv")
    bars = expected.bars
    names = ("open", "high", "low", "close", "volume", "adj_close")
    table = pa.table({"timestamp": bars.timestamp.astype("datetime64[ns]")} | {n: getattr(bars, n) for n in names})
    pq.write_table(table, tmp_path / "yahoo.parquet")
    (series,) = read_file(tmp_path / "yahoo.parquet")
    assert series.bars.symbol == "YAHOO"
    assert series.bars.content_hash() == bars.content_hash()


def test_parquet_with_a_bad_value(tmp_path):
    prices = {"open": [1.0], "high": [2.0], "low": [1.0], "close": [None]}
    pq.write_table(pa.table({"date": ["2020-01-02"], **prices}), tmp_path / "bad.parquet")
    with pytest.raises(DataError, match=r"bad\.parquet, row 0, column 'close'"):
        read_file(tmp_path / "bad.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"Date,Open\n", b"PAR1" + b"x" * 50 + b"PAR1"])
def test_what_is_no_parquet(tmp_path, content):
    (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"^bad\.parquet: this is no readable Parquet file"):
        read_file(tmp_path / "bad.parquet")


def test_reading_a_csv_loads_numpy_and_little_else():
    code = (
        "import sys; from pathlib import Path; import numpy; before = set(sys.modules)\n"
        "from arbitrax.market_data.files import read_file\n"
        f"read_file(Path({str(FILES / 'yahoo.csv')!r}))\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    foreign = loaded - ALLOWED - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith(("_cy", "cython", "typing_extensions"))} == set()
    assert not loaded & {"zoneinfo", "asyncio", "email", "subprocess", "multiprocessing"}


@pytest.mark.parametrize("text", ["AAPL.csv", "a/b.TXT", "C:\\data\\x.tsv", "x.y.prn", "x.asc", "x.parquet", "../x.pq"])
def test_known_endings_look_like_files(text):
    assert looks_like_file(text)


@pytest.mark.parametrize(
    "text",
    ["AAPL", "BRK/B", "BRK.B", "", ".csv", "data/.csv", "x.csv/AAPL", "csv", "x.json", "x\0.csv", "x.csv\0"],
)
def test_symbols_do_not_look_like_files(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "AAPL").write_text("")
    assert not looks_like_file(text)


def test_very_long_texts_are_judged_by_their_ending_and_refused_in_a_sentence():
    assert not looks_like_file("A" * 10**6)
    assert looks_like_file("A" * 10**6 + ".csv")
    with pytest.raises(DataError, match=r"cannot be read|does not exist"):
        read_file(Path("A" * 10**4 + ".csv"))


def test_adjusted_closes_are_complete_or_left_out(read, refusal):
    def text(first, second):
        return (
            "Date,Open,High,Low,Close,Adj Close,Volume\n"
            f"2020-01-02,10,12,9,11,{first},100\n2020-01-03,10,12,9,11,{second},100\n"
        )

    assert read(text("5", "5.5")).bars.adj_close.tolist() == [5, 5.5]
    series = read(text("", "null"))
    assert series.bars.adj_close is None
    assert "AAPL.csv has an empty column 'Adj Close'; it was left out." in series.notices
    message = refusal(text("5", ""))
    assert message.startswith("AAPL.csv, line 3, column 'Adj Close': the price is empty (1 row in all); fill")
    assert "line 2, column 'Adj Close': the price is empty" in refusal(text("null", "5"))
    assert "line 2, column 'Adj Close': the price 0 is not above zero" in refusal(text("0", "5"))


def test_adjusted_closes_are_judged_symbol_by_symbol(tmp_path):
    path = tmp_path / "two.csv"
    path.write_text(
        "Date,Symbol,Open,High,Low,Close,Adj Close,Volume\n"
        "2020-01-02,A,10,12,9,11,5,100\n2020-01-02,B,10,12,9,11,,100\n"
    )
    with_it, without = read_file(path)
    assert with_it.bars.adj_close is not None
    assert without.bars.adj_close is None


@pytest.mark.parametrize("values", [[5.0, None], [float("nan"), 5.0]])
def test_frames_and_parquet_with_some_adjusted_closes_are_refused(values, tmp_path):
    prices = {name: [1.0, 1.0] for name in ("open", "high", "low", "close")}
    table = pa.table({"date": ["2020-01-02", "2020-01-03"], **prices, "adj_close": values})
    pq.write_table(table, tmp_path / "bad.parquet")
    for frame in (table, table.to_pandas()):
        with pytest.raises(DataError, match=r"the frame, row [01], column 'adj_close': the price is empty"):
            read_frame(frame)
    with pytest.raises(DataError, match=r"bad\.parquet, row [01], column 'adj_close': the price is empty"):
        read_file(tmp_path / "bad.parquet")


def test_frames_without_any_adjusted_close_have_no_such_column():
    prices = {name: [1.0, 1.0] for name in ("open", "high", "low", "close")}
    series = read_frame(pa.table({"date": ["2020-01-02", "2020-01-03"], **prices, "adj_close": [None, None]}))
    assert series.bars.adj_close is None
