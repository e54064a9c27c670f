import math

import numpy as np
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

import arbitrax.indicators as ix
from arbitrax.domain.errors import DataError, InputError
from tests.market import sample
from tests.oracles import statistics as oracle

PAIRS = {"correlation", "beta"}
FORMS = {
    "bollinger": (ix.bollinger, ix.Bollinger, 1),
    "zscore": (ix.zscore, ix.ZScore, 2),
    "correlation": (ix.correlation, ix.Correlation, 2),
    "beta": (ix.beta, ix.Beta, 2),
    "linear_regression": (ix.linear_regression, ix.LinearRegression, 2),
    "hurst": (ix.hurst, ix.Hurst, 8),
    "realised_volatility": (ix.realised_volatility, ix.RealisedVolatility, 1),
}
each = pytest.mark.parametrize("name", FORMS)
numbers = st.integers(1, 50_000).map(lambda value: value / 100) | st.floats(1e-6, 1e6)
odd = st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 5.0, 5.0, 1e12, 1e-9, -3.0])
values_of = st.lists(st.tuples(numbers, numbers) | st.tuples(odd, numbers) | st.tuples(numbers, odd), max_size=60)
windows = st.integers(0, 7)


def columns(name, rows):
    """Return the one or two series an indicator takes."""
    table = np.array(rows, dtype=float).reshape(-1, 2)
    return [np.ascontiguousarray(table[:, k]) for k in range(2 if name in PAIRS else 1)]


def stacked(made):
    """Return the arrays or floats of a result as one array, (outputs, ...)."""
    return np.array(made if isinstance(made, tuple) else (made,))


def in_pieces(state, series, outputs, cuts):
    out = np.full((outputs, len(series[0])), 7.0)
    at = 0
    for cut in [*sorted(cuts), len(series[0])]:
        end = max(at, min(cut, len(series[0])))
        state.fill(*(x[at:end] for x in series), *(line[at:end] for line in out))
        at = end
    return out


def within_sums(name, rows):
    """Return the rows as averages take them: at the unit the first value chooses, nothing too large for their sums."""
    if name != "bollinger":
        return rows
    return [(1.0, 1.0), *(row if not abs(row[0]) > 1e7 or math.isinf(row[0]) else (5.0, 5.0) for row in rows)]


def closes(symbol):
    return np.ascontiguousarray(sample(symbol).close)


def near(found, expected, *, rtol=1e-9, atol=0.0):
    """Agree where ours is defined; TA-Lib says 0 or its rounding errors where nothing varies."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert np.isnan(found[np.isnan(expected)]).all()
    defined = ~np.isnan(found)
    assert defined.sum() > 0.98 * (~np.isnan(expected)).sum()
    np.testing.assert_allclose(found[defined], expected[defined], rtol=rtol, atol=atol)


@pytest.mark.parametrize("window", [2, 3, 20, 200])
def test_agrees_with_talib(window):
    a, b = closes("AAPL"), closes("IBM")
    a, b = a[-min(len(a), len(b)) :].copy(), b[-min(len(a), len(b)) :].copy()
    bands = ix.bollinger(a, window, 1.5)
    upper, middle, lower = talib.BBANDS(a, window, 1.5, 1.5)
    near(bands.middle, middle)
    near(bands.upper, upper)
    near(bands.lower, lower)
    line = ix.linear_regression(a, window)
    near(line.value, talib.LINEARREG(a, window))
    near(line.slope, talib.LINEARREG_SLOPE(a, window), atol=1e-9)
    near(line.intercept, talib.LINEARREG_INTERCEPT(a, window))
    near(ix.correlation(a, b, window), talib.CORREL(a, b, window), atol=1e-9)
    # BETA takes the returns of prices itself, those of the first on the second's as the slope's x.
    near(
        ix.beta(a[1:] / a[:-1] - 1, b[1:] / b[:-1] - 1, window),
        talib.BETA(b, a, window)[1:],
        atol=1e-6 if window < 3 else 1e-9,
    )
    # TA-Lib has the deviation; windows that hardly vary are left to the oracle, which has no rounding errors.
    deviation = talib.STDDEV(a, window)
    clear = deviation > 1e-3 * a
    near(ix.zscore(a, window)[clear], (a - talib.SMA(a, window))[clear] / deviation[clear], atol=1e-8)


def told_apart(series):
    """Say whether no two neighbours differ by so little of the largest value that its units of 1e-13 tell in the third
    digit."""
    for values in series:
        finite = np.array([x for x in values if math.isfinite(x)])
        steps = np.abs(np.diff(finite))
        if ((steps > 0) & (steps < 1e-9 * np.abs(finite).max(initial=0))).any():
            return False
    return True


@each
@given(rows=values_of, extra=windows)
def test_agrees_with_exact_arithmetic(name, rows, extra):
    function, _, least = FORMS[name]
    window, series = least + extra, columns(name, rows)
    lists = [x.tolist() for x in series]
    if name == "bollinger":
        # Rounded to the unit of the averages: 1e-8, finer below 1.
        tame = [x for x, _ in within_sums(name, rows)]
        middle, upper, _ = function(tame, window)
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose((upper - middle) / 2, oracle.deviation(tame, window), rtol=1e-6, atol=1e-7)
    elif name == "zscore":
        for ddof in (0, 1) if told_apart(lists[:1]) else ():
            np.testing.assert_allclose(
                function(series[0], window, ddof), oracle.zscore(*lists, window, ddof), atol=1e-3
            )
    elif name in PAIRS:
        found, expected = function(*series, window), getattr(oracle, name)(*lists, window)
        wild = np.abs(np.nan_to_num(np.array(rows).reshape(-1, 2), posinf=0, neginf=0)).max(initial=0) > 1e6
        if not wild and told_apart(lists):
            np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    elif name == "linear_regression":
        size = max((abs(x) for x in lists[0] if math.isfinite(x)), default=0)
        for found, expected in zip(
            function(series[0], window)[:3], oracle.regression(lists[0], window)[:3], strict=True
        ):
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * size)
    elif name == "realised_volatility":
        np.testing.assert_allclose(
            function(series[0], window, 252), oracle.realised_volatility(lists[0], window, 252), rtol=1e-9, atol=1e-12
        )
    else:
        np.testing.assert_allclose(function(series[0], window), oracle.hurst(lists[0], window, window // 4), atol=1e-3)


@each
@given(rows=values_of, extra=windows, cuts=st.lists(st.integers(0, 60), max_size=3))
def test_one_at_a_time_and_in_pieces_give_the_same_bits(name, rows, extra, cuts):
    function, state, least = FORMS[name]
    rows = within_sums(name, rows)
    series, window = columns(name, rows), least + extra
    whole = stacked(function(*series, window))
    one = state(window)
    singly = [stacked(one.update(*row)) for row in zip(*(x.tolist() for x in series), strict=True)]
    assert np.array(singly).reshape(-1, len(whole)).T.tobytes() == whole.tobytes()
    assert in_pieces(state(window), series, len(whole), cuts).tobytes() == whole.tobytes()


@each
@pytest.mark.parametrize("window", [8, 100, 1500])
def test_long_series_give_the_same_bits_however_they_come(name, window):
    rng = np.random.default_rng(window)
    series = [np.round(50 * np.exp(np.cumsum(rng.normal(0, 0.01, 9000))), 2) for _ in range(2 if name in PAIRS else 1)]
    series[0][3000:3010] *= 1000  # the scale follows, and comes back
    series[-1][5000] = math.nan
    series[-1][7000:7400] = series[-1][7000]
    function, state, _ = FORMS[name]
    whole = stacked(function(*series, window))
    one = state(window)
    singly = [stacked(one.update(*row)) for row in zip(*(x.tolist() for x in series), strict=True)]
    assert np.array(singly).T.tobytes() == whole.tobytes()
    assert in_pieces(state(window), series, len(whole), rng.integers(0, 9000, 40)).tobytes() == whole.tobytes()


@each
@given(rows=values_of, extra=windows, cut=st.integers(0, 60))
def test_a_truncated_series_gives_the_truncated_indicator(name, rows, extra, cut):
    function, _, least = FORMS[name]
    rows = within_sums(name, rows)
    series = columns(name, rows)
    part = stacked(function(*(x[:cut] for x in series), least + extra))
    assert part.tobytes() == stacked(function(*series, least + extra))[:, :cut].tobytes()


@each
@given(before=values_of, after=st.lists(st.tuples(numbers, numbers), max_size=40), extra=windows)
@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_value_that_is_not_finite_starts_it_anew(name, before, after, extra, broken):
    function, _, least = FORMS[name]
    before = within_sums(name, before)
    # Averages keep the unit that the first value of all chose; these begin alike.
    joined = stacked(function(*columns(name, [(1.0, 1.0), *before, (broken, 1.0), *after]), least + extra))
    fresh = stacked(function(*columns(name, [(1.0, 1.0), (broken, 1.0), *after]), least + extra))
    assert joined[:, len(before) + 2 :].tobytes() == fresh[:, 2:].tobytes()


@each
def test_the_first_result_is_where_talib_has_it(name):
    function, _, least = FORMS[name]
    rng = np.random.default_rng(1)
    window = least + 3
    series = [np.exp(rng.normal(size=60)) for _ in range(2 if name in PAIRS else 1)]
    missing = np.isnan(stacked(function(*series, window))).sum(axis=1)
    assert set(missing) == {window if name == "realised_volatility" else window - 1}


@each
@given(price=numbers)
def test_constant_values_have_a_stated_answer(name, price):
    made = FORMS[name][0](*[[price] * 30] * (2 if name in PAIRS else 1), 8)
    if name == "bollinger":
        np.testing.assert_allclose(stacked(made)[:, 7:], price, atol=1e-8)
        assert (made.upper[7:] == made.lower[7:]).all()
        assert (made.bandwidth[7:] == 0).all()
    elif name == "linear_regression":
        assert (made.slope[7:] == 0).all()
        np.testing.assert_allclose(made.value[7:], price, rtol=1e-14)
        assert (made.value[7:] == made.intercept[7:]).all()
        assert np.isnan(made.r_squared).all()
    elif name == "realised_volatility":
        assert (made[8:] == 0).all()
    else:
        assert np.isnan(made).all()


@each
def test_a_window_longer_than_the_data_is_never_warm(name):
    function, _, _ = FORMS[name]
    count = 2 if name in PAIRS else 1
    assert np.isnan(stacked(function(*[[1.0, 2.0, 4.0]] * count, 9))).all()
    assert stacked(function(*[[]] * count, 9)).shape[-1] == 0


@each
def test_windows_out_of_bounds_are_refused(name):
    function, state, least = FORMS[name]
    for window in [*range(-1, least), 1_000_001, 2.5, "3", None]:
        with pytest.raises(InputError, match=state.__name__):
            function(*[[1.0, 2.0]] * (2 if name in PAIRS else 1), window)
        with pytest.raises((ValueError, TypeError)):
            state(window)


@each
@pytest.mark.parametrize("values", [[[1.0], [2.0]], 3.0, ["a"], None])
def test_values_must_be_one_series_of_numbers(name, values):
    with pytest.raises(InputError, match="give one number a bar"):
        FORMS[name][0](*[values] * (2 if name in PAIRS else 1), 8)


@pytest.mark.parametrize("name", PAIRS)
def test_series_must_be_equally_long(name):
    with pytest.raises(InputError, match="same length"):
        FORMS[name][0]([1.0, 2.0], [1.0], 8)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ix.bollinger([1.0], 2, -1.0), "deviations = -1"),
        (lambda: ix.bollinger([1.0], 2, math.nan), "deviations = nan"),
        (lambda: ix.zscore([1.0], 2, 2), "ddof = 2"),
        (lambda: ix.hurst([1.0], 16, 9), "longest_lag = 9"),
        (lambda: ix.hurst([1.0], 16, 1), "longest_lag = 1"),
        (lambda: ix.hurst([1.0], 16, 0), "longest_lag = 0"),
        (lambda: ix.realised_volatility([1.0], 2, 0.0), "periods = 0"),
        (lambda: ix.realised_volatility([1.0], 2, math.inf), "periods = inf"),
    ],
)
def test_other_settings_out_of_bounds_are_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_bands_too_large_for_exact_averages_are_refused():
    with pytest.raises(DataError, match="too large for exact sums"):
        ix.bollinger([1.0, 1e11, 1.0], 2)
    one = ix.Bollinger(2)
    one.update(1.0)
    with pytest.raises(OverflowError, match="too large"):
        one.update(1e11)


def test_the_middle_band_is_the_simple_average_to_the_bit():
    close = closes("GOOG")
    assert ix.bollinger(close, 20).middle.tobytes() == ix.sma(close, 20).tobytes()


@pytest.mark.parametrize("name", ["zscore", "linear_regression", "correlation", "beta", "hurst"])
def test_a_value_that_left_the_window_leaves_no_trace(name):
    rng = np.random.default_rng(5)
    plain = [rng.normal(0.5, 0.1, 300) for _ in range(2 if name in PAIRS else 1)]
    spiked = [x.copy() for x in plain]
    spiked[0][100] = 1e12
    one, other = (stacked(FORMS[name][0](*x, 16)) for x in (plain, spiked))
    np.testing.assert_allclose(other[:, 116:], one[:, 116:], rtol=1e-9, atol=1e-12)


def test_no_error_gathers_over_a_million_bars():
    rng = np.random.default_rng(9)
    values = 1e4 + np.cumsum(rng.normal(size=1_000_000))
    last = values[-20:]
    assert ix.zscore(values, 20)[-1] == pytest.approx((last[-1] - last.mean()) / last.std(), rel=1e-9)
    assert ix.zscore(values, 20)[-1] == pytest.approx(ix.zscore(last, 20)[-1], rel=1e-12)
    slope, at = np.polyfit(np.arange(20), last - last[0], 1)
    assert ix.linear_regression(values, 20).slope[-1] == pytest.approx(slope, rel=1e-9)
    assert ix.linear_regression(values, 20).intercept[-1] == pytest.approx(at + last[0], rel=1e-12)


def test_hurst_finds_the_exponent_of_made_series():
    # Fractional Brownian motion from the Cholesky root of its covariance (Mandelbrot and Van Ness, 1968).
    time = np.arange(1, 257.0)
    rng = np.random.default_rng(4)
    for exponent in (0.3, 0.5, 0.7):
        a, b = time[:, None] ** (2 * exponent), time[None, :] ** (2 * exponent)
        root = np.linalg.cholesky(0.5 * (a + b - np.abs(time[:, None] - time[None, :]) ** (2 * exponent)))
        found = [ix.hurst(root @ rng.normal(size=256), 256)[-1] for _ in range(200)]
        assert np.mean(found) == pytest.approx(exponent, abs=0.05)
    assert ix.hurst(np.arange(300.0), 128)[-1] == pytest.approx(1.0)


def test_worked_examples():
    bands = ix.Bollinger(2, 1.0)
    bands.update(1.0)
    now = bands.update(3.0)
    assert now == ix.BollingerBands(2.0, 3.0, 1.0)
    assert (now.bandwidth, now.percent_b(3.0)) == (1.0, 1.0)
    assert ix.zscore([1.0, 3.0], 2)[1] == 1.0
    assert ix.zscore([1.0, 3.0], 2, ddof=1)[1] == pytest.approx(1 / math.sqrt(2))
    assert ix.correlation([1.0, 2.0, 4.0], [2.0, 4.0, 8.0], 3)[2] == 1.0
    assert ix.correlation([1.0, 2.0], [5.0, 4.0], 2)[1] == -1.0
    assert ix.beta([2.0, 4.0, 8.0], [1.0, 2.0, 4.0], 3)[2] == 2.0
    line = ix.linear_regression([1.0, 2.0, 6.0], 3)
    assert [part[2] for part in line] == [pytest.approx(x) for x in (5.5, 2.5, 0.5, 25 / 28)]
    doubled = ix.realised_volatility([1.0, 2.0, 1.0], 2, periods=252)
    assert doubled[2] == pytest.approx(math.log(2) * math.sqrt(252))
