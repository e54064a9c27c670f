"""Rolling metrics, drawdowns, calendar returns, excursions and the VaR backtest, against pandas or by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import arbitrax as ax
from arbitrax.backtest.drawdowns import worst_drawdowns
from arbitrax.backtest.metrics.tails import kupiec
from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import InputError
from arbitrax.domain.intervals import DAY, HOUR
from tests.golden.test_fill_rules import FLAT, play
from tests.market import daily, random_walk, sample


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(fast=10, slow=30), sample("AAPL"), risk_free=0.02)


def test_rolling_metrics_agree_with_pandas(result):
    equity = result.equity
    r, b = equity["equity"].pct_change().dropna(), equity["benchmark"].pct_change().dropna()
    window = r.rolling(60)
    found = result.rolling(60)
    assert found.index.tolist() == r.index.tolist()
    deviation = window.std().where(window.std() > 1e-9)
    expected = pd.DataFrame(
        {
            "sharpe": (window.mean() - 0.02 / 252) / deviation * math.sqrt(252),
            "volatility": window.std() * math.sqrt(252),
            "beta": window.cov(b) / b.rolling(60).var(),
        }
    )
    pd.testing.assert_frame_equal(found, expected, rtol=1e-6, atol=1e-9, check_names=False, check_freq=False)


def test_returns_are_those_of_bars_each_since_the_one_before(result):
    equity, found = result.equity, result.returns
    assert found["return"].tolist() == pytest.approx(equity["equity"].pct_change().dropna().tolist())
    assert found["benchmark"].tolist() == pytest.approx(equity["benchmark"].pct_change().dropna().tolist())
    assert found.index.tolist() == equity.index[1:].tolist()
    assert found["since"].tolist() == equity.index[:-1].tolist()


def test_rolling_windows_are_half_a_year_and_never_shorter_than_two(result):
    assert result.rolling()["volatility"].isna().sum() == 125
    assert result.rolling(10_000).isna().all(axis=None)
    for window in (1, 0, -5, 2.5, math.nan, "a", True):
        with pytest.raises(InputError, match="has no deviation"):
            result.rolling(window)


def test_sessions_of_intraday_runs_are_what_rolls():
    days = np.array([start_of_day("2024-01-01") + DAY * day for day in range(10) if day % 7 < 5])
    times = (days[:, None] + 14 * HOUR + np.arange(6) * HOUR).ravel()
    close = np.exp(np.random.default_rng(1).normal(0, 0.01, len(times)).cumsum()) * 100
    run = ax.backtest(ax.BuyAndHold(), Bars("H", "1h", times, close, close, close, close, np.ones(len(times))))
    assert run.returns["since"].tolist() == [run.equity.index[0], *run.returns.index[:-1]]
    assert len(run.rolling(3)) == len(days)
    assert run.rolling(3).index[-1] == pd.Timestamp(int(times[-1]), tz="UTC")


def test_drawdowns_by_hand():
    prices = [10, 20, 15, 10, 20, 18, 21, 21, 14, 20]
    found = ax.backtest(ax.BuyAndHold(), daily(prices), commission_bps=0).drawdowns
    assert found["depth"].tolist() == pytest.approx([-0.5, -1 / 3, -0.1])
    days = found[["peak", "trough", "recovery"]].apply(lambda column: column.dt.day)
    assert days.iloc[0].tolist() == [2, 4, 5]
    assert days.iloc[1, :2].tolist() == [8, 9]
    assert days.iloc[2].tolist() == [5, 6, 7]
    assert found["recovery"].isna().tolist() == [False, True, False]
    assert found["length"].dt.days.tolist() == [3, 2, 2]
    assert found["to_recovery"].dt.days.tolist()[0] == 1


@given(st.lists(st.integers(1, 8), min_size=1, max_size=60))
def test_drawdowns_are_those_of_a_plain_walk(levels):
    equity, expected, start = np.array(levels, float), [], None
    peak = 0
    for at, value in enumerate([*levels, math.inf]):
        if value >= levels[peak]:
            if start is not None:
                low = min(range(start, at), key=lambda t: (levels[t], t))
                ended = at if at < len(levels) else -1
                expected.append((levels[low] / levels[peak] - 1, peak, low, ended))
            peak, start = at if at < len(levels) else peak, None
        elif start is None:
            start = at
    found = worst_drawdowns(equity, 5)
    names = ("depth", "peak_bar", "trough_bar", "recovery_bar")
    told = list(zip(*(found[name].tolist() for name in names), strict=True))
    assert told == sorted(expected, key=lambda each: (each[0], each[1]))[:5]


def test_months_and_years_multiply_to_the_whole(result):
    months, years = result.monthly, result.yearly
    whole = result.equity_curve[-1] / result.equity_curve[0]
    assert np.nanprod(months[list(range(1, 13))].to_numpy() + 1) == pytest.approx(whole)
    assert (years["run"] + 1).prod() == pytest.approx(whole)
    curve = result.equity["equity"]
    assert months.loc[2007, 6] == pytest.approx(curve["2007-06"].iloc[-1] / curve["2007-05"].iloc[-1] - 1)
    assert months.loc[2007, "year"] == years.loc[2007, "run"]
    assert math.isnan(months.loc[2000, 1])


def test_a_month_takes_the_sessions_of_its_dates():
    """A future that trades from 23:00 UTC: the evening of 31 January is February's first session."""
    days = [start_of_day("2024-01-29") + DAY * day for day in range(5)]
    times = np.array([day - HOUR + hour * HOUR for day in days for hour in range(22)])
    close = np.where(times >= start_of_day("2024-02-01") - HOUR, 110.0, 100.0)
    run = ax.backtest(
        ax.BuyAndHold(), Bars("F", "1h", times, close, close, close, close, np.ones(len(times))), commission_bps=0
    )
    assert run.monthly.loc[2024, 1] == pytest.approx(0)
    assert run.monthly.loc[2024, 2] == pytest.approx(0.1)


def test_excursions_of_a_trade_from_open_to_open():
    rows = [FLAT, (100, 104, 97, 102), (102, 110, 95, 96), (96, 150, 50, 96)]
    trades = play(rows, {0: lambda ctx: ctx.buy(5), 2: lambda ctx: ctx.close()}).trades
    # Bought at the open of bar 1, sold at the open of bar 3, whose own range came after.
    assert trades["mae"].tolist() == pytest.approx([-0.05])
    assert trades["mfe"].tolist() == pytest.approx([0.10])


def test_excursions_of_a_short_are_mirrored():
    rows = [FLAT, (100, 104, 97, 102), (102, 110, 95, 96), (96, 150, 50, 96)]
    trades = play(rows, {0: lambda ctx: ctx.sell(5), 2: lambda ctx: ctx.close()}).trades
    assert trades["mae"].tolist() == pytest.approx([-0.10])
    assert trades["mfe"].tolist() == pytest.approx([0.05])


def test_excursions_inside_bars_count_only_what_was_met():
    # A limit bought inside bar 1, a stop sold inside bar 2: of both bars only fills and the open of bar 2 are certain.
    rows = [FLAT, (100, 120, 90, 95), (97, 130, 80, 85), FLAT]
    trades = play(rows, {0: lambda ctx: ctx.buy(5, limit=92, stop_loss=88)}).trades
    assert trades["entry_price"].tolist() == [92]
    assert trades["mae"].tolist() == pytest.approx([88 / 92 - 1])
    assert trades["mfe"].tolist() == pytest.approx([97 / 92 - 1])


def test_excursions_of_an_open_trade_reach_to_the_end():
    rows = [FLAT, (100, 104, 97, 102), (102, 110, 95, 96)]
    trades = play(rows, {0: lambda ctx: ctx.buy(5)}).trades
    assert trades[["mae", "mfe"]].to_numpy().tolist() == [pytest.approx([-0.05, 0.10])]


def test_excursions_are_in_the_units_of_the_exit_after_a_split():
    rows = [FLAT, (100, 120, 90, 100), (50, 55, 48, 52), (52, 52, 52, 52)]
    bars = daily([row[3] for row in rows])
    made = Bars(
        "TEST", "1d", bars.timestamp, *(np.array(column, float) for column in zip(*rows, strict=True)), bars.volume
    )
    split = ax.CorporateAction(symbol="TEST", kind="split", ex_date=int(bars.timestamp[2]), ratio=2.0)
    trades = ax.backtest(ax.BuyAndHold(), made, prices="raw", actions=[split], commission_bps=0).trades
    assert trades["entry_price"].tolist() == [50]
    assert trades["mae"].tolist() == pytest.approx([45 / 50 - 1])
    assert trades["mfe"].tolist() == pytest.approx([60 / 50 - 1])


@pytest.mark.parametrize("several", [False, True])
def test_excursions_hold_every_trade_between_them(several):
    data = [sample("AAPL"), sample("MSFT")] if several else sample("AAPL")
    trades = ax.backtest(ax.SmaCross(fast=3, slow=8, short=True), data, commission_bps=0).trades
    moved = (trades["exit_price"] / trades["entry_price"] - 1) * trades["side"].map({"long": 1, "short": -1})
    assert (trades["mae"] <= moved + 1e-12).all()
    assert (trades["mfe"] >= moved - 1e-12).all()
    assert (trades["mae"] <= 0).all()
    assert (trades["mfe"] >= 0).all()


def test_leverage_is_exposure_over_equity(result):
    frame = result.equity
    assert frame["leverage"].tolist() == (frame["exposure"] / frame["equity"]).tolist()


def test_var_backtest_counts_what_came_against_past_windows():
    run = ax.backtest(ax.BuyAndHold(), random_walk(800, deviation=0.02))
    table = run.var_backtest.set_index(["method", "level"])
    r = run.equity_curve[1:] / run.equity_curve[:-1] - 1
    windows = [(r[t - 250 : t], r[t]) for t in range(250, len(r))]
    found = sum(came < past.mean() - 1.6448536269514722 * past.std(ddof=1) for past, came in windows)
    row = table.loc[("normal", 0.95)]
    assert (row["forecasts"], row["exceptions"]) == (len(windows), found)
    assert row["expected"] == pytest.approx(0.05 * len(windows))
    assert (row["likelihood_ratio"], row["p_value"]) == pytest.approx(kupiec(found, len(windows), 0.05))
    assert run.metrics["kupiec_95"] == table.loc[("historical", 0.95), "p_value"]
    assert table.loc[("cornish_fisher", 0.95), "exceptions"] == pytest.approx(found, abs=6)


def test_var_backtest_of_a_short_run_has_no_verdict():
    table = ax.backtest(ax.BuyAndHold(), random_walk(100)).var_backtest
    assert table["forecasts"].tolist() == [0] * 6
    assert table["p_value"].isna().all()
