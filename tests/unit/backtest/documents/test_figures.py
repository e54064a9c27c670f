import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.documents.figures import figures_message
from arbitrax.backtest.spec import StrategyRef
from tests.market import daily, random_walk


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(fast=3, slow=8, short=True), random_walk(700, seed=4))


@pytest.fixture(scope="module")
def told(result):
    return figures_message("bt_1", result, "1.2.3")


def test_benchmark_figures_are_those_of_holding(result, told):
    figures = {each.name: each for each in told.figures}
    curve = result.benchmark_curve
    assert figures["total_return"].benchmark == curve[-1] / curve[0] - 1
    assert figures["max_drawdown"].benchmark == np.min(curve / np.maximum.accumulate(curve) - 1)
    assert figures["profit_factor"].benchmark is None
    assert figures["sharpe"].value == result.metrics["sharpe"]
    assert told.benchmark == "Hold TEST"


def test_what_is_undefined_says_why():
    short = ax.backtest(ax.BuyAndHold(), daily([10, 11]))
    figures = {each.name: each for each in figures_message("bt_1", short, "1").figures}
    assert short.metrics.undefined
    for name, reason in short.metrics.undefined.items():
        assert (figures[name].value, figures[name].undefined_because) == (None, reason)


def test_the_histogram_counts_every_return_but_zeros(result, told):
    histogram = told.histogram
    assert sum(histogram.counts) == histogram.returns - histogram.zeros
    assert histogram.returns == len(result.bars) - 1
    assert 0.0 in histogram.edges
    assert np.all(np.diff(histogram.edges) > 0)


def test_flat_returns_have_no_histogram():
    flat = ax.backtest(ax.BuyAndHold(), daily([5, 5, 5, 5]), commission_bps=0)
    assert figures_message("bt_1", flat, "1").histogram is None


def test_orders_are_told_by_how_they_ended(result, told):
    (group,) = told.orders
    assert (group.status, group.reason, group.orders) == ("filled", "none", len(result.order_records))
    assert float(group.fees) == pytest.approx(result.order_records["fee"].sum())
    assert group.buys + group.sells == group.orders


def test_assumptions_name_the_first_decision_the_engine_and_the_hashes(result, told):
    facts = {each.label: each for each in told.assumptions}
    assert facts["First decision"].text == "2000-01-12, bar 8 of 700"
    assert facts["Engine"].text == "ArbitraX 1.2.3"
    assert (facts["Result"].text, facts["Run"].text, facts["Data"].text) == (
        result.hash,
        result.spec.hash,
        result.data_hash,
    )


def test_the_step_of_averages_has_no_exponent(told):
    facts = {each.label: each.text for each in told.assumptions}
    assert facts["Averages"] == "Exact to 0.00000001 of a currency unit"


def test_a_strategy_that_was_uploaded_says_so():
    assert StrategyRef("uploaded:Turtle", "Turtle", {}).title == "Turtle (uploaded)"
    assert StrategyRef("sma_cross", "SmaCross", {}).title == "sma_cross"


def test_free_trading_is_a_warning():
    free = ax.backtest(ax.BuyAndHold(), random_walk(40), commission_bps=0)
    facts = {each.label: each for each in figures_message("bt_1", free, "1").assumptions}
    assert facts["Costs"].warning


def test_assumptions_of_several_symbols_name_them_and_no_average_of_their_index():
    bars = [random_walk(60, seed=seed) for seed in (1, 2)]
    two = ax.backtest(
        ax.SmaCross(fast=3, slow=8), [ax.Bars("A", "1d", *_columns(bars[0])), ax.Bars("B<b>", "1d", *_columns(bars[1]))]
    )
    facts = {each.label: each.text for each in figures_message("bt_1", two, "1").assumptions}
    assert facts["Symbols"] == "2 on one account: A, B<b>"
    assert facts["Benchmark"].startswith("All symbols in equal shares")
    assert "Averages" not in facts


def _columns(bars):
    return [getattr(bars, name) for name in ("timestamp", "open", "high", "low", "close", "volume")]
