import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.holdings import (
    last_known,
    multipliers,
    net_values,
    position,
    trade_returns,
    traded_panel,
    weights,
)
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY
from arbitrax.kernels.ledger import EVENT_DTYPE, FILL_DTYPE
from tests.market import START, daily, random_walk


def fills(*rows):
    records = np.zeros(len(rows), FILL_DTYPE)
    for record, (bar, quantity) in zip(records, rows, strict=True):
        record["bar"], record["quantity"] = bar, quantity
    return records


def events(*rows):
    records = np.zeros(len(rows), EVENT_DTYPE)
    for record, (bar, kind, quantity) in zip(records, rows, strict=True):
        record["bar"], record["kind"], record["quantity"] = bar, kind, quantity
    return records


def renamed(bars, symbol):
    return Bars(symbol, "1d", bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.adj_close)


def test_position_follows_fills():
    assert position(fills((1, 5.0), (2, -2.0), (2, -4.0)), events(), 4).tolist() == [0, 5, -1, -1]


def test_position_is_split_before_the_fills_of_its_bar():
    # 5 held, 3 for 2 makes 7.5, of which 0.5 is paid out; the same bar sells 2.
    held = position(fills((1, 5.0), (3, -2.0)), events((3, 2, 7.5), (3, 3, -0.5)), 5)
    assert held.tolist() == [0, 5, 5, 5, 5]


def test_last_known_close():
    nan = np.nan
    assert last_known(np.array([nan, 2, nan, nan, 3, nan])).tolist() == [0, 2, 2, 2, 3, 3]


def test_net_value_of_hand_computed_positions():
    # All cash into 100 units at 10 at the second open; worth 12 then 9.
    result = ax.backtest(ax.BuyAndHold(), daily([10, 12, 9], open_=[10, 10, 12]), cash=1000, commission_bps=0)
    assert net_values(result) == pytest.approx([0, 1200, 900])
    assert dict(weights(result, traded_panel(result)))["TEST"] == pytest.approx([0, 1, 1])


class LongShort(ax.Strategy):
    """Half long the first symbol, a quarter short the second, from one bar to another."""

    def portfolio(self, panel):
        found = np.zeros(panel.shape)
        found[3:40] = [0.5, -0.25]
        return found


def test_net_and_gross_are_sums_of_positions_at_closes():
    series = [renamed(random_walk(60, seed=seed), name) for seed, name in ((5, "A"), (6, "B"))]
    account = ax.Account(credit_rate=0.02, borrow_rate=0.05)
    result = ax.backtest(LongShort(), series, account=account, slippage_bps=3)
    panel = traded_panel(result)
    shares = dict(weights(result, panel))
    assert list(shares) == ["A", "B"]
    assert shares["A"].max() > 0.4
    assert shares["B"].min() < -0.2
    assert net_values(result) == pytest.approx(sum(shares.values()) * result.equity_curve, abs=1e-6)
    gross = sum(np.abs(share) for share in shares.values()) * result.equity_curve
    assert result.exposure_curve == pytest.approx(gross, abs=1e-6)


def test_dividends_and_splits_keep_net_value():
    series = [
        renamed(daily([10.0, 10, 10, 5, 5, 5, 5], symbol="A"), "A"),
        renamed(daily([20.0, 20, 21, 22, 21, 20, 20], symbol="B"), "B"),
    ]
    actions = [
        CorporateAction(symbol="A", ex_date=START + 3 * DAY, kind="split", ratio=2.0),
        CorporateAction(
            symbol="B", kind="dividend", ex_date=START + 4 * DAY, amount=1.0, currency="USD", pay_date=START + 6 * DAY
        ),
    ]
    result = ax.backtest(ax.BuyAndHold(), series, prices="raw", actions=actions, cash=1000, commission_bps=0)
    shares = dict(weights(result, traded_panel(result)))
    assert net_values(result) == pytest.approx(sum(shares.values()) * result.equity_curve, abs=1e-9)
    assert result.exposure_curve == pytest.approx(net_values(result), abs=1e-9)


def test_a_result_without_bars_has_no_panel():
    from msgspec.structs import replace

    result = ax.backtest(ax.BuyAndHold(), daily([10, 11, 12]))
    assert traded_panel(replace(result, raw=None)) is None


def test_contract_multipliers_count_in_values_and_returns():
    # Two contracts of 50 units at 10 each, sold at 11: 100 earned of 1,000 put in.
    class Twice(ax.Strategy):
        def on_bar(self, ctx):
            if ctx.index == 0:
                ctx.buy(2)
            if ctx.index == 2:
                ctx.close()

    instruments = {"TEST": ax.Instrument(multiplier=50)}
    bars = daily([10, 10, 11, 11], open_=[10, 10, 11, 11])
    result = ax.backtest(Twice(), bars, cash=2000, commission_bps=0, instruments=instruments)
    assert multipliers(result.spec).tolist() == [50.0]
    assert trade_returns(result.spec, result.trade_records) == pytest.approx([0.1])
    assert result.metrics["best_trade"] == pytest.approx(0.1)
    assert result.trades["return"].tolist() == pytest.approx([0.1])
    assert net_values(result) == pytest.approx([0, 1000, 1100, 0])
    # 1,000 bought and 1,100 sold over three days, on a mean equity of 2,050.
    assert result.metrics["turnover"] == pytest.approx(2100 / 2050 / (3 / 365.25))
