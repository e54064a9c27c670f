"""Event strategies that follow longer intervals beside their own."""

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import InputError, StrategyError
from tests.market import daily
from tests.minutes import new_york, series


class Watch(ax.Strategy):
    """Notes at each bar what it knows of a longer interval."""

    def __init__(self, interval):
        super().__init__()
        self.interval = interval
        self.seen = []

    def on_start(self, ctx):
        self.coarse = ctx.resample(self.interval)
        self.double = self.coarse.indicator(2 * self.coarse.bars.close)
        self.wanted = ax.align(self.coarse.bars.close, self.coarse.bars, ctx.bars)

    def on_bar(self, ctx):
        coarse = self.coarse
        known = len(coarse)
        assert len(coarse.close) == len(self.double) == known
        if known:
            assert coarse.close[-1] == coarse.close[known - 1] == coarse.close.now
            assert self.double[-1] == 2 * coarse.close[-1]
            assert coarse.high[-1] >= coarse.close[-1] >= coarse.low[-1]
            with pytest.raises(IndexError, match="future"):
                coarse.close[known]
        else:
            assert np.isnan(coarse.close.now)
            with pytest.raises(IndexError, match="only 0 have been"):
                coarse.close[-1]
        self.seen.append((coarse.close.now, known, coarse.is_new))


@pytest.mark.parametrize("interval", ["5m", "1h", "1d", "1w"])
def test_what_is_known_is_what_align_says(interval):
    strategy = Watch(interval)
    ax.backtest(strategy, series(new_york(10)))
    values, known, fresh = (np.array(each) for each in zip(*strategy.seen, strict=True))
    assert np.array_equal(values, strategy.wanted, equal_nan=True)
    assert np.array_equal(fresh, np.diff(known, prepend=0) > 0)
    assert known[-1] > 0


def test_an_exchange_says_when_its_day_is_over():
    times = new_york(3)
    seen = {}
    for calendar in (None, "XNYS"):
        strategy = Watch("1d")
        ax.backtest(strategy, series(times), calendar=calendar)
        seen[calendar] = [known for _, known, _ in strategy.seen]
    last = 389  # 15:59 in New York: its close is the session's
    assert (seen[None][last], seen[None][last + 1]) == (0, 1)
    assert (seen["XNYS"][last - 1], seen["XNYS"][last]) == (0, 1)


def test_the_last_hour_of_an_exchange_is_over_with_its_session():
    strategy = Watch("1h")
    ax.backtest(strategy, series(new_york(2)), calendar="XNYS")
    assert [strategy.seen[at][1] for at in (59, 388, 389, 390)] == [1, 6, 7, 7]


def test_weeks_beside_days_are_over_with_the_exchanges_last_session():
    # 2024-03-29 was Good Friday: that week was over on Thursday.
    days = np.array([np.datetime64(f"2024-03-{day:02}", "ns").astype(np.int64) for day in (25, 26, 27, 28)])
    strategy = Watch("1w")
    ax.backtest(strategy, series(days, "1d"), calendar="XNYS")
    assert [known for _, known, _ in strategy.seen] == [0, 0, 0, 1]


def test_each_symbol_has_its_own_hours():
    class Two(ax.Strategy):
        def on_start(self, ctx):
            self.hours = [ctx[at].resample("1h") for at in range(2)]

        def on_bar(self, ctx):
            self.last = [hours.close.now for hours in self.hours]

    strategy = Two()
    first = series(new_york(1))
    second = ax.Bars(
        "Y", *(getattr(first, name) for name in ("interval", "timestamp")), *[first.close * 3] * 4, first.volume
    )
    ax.backtest(strategy, [first, second])
    assert strategy.last[1] == 3 * strategy.last[0]


def test_raw_prices_are_in_the_units_of_the_present():
    # A week at 100, halved in the second: the first week's close is 50 once the split is past.
    bars = daily([100.0] * 9 + [50.0] * 12)  # 2000-01-01 was a Saturday
    split = CorporateAction(symbol="TEST", kind="split", ex_date=int(bars.timestamp[9]), ratio=2.0)
    strategy = Watch("1w")
    strategy.on_bar = lambda ctx: strategy.seen.append(strategy.coarse.close.now)
    ax.backtest(strategy, bars, prices="raw", actions=[split])
    assert strategy.seen[8] == 100.0
    assert strategy.seen[9] == 50.0


def test_shorter_intervals_and_late_calls_are_refused():
    with pytest.raises(InputError, match="1h bars cannot be made of 1d bars"):
        ax.backtest(Watch("1h"), daily([1.0] * 30))

    class Late(ax.Strategy):
        def on_bar(self, ctx):
            ctx.resample("1w")

    with pytest.raises(StrategyError, match="resample is for on_start"):
        ax.backtest(Late(), daily([1.0] * 30))


def test_a_compiled_strategy_says_what_to_do_instead():
    class Coarse(ax.Strategy):
        def on_start(self, ctx):
            self.hours = ctx.resample("1h").close

        def on_bar(self, ctx):
            if self.hours[-1] > 1:
                ctx.buy(1)

    with pytest.raises(StrategyError, match="hours is of a longer interval"):
        ax.backtest(Coarse(), series(new_york(1)), jit=True)
