import numpy as np
import pytest

from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import DAY


def bars(n=4, **changes):
    close = np.arange(10.0, 10.0 + n)
    columns = {
        "timestamp": np.arange(n) * DAY, "open": close - 0.5, "high": close + 1, "low": close - 1, "close": close,
        "volume": np.full(n, 100.0), "adj_close": close / 2,
    }  # fmt: skip
    return Bars("X", "1d", **{**columns, **changes})


def test_between_includes_the_start_and_excludes_the_end():
    cut = bars().between(DAY, 3 * DAY)
    assert cut.timestamp.tolist() == [DAY, 2 * DAY]
    assert cut.adj_close.tolist() == [5.5, 6.0]


def test_adjusted_scales_prices_and_leaves_volume():
    adjusted = bars().adjusted()
    assert adjusted.basis == "adjusted"
    assert adjusted.close.tolist() == [5.0, 5.5, 6.0, 6.5]
    assert adjusted.high.tolist() == [5.5, 6.0, 6.5, 7.0]
    assert adjusted.volume.tolist() == [100.0] * 4
    assert adjusted.adjusted() is adjusted


def test_without_adjusted_close_there_is_nothing_to_adjust():
    plain = bars(adj_close=None)
    assert plain.adjusted() is plain


@pytest.mark.parametrize("column", ["timestamp", "open", "high", "low", "close", "volume", "adj_close"])
def test_content_hash_sees_every_column(column):
    changed = getattr(bars(), column).copy()
    changed[2] += 1
    assert bars(**{column: changed}).content_hash() != bars().content_hash()


def test_content_hash_is_of_the_content_alone():
    assert bars().content_hash() == bars().content_hash()
    assert bars().content_hash() != bars(adj_close=None).content_hash()
    assert bars().take(slice(0, 3)).content_hash() != bars().content_hash()
    big_endian = bars(close=bars().close.astype(">f8"))
    assert big_endian.content_hash() == bars().content_hash()
