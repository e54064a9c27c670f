"""Adjusted closes for series whose vendor gave none."""

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import DataError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.services.adjusted_bars import Adjuster
from tests.market import START, daily

SPLIT = CorporateAction(symbol="TEST", kind="split", ex_date=START + 2 * DAY, ratio=2.0)
DIVIDEND = CorporateAction(symbol="TEST", kind="dividend", ex_date=START + DAY, amount=2.0, currency="USD")
SPIN_OFF = CorporateAction(symbol="TEST", kind="spin_off", ex_date=START + DAY, ratio=0.5)
RAW = daily([100.0, 98.0, 49.0, 49.5])


def adjuster(*actions, exchange=None):
    return Adjuster(lambda _symbol: (actions, 7), exchange=exchange)


def test_known_actions_make_the_adjusted_close_and_it_is_said():
    adjust = adjuster(SPLIT, DIVIDEND, SPIN_OFF)
    made = adjust(RAW)
    assert made.basis == "raw"
    assert (made.close == RAW.close).all()
    assert list(made.adj_close) == [49.0, 49.0, 49.0, 49.5]
    assert adjust.as_of == {"TEST": 7}
    assert adjust.symbols == ("TEST",)
    assert adjust.notices == (
        "The prices of TEST were adjusted for 1 split and 1 dividend as known.",
        "Prices are not adjusted for the spin-offs of TEST, whose value is not known.",
    )


@pytest.mark.parametrize(
    "bars",
    [
        replace(RAW, adj_close=RAW.close / 3),
        replace(RAW, basis="adjusted"),
        replace(RAW, interval="1w"),
        RAW.take(slice(0, 0)),
    ],
)
def test_what_a_vendor_adjusted_and_what_cannot_be_stays(bars):
    adjust = adjuster(SPLIT)
    assert adjust(bars) is bars
    assert adjust.as_of == {}
    assert adjust.notices == ()


@pytest.mark.parametrize(
    "actions", [(), (SPIN_OFF,), (CorporateAction(symbol="B", kind="split", ex_date=START, ratio=2.0),)]
)
def test_without_splits_and_dividends_of_the_symbol_prices_stay(actions):
    adjust = adjuster(*actions)
    assert adjust(RAW) is RAW
    assert adjust.as_of == {"TEST": 7}
    assert adjust.notices == ()


def test_prices_that_contradict_an_action_are_told():
    smooth = daily([100.0, 101.0, 102.0])
    adjust = adjuster(SPLIT)
    adjust(smooth)
    assert any("the prices seem adjusted for it already" in each for each in adjust.notices)
    mixed = replace(DIVIDEND, ex_date=START + 3 * DAY, currency="GBX", amount=1.0)
    adjust = adjuster(DIVIDEND, mixed)
    adjust(RAW)
    assert any("The dividends are in GBX and USD" in each for each in adjust.notices)


def test_intraday_bars_take_the_sessions_of_the_exchange():
    evening = START + 6 * DAY + 30 * HOUR // 60  # 00:30 UTC on Friday 2000-01-07: Thursday evening in New York
    stamps = np.array([evening, evening + 15 * HOUR])
    price = np.array([100.0, 50.0])
    bars = Bars("TEST", "30m", stamps, price, price, price, price, price)
    friday = replace(SPLIT, ex_date=START + 6 * DAY)
    assert list(adjuster(friday, exchange="XNYS")(bars).adj_close) == [50.0, 50.0]
    assert list(adjuster(friday)(bars).adj_close) == [100.0, 50.0]


def test_a_run_on_given_bars_and_actions_is_adjusted_by_them():
    close = np.concatenate((np.full(30, 100.0), np.full(30, 50.0)))
    bars = daily(close)
    split = replace(SPLIT, ex_date=int(bars.timestamp[30]))
    result = ax.backtest(ax.BuyAndHold, bars, actions=[split], commission_bps=0)
    assert result.equity_curve[-1] == result.equity_curve[0]
    assert "The prices of TEST were adjusted for 1 split and 0 dividends as known." in result.notices
    assert not any("not applied" in each for each in result.notices)
    plain = ax.backtest(ax.BuyAndHold, bars, commission_bps=0)
    assert plain.equity_curve[-1] < 0.6 * plain.equity_curve[0]
    vendor = ax.backtest(ax.BuyAndHold, replace(bars, adj_close=close), actions=[split], commission_bps=0)
    assert any("given but not applied" in each for each in vendor.notices)
    with pytest.raises(DataError, match="is not below the close before it"):
        ax.backtest(ax.BuyAndHold, bars, actions=[replace(DIVIDEND, amount=500.0)])
