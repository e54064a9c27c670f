"""Rows of files as they are, for validation to judge."""

import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import DataError, InputError, UnknownNameError
from arbitrax.market_data.documents import documents
from arbitrax.market_data.files import read_candidates, read_file
from arbitrax.samples import sample_paths

HEAD = "Date,Open,High,Low,Close,Adj Close,Volume\n"


def candidates_of(path, **options):
    (document,) = documents(path)
    return read_candidates(document, **options)


def candidates(folder, text, **options):
    (folder / "AAPL.csv").write_text(text)
    return candidates_of(folder / "AAPL.csv", **options)


def test_bad_rows_are_kept_as_they_are_in_their_order(tmp_path):
    rows = (
        "2024-01-04,4,5,3,4,4,40",
        "2024-01-02,1,2,1,abc,,10",
        "2024-01-03,0,-1,5,inf,1,-20",
        "2024-01-03,0,-1,5,null,1,",
        "2024-01-02,1,2,1,2,2,10",
    )
    (fetched,) = candidates(tmp_path, HEAD + "\n".join(rows) + "\n")
    found = fetched.candidate
    assert (found.symbol, found.interval, found.source, found.basis) == ("AAPL", "1d", "file", "raw")
    assert [str(each)[:10] for each in found.timestamp.astype("datetime64[ns]")] == [row[:10] for row in rows]
    assert list(found.open) == [4, 1, 0, 0, 1]
    assert list(found.high) == [5, 2, -1, -1, 2]
    np.testing.assert_array_equal(found.close, [4, np.nan, np.nan, np.nan, 2])
    np.testing.assert_array_equal(found.volume, [40, 10, -20, np.nan, 10])
    np.testing.assert_array_equal(found.adj_close, [4, np.nan, 1, 1, 2])
    assert fetched.notices == (
        "AAPL.csv, line 3, column 'Close': 'abc' is not a number (1 row in all); correct those rows or remove them.",
    )
    assert fetched.actions == ()
    with pytest.raises(DataError):
        read_file(tmp_path / "AAPL.csv")


def test_good_files_give_the_same_numbers_as_when_they_are_read_strictly():
    for path in sample_paths():
        (strict,), (loose,) = read_file(path), candidates_of(path)
        for name in ("timestamp", "open", "high", "low", "close", "volume", "adj_close"):
            ours, theirs = getattr(loose.candidate, name), getattr(strict.bars, name)
            if name != "adj_close" or theirs is not None:
                np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is empty"),
        ("Date,Open,High,Low\n2024-01-02,1,2,1\n", "no column for close"),
        (HEAD + "2024-01-02,x,2,1,2,2,10\n2024-13-02,1,2,1,2,2,10\n", "line 3, column 'Date': '2024-13-02' is not"),
        (HEAD + "2024-01-02,x,2,1,2,2,10\n2024-01-03,1,2\n", "line 3: 3 fields where other rows have 7"),
        (HEAD + '2024-01-02,x,2,1,2,2,10\n2024-01-03,1,2,1,2,2,"10\n', "line 3: the quote before"),
        (HEAD + "2024-01-02,x,2,1,2,2,10\n,1,2,1,2,2,10\n", "line 3, column 'Date': the date is empty"),
        ("<html>", "this is a web page"),
    ],
)
def test_what_does_not_say_what_its_rows_are_is_refused(tmp_path, text, sentence):
    with pytest.raises(DataError, match=sentence):
        candidates(tmp_path, text)


def test_a_symbol_column_yields_a_candidate_each(tmp_path):
    text = "symbol,date,open,high,low,close\nA,2024-01-02,1,2,1,x\nB,2024-01-02,1,2,1,2\n"
    assert [each.candidate.symbol for each in candidates(tmp_path, text)] == ["A", "B"]
    assert [each.candidate.symbol for each in candidates(tmp_path, text, symbol="b")] == ["B"]
    with pytest.raises(UnknownNameError):
        candidates(tmp_path, text, symbol="C")
    with pytest.raises(InputError):
        candidates(tmp_path, text, interval="1x")


def test_the_prices_of_stooq_are_known_to_be_split_adjusted(tmp_path):
    head = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
    (fetched,) = candidates(tmp_path, head + "AAPL.US,D,20100104,000000,7.62,7.66,7.58,7.64,493729600,0\n")
    assert (fetched.candidate.symbol, fetched.candidate.basis) == ("AAPL.US", "split_adjusted")


def frame(**columns):
    return pa.table(
        {"date": ["2024-01-02", "2024-01-03"], "open": [1.0, 2.0], "high": [2.0, 3.0], "low": [1.0, 2.0]} | columns
    )


def test_text_among_the_numbers_of_a_frame_becomes_nan_with_a_notice(tmp_path):
    table = frame(close=["2", "x"], volume=[10, None])
    pq.write_table(table, tmp_path / "A.parquet")
    with pa.OSFile(str(tmp_path / "A.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    for ending in ("parquet", "arrow"):
        (fetched,) = candidates_of(tmp_path / f"A.{ending}")
        np.testing.assert_array_equal(fetched.candidate.close, [2, np.nan])
        np.testing.assert_array_equal(fetched.candidate.volume, [10, np.nan])
        assert fetched.notices[0].startswith(f"A.{ending}, row 1, column 'close': 'x' is not a number (1 row in all)")
        with pytest.raises(DataError, match="row 1, column 'close': 'x' is not a number"):
            read_file(tmp_path / f"A.{ending}")


def arrow_bytes(table, *, stream=False):
    file = io.BytesIO()
    with (pa.ipc.new_stream if stream else pa.ipc.new_file)(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


@pytest.mark.parametrize("ending", ["arrow", "feather", "ipc"])
@pytest.mark.parametrize("stream", [False, True])
def test_arrow_files_and_streams_are_read(tmp_path, ending, stream):
    table = frame(close=[2.0, 3.0], volume=pa.array([10, 20]), symbol=pa.array(["A", "B"]).dictionary_encode())
    (tmp_path / f"x.{ending}").write_bytes(arrow_bytes(table, stream=stream))
    found = read_file(tmp_path / f"x.{ending}")
    assert [(each.bars.symbol, list(each.bars.close), list(each.bars.volume)) for each in found] == [
        ("A", [2.0], [10.0]), ("B", [3.0], [20.0]),
    ]  # fmt: skip
    assert found[0].bars.timestamp[0] == start_of_day("2024-01-02")


@pytest.mark.parametrize("content", [b"", b"ARROW1", b"ARROW1\0\0" + b"x" * 50 + b"ARROW1", b"Date,Open\n", b"PAR1"])
def test_what_is_no_arrow_file(tmp_path, content):
    (tmp_path / "bad.arrow").write_bytes(content)
    with pytest.raises(
        DataError, match=r"^bad\.arrow: this is no readable Arrow file \(.*\); write it again\.$|not one row|no column"
    ):
        read_file(tmp_path / "bad.arrow")


def test_an_arrow_file_cut_short_is_refused(tmp_path):
    rows = 500
    price = np.linspace(1, 2, rows)
    days = np.datetime64("2020-01-01") + np.arange(rows)
    data = arrow_bytes(pa.table({"date": days, "open": price, "high": price, "low": price, "close": price}))
    for length in range(0, len(data) - 1, 997):
        (tmp_path / "cut.arrow").write_bytes(data[:length])
        with pytest.raises(DataError, match=r"^cut\.arrow: "):
            read_file(tmp_path / "cut.arrow")
