"""Each metric against an independent computation: NumPy and SciPy by the textbook, or by hand."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

import arbitrax as ax
from arbitrax.backtest.metrics import DEFINITIONS, NORMAL_DENSITY, NORMAL_QUANTILE
from arbitrax.domain.bars import Bars
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
        "normal_cvar_95": -scipy.stats.norm.expect(
            lambda x: x,
            loc=r.mean(),
            scale=r.std(ddof=1),
            ub=scipy.stats.norm.ppf(0.05, r.mean(), r.std(ddof=1)),
            conditional=True,
        ),
        "alpha": fit.intercept * 252,
        "beta": fit.slope,
    }
    assert {name: result.metrics[name] for name in expected} == pytest.approx(expected, rel=1e-9)


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
