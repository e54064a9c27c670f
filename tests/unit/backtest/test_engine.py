import datetime

import msgspec
import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.backtest.specify import cut_to_range, strategy_ref
from arbitrax.domain.errors import DataError, InputError, RangeError, StrategyError
from tests.market import daily, random_walk, sample


def run(strategy, bars, benchmark=None, **options):
    spec = RunSpec(strategy=strategy_ref(strategy, "test"), symbols=(bars.symbol,), **options)
    return run_backtest(spec, strategy, cut_to_range(bars, spec), benchmark)


class Fixed(ax.Strategy):
    """Returns what the test put there."""

    wanted = None

    def signals(self, bars):
        if isinstance(self.wanted, BaseException):
            raise self.wanted
        return self.wanted


def fixed(wanted):
    strategy = Fixed()
    strategy.wanted = wanted
    return strategy


def plain_sma_all_in(bars, fast, slow, fee, cash):
    """The same rule in a dozen plain lines: all in at the open after the averages cross."""
    close, quantity, want, equity = bars.close.tolist(), 0.0, False, []
    units = [round(price * 1e8) for price in close]  # averages are exact at 1e-8, so that ties are ties
    for i in range(len(close)):
        if want and quantity == 0:
            quantity, cash = cash / (bars.open[i] * (1 + fee)), 0.0
        elif not want and quantity > 0:
            cash, quantity = quantity * bars.open[i] * (1 - fee), 0.0
        equity.append(cash + quantity * close[i])
        averages = sum(units[i + 1 - fast : i + 1]) * slow, sum(units[i + 1 - slow : i + 1]) * fast
        want = i >= slow - 1 and averages[0] > averages[1]
    return np.array(equity)


@pytest.mark.parametrize("symbol", ["AAPL", "MSFT", "IBM", "GOOG", "FB", "GSPC"])
@pytest.mark.parametrize("prices", ["raw", "adjusted"])
def test_sma_cross_on_real_prices_agrees_with_a_plain_loop(symbol, prices):
    bars = sample(symbol)
    result = run(ax.SmaCross(fast=10, slow=30), bars, prices=prices, commission_bps=10, cash=1e6)
    expected = plain_sma_all_in(bars.adjusted() if prices == "adjusted" else bars, 10, 30, 0.001, 1e6)
    np.testing.assert_allclose(result.equity_curve, expected, rtol=1e-9)


def test_splits_are_crashes_in_raw_prices_only():
    aapl = sample("AAPL")
    raw = run(ax.BuyAndHold(), aapl, start="2000-06-01", end="2000-07-31", prices="raw")
    adjusted = run(ax.BuyAndHold(), aapl, start="2000-06-01", end="2000-07-31")
    assert raw.metrics["max_drawdown"] < -0.5
    assert adjusted.metrics["max_drawdown"] > -0.25
    assert (raw.bars.basis, adjusted.bars.basis) == ("raw", "adjusted")


def test_same_run_gives_the_same_bytes_and_another_does_not():
    bars = random_walk(300)
    first, second = (run(ax.SmaCross(), bars) for _ in range(2))
    assert first.hash == second.hash
    assert first.spec.hash == second.spec.hash
    assert run(ax.SmaCross(), bars, slippage_bps=1).hash != first.hash
    assert run(ax.SmaCross(), bars, slippage_bps=1).spec.hash != first.spec.hash


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (np.zeros(3), r"returned weights of shape \(3,\) for 5 bars"),
        (1.0, r"returned weights of shape \(1,\) for 5 bars"),
        (np.array([0, 0, 1.5, 0, 0]), "asks for weight 1.5 at bar 2"),
        (np.array([0, -2, 0, 0, 0]), "asks for weight -2 at bar 1"),
        (np.array([0, np.inf, 0, 0, 0]), "asks for weight inf at bar 1"),
        ("text", "returned list as weights, which is no array of numbers"),
        (RuntimeError("boom"), "signals failed: RuntimeError: boom"),
    ],
)
def test_a_strategy_that_breaks_its_contract_is_named(wanted, message):
    with pytest.raises(StrategyError, match=message):
        run(fixed(wanted), daily([1, 2, 3, 4, 5]))


def test_a_strategy_cannot_change_the_prices():
    class Cheat(ax.Strategy):
        def signals(self, bars):
            bars.open[:] = 1.0
            return np.ones(len(bars))

    with pytest.raises(StrategyError, match="read-only"):
        run(Cheat(), daily([1, 2, 3, 4, 5]))


def test_too_few_bars_for_the_warm_up():
    with pytest.raises(RangeError, match=r"needs at least 31 bars .* TEST has 30"):
        run(ax.SmaCross(fast=10, slow=30), random_walk(30))
    assert len(run(ax.SmaCross(fast=10, slow=30), random_walk(31)).bars) == 31


@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2001-01-01", "2000-01-01", "lies after"),
        ("2030-01-01", None, "has no 1d bars from 2030-01-01 to the end; it has 2000-01-01 to 2000-01-05"),
        ("31.12.2012", None, "'31.12.2012' is not a date"),
        (None, "2000-02-30", "'2000-02-30' is not a date"),
    ],
)
def test_wrong_ranges(start, end, message):
    with pytest.raises(RangeError, match=message):
        run(ax.BuyAndHold(), daily([1, 2, 3, 4, 5]), start=start, end=end)


def test_both_ends_of_a_range_are_included():
    result = run(ax.BuyAndHold(), daily([1, 2, 3, 4, 5]), start="2000-01-02", end="2000-01-04")
    assert result.bars.close.tolist() == [2, 3, 4]


@pytest.mark.parametrize(
    "options",
    [{"cash": 0}, {"cash": float("nan")}, {"commission_bps": -1}, {"slippage_bps": 9000}, {"risk_free": 7}],
)
def test_numbers_out_of_bounds_are_refused(options):
    with pytest.raises(InputError, match=f"{next(iter(options))} = .* is not allowed; give a number from"):
        RunSpec(strategy=StrategyRef("x", "X", {}), symbols=("X",), **options)


def test_benchmark_uses_its_last_known_close():
    bars = daily([10, 11, 12, 13])
    other = daily([50, 100], symbol="OTHER")
    assert run(ax.BuyAndHold(), bars, other).benchmark_curve.tolist() == [100_000, 200_000, 200_000, 200_000]


def test_benchmark_that_starts_later_is_refused():
    with pytest.raises(DataError, match="OTHER starts after the first bar of TEST"):
        run(ax.BuyAndHold(), daily([10, 11, 12, 13]), daily([5, 6, 7, 8], symbol="OTHER").take(slice(2, None)))


def test_benchmark_that_ends_earlier_is_refused():
    early = daily([5, 6, 7, 8], symbol="OTHER").take(slice(0, 2))
    with pytest.raises(DataError, match="OTHER ends before the first bar of TEST"):
        run(ax.BuyAndHold(), daily([10, 11, 12, 13]).take(slice(2, None)), early)


def test_notices_tell_what_to_be_wary_of():
    notices = " ".join(run(ax.BuyAndHold(), daily([1, 2, 3]), commission_bps=0).notices)
    assert "no adjusted close" in notices
    assert "Costs are zero" in notices
    ended = run(ax.BuyAndHold(), daily([1, 2, 3]), daily([5, 6], symbol="OTHER")).notices
    assert "The benchmark OTHER ends on 2000-01-02; after that its last close is kept, a return of zero" in " ".join(
        ended
    )
    bankrupt = run(ax.BuyAndHold(weight=-1.0), daily([10, 10, 50, 50]))
    assert bankrupt.bankrupt_bar == 2
    assert "bankrupt" in " ".join(bankrupt.notices)


def test_benchmark_of_another_interval_is_refused_because_it_would_look_ahead():
    bars = random_walk(40)
    weekly = msgspec.structs.replace(random_walk(40), symbol="OTHER", interval="1w")
    with pytest.raises(DataError, match="The benchmark OTHER has 1w bars and TEST 1d bars"):
        run(ax.BuyAndHold(), bars, weekly)


def test_bars_that_lack_some_adjusted_closes_are_refused():
    bars = daily([10, 11, 12, 13], adj_close=[5, np.nan, 6, 6.5])
    with pytest.raises(DataError, match="TEST has bars without an adjusted close"):
        run(ax.BuyAndHold(), bars)
    assert len(run(ax.BuyAndHold(), bars, prices="raw").bars) == 4


def test_raw_prices_across_a_split_are_pointed_out():
    notices = run(ax.BuyAndHold(), sample("AAPL"), prices="raw").notices
    assert any("AAPL was split (as on 2000-06-21, 2005-02-28)" in each for each in notices)
    assert not any("split" in each for each in run(ax.BuyAndHold(), sample("AAPL")).notices)


@pytest.mark.parametrize("as_panel", [False, True])
def test_notices_of_many_symbols_are_one_sentence_each_kind(as_panel):
    series = [daily([1, 2, 3], symbol=f"S{number}") for number in range(6)]
    data = ax.Panel.from_bars(series) if as_panel else series
    notices = ax.backtest(ax.BuyAndHold(), data).notices
    assert [each for each in notices if "adjusted" in each] == [
        "S0, S1, S2 and 3 more have no adjusted close, so prices are used as given; splits may look like crashes."
    ]
    adjusted = [daily([1, 2, 3], symbol=f"S{number}", adj_close=[1, 2, 3]) for number in range(5)]
    data = ax.Panel.from_bars([*adjusted, series[5]]) if as_panel else [*adjusted, series[5]]
    assert any(each.startswith("S5 has no adjusted close") for each in ax.backtest(ax.BuyAndHold(), data).notices)


@pytest.mark.parametrize("as_panel", [False, True])
def test_raw_splits_of_a_portfolio_are_pointed_out(as_panel):
    series = [sample("AAPL"), sample("IBM")]
    data = ax.Panel.from_bars(series) if as_panel else series
    notices = ax.backtest(ax.BuyAndHold(), data, prices="raw").notices
    assert [each[:31] for each in notices if "split" in each] == ["Prices are raw and AAPL was split"[:31]]


def test_a_symbol_without_a_bar_in_the_range_is_named():
    panel = ax.Panel.from_bars([daily([1, 2, 3], symbol="A"), daily([1, 2, 3, 4, 5], symbol="B").take([4])])
    result = ax.backtest(ax.BuyAndHold(), panel, end="2000-01-03")
    assert "B has no bar in this range." in result.notices
    assert np.isfinite(result.equity_curve).all()


def test_equal_specs_have_equal_hashes_whatever_types_made_them():
    reference = StrategyRef("x", "X", {})
    made = [
        RunSpec(strategy=reference, symbols=("X",), cash=cash, start=start)
        for cash, start in [
            (100_000.0, "2012-01-31"), (100_000, datetime.date(2012, 1, 31)),
            ("100000", datetime.datetime(2012, 1, 31)),
            (np.float32(1e5), np.datetime64("2012-01-31")),
        ]
    ]  # fmt: skip
    assert len({each.hash for each in made}) == 1


@pytest.mark.parametrize(
    "options", [{"prices": "foo"}, {"prices": None}, {"fill": "now"}, {"interval": "1x"}, {"cash": None}]
)
def test_options_that_are_not_choices_are_refused(options):
    with pytest.raises(InputError, match=f"{next(iter(options))}|is not an interval"):
        RunSpec(strategy=StrategyRef("x", "X", {}), symbols=("X",), **options)


@pytest.mark.parametrize("text", ["20120131", "2012-W05", "2012-1-31", "31.12.2012", ""])
def test_dates_have_one_spelling(text):
    with pytest.raises(RangeError, match="write it as YYYY-MM-DD"):
        RunSpec(strategy=StrategyRef("x", "X", {}), symbols=("X",), start=text)


@pytest.mark.parametrize("warmup", [None, "5", -1, 2.5, True])
def test_a_warm_up_that_is_no_count_is_refused(warmup):
    strategy = type("Odd", (ax.BuyAndHold,), {"warmup": warmup})()
    with pytest.raises(StrategyError, match=r"Odd\.warmup is .*; make it a property"):
        run(strategy, daily([1, 2, 3]))


def test_a_warm_up_that_is_a_method_is_refused():
    strategy = type("Odd", (ax.BuyAndHold,), {"warmup": lambda self: 5})()
    with pytest.raises(StrategyError, match="make it a property"):
        run(strategy, daily([1, 2, 3]))


def test_a_strategy_cannot_end_the_program():
    with pytest.raises(StrategyError, match="SystemExit"):
        run(fixed(SystemExit(0)), daily([1, 2, 3]))


@pytest.mark.parametrize("factor", [1, 1e-4, 1e-8, 1e3])
def test_averages_decide_alike_at_any_price_level(factor):
    bars = random_walk(300)
    scaled = daily(bars.close * factor, open_=bars.open * factor)
    first, second = (
        run(ax.SmaCross(fast=5, slow=20), each, commission_bps=0)
        for each in (daily(bars.close, open_=bars.open), scaled)
    )
    assert first.order_records["created_bar"].tolist() == second.order_records["created_bar"].tolist()
    np.testing.assert_allclose(first.equity_curve, second.equity_curve, rtol=1e-9)
