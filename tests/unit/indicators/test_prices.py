"""Indicators of bars: against TA-Lib, or a plain computation where it has none; both forms; bad input."""

import math

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

import arbitrax.indicators as ix
from arbitrax.domain.errors import InputError
from tests.market import random_walk, sample
from tests.oracles import trends as oracle

HLC, HL, C, HLCV, CV = "high low close", "high low", "close", "high low close volume", "close volume"
INDICATORS = {
    "rsi": (ix.rsi, ix.Rsi, C, [(14,), (2,), (1,)]),
    "macd": (ix.macd, ix.Macd, C, [(12, 26, 9), (3, 5, 1)]),
    "roc": (ix.roc, ix.Roc, C, [(10,), (1,)]),
    "williams_r": (ix.williams_r, ix.WilliamsR, HLC, [(14,), (1,)]),
    "stochastic": (
        lambda high, low, close, window, smooth, signal: ix.stochastic(high, low, close, window, smooth, signal=signal),
        ix.Stochastic, HLC, [(14, 3, 3), (5, 1, 2)],
    ),
    "cci": (ix.cci, ix.Cci, HLC, [(20,), (5,)]),
    "mfi": (ix.mfi, ix.Mfi, HLCV, [(14,), (1,)]),
    "obv": (ix.obv, ix.Obv, CV, [()]),
    "vwap": (ix.vwap, ix.Vwap, HLCV, [()]),
    "atr": (ix.atr, ix.Atr, HLC, [(14,), (1,)]),
    "adx": (ix.adx, ix.Adx, HLC, [(14,), (2,)]),
    "donchian": (ix.donchian, ix.Donchian, HL, [(20,), (1,)]),
    "keltner": (
        lambda high, low, close, window, multiple, range_window: ix.keltner(
            high, low, close, window, multiple, range_window=range_window
        ),
        ix.Keltner, HLC, [(20, 2.0, 10), (2, 1.5, 3)],
    ),
    "parabolic_sar": (ix.parabolic_sar, ix.ParabolicSar, HL, [(0.02, 0.2), (0.5, 0.5)]),
    "supertrend": (ix.supertrend, ix.Supertrend, HLC, [(10, 3.0), (2, 0.5)]),
    "ichimoku": (
        lambda high, low, close, conversion, base, span, displacement: ix.ichimoku(
            high, low, close, conversion, base, span=span, displacement=displacement
        ),
        ix.Ichimoku, HLC, [(9, 26, 52, 26), (1, 2, 3, 2)],
    ),
}  # fmt: skip
TALIB = {
    "rsi": lambda b, window: talib.RSI(b["close"], window),
    "macd": lambda b, fast, slow, signal: talib.MACD(b["close"], fast, slow, signal),
    "roc": lambda b, window: talib.ROC(b["close"], window),
    "williams_r": lambda b, window: talib.WILLR(b["high"], b["low"], b["close"], window),
    "stochastic": lambda b, window, smooth, signal: talib.STOCH(
        b["high"], b["low"], b["close"], window, smooth, 0, signal, 0
    ),
    "cci": lambda b, window: talib.CCI(b["high"], b["low"], b["close"], window),
    "mfi": lambda b, window: talib.MFI(b["high"], b["low"], b["close"], b["volume"], window),
    "obv": lambda b: talib.OBV(b["close"], b["volume"]),
    "atr": lambda b, window: talib.ATR(b["high"], b["low"], b["close"], window),
    "adx": lambda b, window: tuple(
        each(b["high"], b["low"], b["close"], window) for each in (talib.ADX, talib.PLUS_DI, talib.MINUS_DI)
    ),
    "donchian": lambda b, window: (
        talib.MAX(b["high"], window), talib.MIDPRICE(b["high"], b["low"], window), talib.MIN(b["low"], window)
    ),
    "parabolic_sar": lambda b, step, most: talib.SAR(b["high"], b["low"], step, most),
}  # fmt: skip
CASES = [(name, settings) for name, (*_, several) in INDICATORS.items() for settings in several]
each_case = pytest.mark.parametrize(("name", "settings"), CASES)
SMALLEST = {"rsi": 2, "mfi": 2, "donchian": 2, "williams_r": 2, "adx": 3, "macd": 2}
"""The smallest first setting that TA-Lib takes, where it refuses a smaller one or means another thing by it."""


def columns(bars):
    return {name: np.ascontiguousarray(getattr(bars, name), float) for name in ("high", "low", "close", "volume")}


def table(result):
    return np.column_stack(result) if isinstance(result, tuple) else np.asarray(result)[:, None]


def over(name, given, settings):
    function, _, inputs, _ = INDICATORS[name]
    return table(function(*(given[each] for each in inputs.split()), *settings))


@pytest.mark.parametrize("made", ["AAPL", "random"])
@each_case
def test_agrees_with_talib(name, settings, made):
    if name not in TALIB or (settings and settings[0] < SMALLEST.get(name, 0)):
        pytest.skip("TA-Lib has no such indicator")
    bars = columns(sample("AAPL") if made == "AAPL" else random_walk(3000, deviation=0.02))
    found, expected = over(name, bars, settings), table(TALIB[name](bars, *settings))
    scale = np.nanmax(np.abs(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * min(scale, 1.0))


def plain(name, bars, settings):
    given = {key: value.tolist() for key, value in bars.items()}
    prices = [given[each] for each in HLC.split()]
    if name == "keltner":
        return oracle.keltner(*prices, *settings)
    if name == "supertrend":
        return oracle.supertrend(*prices, *settings)
    if name == "ichimoku":
        return oracle.ichimoku(*prices, *settings)
    return [[value] for value in oracle.vwap(*prices, given["volume"], [0] * len(given["close"]))]


@pytest.mark.parametrize(("name", "settings"), [case for case in CASES if case[0] not in TALIB])
def test_agrees_with_a_plain_computation(name, settings):
    bars = columns(sample("AAPL").take(slice(0, 900)))
    np.testing.assert_allclose(over(name, bars, settings), np.array(plain(name, bars, settings)), rtol=1e-9)


cents = st.integers(100, 3000).map(lambda value: value / 100)
odd = st.sampled_from([math.nan, math.inf, -math.inf])


@st.composite
def bars_of(draw, most=60, odd_ones=True):
    """Bars of cents, some with a value that is not finite, equal bars in a row among them."""
    rows = []
    for _ in range(draw(st.integers(0, most))):
        low = draw(cents)
        high, close = low + draw(st.sampled_from([0.0, 0.01, 0.5, 3.0])), low
        row = [
            high,
            low,
            close + draw(st.sampled_from([0.0, 0.01])) * (high > low),
            float(draw(st.sampled_from([0, 1, 900, 10**9]))),
        ]
        if odd_ones and draw(st.integers(0, 12)) == 0:
            row[draw(st.integers(0, 3))] = draw(odd)
        rows += [row] * draw(st.sampled_from([1, 1, 1, 8]))
    made = np.array(rows, float).reshape(-1, 4)
    return {name: np.ascontiguousarray(made[:, at]) for at, name in enumerate(HLCV.split())}


@given(bars=bars_of(), place=st.floats(0, 1))
def test_one_at_a_time_and_in_pieces_give_the_same_bits(bars, place):
    for name, settings in CASES:
        _, state, inputs, _ = INDICATORS[name]
        given_ = [bars[each] for each in inputs.split()]
        whole = over(name, bars, settings)
        one = state(*settings)
        stepped = [one.update(*row) for row in zip(*given_, strict=True)]
        stepped = np.array([row if isinstance(row, tuple) else (row,) for row in stepped]).reshape(-1, whole.shape[1])
        assert stepped.tobytes() == whole.tobytes(), (name, settings)
        cut = int(place * len(whole))
        if name == "vwap":
            given_.append(np.zeros(len(whole), np.int64))
        pieces, out = state(*settings), [np.empty(len(whole)) for _ in range(whole.shape[1])]
        for part in (slice(0, cut), slice(cut, None)):
            pieces.fill(*(each[part] for each in given_), *(each[part] for each in out))
        assert np.column_stack(out).tobytes() == whole.tobytes(), (name, settings)


@each_case
def test_long_runs_give_the_same_bits_as_steps(name, settings):
    """Long enough for the blocks in which arrays are taken; cut where blocks begin anew."""
    bars = columns(random_walk(5000, deviation=0.01))
    bars["close"][1700] = math.nan
    inputs = INDICATORS[name][2]
    whole = over(name, bars, settings)
    one = INDICATORS[name][1](*settings)
    stepped = [one.update(*row) for row in zip(*(bars[each].tolist() for each in inputs.split()), strict=True)]
    stepped = np.array([row if isinstance(row, tuple) else (row,) for row in stepped])
    assert stepped.tobytes() == whole.tobytes()


@given(bars=bars_of(), place=st.floats(0, 1))
def test_no_indicator_looks_ahead(bars, place):
    cut = int(place * len(bars["close"]))
    for name, settings in CASES:
        whole = over(name, bars, settings)
        short = over(name, {key: value[:cut] for key, value in bars.items()}, settings)
        assert short.tobytes() == whole[:cut].tobytes(), (name, settings)


@given(before=bars_of(20), after=bars_of(30))
def test_a_bar_that_is_not_finite_starts_it_anew(before, after):
    for name, settings in CASES:
        inputs = INDICATORS[name][2].split()
        gap = {key: np.array([math.nan if key == inputs[-1] else 1.0]) for key in before}
        joined = {key: np.concatenate((before[key], gap[key], after[key])) for key in before}
        found = over(name, joined, settings)[len(before["close"]) :]
        assert np.isnan(found[0]).all(), (name, settings)
        np.testing.assert_array_equal(found[1:], over(name, after, settings), err_msg=f"{name} {settings}")


@each_case
@given(price=cents, volume=st.sampled_from([0.0, 5.0]))
def test_constant_prices_have_a_stated_answer(name, settings, price, volume):
    count = 120
    bars = {key: np.full(count, price) for key in ("high", "low", "close")} | {"volume": np.full(count, volume)}
    last = over(name, bars, settings)[-1]
    expected = {
        "rsi": [50.0], "macd": [0.0] * 3, "roc": [0.0], "williams_r": [-50.0], "stochastic": [50.0, 50.0], "cci": [0.0],
        "mfi": [50.0], "obv": [volume], "vwap": [price if volume else math.nan], "atr": [0.0], "adx": [0.0] * 3,
        "donchian": [price] * 3, "keltner": [price] * 3, "parabolic_sar": [price], "supertrend": [price, 1.0],
        "ichimoku": [price] * 5,
    }  # fmt: skip
    np.testing.assert_allclose(last, expected[name], rtol=1e-12, atol=1e-12 * price)


@each_case
def test_one_bar_and_none(name, settings):
    for count in (0, 1):
        bars = {key: np.full(count, 10.0) for key in HLCV.split()}
        found = over(name, bars, settings)
        assert len(found) == count
        warm = name in ("obv", "vwap") or settings == (1,)
        if count and not warm:
            assert np.isnan(found[0]).sum() >= found.shape[1] - 1


@pytest.mark.parametrize("name", ["rsi", "roc", "williams_r", "cci", "mfi", "atr", "adx", "donchian"])
@pytest.mark.parametrize("window", [0, -1, 2_000_000, 1.5, "x"])
def test_windows_out_of_bounds_are_refused_in_a_sentence(name, window):
    bars = columns(random_walk(30))
    with pytest.raises(InputError, match=INDICATORS[name][1].__name__):
        over(name, bars, (window,))


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("macd", (26, 12, 9), "slow = 12 must be longer than fast = 26"),
        ("macd", (0, 12, 9), "fast = 0 is not allowed"),
        ("cci", (1,), "window = 1 is not allowed; give a whole number from 2"),
        ("adx", (1,), "window = 1 is not allowed; give a whole number from 2"),
        ("stochastic", (14, 6000, 3), "smooth = 6000 is not allowed"),
        ("keltner", (20, -1.0, 10), "multiple = -1 is not allowed"),
        ("supertrend", (10, math.nan), "multiple = nan is not allowed"),
        ("parabolic_sar", (0.3, 0.2), "step = 0.3 and most = 0.2 are not allowed"),
        ("ichimoku", (9, 26, 52, 0), "displacement = 0 is not allowed"),
    ],
)
def test_settings_that_make_no_sense_are_refused(name, settings, message):
    with pytest.raises(InputError, match=message):
        over(name, columns(random_walk(30)), settings)


@pytest.mark.parametrize("name", [name for name, (_, _, inputs, _) in INDICATORS.items() if " " in inputs])
def test_series_of_different_lengths_are_refused(name):
    function, _, inputs, several = INDICATORS[name]
    given_ = [np.ones(5) for _ in inputs.split()]
    given_[-1] = np.ones(4)
    with pytest.raises(InputError, match="give series of the same length"):
        function(*given_, *several[0])


@pytest.mark.parametrize("name", ["rsi", "williams_r", "atr", "donchian", "roc", "mfi"])
def test_windows_longer_than_the_data_never_get_warm(name):
    assert np.isnan(over(name, columns(random_walk(30)), (31,))).all()


def test_large_windows_take_blocks_of_their_own():
    bars = columns(random_walk(9000, deviation=0.01))
    for window in (128, 129, 700, 2100):
        upper, middle, lower = ix.donchian(bars["high"], bars["low"], window)
        np.testing.assert_array_equal(upper, talib.MAX(bars["high"], window))
        np.testing.assert_array_equal(lower, talib.MIN(bars["low"], window))
        np.testing.assert_array_equal(middle, (upper + lower) / 2)


def test_vwap_begins_anew_with_each_session():
    bars = columns(random_walk(300))
    session = np.arange(300) // 7
    found = ix.vwap(bars["high"], bars["low"], bars["close"], bars["volume"], session)
    lists = [bars[key].tolist() for key in HLCV.split()]
    np.testing.assert_allclose(found, oracle.vwap(*lists, session.tolist()), rtol=1e-12)
    with pytest.raises(InputError, match="give one whole number a bar"):
        ix.vwap(bars["high"], bars["low"], bars["close"], bars["volume"], session / 2)


def test_flows_that_left_the_window_leave_nothing():
    """After a window of huge flows small ones count exactly: sums do not remember."""
    close = np.tile([10.0, 11.0], 200)
    volume = np.where(np.arange(400) < 100, 1e15, 3.0)
    found = ix.mfi(close, close, close, volume, 14)
    alone = ix.mfi(close[100:], close[100:], close[100:], volume[100:], 14)
    np.testing.assert_array_equal(found[120:], alone[20:])


def test_averages_of_large_volumes_do_not_overflow():
    volume = np.random.default_rng(2).uniform(0.5, 2, 3000) * 1e12
    np.testing.assert_allclose(ix.sma(volume, 200), talib.SMA(volume, 200), rtol=1e-9)
