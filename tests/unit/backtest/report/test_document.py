import numpy as np
import pytest
from arbitrax.backtest.report.data import build_document

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.spec import RunSpec, StrategyRef
from tests.market import daily, random_walk


def run(strategy, bars, **options):
    reference = StrategyRef(name="test", class_name="Test", parameters=strategy.values)
    return run_backtest(RunSpec(strategy=reference, symbols=(bars.symbol,), **options), strategy, bars)


@pytest.fixture(scope="module")
def result():
    return run(ax.SmaCross(fast=3, slow=8, short=True), random_walk(700, seed=4))


def test_months_compound_to_years_and_years_to_the_total(result):
    years = build_document(result).years
    for year in years:
        months = [1 + value for value in year.months if value is not None]
        assert np.prod(months) - 1 == pytest.approx(year.total)
    assert np.prod([1 + year.total for year in years]) - 1 == pytest.approx(result.metrics["total_return"])
    assert np.prod([1 + year.benchmark_total for year in years]) - 1 == pytest.approx(
        result.metrics["benchmark_return"]
    )


def test_benchmark_figures_are_those_of_holding(result):
    document = build_document(result)
    curve = result.benchmark_curve
    assert document.figure("total_return").benchmark == curve[-1] / curve[0] - 1
    assert document.figure("max_drawdown").benchmark == min(document.curves.benchmark_drawdown)
    assert document.figure("profit_factor").benchmark is None
    assert document.figure("sharpe").value == result.metrics["sharpe"]


def test_histogram_counts_every_return_but_zeros(result):
    histogram = build_document(result).histogram
    assert sum(histogram.counts) == histogram.returns - histogram.zeros
    assert histogram.returns == len(result.bars) - 1
    assert 0.0 in histogram.edges
    assert np.all(np.diff(histogram.edges) > 0)


def test_trades_and_orders_carry_words(result):
    document = build_document(result)
    assert set(document.trades.side) == {"long", "short"}
    assert document.trades.exit_reason[-1] == "open"
    assert document.open_trades == 1
    (group,) = document.orders
    assert (group.status, group.reason) == ("filled", "none")
    assert group.fees == pytest.approx(result.order_records["fee"].sum())


def test_first_decision_is_named(result):
    facts = {fact.label: fact for fact in build_document(result, facts={"Warm-up": "8 bars"}).assumptions}
    assert facts["First decision"].text == "2000-01-12, bar 8 of 700"
    assert facts["Warm-up"].text == "8 bars"
    assert facts["Strategy source"].warning


def test_flat_returns_have_no_histogram():
    assert build_document(run(ax.BuyAndHold(), daily([5, 5, 5, 5]), commission_bps=0)).histogram is None
