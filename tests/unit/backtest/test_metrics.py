"""Each metric against an independent computation: empyrical, SciPy, NumPy by the textbook, the paper, or by hand."""

import math

import empyrical
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import arbitrax as ax
from arbitrax.backtest.metrics import DEFINITIONS
from arbitrax.backtest.metrics.confidence import minimum_track_record, probabilistic_sharpe
from arbitrax.backtest.metrics.definition import UndefinedError
from arbitrax.backtest.metrics.sample import Sample
from arbitrax.backtest.metrics.tails import (
    LEVELS,
    NORMAL_DENSITY,
    NORMAL_QUANTILE,
    cornish_fisher,
    historical_exceptions,
    kupiec,
)
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, MINUTE
from tests.market import daily, random_walk, sample, weekdays
from tests.unit.backtest.test_engine import fixed, run


@pytest.fixture(scope="module")
def result():
    return run(ax.SmaCross(fast=10, slow=30), sample("AAPL"), sample("GSPC"), risk_free=0.02, slippage_bps=5)


def test_returns_metrics_agree_with_numpy_and_scipy(result):
    equity, time = result.equity_curve, result.bars.timestamp
    r = equity[1:] / equity[:-1] - 1
    b = result.benchmark_curve[1:] / result.benchmark_curve[:-1] - 1
    rf = 0.02 / 252
    years = (time[-1] - time[0]) / DAY / 365.25
    underwater = equity / np.maximum.accumulate(equity) - 1
    fit = scipy.stats.linregress(b - rf, r - rf)
    cagr = (equity[-1] / equity[0]) ** (1 / years) - 1
    expected = {
        "total_return": equity[-1] / equity[0] - 1,
        "annual_return": r.mean() * 252,
        "cagr": cagr,
        "benchmark_return": result.benchmark_curve[-1] / result.benchmark_curve[0] - 1,
        "volatility": r.std(ddof=1) * math.sqrt(252),
        "sharpe": (r.mean() - rf) / r.std(ddof=1) * math.sqrt(252),
        "sortino": (r.mean() - rf) / math.sqrt(np.mean(np.minimum(r - rf, 0) ** 2)) * math.sqrt(252),
        "calmar": cagr / -underwater.min(),
        "max_drawdown": underwater.min(),
        "var_95": -np.quantile(r, 0.05),
        "var_99": -np.quantile(r, 0.01),
        "cvar_95": -r[r <= np.quantile(r, 0.05)].mean(),
        "cvar_99": -r[r <= np.quantile(r, 0.01)].mean(),
        "normal_var_95": -scipy.stats.norm.ppf(0.05, r.mean(), r.std(ddof=1)),
        "normal_var_99": -scipy.stats.norm.ppf(0.01, r.mean(), r.std(ddof=1)),
        **{
            f"normal_cvar_{number}": -scipy.stats.norm.expect(
                lambda x: x,
                loc=r.mean(),
                scale=r.std(ddof=1),
                ub=scipy.stats.norm.ppf(tail, r.mean(), r.std(ddof=1)),
                conditional=True,
            )
            for tail, number in ((0.05, 95), (0.01, 99))
        },
        "alpha": fit.intercept * 252,
        "beta": fit.slope,
    }
    assert {name: result.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_returns_metrics_agree_with_empyrical(result):
    r = result.equity_curve[1:] / result.equity_curve[:-1] - 1
    b = result.benchmark_curve[1:] / result.benchmark_curve[:-1] - 1
    rf = 0.02 / 252
    expected = {
        "total_return": empyrical.cum_returns_final(r),
        "volatility": empyrical.annual_volatility(r),
        "sharpe": empyrical.sharpe_ratio(r, rf),
        "sortino": empyrical.sortino_ratio(r, rf),
        "omega": empyrical.omega_ratio(r, required_return=0.0, risk_free=rf),
        "tail_ratio": empyrical.tail_ratio(r),
        "max_drawdown": empyrical.max_drawdown(r),
        "beta": empyrical.beta(r, b, rf),
        "var_95": -empyrical.value_at_risk(r, 0.05),
        "information_ratio": empyrical.excess_sharpe(r, b) * math.sqrt(252),
    }
    assert {name: result.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_shape_and_drawdowns_agree_with_scipy_and_numpy(result):
    equity = result.equity_curve
    r, b = (curve[1:] / curve[:-1] - 1 for curve in (equity, result.benchmark_curve))
    rf = 0.02 / 252
    underwater = equity / np.maximum.accumulate(equity) - 1
    leverage = result.exposure_curve / equity
    expected = {
        "skew": scipy.stats.skew(r),
        "kurtosis": scipy.stats.kurtosis(r),
        "ulcer_index": math.sqrt(np.mean(underwater**2)),
        "time_under_water": np.mean(underwater < 0),
        "gain_to_pain": r.sum() / -r[r < 0].sum(),
        "recovery_factor": (equity[-1] / equity[0] - 1) / -underwater.min(),
        "treynor": (r.mean() - rf) * 252 / scipy.stats.linregress(b - rf, r - rf).slope,
        "up_capture": r[b > 0].mean() / b[b > 0].mean(),
        "down_capture": r[b < 0].mean() / b[b < 0].mean(),
        "mean_leverage": leverage.mean(),
        "max_leverage": leverage.max(),
    }
    assert {name: result.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-9)


def test_cornish_fisher_agrees_with_integration(result):
    r = result.equity_curve[1:] / result.equity_curve[:-1] - 1
    skew, excess = scipy.stats.skew(r), scipy.stats.kurtosis(r)

    def loss(z):
        bent = z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * excess / 24 - (2 * z**3 - 5 * z) * skew**2 / 36
        return -(r.mean() + r.std(ddof=1) * bent)

    for tail, number in ((0.05, "95"), (0.01, "99")):
        edge = scipy.stats.norm.ppf(tail)
        mean = scipy.integrate.quad(lambda z: loss(z) * scipy.stats.norm.pdf(z), -40, edge, epsabs=1e-13)[0] / tail
        assert result.metrics[f"modified_var_{number}"] == pytest.approx(loss(edge), rel=1e-9)
        assert result.metrics[f"modified_cvar_{number}"] == pytest.approx(mean, rel=1e-7)


def test_cornish_fisher_without_skew_and_excess_is_the_normal_law():
    for level in LEVELS:
        quantile, mean = cornish_fisher(level, 0.0, 3.0)
        assert quantile == pytest.approx(scipy.stats.norm.ppf(1 - level), rel=1e-12)
        assert -mean == pytest.approx(NORMAL_DENSITY[level] / (1 - level), rel=1e-12)


def test_cornish_fisher_is_refused_where_its_quantiles_do_not_rise():
    with pytest.raises(UndefinedError, match="does not hold"):
        cornish_fisher(0.95, -3.0, 9.0)
    with pytest.raises(UndefinedError, match="does not hold"):
        cornish_fisher(0.95, 0.0, 1.0)  # two points: lighter tails than the cubic can bend to


@given(st.floats(-3, 3), st.floats(1, 40))
def test_cornish_fisher_is_refused_exactly_where_its_quantiles_do_not_rise(skew, kurtosis):
    z = np.linspace(-5, 5, 8001)
    slope = 1 + z * skew / 3 + (z**2 - 1) * (kurtosis - 3) / 8 - (6 * z**2 - 5) * skew**2 / 36
    if abs(slope.min()) < 1e-3:
        return  # at the edge the grid cannot tell
    try:
        cornish_fisher(0.95, skew, kurtosis)
        rises = True
    except UndefinedError:
        rises = False
    assert rises == (slope.min() > 0)


def test_kupiec_agrees_with_the_binomial_likelihood_of_scipy():
    for exceptions, forecasts, tail in ((0, 255, 0.01), (6, 255, 0.01), (30, 510, 0.05), (510, 510, 0.05)):
        found = exceptions / forecasts
        ratio = -2 * (
            scipy.stats.binom.logpmf(exceptions, forecasts, tail)
            - scipy.stats.binom.logpmf(exceptions, forecasts, found)
        )
        assert kupiec(exceptions, forecasts, tail) == pytest.approx((ratio, scipy.stats.chi2.sf(ratio, 1)), rel=1e-9)


def test_kupiec_rejects_where_the_paper_does():
    """Kupiec (1995), table 3: over 255 days 1% VaR is not rejected (95%) below 7 failures, 5% VaR from 7 to 20."""
    inside = [x for x in range(40) if kupiec(x, 255, 0.01)[1] > 0.05]
    assert max(inside) == 6
    inside = [x for x in range(40) if kupiec(x, 255, 0.05)[1] > 0.05]
    assert (min(inside), max(inside)) == (7, 20)


def test_var_exceptions_are_counted_out_of_sample(result):
    r = result.equity_curve[1:] / result.equity_curve[:-1] - 1
    for level in LEVELS:
        found = [r[t] < np.quantile(r[t - 250 : t], 1 - level) for t in range(250, len(r))]
        assert historical_exceptions(Sample(result), level) == (sum(found), len(found))
        p = kupiec(sum(found), len(found), 1 - level)[1]
        assert result.metrics[f"kupiec_{level * 100:.0f}"] == pytest.approx(p)


def test_probabilistic_sharpe_of_the_paper():
    """Bailey and Lopez de Prado (2012), section 4: a monthly SR of 0.458 in 24 months, normal or not."""
    assert probabilistic_sharpe(0.458, 0, 3, 24) == pytest.approx(0.982, abs=5e-4)
    assert probabilistic_sharpe(0.458, -2.448, 10.164, 24) == pytest.approx(0.913, abs=5e-4)


def test_minimum_track_record_of_the_paper():
    """The same, section 5: 2.73 years of daily returns, 3.24 of monthly ones, to tell a yearly SR of 2 from 1."""
    for periods, years in ((250, 2.73), (12, 3.24)):
        scale = math.sqrt(periods)
        assert minimum_track_record(2 / scale, 0, 3, 1 / scale) / periods == pytest.approx(years, abs=5e-3)


def test_confidence_of_a_run_is_that_of_its_returns(result):
    r = result.equity_curve[1:] / result.equity_curve[:-1] - 1 - 0.02 / 252
    sharpe = r.mean() / r.std(ddof=1)
    shape = scipy.stats.skew(r), scipy.stats.kurtosis(r, fisher=False)
    assert result.metrics["probabilistic_sharpe"] == pytest.approx(probabilistic_sharpe(sharpe, *shape, len(r)))
    assert result.metrics["minimum_track_record"] == pytest.approx(minimum_track_record(sharpe, *shape))
    # After as many returns as that, with the same moments, one is 95% sure.
    needed = result.metrics["minimum_track_record"]
    assert probabilistic_sharpe(sharpe, *shape, needed) == pytest.approx(0.95)


def test_a_metric_explains_itself(result):
    lines = result.metrics.explain("sharpe").splitlines()
    assert lines[0] == f"Sharpe ratio = {result.metrics['sharpe']:.2f}"
    assert lines[1] == "formula  mean(r - r_f / P) / s(r) x sqrt(P)"
    assert lines[2] == "sample   3,269 returns, one a bar, 2000-03-01 to 2013-03-01"
    assert lines[3] == "basis    252 sessions a year"
    with pytest.raises(InputError, match="There is no metric 'shape'; did you mean sharpe"):
        result.metrics.explain("shape")
    short = run(ax.BuyAndHold(), daily([10, 11, 12])).metrics
    assert short.explain("cagr").startswith("CAGR = n/a because 2 days are too short")


def test_normal_constants_are_those_of_scipy():
    for level, quantile in NORMAL_QUANTILE.items():
        assert quantile == pytest.approx(scipy.stats.norm.ppf(level), rel=1e-12)
        assert NORMAL_DENSITY[level] == pytest.approx(scipy.stats.norm.pdf(quantile), rel=1e-12)


def test_trade_metrics_agree_with_the_trade_log(result):
    closed = result.trade_records[result.trade_records["is_open"] == 0]
    pnl = closed["pnl"]
    fraction = pnl / (closed["quantity"] * closed["entry_price"])
    held = (result.bars.timestamp[closed["exit_bar"]] - result.bars.timestamp[closed["entry_bar"]]) / DAY
    filled = result.fill_records
    years = (result.bars.timestamp[-1] - result.bars.timestamp[0]) / DAY / 365.25
    expected = {
        "trades": len(closed),
        "win_rate": (pnl > 0).sum() / len(pnl),
        "profit_factor": pnl[pnl > 0].sum() / -pnl[pnl < 0].sum(),
        "expectancy": pnl.mean(),
        "sqn": math.sqrt(len(pnl)) * pnl.mean() / pnl.std(ddof=1),
        "payoff_ratio": fraction[fraction > 0].mean() / -fraction[fraction < 0].mean(),
        "kelly": (pnl > 0).mean()
        - (pnl <= 0).mean() / (fraction[fraction > 0].mean() / -fraction[fraction < 0].mean()),
        "best_trade": fraction.max(),
        "worst_trade": fraction.min(),
        "average_duration": held.mean(),
        "exposure": (result.exposure_curve > 0).mean(),
        "turnover": (abs(filled["quantity"]) * filled["price"]).sum() / result.equity_curve.mean() / years,
    }
    assert {name: result.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-12)


def test_longest_drawdown_by_hand():
    prices = [10, 20, 15, 10, 20, 18, 21, 21]
    result = run(ax.BuyAndHold(), daily(prices), commission_bps=0)
    assert result.metrics["max_drawdown_duration"] == 3  # from the 20 of day 1 to the 20 of day 4
    assert result.metrics["max_drawdown"] == pytest.approx(-0.5)


def test_undefined_metrics_say_why():
    idle = run(fixed(np.zeros(40)), daily(np.linspace(10, 20, 40))).metrics
    assert idle["sharpe"] is None
    assert idle.undefined["sharpe"] == "returns do not vary"
    assert idle.undefined["sortino"] == "no return is below the risk-free rate"
    assert idle.undefined["calmar"] == "there is no drawdown"
    assert idle.undefined["win_rate"] == "no trade was closed"
    assert idle.undefined["var_99"] == "39 returns are too few for a 99% tail; 100 are needed"
    assert idle["volatility"] == 0
    short = run(ax.BuyAndHold(), daily([10, 11, 12])).metrics
    assert short.undefined["cagr"] == "2 days are too short to speak of a year; 30 are needed"
    flat = run(ax.BuyAndHold(), daily([10.0] * 40)).metrics
    assert flat.undefined["beta"] == "the benchmark's returns do not vary"
    won = run(fixed(np.array([1, 0, 0, 0.0])), daily([10, 10, 20, 20]), commission_bps=0).metrics
    assert won.undefined["profit_factor"] == "no closed trade lost money"


def test_year_has_252_sessions_on_weekdays_and_365_on_all_days():
    assert run(ax.BuyAndHold(), random_walk(100)).metrics.basis == "252 sessions a year"
    assert run(ax.BuyAndHold(), daily(np.linspace(1, 2, 100))).metrics.basis == "365 sessions a year"


def test_intraday_returns_are_joined_by_session():
    days, per_day = 60, 13
    generator = np.random.default_rng(3)
    close = 100 * np.exp(np.cumsum(generator.normal(0, 0.004, days * per_day)))
    time = (weekdays(days)[:, None] + np.arange(per_day) * 30 * MINUTE + 14 * 60 * MINUTE).ravel()
    minutes = Bars("M", "30m", time, close, close, close, close, np.ones(len(close)))
    result = run(ax.BuyAndHold(), minutes, commission_bps=0, interval="30m")
    ends = result.equity_curve[per_day - 1 :: per_day]
    sessions = np.concatenate(([result.equity_curve[0]], ends))
    r = sessions[1:] / sessions[:-1] - 1
    assert result.metrics["sharpe"] == pytest.approx(r.mean() / r.std(ddof=1) * math.sqrt(252), rel=1e-9)


def test_bankruptcy_is_a_total_loss_not_an_error():
    metrics = run(ax.BuyAndHold(weight=-1.0), daily([10] * 30 + [30] * 30)).metrics
    assert metrics["cagr"] == -1
    assert metrics["total_return"] < -1
    assert all(value is None or math.isfinite(value) for value in metrics.values())


@given(st.lists(st.floats(0.01, 1e4), min_size=2, max_size=60), st.data())
def test_no_metric_is_ever_nan(closes, data):
    weight = st.sampled_from([math.nan, 0.0, 1.0, -1.0, 0.3])
    wanted = np.array(data.draw(st.lists(weight, min_size=len(closes), max_size=len(closes))))
    metrics = run(fixed(wanted), daily(closes)).metrics
    assert set(metrics) == set(DEFINITIONS)
    for name, value in metrics.items():
        assert (value is None) == (name in metrics.undefined)
        assert value is None or math.isfinite(value)
    assert "nan" not in repr(metrics)
