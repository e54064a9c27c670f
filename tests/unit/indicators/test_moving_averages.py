import math
import re
from itertools import pairwise

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

import arbitrax.indicators as ix
from arbitrax.domain.errors import DataError, InputError
from tests.market import sample

AVERAGES = {
    "sma": (ix.sma, ix.Sma, talib.SMA),
    "wma": (ix.wma, ix.Wma, talib.WMA),
    "ema": (ix.ema, ix.Ema, talib.EMA),
    "dema": (ix.dema, ix.Dema, talib.DEMA),
    "tema": (ix.tema, ix.Tema, talib.TEMA),
    "kama": (ix.kama, ix.Kama, talib.KAMA),
}
each = pytest.mark.parametrize("name", AVERAGES)
cents = st.integers(1, 50_000).map(lambda value: value / 100)
values_of = st.lists(cents | st.sampled_from([math.nan, math.inf, -math.inf]), max_size=60)
windows = st.integers(1, 12)


@each
@pytest.mark.parametrize("window", [2, 3, 10, 200])
def test_agrees_with_talib(name, window):
    close = np.ascontiguousarray(sample("AAPL").close)
    function, _, reference = AVERAGES[name]
    np.testing.assert_allclose(function(close, window), reference(close, window), rtol=1e-9, atol=0)


@each
@given(values=values_of, window=windows, cut=st.integers(0, 60))
def test_one_at_a_time_and_in_pieces_give_the_same_bits(name, values, window, cut):
    function, state, _ = AVERAGES[name]
    whole = function(values, window)
    one = state(window)
    assert np.array([one.update(value) for value in values]).tobytes() == whole.tobytes()
    pieces, array, out = state(window), np.array(values, dtype=float), np.empty(len(values))
    pieces.fill(array[:cut], out[:cut])
    pieces.fill(array[cut:], out[cut:])
    assert out.tobytes() == whole.tobytes()


def rough_series():
    """Prices in cents, some halfway between two units of 1e-8, some about the widest of a block, some missing."""
    rng = np.random.default_rng(7)
    values = np.round(100 + np.cumsum(rng.normal(0, 0.5, 4000)), 2)
    halves = rng.integers(0, 4000, 900)
    values[halves] = np.round(values[halves] * 512) / 512
    values[[50, 700, 701, 1900, 3300]] = np.array([0.99, 1.0, -1.0, 1.5, -1.5]) * 2.0**51 / 1e8
    values[[1000, 2600, 2601, 2700]] = [math.nan, math.inf, math.nan, -math.inf]
    return values


@each
@pytest.mark.parametrize("window", [1, 3, 100, 700])
def test_long_series_give_the_same_bits_however_they_come(name, window):
    function, state, _ = AVERAGES[name]
    values = rough_series()
    whole = function(values, window)
    one = state(window)
    assert np.array([one.update(value) for value in values]).tobytes() == whole.tobytes()
    pieces, out = state(window), np.empty(len(values))
    for start, end in pairwise([0, 1, 130, 131, 900, 2605, 4000]):
        pieces.fill(values[start:end], out[start:end])
    assert out.tobytes() == whole.tobytes()


def test_averages_are_the_quotients_of_whole_sums():
    values = rough_series()[2701:]
    units = [int(unit) for unit in np.rint(values * 1e8)]
    for window in (3, 100):
        sums = [sum(units[i + 1 - window : i + 1]) for i in range(window - 1, len(units))]
        rises = [
            sum((k + 1) * unit for k, unit in enumerate(units[i + 1 - window : i + 1]))
            for i in range(window - 1, len(units))
        ]
        expected = np.array([float(each) for each in sums]) / (window * 1e8)
        np.testing.assert_array_equal(ix.sma(values, window)[window - 1 :], expected)
        expected = np.array([float(each) for each in rises]) / (0.5 * window * (window + 1) * 1e8)
        np.testing.assert_array_equal(ix.wma(values, window)[window - 1 :], expected)


@each
@given(before=values_of, after=st.lists(cents, max_size=40), window=windows)
def test_a_value_that_is_not_finite_starts_it_anew(name, before, after, window):
    function = AVERAGES[name][0]
    # Sums keep the unit that the first value of all chose; these begin alike.
    joined = function([1.0, *before, math.nan, *after], window)[len(before) + 2 :]
    np.testing.assert_array_equal(joined, function([1.0, math.nan, *after], window)[2:])


@each
@given(price=cents, window=windows)
def test_constant_prices_are_their_own_average(name, price, window):
    found = AVERAGES[name][0]([price] * 60, window)
    warm = found[~np.isnan(found)]
    assert len(warm) == 60 - {"dema": 2, "tema": 3}.get(name, 1) * (window - 1) - (name == "kama")
    np.testing.assert_allclose(warm, price, rtol=1e-13)


@each
def test_a_window_longer_than_the_data_is_never_warm(name):
    assert np.isnan(AVERAGES[name][0]([1.0, 2.0, 3.0], 4)).all()
    assert len(AVERAGES[name][0]([], 4)) == 0


@each
@pytest.mark.parametrize("window", [0, -1, 1_000_001, 2.5, "3", None])
def test_windows_out_of_bounds_are_refused(name, window):
    function, state, _ = AVERAGES[name]
    with pytest.raises(InputError, match=state.__name__):
        function([1.0, 2.0], window)
    with pytest.raises((ValueError, TypeError)):
        state(window)


@pytest.mark.parametrize("window", [2.5, "5", None, 2**70])
def test_windows_that_are_no_whole_numbers_are_named(window):
    message = re.escape(f"Macd({window!r}, 26, 9) is not possible: windows are whole numbers")
    with pytest.raises(InputError, match=message):
        ix.macd([1.0, 2.0], window)


@each
@pytest.mark.parametrize("values", [[[1.0], [2.0]], 3.0, ["a"], None])
def test_values_must_be_one_series_of_numbers(name, values):
    with pytest.raises(InputError, match="values"):
        AVERAGES[name][0](values, 2)


@pytest.mark.parametrize("name", ["sma", "wma", "kama"])
def test_values_too_large_for_exact_sums_are_refused(name):
    function, state, _ = AVERAGES[name]
    with pytest.raises(DataError, match="too large for exact sums"):
        function([1.0, 1e11, 1.0], 2)
    one = state(2)
    one.update(1.0)
    with pytest.raises(OverflowError, match="too large"):
        one.update(1e11)


def test_sums_gather_no_error():
    rng = np.random.default_rng(3)
    # A huge value leaves no trace once it has left the window; floating sums keep its rounding for good.
    values = np.concatenate([np.round(rng.random(50), 2), [9e5], np.round(rng.random(500), 2)])
    np.testing.assert_array_equal(ix.sma(values, 7)[60:], ix.sma(np.concatenate([values[:1], values[52:]]), 7)[9:])


def test_worked_examples():
    assert ix.sma([1.0, 2.0, 6.0], 2).tolist()[1:] == [1.5, 4.0]
    assert ix.wma([1.0, 2.0, 6.0], 2).tolist()[1:] == [5 / 3, 14 / 3]
    assert ix.ema([1.0, 3.0, 8.0], 2).tolist()[1:] == [2.0, pytest.approx(6.0)]
    # Two up, one down: (4 - 1) / (2 + 2 + 1), between 2 / 31 and 2 / 3, squared, of the way from 5 to 4.
    smoothing = (0.6 * (2 / 3 - 2 / 31) + 2 / 31) ** 2
    assert ix.kama([1.0, 3.0, 5.0, 4.0], 3)[3] == pytest.approx(5 - smoothing)


def test_kama_refuses_a_fast_end_above_the_slow_one():
    with pytest.raises(InputError, match="fast = 40"):
        ix.kama([1.0, 2.0], 2, fast=40)


@pytest.mark.parametrize("size", [1e-3, 1e-6, 1e-9])
def test_returns_that_begin_with_zeros_keep_their_digits(size):
    """As frames of returns do, whose first is filled with 0; TA-Lib on the values after the zeros."""
    returns = np.random.default_rng(5).normal(0, size, 300)
    started = np.concatenate((np.zeros(3), returns))
    for name, theirs in (("sma", talib.SMA), ("wma", talib.WMA)):
        found = getattr(ix, name)(started, 20)
        np.testing.assert_allclose(found[22:], theirs(returns, 20)[19:], rtol=0, atol=size * 1e-9)
        state = getattr(ix, name.capitalize())(20)
        np.testing.assert_array_equal([state.update(value) for value in started], found)
    assert (ix.sma(np.zeros(9), 5)[4:] == 0).all()


def test_values_too_large_for_the_unit_of_the_first_are_refused():
    with pytest.raises(DataError, match="too large for exact sums"):
        ix.sma([100.0, 9.3e10 / 20, 100.0], 20)
