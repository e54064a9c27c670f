"""The honesty panel: each part against figures computed otherwise, and each undefined answer in a sentence."""

import json
import math

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.cost_multiples import break_even, scale_costs
from arbitrax.backtest.resampling import block_length, percentile_interval
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from tests.market import daily, random_walk, sample

AAPL = sample("AAPL")
RUN = ax.backtest(ax.SmaCross(), AAPL)


def noise(n, correlation, seed):
    """A first-order autoregression on sums of twelve numbers of a linear congruential generator."""
    values, state, last = [], seed, 0.0
    for _ in range(n):
        total = 0.0
        for _ in range(12):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 11) / 2**53
        last = correlation * last + (total - 6.0)
        values.append(last)
    return np.array(values)


# arch 8.0.0, arch.bootstrap.optimal_block_length(noise(n, correlation, 7))["stationary"]
BLOCKS = (
    (20, 0.0, 1.569196925969238),
    (100, 0.0, 1.065993794560505),
    (100, 0.5, 4.369550904676179),
    (500, -0.4, 5.956311153715822),
    (2520, 0.0, 1.8695847177947424),
    (2520, 0.3, 9.405814498117927),
    (2520, 0.9, 48.53247194904639),
    (5000, 0.1, 7.585078122065175),
)


@pytest.mark.parametrize(("n", "correlation", "expected"), BLOCKS)
def test_block_length_is_that_of_arch(n, correlation, expected):
    assert block_length(noise(n, correlation, 7)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("values", [np.zeros(0), np.ones(1), np.ones(50), np.array([0.0, 1.0, 0.0]), np.arange(5.0)])
def test_block_length_of_the_least_series_is_within_its_bounds(values):
    assert 1 <= block_length(values) <= max(1, np.ceil(min(3 * np.sqrt(len(values)), len(values) / 3)))


def test_percentiles_are_those_of_numpy():
    values = np.random.default_rng(3).normal(size=137)
    assert percentile_interval(values) == pytest.approx(np.percentile(values, [2.5, 97.5]))


def test_intervals_hold_the_run_and_are_those_of_its_returns():
    found = RUN.honesty.intervals
    metrics = RUN.metrics
    for name in ("sharpe", "cagr", "max_drawdown"):
        interval = getattr(found, name)
        assert interval.low < interval.value < interval.high
        assert interval.value == pytest.approx(metrics[name], rel=1e-9)
    assert found.returns == len(AAPL) - 1
    assert found.resamples == 1000
    # Lo (2002): the deviation of a Sharpe ratio of independent returns is sqrt((1 + S^2 / 2) / years).
    deviation = np.sqrt((1 + found.sharpe.value**2 / 252 / 2) * 252 / found.returns)
    assert found.sharpe.high - found.sharpe.low == pytest.approx(2 * 1.96 * deviation, rel=0.15)


def test_intervals_are_the_same_each_time():
    again = ax.backtest(ax.SmaCross(), AAPL).honesty
    assert again.intervals == RUN.honesty.intervals
    assert again.costs == RUN.honesty.costs
    other = ax.backtest(ax.SmaCross(fast=11), AAPL).honesty.intervals
    assert other != RUN.honesty.intervals


def test_cost_multiples_are_runs_of_their_own():
    for each in RUN.honesty.costs.multiples:
        run = ax.backtest(ax.SmaCross(), AAPL, commission_bps=10 * each.multiple)
        assert each.total_return == pytest.approx(run.metrics["total_return"], rel=1e-12)
        assert each.cagr == pytest.approx(run.metrics["cagr"], rel=1e-12)
        assert each.sharpe == pytest.approx(run.metrics["sharpe"], rel=1e-9)
    assert [each.multiple for each in RUN.honesty.costs.multiples] == [0, 1, 2, 3]


def test_break_even_costs_leave_nothing():
    found = RUN.honesty.costs.break_even
    at = ax.backtest(ax.SmaCross(), AAPL, commission_bps=10 * found)
    assert abs(at.metrics["total_return"]) < 0.02
    assert f"{found:.2f} times" in RUN.honesty.costs.sentence


def test_break_even_of_a_line_is_exact():
    assert break_even(lambda m: 10 - 3 * m, {0: 10, 1: 7, 2: 4, 3: 1}, runs=3) == pytest.approx(10 / 3)
    assert break_even(lambda m: 10 - 3 * m, {0: 10, 1: 7, 2: 4, 3: 1}, runs=0) is None
    assert break_even(lambda m: -1.0, {0: -1, 1: -2}, runs=5) is None
    assert break_even(lambda m: 5.0, {0: 6, 1: 5}, runs=20) is None


def test_every_cost_is_multiplied_and_no_limit():
    costs = ax.Costs(
        maker_bps=2, per_share=0.01, per_order=1, minimum=2, maximum_bps=50, tiers=((0, 9), (1e6, 4)), half_spread=0.02,
        volume_share=0.1, square_root=0.5, participation=0.2, currency_unit=0.01,
    )  # fmt: skip
    spec = replace(RUN.spec, slippage_bps=3, costs=costs)
    doubled = scale_costs(spec, 2)
    assert (doubled.commission_bps, doubled.slippage_bps) == (20, 6)
    assert doubled.costs == ax.Costs(
        maker_bps=4, per_share=0.02, per_order=2, minimum=4, maximum_bps=100, tiers=((0, 18), (1e6, 8)),
        half_spread=0.04, volume_share=0.2, square_root=1, participation=0.2, currency_unit=0.01,
    )  # fmt: skip
    assert scale_costs(spec, 1) == spec


def test_costs_that_a_run_does_not_allow_are_said():
    found = ax.backtest(ax.SmaCross(), AAPL, commission_bps=2000).honesty.costs
    assert [each.multiple for each in found.multiples] == [0, 1, 2]
    assert "beyond what a run allows" in found.sentence


def test_a_long_run_bar_by_bar_is_estimated(monkeypatch):
    class Weekly(ax.Strategy):
        def on_bar(self, ctx):
            if ctx.index % 5 == 0:
                ctx.order_target_percent(1.0 if ctx.index % 10 else 0.5)

    exact = ax.backtest(Weekly, AAPL).honesty.costs
    monkeypatch.setattr("arbitrax.backtest.honesty.CALLED", 1000)
    estimated = ax.backtest(Weekly, AAPL).honesty.costs
    assert "estimated" in estimated.basis
    assert estimated.multiples[1].total_return == exact.multiples[1].total_return
    assert estimated.multiples[2].total_return < exact.multiples[1].total_return


def test_zero_costs_are_a_warning():
    found = ax.backtest(ax.SmaCross(), AAPL, commission_bps=0).honesty
    assert found.costs.verdict == "warning"
    assert "zero" in found.costs.sentence
    assert sum("Costs are zero" in sentence for _, _, sentence in found.lines) == 1


def test_best_trades_are_counted():
    profits = np.sort(RUN.trades["pnl"])[::-1]
    found = RUN.honesty.concentration
    assert found.trades == len(profits)
    assert found.share == pytest.approx(profits[:5].sum() / profits.sum())
    assert found.return_without == pytest.approx(RUN.equity_curve[-1] / 1e5 - 1 - profits[:5].sum() / 1e5)


def test_fills_are_measured_by_the_volume_as_traded():
    # At half the price, adjusted for a split to come, twice the shares: volume as traded is in old ones.
    close = np.full(40, 100.0)
    factor = np.where(np.arange(40) < 20, 0.5, 1.0)
    bars = daily(close, adj_close=close * factor)

    class Buy(ax.Strategy):
        def on_bar(self, ctx):
            if ctx.index == 4:
                ctx.buy(100)

    for prices, units in (("adjusted", 50), ("raw", 100)):
        found = ax.backtest(Buy, bars, prices=prices, commission_bps=0).honesty.liquidity
        assert found.largest == pytest.approx(units / 1000)
        assert (found.bars, found.above, found.verdict) == ((1, 0, "ok") if units == 50 else (1, 1, "warning"))


def test_bars_without_volume_are_said():
    bars = replace(random_walk(100), volume=np.zeros(100))
    found = ax.backtest(ax.SmaCross(fast=2, slow=5), bars).honesty.liquidity
    assert found.verdict == "n/a"
    assert found.unknown > 0


def test_flags_say_what_a_run_rests_on():
    found = ax.backtest(ax.SmaCross(), AAPL, fill="same_close").honesty
    assert any(flag.name == "same_close" and flag.verdict == "warning" for flag in found.flags)
    raw = ax.backtest(ax.SmaCross(), AAPL, prices="raw").honesty
    assert any(flag.name == "prices" and flag.verdict == "warning" and "split" in flag.sentence for flag in raw.flags)
    plain = next(flag for flag in RUN.honesty.flags if flag.name == "prices")
    assert plain.verdict == "ok"

    class Level(ax.Strategy):
        def signals(self, bars):
            return np.where(bars.close > 100, 1.0, 0.0)

    assert any(flag.name == "price_levels" for flag in ax.backtest(Level, AAPL).honesty.flags)


def test_bankruptcy_fails():
    class Short(ax.Strategy):
        def signals(self, bars):
            return np.full(len(bars), -1.0)

    bars = daily(np.geomspace(100, 900, 60))
    run = ax.backtest(Short, bars, account=ax.Account(leverage=1, maintenance=0))
    assert run.bankrupt_bar is not None
    assert run.honesty.verdict == "failed"
    assert any(flag.name == "bankrupt" for flag in run.honesty.flags)


def test_a_run_without_trades_has_an_answer_to_everything():
    class Never(ax.Strategy):
        def signals(self, bars):
            return np.zeros(len(bars))

    found = ax.backtest(Never, random_walk(100)).honesty
    assert found.look_ahead.verdict == "ok"
    for part in (found.costs, found.intervals, found.concentration, found.liquidity):
        assert part.verdict == "n/a"
        assert part.sentence.endswith(".")


@pytest.mark.parametrize("bars", [2, 5, 21, 22])
def test_few_bars_have_an_answer(bars):
    found = ax.backtest(ax.BuyAndHold(), random_walk(bars)).honesty
    assert repr(found)
    assert json.dumps(found.document())


@pytest.mark.parametrize("name", BUILT_IN)
def test_panels_of_built_in_strategies(name):
    strategy = find_strategy(name)
    many = [sample(symbol) for symbol in ("AAPL", "FB", "IBM")][: strategy.most_symbols]
    for data in (*((AAPL,) if strategy.least_symbols == 1 else ()), many):
        found = ax.backtest(strategy, data).honesty
        assert found.verdict != "failed"
        assert all(sentence.endswith((".", ")")) for _, _, sentence in found.lines), found


def test_panel_is_text_and_data():
    text, data = repr(RUN.honesty), RUN.honesty.document()
    assert text.startswith("look-ahead")
    assert "computed in" in text
    assert set(data) == {
        "verdict", "look_ahead", "costs", "intervals", "concentration", "liquidity", "flags", "seconds",
    }  # fmt: skip
    assert data["look_ahead"]["verdict"] == "ok"
    assert msgspec.json.encode(data)
    assert RUN.honesty is RUN.honesty


def test_a_run_without_its_bars_says_what_it_cannot_tell():
    found = replace(RUN, origin=None, raw=None).honesty
    assert found.look_ahead.verdict == found.costs.verdict == found.liquidity.verdict == "n/a"
    assert found.intervals == RUN.honesty.intervals
    assert found.concentration == RUN.honesty.concentration


def test_panel_says_how_sure_a_sharpe_ratio_is():
    sure = {flag.name: flag for flag in RUN.honesty.flags}
    probability, needed = (RUN.metrics[name] for name in ("probabilistic_sharpe", "minimum_track_record"))
    assert f"probability of {probability:.1%}" in sure["probabilistic_sharpe"].sentence
    assert sure["probabilistic_sharpe"].verdict == ("ok" if probability >= 0.95 else "warning")
    assert f"takes {math.ceil(needed):,} returns; this run has {len(RUN.bars) - 1:,}." in (
        sure["minimum_track_record"].sentence
    )
    losing = {flag.name: flag for flag in ax.backtest(ax.BuyAndHold(weight=-1.0), AAPL).honesty.flags}
    assert losing["minimum_track_record"].verdict == "n/a"
    assert "no record is long enough" in losing["minimum_track_record"].sentence


def test_a_probability_is_never_certainty():
    waves = np.tile([0.02, -0.01], 800)
    bars = daily((100 * np.cumprod(1 + waves)).tolist())
    flags = {flag.label: flag for flag in ax.backtest(ax.BuyAndHold(), bars).honesty.flags}
    assert "with a probability of over 99.9%," in flags["probabilistic Sharpe"].sentence
    bars = daily((100 / np.cumprod(1 + waves)).tolist())
    flags = {flag.label: flag for flag in ax.backtest(ax.BuyAndHold(), bars).honesty.flags}
    assert "with a probability of below 0.1%," in flags["probabilistic Sharpe"].sentence


def test_a_run_that_stands_still_loses_nothing_without_costs():
    panel = ax.backtest(ax.BuyAndHold(), daily([10.0] * 100)).honesty
    assert panel.costs.sentence.startswith("It makes no profit even without costs: total return x0 +0.0%, x1 -0.1%")
    assert panel.concentration.sentence.startswith("The trades made no profit in all")


def test_intervals_of_a_ruined_account_are_no_comfort():
    found = ax.backtest(ax.BuyAndHold(weight=-1.0), daily([10] * 30 + [30] * 30)).honesty.intervals
    assert found.sharpe is None
    assert found.cagr.low == -1
    assert found.verdict == "warning"


def test_what_is_left_without_the_best_trades_is_told_of_the_starting_cash():
    found = RUN.honesty.concentration
    left = (RUN.equity_curve[-1] - np.sort(RUN.trade_records["pnl"])[-5:].sum()) / RUN.spec.cash - 1
    assert found.return_without == pytest.approx(left)
    assert f"without them it made {left:+,.1%} of its starting cash." in found.sentence
