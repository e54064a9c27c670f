import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.frames import equity_frame, orders_frame, to_polars, trades_frame
from arbitrax.backtest.spec import RunSpec, StrategyRef
from tests.market import daily, random_walk


def run(strategy, bars):
    reference = StrategyRef(name="test", class_name="Test", parameters=strategy.values)
    return run_backtest(RunSpec(strategy=reference, symbols=(bars.symbol,)), strategy, bars)


class Scripted(ax.Strategy):
    """Holds the weights the test put there."""

    weights = ()

    def signals(self, bars):
        return np.array(self.weights, dtype=np.float64)


def scripted(*weights):
    strategy = Scripted()
    strategy.weights = weights
    return strategy


@pytest.fixture(scope="module")
def result():
    return run(ax.SmaCross(fast=3, slow=8, short=True), random_walk(300))


def test_equity_is_by_utc_time(result):
    frame = equity_frame(result)
    assert list(frame) == ["equity", "benchmark", "exposure", "leverage", "drawdown", "benchmark_drawdown"]
    assert frame.index.name == "time"
    assert str(frame.index.dtype) == "datetime64[ns, UTC]"
    assert np.array_equal(frame["equity"], result.equity_curve)
    assert np.array_equal(frame.index.asi8, result.bars.timestamp)
    assert frame["drawdown"].min() == pytest.approx(result.metrics["max_drawdown"])


def test_trades_have_words_times_and_returns(result):
    frame = trades_frame(result)
    assert set(frame["side"]) == {"long", "short"}
    assert list(frame["exit_reason"].unique()) == ["signal", "open"]
    assert frame["is_open"].tolist() == [False] * (len(frame) - 1) + [True]
    assert str(frame["entry_time"].dtype) == "datetime64[ns, UTC]"
    assert (frame["duration"] == frame["exit_time"] - frame["entry_time"]).all()
    closed = frame[~frame["is_open"]]
    assert closed["return"].max() == pytest.approx(result.metrics["best_trade"])
    assert closed["pnl"].mean() == pytest.approx(result.metrics["expectancy"])


def test_orders_that_never_fill_have_no_time_price_or_side():
    frame = orders_frame(run(scripted(0, 1, 1, 0), daily([10, 11, 12, 13])))
    assert frame["status"].tolist() == ["filled", "cancelled"]
    assert frame["reason"].tolist() == ["none", "end_of_data"]
    assert frame["side"].tolist()[0] == "buy"
    assert frame["side"].isna().tolist() == [False, True]
    assert frame["ended_time"].isna().tolist() == [False, False]
    assert frame["price"].isna().tolist() == [False, True]
    assert frame["created_time"].tolist() == [
        pd.Timestamp("2000-01-02", tz="UTC"),
        pd.Timestamp("2000-01-04", tz="UTC"),
    ]


def test_frames_without_rows_keep_their_columns():
    idle = run(scripted(0, 0, 0), daily([10, 11, 12]))
    assert len(orders_frame(idle)) == 0
    assert list(trades_frame(idle)) == list(trades_frame(run(scripted(1, 1, 1), daily([10, 11, 12]))))
    assert to_polars(idle)["trades"].schema["exit_reason"] == pl.String


def test_frames_do_not_alias_the_result(result):
    frame = orders_frame(result)
    frame.loc[0, "quantity"] = -1.0
    assert result.order_records["quantity"][0] > 0


def test_polars_frames_equal_the_pandas_ones(result):
    frames = to_polars(result)
    assert list(frames) == ["equity", "orders", "fills", "events", "trades", "contributions"]
    assert frames["trades"].schema["entry_time"] == pl.Datetime("ns", "UTC")
    assert frames["trades"].schema["duration"] == pl.Duration("ns")
    for name, wanted in (("orders", orders_frame(result)), ("trades", trades_frame(result))):
        assert frames[name].columns == list(wanted)
        assert frames[name]["side"].to_list() == wanted["side"].tolist()
        assert np.array_equal(frames[name]["quantity"].to_numpy(), wanted["quantity"].to_numpy())


def test_result_gives_the_frames(result):
    assert result.trades.equals(trades_frame(result))
    assert result.orders.equals(orders_frame(result))
    assert result.equity.equals(equity_frame(result))
    assert list(result.to_polars()) == ["equity", "orders", "fills", "events", "trades", "contributions"]


@pytest.mark.parametrize("name", ["orders", "fills", "events", "trades", "contributions"])
def test_the_documents_list_the_columns(result, name):
    text = (Path(__file__).parents[3] / "docs/concepts/life-of-an-order.md").read_text(encoding="utf-8")
    listed = re.search(rf"\| `{name}` \| ([^|;]+)", text)[1]
    assert [each.split()[0] for each in listed.split(",")] == list(getattr(result, name))
