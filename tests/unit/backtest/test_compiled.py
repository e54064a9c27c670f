"""The same class interpreted and compiled: equal bytes, or a sentence that says why not."""

import subprocess
import sys

import numpy as np
import pytest

import arbitrax as ax
from arbitrax.backtest.compiled import check
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import StrategyError
from arbitrax.domain.intervals import DAY
from arbitrax.domain.orders import OrderKind, OrderRole, OrderStatus
from arbitrax.indicators.crossings import compare_moving_averages
from tests.market import random_walk, sample


class LimitEntry(ax.Strategy):
    """Uses what a compiled strategy may: lines, numbers, orders with exits, state of its own."""

    fast: int = ax.parameter(5)
    slow: int = ax.parameter(20)
    below: float = ax.parameter(0.001)

    @property
    def warmup(self):
        return self.slow

    def on_start(self, ctx):
        self.up = ctx.indicator(compare_moving_averages(ctx.bars.close, self.fast, self.slow))
        self.entries = 0
        self.highest = 0.0

    def on_bar(self, ctx):
        if ctx.price > self.highest:
            self.highest = ctx.price
        if ctx.position:
            if self.up[-1] < 0 and ctx.bars_held > 2:
                ctx.close()
        else:
            ctx.cancel_all()
            if self.up[-1] > 0 and self.up[-2] > 0:
                price = ctx.price * (1 - self.below)
                ctx.buy(10, limit=price, stop_loss=price * 0.95, take_profit=price * 1.1)
                self.entries += 1


class TwoSymbols(ax.Strategy):
    """Turns its money over between symbols by their last move."""

    def on_bar(self, ctx):
        for s in range(ctx.symbols):
            market = ctx[s]
            if market.has_bar and market.price > market.open:
                market.order_target_percent(0.4, trailing_stop=0.03, relative=True)
            elif market.weight > 0.1:
                market.sell(value=ctx.equity * 0.05)


class Watcher(LimitEntry):
    """Is told of fills and orders, and answers with orders of its own."""

    def on_start(self, ctx):
        super().on_start(ctx)
        self.bought = 0.0
        self.ended = 0

    def on_fill(self, ctx, fill):
        self.bought += fill.quantity * fill.price - fill.fee
        if fill.order.role == OrderRole.PLAIN and fill.quantity > 0:
            ctx.sell(1, limit=fill.reference_price * 1.03, reduce_only=True, tag="some profit")

    def on_order(self, ctx, order):
        if not order.is_open:
            self.ended += order.id
        if order.status == OrderStatus.CANCELLED and order.kind == OrderKind.LIMIT and order.remaining > 5:
            ctx.buy(2, stop=ctx.high * 1.01, tag="after all", time_in_force="day")


class Everything(ax.Strategy):
    """Sends orders of every kind, by the history alone."""

    def on_bar(self, ctx):
        for s in range(ctx.symbols):
            market = ctx[s]
            if ctx.index < 12 or not market.has_bar:
                continue
            close = market.history.close
            turn = (ctx.index + 5 * s) % 17
            if turn == 0:
                first = market.buy(3, limit=close[-1] * 0.99, tag="dip", time_in_force="gtd", until=ctx.time + 9 * DAY)
                market.sell(3, stop=close[-1] * 0.95, parent=first, tag="guard")
            elif turn == 3 and close[-1] > 0.98 * close[-10:].max():
                rise = market.buy(1, stop=market.history.high[-5:].max(), do_not_reduce=True)
                market.buy(1, limit=market.history.low[-5:].min(), oco=rise, tag="dip")
            elif turn == 5:
                market.buy(2, on="close", tag="auction")
            elif turn == 7:
                market.sell(1, on="open", limit=market.history.open[-2], tag="auction")
            elif turn == 9:
                market.order_target_value(20_000, trailing_stop=0.04, relative=True, max_bars=6, tag="aim")
            elif turn == 11 and market.history.volume.now > 0:
                market.sell(2, trail_percent=0.03, reduce_only=True, time_in_force="day")
            elif turn == 13:
                market.buy(5, limit=close[-1], time_in_force="ioc")
            elif turn == 14:
                market.sell(value=close[-1] * 2, time_in_force="fok", tag="fok")
            elif turn == 16:
                market.cancel_all()
                market.close(tag="over")


class Namer(LimitEntry):
    def on_bar(self, ctx):
        ctx.buy(1, tag=str(ctx.index))


class Closer(LimitEntry):
    def on_bar(self, ctx):
        ctx.buy(1, on="noon")


class Talker(LimitEntry):
    def on_bar(self, ctx):
        ctx.open_orders.clear()


class Prophet(LimitEntry):
    def on_bar(self, ctx):
        if self.up[ctx.index + 1] > 0:
            ctx.buy(1)


class Hoarder(LimitEntry):
    def on_start(self, ctx):
        self.prices = ctx.bars.close


@pytest.mark.parametrize("strategy", [LimitEntry, TwoSymbols, Watcher, Everything])
def test_compiled_gives_the_bytes_of_interpreted(strategy):
    one = strategy in (LimitEntry, Watcher)
    bars = random_walk(600, deviation=0.02) if one else [sample("AAPL"), sample("MSFT")]
    interpreted, compiled = (ax.backtest(strategy, bars, jit=jit) for jit in (False, True))
    assert len(interpreted.trade_records) > 10
    assert compiled.tags == interpreted.tags
    assert compiled.hash == interpreted.hash


def test_compiled_history_is_in_the_units_of_the_present():
    action = CorporateAction(symbol="AAPL", kind="split", ex_date=11_100 * DAY, ratio=3.0)
    bars = [sample("AAPL"), sample("MSFT")]
    runs = [ax.backtest(Everything, bars, jit=jit, prices="raw", actions=[action]) for jit in (False, True)]
    assert runs[0].hash == runs[1].hash
    assert runs[0].hash != ax.backtest(Everything, bars, prices="raw", actions=[]).hash


def test_what_compiled_callbacks_count_is_the_strategys_again():
    strategies = [Watcher(), Watcher()]
    for strategy, jit in zip(strategies, (False, True), strict=True):
        ax.backtest(strategy, random_walk(600, deviation=0.02), jit=jit)
    assert strategies[0].bought == strategies[1].bought != 0
    assert strategies[0].ended == strategies[1].ended > 0


def test_numbers_set_in_on_bar_are_the_strategys_again():
    strategies = [LimitEntry(), LimitEntry()]
    for strategy, jit in zip(strategies, (False, True), strict=True):
        ax.backtest(strategy, random_walk(300), jit=jit)
    assert strategies[0].entries == strategies[1].entries > 0
    assert strategies[0].highest == strategies[1].highest > 100
    assert isinstance(strategies[1].entries, int)


def test_the_future_is_closed_to_compiled_strategies_too():
    for jit in (False, True):
        with pytest.raises(StrategyError, match="on_bar failed at bar 19"):
            ax.backtest(Prophet, random_walk(60), jit=jit)


@pytest.mark.parametrize(
    ("strategy", "reason"),
    [
        (LimitEntry, None),
        (TwoSymbols, None),
        (Watcher, None),
        (Namer, "tag must be a text that stands in the source"),
        (Closer, "on = 'noon' is not one of open, close"),
        (Talker, "Unknown attribute 'open_orders'"),
        (Hoarder, "prices is ndarray; keep numbers, and lines made by ctx.indicator"),
    ],
)
def test_check_says_whether_a_strategy_compiles(strategy, reason):
    found = check(strategy())
    assert found is None if reason is None else reason in (found or "")


def test_an_order_that_makes_no_sense_stops_a_compiled_run():
    class Backwards(ax.Strategy):
        def on_bar(self, ctx):
            ctx.buy(-5.0)

    with pytest.raises(StrategyError, match="at bar 0: it sent an order that makes no sense"):
        ax.backtest(Backwards, random_walk(30), jit=True)


def test_numba_is_never_imported_otherwise():
    code = (
        "import sys, arbitrax as ax; from tests.unit.backtest.test_compiled import LimitEntry, random_walk\n"
        "ax.backtest(LimitEntry, random_walk(60)); assert 'numba' not in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_lines_of_a_compiled_strategy_count_from_both_ends():
    class FirstAndLast(LimitEntry):
        def on_bar(self, ctx):
            count = len(self.up)
            if count != ctx.index + 1 or self.up[ctx.index] != self.up.now or self.up[0] != self.up[-count]:
                ctx.buy(-1.0)

    ax.backtest(FirstAndLast, random_walk(60), jit=True)
    assert np.isfinite(FirstAndLast().below)


class NotANumber(ax.Strategy):
    """Sends one order whose number is NaN."""

    which: int = ax.parameter(0)

    def on_bar(self, ctx):
        nothing = ctx.price * float("nan")
        if ctx.index == 3:
            if self.which == 0:
                ctx.buy(1, limit=nothing)
            elif self.which == 1:
                ctx.buy(1, stop=nothing)
            elif self.which == 2:
                ctx.buy(1, stop_loss=nothing)
            elif self.which == 3:
                ctx.order_target_percent(nothing)
            else:
                ctx.buy(1, max_bars=0)


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("which", range(5))
def test_a_number_that_is_none_is_never_an_order_without_it(which, jit):
    with pytest.raises(StrategyError, match="at bar 3"):
        ax.backtest(NotANumber(which=which), random_walk(20), jit=jit)


class FollowsVolume(ax.Strategy):
    """Buys what the volume before says, in units of the present."""

    def on_bar(self, ctx):
        if ctx.index >= 2:
            ctx.buy(ctx.history.volume[-2] * 0.001)


def test_volume_before_a_split_is_in_present_units_in_both_forms():
    bars = random_walk(30)
    split = CorporateAction(symbol=bars.symbol, kind="split", ex_date=int(bars.timestamp[15]), ratio=3.0)
    runs = [ax.backtest(FollowsVolume(), bars, prices="raw", actions=[split], jit=jit) for jit in (False, True)]
    assert runs[0].order_records.tobytes() == runs[1].order_records.tobytes()
    assert runs[0].order_records["size"][13] == pytest.approx(bars.volume[14] * 3 * 0.001)
