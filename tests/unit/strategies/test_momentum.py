"""Time-series and cross-sectional momentum."""

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import ParameterError, StrategyError
from arbitrax.domain.panel import Panel
from tests.market import daily, sample, weekdays

MONTH = "datetime64[M]"


def panel_of(*closes):
    made = [daily(close, symbol=name) for name, close in zip("ABCDEF", closes, strict=False)]
    return Panel.from_bars([replace(each, timestamp=weekdays(len(each))) for each in made])


def first_sessions(timestamp):
    months = timestamp.astype("datetime64[ns]").astype(MONTH)
    return np.flatnonzero(np.concatenate(([True], months[1:] != months[:-1])))


def weighted_volatility(close, center, start):
    """The paper's equation (1) in a loop, its average started at the mean of the first ``start`` values."""
    change = close[1:] / close[:-1] - 1
    weight = 1 / (1 + center)
    mean, square = change[:start].mean(), (change[:start] ** 2).mean()
    found = [np.nan] * start + [np.sqrt((square - mean**2) * 252)]
    for value in change[start:]:
        mean += weight * (value - mean)
        square += weight * (value**2 - square)
        found.append(np.sqrt((square - mean**2) * 252))
    return np.array(found)


def test_time_series_momentum_follows_the_sign_and_scales_by_volatility_on_real_prices():
    bars = sample("IBM").adjusted()
    decided = ax.TimeSeriesMomentum(target=0.10).signals(bars)
    rows = first_sessions(bars.timestamp)
    rows = rows[rows >= 252]
    np.testing.assert_array_equal(decided.bars, rows)
    expected = 0.10 / weighted_volatility(bars.close, 60, 121)[rows]
    sign = np.sign(bars.close[rows] - bars.close[rows - 252])
    np.testing.assert_allclose(decided.weights, sign * np.minimum(expected, 1), rtol=1e-9)
    assert (decided.weights < 0).any()
    assert (np.abs(decided.weights) < 1).any()
    flat = ax.TimeSeriesMomentum(target=0.10, short=False).signals(bars).weights
    np.testing.assert_array_equal(flat, np.maximum(decided.weights, 0))


def test_time_series_momentum_aims_at_its_volatility():
    result = ax.backtest(ax.TimeSeriesMomentum(target=0.10), sample("GSPC"))
    assert 0.07 < result.metrics["volatility"] < 0.12


def test_time_series_momentum_shares_equity_between_symbols_and_waits_for_each():
    close = 100 * 1.001 ** np.arange(140) * (1 + 0.002 * (-1.0) ** np.arange(140))
    late = close.copy()
    late[:60] = np.nan
    own = {"lookback": 20, "center_of_mass": 5, "target": 5.0}
    decided = ax.TimeSeriesMomentum(**own).portfolio(panel_of(close, close[::-1], late))
    assert (decided.weights[:, 0] == 1 / 3).all()
    assert (decided.weights[:, 1] == -1 / 3).all()
    assert np.isnan(decided.weights[decided.bars < 80, 2]).all()
    assert (decided.weights[decided.bars >= 80, 2] == 1 / 3).all()
    assert decided.bars[0] >= ax.TimeSeriesMomentum(**own).warmup - 1


def test_a_price_that_stands_still_has_no_volatility_and_makes_no_order():
    result = ax.backtest(ax.TimeSeriesMomentum(lookback=10, center_of_mass=3), daily([50.0] * 90))
    assert len(result.order_records) == 0


def test_rotation_holds_the_best_of_a_worked_market():
    # Yearly growth A > B > C; in the latest month, which does not count, C rises most.
    days = np.arange(300)
    closes = [100 * (1 + rate) ** days for rate in (0.002, 0.001, 0.0005)]
    closes[2] = closes[2] * np.where(days >= 280, 3.0, 1.0)
    rotation = ax.CrossSectionalMomentum(lookback=100, skip=25, count=1)
    decided = rotation.portfolio(panel_of(*closes))
    early = decided.bars < 280 + 25
    assert early.all()
    np.testing.assert_array_equal(decided.weights, np.tile([1.0, 0, 0], (len(decided.bars), 1)))
    skipless = ax.CrossSectionalMomentum(lookback=100, skip=0, count=1).portfolio(panel_of(*closes))
    assert skipless.weights[-1].tolist() == [0, 0, 1]
    both = ax.CrossSectionalMomentum(lookback=100, skip=25, count=1, short=True).portfolio(panel_of(*closes))
    assert both.weights[-1].tolist() == [0.5, 0, -0.5]
    crowded = ax.CrossSectionalMomentum(lookback=100, skip=25, count=2, short=True).portfolio(panel_of(*closes))
    assert crowded.weights[-1].tolist() == [0.5, 0, -0.5]  # B is among both and is left out


def test_rotation_on_real_prices_is_the_12_1_rule():
    series = [sample(symbol).adjusted() for symbol in ("AAPL", "MSFT", "GOOG", "IBM", "FB")]
    panel = Panel.from_bars(series)
    decided = ax.CrossSectionalMomentum(fraction=0.5).portfolio(panel)
    rows = first_sessions(panel.timestamp)
    np.testing.assert_array_equal(decided.bars, rows[rows >= 252])
    for row, weights in zip(decided.bars, decided.weights, strict=True):
        score = panel.close[row - 21] / panel.close[row - 252] - 1
        ranked = sorted(np.flatnonzero(~np.isnan(score)), key=lambda at, score=score: -score[at])
        held = ranked[: max(1, len(ranked) // 2)]
        expected = np.where(np.isnan(panel.close[row]), np.nan, 0.0)
        expected[held] = 1 / len(held)
        np.testing.assert_array_equal(weights, expected)
    result = ax.backtest(ax.CrossSectionalMomentum(count=1), [sample(each) for each in ("AAPL", "MSFT", "IBM")])
    assert result.metrics["trades"] > 10


def test_rotation_needs_symbols_to_compare():
    with pytest.raises(
        StrategyError, match=r"decides for several symbols at once and was given one; give it 2 or more"
    ):
        ax.backtest(ax.CrossSectionalMomentum(), sample("AAPL"))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"skip": 252}, r"^CrossSectionalMomentum: skip = 252 must be smaller than lookback = 252\.$"),
        ({"fraction": 0.6, "short": True}, r"winners and losers at once; use at most 0\.5\.$"),
        ({"every": "hour"}, r"every = 'hour' is not allowed; give one of week, month, quarter, year\.$"),
    ],
)
def test_rotation_refuses_parameters_that_contradict_each_other(values, message):
    with pytest.raises(ParameterError, match=message):
        ax.CrossSectionalMomentum(**values)


def test_momentum_refuses_parameters_out_of_bounds():
    with pytest.raises(ParameterError, match=r"lookback = 1 is not allowed; give a whole number from 2 to 5000\.$"):
        ax.TimeSeriesMomentum(lookback=1)
