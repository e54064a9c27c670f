import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.contributions import contributions, interest_of
from arbitrax.domain.bars import Bars
from arbitrax.kernels.ledger import EVENT_DTYPE, TRADE_DTYPE
from tests.market import daily, random_walk


def trades(*rows):
    """Return records of (symbol, is_open, pnl, fees, slippage, income)."""
    records = np.zeros(len(rows), TRADE_DTYPE)
    for record, row in zip(records, rows, strict=True):
        for name, value in zip(("symbol", "is_open", "pnl", "fees", "slippage", "income"), row, strict=True):
            record[name] = value
    return records


def test_profits_add_up_by_symbol_the_largest_first():
    found = contributions(
        trades(
            (0, 0, -30.0, 2.0, 1.0, 0.0),
            (2, 0, 50.0, 1.0, 0.5, 4.0),
            (2, 0, -10.0, 1.0, 0.5, 0.0),
            (2, 1, 5.0, 0.5, 0.25, 1.0),
        ),
        symbols=4,
        cash=1000.0,
    )
    assert found["symbol"].tolist() == [2, 1, 3, 0]
    assert found["pnl"].tolist() == [45.0, 0.0, 0.0, -30.0]
    assert found["contribution"].tolist() == [0.045, 0.0, 0.0, -0.03]
    assert found["trades"].tolist() == [2, 0, 0, 1]
    assert found["open_trades"].tolist() == [1, 0, 0, 0]
    assert found["won"].tolist() == [1, 0, 0, 0]
    assert found["hit_rate"][[0, 3]].tolist() == [0.5, 0.0]
    assert np.isnan(found["hit_rate"][1:3]).all()
    assert found["fees"].tolist() == [2.5, 0.0, 0.0, 2.0]
    assert found["slippage"].tolist() == [1.25, 0.0, 0.0, 1.0]
    assert found["income"].tolist() == [5.0, 0.0, 0.0, 0.0]


def test_a_trade_without_profit_did_not_win():
    (one,) = contributions(trades((0, 0, 0.0, 0.0, 0.0, 0.0)), 1, 100.0)
    assert (one["trades"], one["won"], one["hit_rate"]) == (1, 0, 0.0)


def test_no_trades_are_nothing_for_each_symbol():
    found = contributions(np.zeros(0, TRADE_DTYPE), 3, 100.0)
    assert found["symbol"].tolist() == [0, 1, 2]
    assert found["pnl"].tolist() == [0.0, 0.0, 0.0]


def test_interest_is_that_of_interest_events_alone():
    events = np.zeros(3, EVENT_DTYPE)
    events["kind"] = (5, 4, 5)
    events["amount"] = (3.0, -7.0, -1.0)
    assert interest_of(events) == 2.0


def renamed(bars, symbol):
    return Bars(symbol, "1d", bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)


def test_symbols_and_interest_sum_to_the_total_profit():
    series = [renamed(random_walk(250, seed=seed), name) for seed, name in enumerate("ABC", start=3)]
    result = ax.backtest(
        ax.SmaCross(fast=3, slow=8, short=True),
        series,
        account=ax.Account(credit_rate=0.03, debit_rate=0.06, borrow_rate=0.02),
        slippage_bps=5,
    )
    frame = result.contributions
    assert frame.index.name == "symbol"
    assert sorted(frame.index) == ["A", "B", "C"]
    assert frame["pnl"].is_monotonic_decreasing
    interest = interest_of(result.event_records)
    assert interest != 0
    assert frame["pnl"].sum() + interest == pytest.approx(result.equity_curve[-1] - 100_000)
    for symbol, row in frame.iterrows():
        own = result.trades[result.trades["symbol"] == symbol]
        assert row["pnl"] == pytest.approx(own["pnl"].sum())
        assert row["trades"] == (~own["is_open"]).sum()
        assert row["income"] < 0


def test_one_symbol_contributes_all():
    result = ax.backtest(ax.BuyAndHold(), daily([10, 10, 12]), commission_bps=0)
    (row,) = result.contributions.to_dict("records")
    assert row["pnl"] == pytest.approx(20_000)
    assert row["contribution"] == pytest.approx(0.2)
    assert (row["trades"], row["open_trades"]) == (0, 1)
