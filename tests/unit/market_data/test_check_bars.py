"""Bars that a user made."""

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.checks import check_bars

START = 18_262 * DAY
TIMES = [START, START + DAY, START + 2 * DAY]
GOOD = Bars("X", "1d", TIMES, [10, 11, 12], [12, 12, 13], [9, 9, 9], [11, 10, 12], [1, 0, 2], [5.5, 5, 6])


def test_lists_become_arrays():
    bars = check_bars(GOOD)
    assert bars.timestamp.dtype == np.int64
    assert bars.timestamp.tolist() == TIMES
    for name in ("open", "high", "low", "close", "volume", "adj_close"):
        column = getattr(bars, name)
        assert column.dtype == np.float64
        assert column.flags.c_contiguous
        assert column.tolist() == getattr(GOOD, name)
    assert (bars.symbol, bars.interval, bars.basis) == ("X", "1d", "raw")
    assert check_bars(replace(GOOD, adj_close=None)).adj_close is None


def test_good_bars_come_back_the_same():
    once = check_bars(GOOD)
    twice = check_bars(once)
    assert twice.content_hash() == once.content_hash()
    assert twice.close is once.close


def test_strided_columns_and_datetimes():
    table = np.array([[10.0, 12, 9, 11], [11, 12, 9, 10], [12, 13, 9, 12]])
    times = np.array(TIMES).astype("datetime64[ns]").astype("datetime64[s]")
    bars = check_bars(Bars("X", "1d", times, *table.T, np.ones(3, dtype=np.int32)))
    assert bars.timestamp.tolist() == TIMES
    assert bars.high.flags.c_contiguous


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("open", [10, 11], "the bars of 'X': open has 2 values and timestamp 3; give every bar one of each."),
        ("high", [[12, 12, 13]], "the bars of 'X': high has 2 dimensions; pass a list or one-dimensional array."),
        ("low", 9.0, "the bars of 'X': low has 0 dimensions; pass a list or one-dimensional array."),
        ("close", [[1], [1, 2], 3], "the bars of 'X': close is no list of numbers; pass a list"),
        ("close", ["a", "b", "c"], "the bars of 'X': close holds values that are no numbers; pass numbers."),
        ("close", None, "the bars of 'X': close has 0 dimensions"),
        ("close", [11, np.nan, 12], "row 1, column 'close': the price is empty (1 row in all); fill"),
        ("close", [11, 10, None], "row 2, column 'close': the price is empty (1 row in all); fill"),
        ("open", [10, np.inf, 12], "row 1, column 'open': the price inf is not finite (1 row in all); correct"),
        ("low", [0, -1, 9], "row 0, column 'low': the price 0 is not above zero (2 rows in all); correct"),
        ("high", [12, 8, 13], "row 1, column 'high': the high 8 is below the low 9 (1 row in all); correct"),
        ("volume", [1, -1, 2], "row 1, column 'volume': the volume is -1 (1 row in all); correct"),
        ("volume", [1, np.nan, 2], "row 1, column 'volume': the volume is nan (1 row in all); correct"),
        ("adj_close", [5.5, np.nan, 6], "row 1, column 'adj_close': the price is empty (1 row in all); fill"),
        ("adj_close", [5.5, 0, 6], "row 1, column 'adj_close': the price 0 is not above zero (1 row in all)"),
        ("timestamp", [1.5, 2.5, 3.5], "timestamp holds float64 values; pass whole nanoseconds since 1970 UTC"),
        ("timestamp", [TIMES[0], TIMES[0], TIMES[2]], "row 1, column 'timestamp': 2020-01-01 does not come after"),
        ("timestamp", TIMES[::-1], "2020-01-02 does not come after 2020-01-03 in the row before (2 rows in all); sort"),
        ("timestamp", [-(2**62), *TIMES[1:]], "row 0, column 'timestamp': -4611686018427387904 lies outside"),
        (
            "timestamp",
            np.array([2**63, *TIMES[1:]], dtype=np.uint64),
            "row 0, column 'timestamp': 9223372036854775808 lies outside",
        ),
        ("timestamp", [1, 2, 3], "the bars of 'X': bars 1 ns apart are finer than a second"),
        ("interval", "daily", "the bars of 'X': 'daily' is not an interval"),
        ("interval", "1mo", "the bars of 'X': the bars are not 1mo apart but look like 1d; leave"),
        ("basis", "split", "the bars of 'X': the basis 'split' is none; use 'raw' or 'adjusted'."),
        ("symbol", "", "the bars: they name no symbol; set symbol to a text such as 'AAPL'."),
        ("symbol", 5, "the bars of '5': they name no symbol"),
    ],
)
def test_refusals_say_what_and_where(column, value, sentence):
    with pytest.raises(DataError) as caught:
        check_bars(replace(GOOD, **{column: value}))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("the bars")
    assert str(caught.value).endswith(".")


def test_no_bars_are_refused():
    with pytest.raises(DataError, match="there is not one bar; pass at least one"):
        check_bars(Bars("X", "1d", [], [], [], [], [], []))
