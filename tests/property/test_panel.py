import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.panel import Panel

price = st.floats(0.01, 1e6)


@st.composite
def series(draw, symbol, adjusted):
    times = sorted(draw(st.sets(st.integers(0, 40), max_size=15)))
    columns = [np.array(draw(st.lists(price, min_size=len(times), max_size=len(times)))) for _ in range(6)]
    adj_close = columns[5] if adjusted and draw(st.booleans()) else None
    return Bars(symbol, "1d", np.array(times, np.int64), *columns[:5], adj_close)


@st.composite
def markets(draw):
    count = draw(st.integers(1, 80 if draw(st.booleans()) else 4))
    adjusted = draw(st.booleans())
    if count <= 4:
        return [draw(series(f"S{number}", adjusted)) for number in range(count)]
    few = [draw(series("", adjusted)) for _ in range(3)]
    return [few[number % 3].take(slice(number % 2, None)) for number in range(count)]


@given(markets())
def test_columns_give_back_the_series(market):
    market = [replace(each, symbol=f"S{number}") for number, each in enumerate(market)]
    panel = Panel.from_bars(market)
    assert panel.timestamp.tolist() == sorted({time for each in market for time in each.timestamp.tolist()})
    for given_bars in market:
        found = panel.column(given_bars.symbol)
        for name in ("timestamp", "open", "high", "low", "close", "volume"):
            assert np.array_equal(getattr(found, name), getattr(given_bars, name))
        if given_bars.adj_close is None or not len(given_bars):
            assert found.adj_close is None
        else:
            np.testing.assert_allclose(found.adj_close, given_bars.adj_close, rtol=1e-15)
    assert np.count_nonzero(~np.isnan(panel.close)) == sum(map(len, market))
