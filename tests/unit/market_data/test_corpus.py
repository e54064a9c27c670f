"""Recorded vendor files, read in place: every one is read, or refused with a sentence that names it."""

import os
from pathlib import Path

import numpy as np
import pytest

from arbitrax.domain.errors import DataError
from arbitrax.market_data.files import read_file

CORPUS = os.environ.get("ARBITRAX_CORPUS")
pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not CORPUS, reason="ARBITRAX_CORPUS is not set")]
# Files with an empty row of prices, kept as their vendor sent it.
EMPTY_PRICES = ("1398-HK-1d-bad-div", "CLC-L-1d-bad-div", "KEN-TA-1d-bad-div")
NO_BARS = (
    "DIVIDENDS",
    "GLOBAL_QUOTE",
    "SPLITS",
    "SYMBOL_SEARCH",
    "corporate_actions",
    "global_quote",
    "listing_status",
    "symbol_changes",
)


def files(*patterns):
    found = [path for pattern in patterns for path in sorted(Path(CORPUS or ".").glob(pattern))]
    return [pytest.param(path, id=path.name) for path in found] if CORPUS else []


@pytest.mark.parametrize("path", files("dirty/yahoo/*.csv"))
def test_yahoo(path):
    if path.name.startswith(EMPTY_PRICES):
        with pytest.raises(DataError, match=r", line \d+, column 'Open': the price is empty \(1 row in all\)"):
            read_file(path)
        return
    (series,) = read_file(path)
    assert series.bars.interval == ("15m" if "15m" in path.name else "1d")
    assert series.bars.adj_close is not None
    assert (np.diff(series.bars.timestamp) > 0).all()


@pytest.mark.parametrize("path", files("vendor/alpha_vantage/**/*.csv", "daily/*.csv"))
def test_alpha_vantage(path):
    if path.name.startswith(NO_BARS):
        with pytest.raises(DataError, match="no column for"):
            read_file(path)
        return
    (series,) = read_file(path)
    assert series.rows_reordered == series.rows_read - 1  # newest first
    assert (series.bars.adj_close is not None) == ("ADJUSTED" in path.name)


@pytest.mark.parametrize("path", files("daily/*.parquet", "intraday/*.parquet"))
def test_parquet(path):
    (series,) = read_file(path)
    bars = series.bars
    assert bars.symbol == path.name.partition("__")[0]
    assert bars.interval == ("1m" if "1min" in path.name else "1d")
    assert (series.duplicates_dropped, series.rows_reordered) == (0, 0)
    assert len(bars) == series.rows_read
