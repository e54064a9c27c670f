import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.report import render_comparison
from arbitrax.domain.errors import InputError
from tests.market import daily, random_walk, sample
from tests.report_page import answers_of, recorded_of


@pytest.fixture(scope="module")
def two():
    bars = sample("AAPL")
    return (
        ax.backtest(ax.SmaCross(fast=10, slow=30), bars),
        ax.backtest(ax.SmaCross(fast=20, slow=30), bars, slippage_bps=5),
    )


def test_only_what_differs_is_listed(two):
    comparison = ax.compare(*two)
    assert comparison.differing == {"parameters.fast": ("10", "20"), "slippage_bps": ("0", "5")}
    assert comparison.names == ("fast=10", "fast=20")
    assert comparison.notices == ("Their costs differ.",)
    assert comparison.settings.loc["slippage_bps"].tolist() == ["0", "5"]


def test_metrics_and_their_differences(two):
    comparison = ax.compare(*two)
    first, second = (each.metrics["sharpe"] for each in two)
    assert comparison.values["sharpe"] == (first, second)
    assert comparison.differences("sharpe") == (second - first,)
    assert comparison.metrics.loc["sharpe"].tolist() == [first, second]
    assert repr(comparison).splitlines()[0].split() == ["fast=10", "fast=20"]


def test_an_undefined_metric_has_no_difference():
    short = daily([10, 11, 12])
    comparison = ax.compare(ax.backtest(ax.BuyAndHold(), short), ax.backtest(ax.BuyAndHold(), short, commission_bps=5))
    assert comparison.values["cagr"] == (None, None)
    assert comparison.differences("cagr") == (None,)


def test_curves_lie_on_one_time_axis_and_end_where_their_run_does():
    bars = daily([10, 11, 12, 13, 14])
    early, late = (
        ax.backtest(ax.BuyAndHold(), each, commission_bps=0)
        for each in (bars.take(slice(0, 3)), bars.take(slice(2, 5)))
    )
    comparison = ax.compare(early, late)
    time, growth = comparison.growth
    assert time.tolist() == bars.timestamp.tolist()
    np.testing.assert_allclose(growth[:, 0], [1, 1, 12 / 11, np.nan, np.nan])
    np.testing.assert_allclose(growth[:, 1], [np.nan, np.nan, 1, 1, 14 / 13])
    assert comparison.notices[0].startswith("The runs cover different ranges (BuyAndHold #1 ")


def test_a_run_keeps_its_value_between_its_own_bars():
    bars = daily([10, 11, 12, 13, 14])
    coarse = ax.backtest(ax.BuyAndHold(), bars.take(slice(0, 5, 2)), commission_bps=0)
    fine = ax.backtest(ax.BuyAndHold(), bars, commission_bps=0)
    assert ax.compare(fine, coarse).growth[1][:, 1].tolist() == [1, 1, 1, 1, 14 / 12]


def test_wrong_counts_and_names_are_refused(two):
    with pytest.raises(InputError, match="A comparison of 1 runs is not possible; give 2 to 8"):
        ax.compare(two[0])
    with pytest.raises(InputError, match="takes results of backtests, not str"):
        ax.compare(two[0], "bt_1")
    with pytest.raises(InputError, match="need as many different names"):
        ax.compare(*two, names=("a", "a"))


def test_the_page_holds_every_run_and_what_makes_them_hard_to_compare(two, tmp_path):
    third = ax.backtest(ax.BuyAndHold(), replace(random_walk(90), symbol="<b>"))
    comparison = ax.compare(*two, third)
    page = comparison.report(tmp_path / "deep" / "compare.html").read_text(encoding="utf-8")
    assert page == render_comparison(comparison)
    assert "<b>" not in page.partition("</title>")[0]
    recorded = recorded_of(page)
    assert recorded["notices"] == list(comparison.notices)
    for at, result in enumerate(comparison.results):
        told = answers_of(page, at)
        assert {each["name"]: each["value"] for each in told["/figures"]["figures"]} == dict(result.metrics)
        assert [float(each["close"]) for each in told["/equity"]["data"]] == result.equity_curve.tolist()


def test_runs_that_were_told_the_same_are_each_on_the_page(two):
    again = render_comparison(ax.compare(two[0], two[0], names=("one", "two")))
    first, second = recorded_of(again)["runs"]
    assert first != second
    assert answers_of(again, 1)[""]["id"] == second
