"""The same five days of AAPL (2000-03-01 to 2000-03-07) as each vendor writes them."""

from pathlib import Path

import numpy as np
import pytest

from arbitrax.market_data.files import read_file

FILES = Path(__file__).parents[2] / "fixtures" / "files"
SESSIONS = np.array(["2000-03-01", "2000-03-02", "2000-03-03", "2000-03-06", "2000-03-07"], dtype="datetime64[ns]")
OPEN = [118.56, 127.0, 124.87, 126.0, 126.44]
HIGH = [132.06, 127.94, 128.23, 129.13, 127.44]
LOW = [118.5, 120.69, 120.0, 125.0, 121.12]
CLOSE = [130.31, 122.0, 128.0, 125.69, 122.87]
VOLUME = [9616100, 2779100, 2887200, 1880000, 2437600]
REVERSED = ("alpha_vantage.csv", "nasdaq.csv")
ADJUSTED = ("alpha_vantage.csv", "yahoo.csv", "yfinance.csv", "yfinance_three_headers.csv")
SYMBOLS = {"stooq_bulk.txt": "AAPL.US", "yfinance_three_headers.csv": "AAPL"}
NOTICES = {
    "metatrader4.csv": ["has no header"],
    "metatrader5.csv": ["tick volume"],
    "stooq_bulk.txt": ["Stooq divides prices by all later splits"],
}


@pytest.mark.parametrize(
    "name",
    [
        "alpha_vantage.csv",
        "epoch_ms.csv",
        "metatrader4.csv",
        "metatrader5.csv",
        "nasdaq.csv",
        "stooq.csv",
        "stooq_bulk.txt",
        "yahoo.csv",
        "yfinance.csv",
        "yfinance_three_headers.csv",
    ],
)
def test_every_vendor_gives_the_same_bars(name):
    (series,) = read_file(FILES / name)
    bars = series.bars
    assert bars.symbol == SYMBOLS.get(name, Path(name).stem.upper())
    assert bars.interval == "1d"
    assert (bars.timestamp == SESSIONS.astype(np.int64)).all()
    assert [bars.open.tolist(), bars.high.tolist(), bars.low.tolist()] == [OPEN, HIGH, LOW]
    assert [bars.close.tolist(), bars.volume.tolist()] == [CLOSE, VOLUME]
    assert (bars.adj_close is not None) == (name in ADJUSTED)
    assert series.rows_read == 5
    assert series.rows_reordered == (4 if name in REVERSED else 0)
    assert series.duplicates_dropped == 0
    expected = NOTICES.get(name, [])
    assert len(series.notices) == len(expected)
    assert all(part in notice for part, notice in zip(expected, series.notices, strict=True))


def test_day_first_dates_are_recognised_by_a_day_above_twelve():
    (series,) = read_file(FILES / "day_first.csv")
    assert (series.bars.timestamp[:5] == SESSIONS.astype(np.int64)).all()
    assert str(series.bars.timestamp[5].astype("datetime64[ns]"))[:10] == "2000-03-13"
    assert series.bars.open[:5].tolist() == OPEN


def test_a_symbol_column_yields_one_series_a_symbol():
    first, second = read_file(FILES / "many_symbols.csv")
    assert (first.bars.symbol, second.bars.symbol) == ("AAPL", "TWICE")
    assert first.bars.close.tolist() == CLOSE
    assert second.bars.close.tolist() == [2 * price for price in CLOSE]
    assert (first.rows_read, first.rows_reordered) == (5, 0)


def test_symbol_picks_one_of_several():
    (series,) = read_file(FILES / "many_symbols.csv", symbol="twice")
    assert series.bars.symbol == "TWICE"


def test_columns_are_contiguous_and_typed():
    bars = read_file(FILES / "many_symbols.csv")[1].bars
    for column in (bars.open, bars.high, bars.low, bars.close, bars.volume):
        assert column.dtype == np.float64
        assert column.flags.c_contiguous
    assert bars.timestamp.dtype == np.int64


def test_delimiters_order_case_and_extra_columns(read):
    for delimiter in (",", ";", "\t", "|"):
        rows = [
            ["VOLUME", "close", "Low", "HIGH", "open", "note", "Date"],
            ["5", "2", "1", "3", "2", "x", "2020-01-02"],
        ]
        bars = read("\r\n".join(delimiter.join(row) for row in rows)).bars
        assert [bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]] == [2, 3, 1, 2, 5]


def test_missing_volume_is_zero_with_a_notice(read):
    series = read("date,open,high,low,close\n2020-01-02,1,2,1,2\n")
    assert series.bars.volume.tolist() == [0]
    assert series.notices == ("AAPL.csv has no volume column; volume is 0.",)


def test_empty_volume_is_zero_with_a_notice(read, days):
    series = read(days("2020-01-06,10,12,9,11,", "2020-01-07,10,12,9,11,N/A"))
    assert series.bars.volume.tolist() == [100, 100, 100, 0, 0]
    assert series.notices == ("AAPL.csv has no volume in 2 rows (first 2020-01-06); volume is 0 there.",)


def test_no_header_takes_columns_by_position(read):
    series = read("20200102 093000;1;3;1;2;7\n20200102 093100;1;3;1;2;8\n")
    assert series.bars.interval == "1m"
    assert series.bars.volume.tolist() == [7, 8]
    assert "has no header" in series.notices[0]


def test_unnamed_first_column_is_the_date(read):
    assert len(read(",Open,High,Low,Close\n2020-01-02,1,2,1,2\n").bars) == 1


def test_old_line_ends_and_trailing_delimiters(read):
    assert len(read("Date,Open,High,Low,Close,\r2020-01-02,1,2,1,2,\r2020-01-03,1,2,1,2,").bars) == 2


def test_first_seen_symbol_is_kept_as_written(read, tmp_path):
    (tmp_path / "brk.b.csv").write_text("Date,Open,High,Low,Close,Volume\n2020-01-02,1,2,1,2,3\n")
    assert read_file(tmp_path / "brk.b.csv")[0].bars.symbol == "BRK.B"
    assert read_file(tmp_path / "brk.b.csv", symbol="BRK-B")[0].bars.symbol == "BRK-B"
