import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from arbitrax.domain.errors import DataError, InputError
from arbitrax.market_data.frames import read_frame, read_frames

PRICES = {
    "Open": [10.0, 11.0],
    "High": [12.0, 12.0],
    "Low": [9.0, 9.0],
    "Close": [11.0, 10.0],
    "Volume": [1, 2],
}
SESSIONS = np.array(["2020-01-02", "2020-01-03"], dtype="datetime64[ns]").astype(np.int64).tolist()
DAYS = ["2020-01-02", "2020-01-03"]
LIBRARIES = [pd.DataFrame, pl.DataFrame, pa.table]


@pytest.mark.parametrize("frame", LIBRARIES)
@pytest.mark.parametrize(
    "dates",
    [
        DAYS,
        [date(2020, 1, 2), date(2020, 1, 3)],
        [datetime(2020, 1, 2), datetime(2020, 1, 3)],
        [datetime(2020, 1, 2, tzinfo=UTC), datetime(2020, 1, 3, tzinfo=UTC)],
        [20200102, 20200103],
        [1577923200, 1578009600],
        [1577923200000, 1578009600000],
    ],
)
def test_every_library_and_kind_of_date(frame, dates):
    series = read_frame(frame({"date": dates, **PRICES}), symbol="AAPL")
    assert series.bars.symbol == "AAPL"
    assert series.bars.interval == "1d"
    assert series.bars.timestamp.tolist() == SESSIONS
    assert series.bars.open.tolist() == PRICES["Open"]
    assert series.bars.volume.tolist() == [1, 2]
    assert series.notices == ()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_pandas_index_in_every_unit_and_zone(unit):
    index = pd.DatetimeIndex(DAYS, tz="America/New_York").as_unit(unit)
    assert read_frame(pd.DataFrame(PRICES, index=index)).bars.timestamp.tolist() == SESSIONS


def test_pandas_minutes_with_a_zone_are_instants():
    index = pd.DatetimeIndex(["2020-01-02 09:30", "2020-01-02 09:31"], tz="America/New_York", name="Datetime")
    series = read_frame(pd.DataFrame(PRICES, index=index))
    assert series.bars.interval == "1m"
    assert str(series.bars.timestamp[0].astype("datetime64[ns]"))[:16] == "2020-01-02T14:30"


def test_polars_and_arrow_minutes_with_a_zone_are_instants():
    stamps = [datetime(2020, 1, 2, 14, 30, tzinfo=UTC), datetime(2020, 1, 2, 14, 31, tzinfo=UTC)]
    frame = pl.DataFrame({"ts": stamps, **PRICES}).with_columns(pl.col("ts").dt.convert_time_zone("Asia/Kolkata"))
    expected = [1577975400 * 10**9, 1577975460 * 10**9]
    assert read_frame(frame).bars.timestamp.tolist() == expected
    assert read_frame(frame.to_arrow()).bars.timestamp.tolist() == expected


def test_yfinance_columns_of_two_levels():
    frame = pd.DataFrame(PRICES, index=pd.DatetimeIndex(DAYS, name="Date"))
    both = pd.concat({"AAPL": frame, "MSFT": frame * 2}, axis=1).swaplevel(axis=1)
    with pytest.raises(DataError, match=r"holds 2 tickers \(AAPL, MSFT\); pass symbol="):
        read_frame(both)
    assert read_frame(both, symbol="MSFT").bars.open.tolist() == [20, 22]
    one = both.loc[:, (slice(None), ["AAPL"])]
    assert read_frame(one).bars.symbol == "AAPL"
    assert read_frame(one, symbol="MINE").bars.symbol == "MINE"


def test_several_symbols():
    frame = pd.DataFrame({"date": DAYS, "symbol": ["A", "B"], **PRICES})
    assert [series.bars.symbol for series in read_frames(frame)] == ["A", "B"]
    assert read_frame(frame, symbol="B").bars.open.tolist() == [11.0]
    with pytest.raises(DataError, match=r"holds 2 symbols \(A, B\); pass symbol="):
        read_frame(frame)


@pytest.mark.parametrize("frame", LIBRARIES)
def test_prices_as_decimals_and_text(frame):
    for kind in (str, lambda value: Decimal(str(value))):
        prices = PRICES | {"Close": [kind(11.0), kind(10.25)]}
        assert read_frame(frame({"date": DAYS, **prices})).bars.close.tolist() == [11.0, 10.25]


@pytest.mark.parametrize("frame", LIBRARIES)
@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("Close", [11.0, None], "row 1, column 'Close': the price is empty (1 row in all)"),
        ("Close", [11.0, float("inf")], "row 1, column 'Close': the price inf is not finite (1 row in all)"),
        ("Close", ["11", "x"], "row 1, column 'Close': 'x' is not a number (1 row in all)"),
        ("Close", [0.0, -1.0], "row 0, column 'Close': the price 0 is not above zero (2 rows in all)"),
        ("Volume", [-1, 5], "row 0, column 'Volume': the volume is -1 (1 row in all)"),
        ("date", ["2020-01-02", "soon"], "row 1, column 'date': 'soon' is not a date written as YYYY-MM-DD"),
        ("date", ["2020-01-02", None], "row 1, column 'date': the date is empty (1 row in all)"),
        ("date", [datetime(2020, 1, 2), None], "row 1, column 'date': the date is empty"),
        ("date", [datetime(2020, 1, 2), datetime(1850, 1, 1)], "lies outside the years 1900 to 2200"),
        ("date", ["01/02/2020", "02/02/2020"], "whether '01/02/2020' starts with the month or the day"),
        ("date", ["2020-01-02", "2020-01-02"], "rows 0 and 1, column 'Open': both are for 2020-01-02"),
    ],
)
def test_refusals_name_row_and_column(frame, column, values, expected):
    with pytest.raises(DataError) as caught:
        read_frame(frame({"date": DAYS, **PRICES} | {column: values}))
    assert str(caught.value).startswith("the frame, ")
    assert expected in str(caught.value)


def test_what_is_no_frame_of_bars():
    with pytest.raises(DataError, match="there is not one row"):
        read_frame(pd.DataFrame({"date": [], **{name: [] for name in PRICES}}))
    with pytest.raises(DataError, match="pass a DataFrame"):
        read_frame(pd.Series([1.0]))
    with pytest.raises(DataError, match=r"\.collect\(\)"):
        read_frame(pl.LazyFrame(PRICES))
    with pytest.raises(InputError, match="a dict is not a frame"):
        read_frame(PRICES)
    with pytest.raises(DataError, match="no column for date"):
        read_frame(pl.DataFrame(PRICES))


def test_nullable_and_arrow_backed_pandas_columns():
    frame = pd.DataFrame({"date": DAYS, **PRICES}).convert_dtypes()
    assert read_frame(frame).bars.open.tolist() == PRICES["Open"]
    frame.loc[1, "Volume"] = pd.NA
    assert read_frame(frame).bars.volume.tolist() == [1, 0]


def test_frames_are_read_without_importing_their_libraries():
    code = (
        "import sys, arbitrax.market_data.frames, arbitrax.market_data.files; "
        "print(sorted({'pandas', 'polars', 'pyarrow', 'zoneinfo'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
