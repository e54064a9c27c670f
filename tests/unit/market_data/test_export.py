"""Bars written to files come back bit by bit."""

import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import date_text
from arbitrax.domain.intervals import DAY, MINUTE
from arbitrax.market_data.export import FORMATS, write_bars
from arbitrax.market_data.files import read_file
from tests.market import START, daily, sample


def written(bars, form):
    file = io.BytesIO()
    write_bars(bars, file, form)
    return file.getvalue()


def read_back(folder, bars, form):
    path = folder / f"file.{form}"
    path.write_bytes(written(bars, form))
    (series,) = read_file(path, interval=bars.interval)
    assert series.notices == ()
    return series.bars


def test_csv_has_the_shortest_decimals_and_times_in_utc():
    bars = Bars(
        "BRK.B", "1m", START + np.arange(2) * MINUTE, np.array([0.1, 1e-7]), np.array([300.0, 1e22]),
        np.array([0.1, 1e-7]), np.array([1 / 3, 123456789.125]), np.array([1e6, 0.0]),
    )  # fmt: skip
    assert written(bars, "csv").decode() == (
        "timestamp,open,high,low,close,volume,symbol\n"
        "2000-01-01T00:00:00Z,0.1,300,0.1,0.3333333333333333,1000000,BRK.B\n"
        "2000-01-01T00:01:00Z,0.0000001,10000000000000000000000,0.0000001,123456789.125,0,BRK.B\n"
    )
    days = written(daily([1.0, 2.0], adj_close=[0.5, 1.0]), "csv").decode().splitlines()
    assert days == [
        "timestamp,open,high,low,close,volume,adj_close,symbol",
        "2000-01-01,1,1,1,1,1000,0.5,TEST",
        "2000-01-02,2,2,2,2,1000,1,TEST",
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("symbol", ["AAPL", "GSPC"])
def test_real_bars_come_back(tmp_path, form, symbol):
    bars = sample(symbol)
    back = read_back(tmp_path, bars, form)
    assert back.symbol == symbol
    assert back.content_hash() == bars.content_hash()


def test_more_rows_than_are_made_at_a_time_come_back(tmp_path):
    close = np.round(np.linspace(10, 20, 140_000), 4)
    bars = Bars("X", "1m", START + np.arange(140_000) * MINUTE, close, close, close, close, close)
    assert read_back(tmp_path, bars, "csv").content_hash() == bars.content_hash()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("symbol", ['A"B', "A,B", "SYN-BTC-USD", "^GSPC", "A;B|C", "Ä"])
def test_any_symbol_comes_back(tmp_path, form, symbol):
    assert read_back(tmp_path, replace(daily([1.0, 2.0, 3.0]), symbol=symbol), form).symbol == symbol


PRICE = st.floats(1e-12, 1e15)
INTERVALS = {"1m": MINUTE, "1h": 60 * MINUTE, "1d": DAY, "1w": 7 * DAY, "100t": 1}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(PRICE, PRICE, PRICE, PRICE, st.floats(0, 1e15), PRICE), min_size=3, max_size=8),
    st.sampled_from(sorted(INTERVALS)),
    st.booleans(),
    st.sampled_from(FORMATS),
)
def test_every_bit_comes_back(tmp_path_factory, rows, interval, adjusted, form):
    columns = np.array(rows).T
    low, high = np.sort(columns[:4], axis=0)[[0, 3]]
    stamps = START + np.arange(len(rows)) * INTERVALS[interval]
    adj_close = columns[5].copy() if adjusted else None
    bars = Bars("X", interval, stamps, columns[0], high, low, columns[3], columns[4], adj_close)
    path = tmp_path_factory.mktemp("export") / f"x.{form}"
    path.write_bytes(written(bars, form))
    (series,) = read_file(path, interval=interval)
    assert series.bars.content_hash() == bars.content_hash()


def test_other_programs_read_the_files_too(tmp_path):
    bars = sample("IBM").take(slice(0, 50))
    for form, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet), ("arrow", pd.read_feather)):
        (tmp_path / f"x.{form}").write_bytes(written(bars, form))
        frame = read(tmp_path / f"x.{form}")
        assert list(frame["close"]) == list(bars.close)
        days = pd.to_datetime(frame["timestamp"]).dt.strftime("%Y-%m-%d")
        assert list(days) == [date_text(int(at)) for at in bars.timestamp]
        assert set(frame["symbol"]) == {"IBM"}
    table = pq.read_table(tmp_path / "x.parquet")
    assert table.schema.metadata[b"arbitrax.prices"] == b"raw"
    assert table.schema.field("timestamp").type == pa.timestamp("ns")
