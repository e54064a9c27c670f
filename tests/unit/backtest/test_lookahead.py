"""The look-ahead test flags strategies that know the future, and no other."""

from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.backtest.lookahead import find_look_ahead
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.panel import Panel
from arbitrax.portfolio.schedule import rebalance_bars
from arbitrax.strategies.registry import BUILT_IN, find_strategy
from arbitrax.strategies.signals import Exits, Rebalance, Signals, Targets
from tests.market import random_walk, sample
from tests.minutes import new_york

AAPL = sample("AAPL")
SYMBOLS = ("AAPL", "FB", "GOOG", "GSPC", "IBM", "MSFT")


def weights(function):
    """Return a strategy whose weights are a function of closes."""

    class Made(ax.Strategy):
        def signals(self, bars):
            return np.where(function(pd.Series(bars.close)), 1.0, 0.0)

    return Made


FORESIGHT = {
    "next close": lambda c: c.shift(-1) > c,
    "next close by roll": lambda c: np.roll(c, -1) > c,
    "z-score of the whole series": lambda c: (c - c.mean()) / c.std() < 0,
    "rank in the whole series": lambda c: c.rank(pct=True) < 0.4,
    "maximum of all data": lambda c: c < 0.95 * c.max(),
    "centred average": lambda c: c < c.rolling(9, center=True).mean(),
    "filled backwards": lambda c: c.where(np.arange(len(c)) % 5 == 4).bfill() > c,
    "end of the week": lambda c: c.groupby(np.arange(len(c)) // 5).transform("last") > c,
}
HINDSIGHT = {
    "momentum": lambda c: c > c.shift(20),
    "rolling z-score": lambda c: (c - c.rolling(30).mean()) / c.rolling(30).std() < 0,
    "expanding rank": lambda c: c.expanding(20).rank(pct=True) < 0.4,
    "maximum so far": lambda c: c < 0.8 * c.cummax(),
    "exponential average": lambda c: c > c.ewm(span=20).mean(),
    "never": lambda c: c > 1e9,
    "always": lambda c: c > 0,
}


@pytest.mark.parametrize("name", FORESIGHT)
@pytest.mark.parametrize("bars", [AAPL, random_walk(700, seed=4)], ids=["AAPL", "random walk"])
def test_foresight_is_found(name, bars):
    found = ax.backtest(weights(FORESIGHT[name]), bars).honesty.look_ahead
    assert found.verdict == "failed", found
    assert "with no" in found.sentence
    assert found.bar is not None


@pytest.mark.parametrize("name", HINDSIGHT)
@pytest.mark.parametrize("bars", [AAPL, random_walk(700)], ids=["AAPL", "random walk"])
def test_hindsight_is_none(name, bars):
    found = find_look_ahead(ax.backtest(weights(HINDSIGHT[name]), bars))
    assert found.verdict == "ok", found
    assert len(found.cuts) >= 20


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("prices", ["adjusted", "raw"])
def test_built_in_strategies_do_not_look_ahead(name, prices):
    strategy = find_strategy(name)
    many = [sample(symbol) for symbol in SYMBOLS][: strategy.most_symbols]
    alone = (AAPL, sample("GSPC"), random_walk(900, deviation=0.02)) if strategy.least_symbols == 1 else ()
    for data in (*alone, many):
        found = find_look_ahead(ax.backtest(strategy, data, prices=prices))
        assert found.verdict in ("ok", "n/a"), found
        assert "Not tested" not in found.sentence or "too short" in found.sentence, found


def test_sentence_says_when_and_what():
    close = np.full(60, 100.0)
    close[40] = 110.0
    bars = random_walk(60)
    bars = replace(bars, open=close, high=close + 1, low=close - 1, close=close)
    found = find_look_ahead(ax.backtest(weights(FORESIGHT["next close"]), bars))
    assert found.verdict == "failed"
    # Bar 39 buys, one before the rise.
    assert found.bar == 39
    assert found.sentence.startswith("At 2000-02-25 the run bought 908.183 TEST")
    assert found.sentence.endswith("908.183 TEST, but with no later bars known it would not have.")


class Peeking(ax.Strategy):
    """Keeps the whole array that `on_start` sees."""

    guarded: bool = ax.parameter(False, doc="stop at the end of the array")

    def on_start(self, ctx):
        self.close = ctx.bars.close

    def on_bar(self, ctx):
        at = ctx.index + 1
        if self.guarded:
            at = min(at, len(self.close) - 1)
        elif at == 600:
            return
        ctx.order_target_percent(1.0 if self.close[at] > self.close[ctx.index] else 0.0)


@pytest.mark.parametrize("guarded", [True, False])
def test_events_that_read_the_array_of_on_start_ahead(guarded):
    found = find_look_ahead(ax.backtest(Peeking(guarded=guarded), random_walk(600)))
    assert found.verdict == "failed"
    if not guarded:
        assert "reads beyond the present" in found.sentence
        assert "IndexError" in found.sentence


def test_events_that_read_a_file(tmp_path):
    bars = random_walk(400)
    path = tmp_path / "future.csv"
    np.savetxt(path, bars.close)

    class Reader(ax.Strategy):
        def on_start(self, ctx):
            self.known = np.loadtxt(path)

        def on_bar(self, ctx):
            at = min(ctx.index + 1, len(self.known) - 1)
            ctx.order_target_percent(1.0 if self.known[at] > ctx.price else 0.0)

    found = find_look_ahead(ax.backtest(Reader, bars))
    assert found.verdict == "warning"
    assert "future.csv" in found.sentence


BARS = random_walk(500)
KNOWN = BARS.close


def test_data_of_its_own_that_foresees_the_bars():
    class Global(ax.Strategy):
        def on_bar(self, ctx):
            at = ctx.index
            if at + 1 < len(KNOWN):
                weight = 1.0 if KNOWN[at + 1] > KNOWN[at] else 0.0
                if weight != (ctx.position > 0):
                    ctx.order_target_percent(weight)

    found = find_look_ahead(ax.backtest(Global, BARS))
    assert found.verdict == "failed"
    assert "data of its own" in found.sentence


def test_a_timetable_foresees_nothing():
    class Tuesdays(ax.Strategy):
        def signals(self, bars):
            return np.where(np.arange(len(bars)) % 5 == 1, 1.0, 0.0)

    for bars in (BARS, AAPL):
        assert find_look_ahead(ax.backtest(Tuesdays, bars)).verdict == "ok"


def test_reversion_that_pays_is_no_foresight():
    # Prices that swing: buying the dip is right nine times in ten, from what was known.
    close = 100 + 3 * np.sin(np.arange(800) / 3) + np.random.default_rng(1).normal(0, 0.1, 800)
    bars = replace(random_walk(800), open=close, high=close + 0.1, low=close - 0.1, close=close)
    found = find_look_ahead(ax.backtest(weights(lambda c: c < c.rolling(40).mean()), bars))
    assert found.verdict == "ok"


class Brackets(ax.Strategy):
    """Sends orders of every kind, some of which live long."""

    def on_bar(self, ctx):
        at = ctx.index
        if at % 17 == 3:
            ctx.buy(10, limit=ctx.price * 0.97, stop_loss=0.05, take_profit=0.1, relative=True, tag=f"dip {at}")
        if at % 23 == 5:
            ctx.buy(5, stop=ctx.price * 1.02, time_in_force="day")
        if at % 29 == 7:
            ctx.sell(3, on="close")
        if at % 31 == 8 and ctx.position > 0:
            ctx.sell(2, trail_percent=0.05, reduce_only=True)
        if at % 41 == 9:
            ctx.buy(value=500.0, trailing_stop=0.04, max_bars=12, relative=True)
        if at % 97 == 0:
            ctx.cancel_all()


@pytest.mark.parametrize("prices", ["adjusted", "raw"])
@pytest.mark.parametrize("fill", ["next_open", "same_close"])
def test_orders_of_every_kind_raise_no_alarm(prices, fill):
    for bars in (AAPL, sample("IBM")):
        found = find_look_ahead(ax.backtest(Brackets, bars, prices=prices, fill=fill))
        assert found.verdict == "ok", found


def test_limits_set_by_the_next_low_are_found():
    class Sniper(ax.Strategy):
        def on_start(self, ctx):
            self.low = np.append(ctx.bars.low[1:], ctx.bars.low[-1])

        def on_bar(self, ctx):
            if ctx.index % 11 == 0:
                ctx.buy(1, limit=float(self.low[ctx.index]))

    found = find_look_ahead(ax.backtest(Sniper, random_walk(500)))
    assert found.verdict == "failed"
    assert "(limit at" in found.sentence or "bought" in found.sentence


def minutes(days, deviation=0.0005):
    times = new_york(days)
    close = np.round(100 * np.exp(np.cumsum(np.random.default_rng(4).normal(0, deviation, len(times)))), 2)
    first = np.append(close[0], close[:-1])
    high, low = np.maximum(first, close), np.minimum(first, close)
    return ax.Bars("M", "1m", times, first, high, low, close, np.full(len(times), 1e4))


@pytest.mark.parametrize("calendar", [None, "XNYS"])
def test_sessions_that_go_on_after_a_cut_raise_no_alarm(calendar):
    found = find_look_ahead(ax.backtest(Brackets, minutes(12), calendar=calendar))
    assert found.verdict == "ok", found


def test_longer_intervals_are_known_when_they_are_over():
    class Hourly(ax.Strategy):
        def on_start(self, ctx):
            self.hour = ctx.resample("1h")

        def on_bar(self, ctx):
            if len(self.hour) > 1 and self.hour.is_new:
                ctx.order_target_percent(1.0 if self.hour.close[0] > self.hour.open[0] else 0.0)

    run = ax.backtest(Hourly, minutes(12))
    assert len(run.order_records) > 5
    assert find_look_ahead(run).verdict == "ok"


def test_finer_bars_raise_no_alarm():
    from arbitrax.market_data.resample import resample

    fine = minutes(12)
    coarse = resample(fine, "1h")
    signals = Signals(entries=np.ones(len(coarse), bool), attached=Exits(stop_loss=0.002, take_profit=0.002))

    class Always(ax.Strategy):
        def signals(self, bars):
            return replace(signals, entries=np.ones(len(bars), bool))

    run = ax.backtest(Always, coarse, finer=fine)
    assert len(run.trade_records) > 10
    assert find_look_ahead(run).verdict == "ok"


def test_dividends_that_are_paid_after_a_cut_raise_no_alarm():
    bars = random_walk(500)
    days = bars.timestamp
    actions = [
        CorporateAction(
            symbol="TEST", kind="dividend", ex_date=int(days[at]), amount=2.0, currency="USD",
            pay_date=int(days[min(at + 25, 499)]),
        )
        for at in range(30, 480, 30)
    ]  # fmt: skip
    actions.append(CorporateAction(symbol="TEST", kind="split", ex_date=int(days[250]), ratio=3.0))
    for strategy in (Brackets(), ax.SmaCross(fast=3, slow=8), ax.BuyAndHold()):
        found = find_look_ahead(ax.backtest(strategy, bars, prices="raw", actions=actions))
        assert found.verdict == "ok", found


def test_levels_in_units_of_after_a_split_are_found():
    bars = random_walk(500)
    split = CorporateAction(symbol="TEST", kind="split", ex_date=int(bars.timestamp[400]), ratio=4.0)
    rule = weights(lambda c: c > c.iloc[0] + 2 if c.iloc[0] > 50 else c > 30.0)
    assert find_look_ahead(ax.backtest(rule, bars, prices="raw", actions=[split])).verdict == "failed"


def several(ends=False):
    """Return a panel of symbols that start, pause and end at different bars."""
    made = [replace(random_walk(400, seed=seed), symbol=f"S{seed}") for seed in range(4)]
    made[1] = made[1].take(slice(120, None))
    made[2] = made[2].take(np.r_[0:150, 230:400])
    if ends:
        made[3] = made[3].take(slice(0, 300))
    return Panel.from_bars(made)


class Monthly(ax.Strategy):
    """Holds what rose most."""

    ahead: int = ax.parameter(0, low=0, high=5, doc="bars to know in advance")
    on: str = ax.parameter("first", choices=("first", "last"), doc="session of the month")

    def portfolio(self, panel):
        rows = rebalance_bars(panel.timestamp, "month", on=self.on)
        rows = rows[rows >= 20]
        now = np.minimum(rows + self.ahead, len(panel) - 1)
        rise = np.nan_to_num(panel.close[now] / panel.close[rows - 20], nan=-1.0)
        chosen = np.zeros(rise.shape)
        chosen[np.arange(len(rows)), rise.argmax(axis=1)] = 1.0
        return Rebalance(rows, chosen)


@pytest.mark.parametrize("ends", [False, True])
def test_portfolios_of_symbols_that_come_pause_and_go(ends):
    for strategy in (Monthly(), ax.SmaCross(fast=3, slow=8), Events()):
        found = find_look_ahead(ax.backtest(strategy, several(ends)))
        assert found.verdict == "ok", found
    assert find_look_ahead(ax.backtest(Monthly(ahead=2), several(ends))).verdict == "failed"


class Events(ax.Strategy):
    """Equal shares of what is there, bar by bar."""

    def on_bar(self, ctx):
        for symbol in range(ctx.symbols):
            if ctx[symbol].has_bar and (ctx.index + symbol) % 13 == 0:
                ctx[symbol].order_target_percent(0.2, stop_loss=0.05, relative=True)


def test_what_only_a_calendar_tells_is_a_warning():
    found = find_look_ahead(ax.backtest(Monthly(on="last"), several()))
    assert found.verdict in ("warning", "ok")
    if found.verdict == "warning":
        assert "dates of later bars" in found.sentence


def test_targets_with_exits_are_compared():
    class Stops(ax.Strategy):
        ahead: bool = ax.parameter(False, doc="stop at the next bar's low")

        def signals(self, bars):
            rise = pd.Series(bars.close).pct_change(5).abs()
            loss = (rise.shift(-1) if self.ahead else rise).fillna(0.02).clip(0.001, 0.2).to_numpy()
            held = np.where(np.arange(len(bars)) % 10 < 5, 1.0, 0.0)
            return Targets(held, Exits(stop_loss=loss))

    assert find_look_ahead(ax.backtest(Stops(), AAPL)).verdict == "ok"
    assert find_look_ahead(ax.backtest(Stops(ahead=True), AAPL)).verdict == "failed"


def test_chance_is_no_look_ahead():
    class Dice(ax.Strategy):
        def signals(self, bars):
            return np.random.default_rng().integers(0, 2, len(bars)).astype(float)

    found = find_look_ahead(ax.backtest(Dice, AAPL))
    assert found.verdict == "warning"
    assert "not reproducible" in found.sentence


def test_state_kept_by_the_class_is_not_reproducible():
    class Counting(ax.Strategy):
        seen: ClassVar[list] = []

        def signals(self, bars):
            self.seen.append(1)
            return np.where(np.arange(len(bars)) % (5 + len(self.seen)) < 2, 1.0, 0.0)

    assert "not reproducible" in find_look_ahead(ax.backtest(Counting, AAPL)).sentence


def test_state_of_an_instance_is_not_carried_over():
    class Once(ax.Strategy):
        bought = False

        def on_bar(self, ctx):
            if not self.bought and ctx.index > 50:
                self.bought = True
                ctx.buy(10)

    assert find_look_ahead(ax.backtest(Once(), AAPL)).verdict == "ok"


def test_strategies_that_cannot_be_made_anew_say_so():
    class Odd(ax.Strategy):
        def __init__(self, closes):
            super().__init__()
            self.closes = closes

        def signals(self, bars):
            return np.where(bars.close > self.closes.mean(), 1.0, 0.0)

    panel = ax.backtest(Odd(AAPL.close), AAPL).honesty
    found = panel.look_ahead
    assert found.verdict == panel.costs.verdict == "n/a"
    assert "cannot be made anew" in found.sentence


def test_histories_too_short_to_cut_say_so():
    found = find_look_ahead(ax.backtest(ax.BuyAndHold(), random_walk(2)))
    assert found.verdict == "n/a"
    assert "too short" in found.sentence


def test_a_strategy_that_needs_more_bars_than_it_says_is_no_cheat():
    class Long(ax.Strategy):
        def signals(self, bars):
            return np.where(bars.close > bars.close[150], 1.0, 0.0) * (np.arange(len(bars)) > 150)

    found = find_look_ahead(ax.backtest(Long, random_walk(600)))
    assert found.verdict == "warning"
    assert "could not be tested" in found.sentence


def test_a_compiled_strategy_is_tested_compiled():
    pytest.importorskip("numba")

    class Compiled(ax.Strategy):
        def on_bar(self, ctx):
            if ctx.index % 10 == 0:
                ctx.order_target_percent(0.5)
            if ctx.index % 10 == 5:
                ctx.order_target_percent(0.0)

    assert find_look_ahead(ax.backtest(Compiled, AAPL, jit=True)).verdict == "ok"


def test_cuts_are_the_same_each_time():
    result = ax.backtest(ax.SmaCross(), AAPL)
    assert find_look_ahead(result).cuts == find_look_ahead(result).cuts
    assert all(0 < cut < len(AAPL) - 1 for cut in find_look_ahead(result).cuts)
