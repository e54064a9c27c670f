"""Every rule of docs/concepts/fills.md on prices small enough for paper.

A scenario is bars of (open, high, low, close[, volume]), a script of what the strategy does at the close of a bar, and
what must have filled: (bar, signed quantity, price). Cash is 1,000 and costs are zero unless said.
"""

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import InputError, StrategyError
from arbitrax.domain.intervals import DAY, HOUR
from arbitrax.domain.orders import EventKind, ExitReason, OrderReason, OrderStatus

START = 10_957 * DAY  # 2000-01-01
NAN = float("nan")
FLAT = (100, 100, 100, 100)


class Scripted(ax.Strategy):
    """Does at each bar what the test wrote down; keeps the numbers of its orders."""

    def on_start(self, ctx):
        self.ids = []
        self.seen = []

    def on_bar(self, ctx):
        step = self.script.get(ctx.index)
        if step is not None:
            made = step(ctx)
            self.ids.append(made)
        self.seen.append((ctx.position, ctx.cash, ctx.equity))


def bars_of(rows, *, symbol="TEST", interval="1d", first=START, step=DAY):
    table = np.array([(*row, 1000.0)[:5] for row in rows], np.float64)
    time = first + np.arange(len(rows), dtype=np.int64) * step
    return Bars(symbol, interval, time, *(np.ascontiguousarray(column) for column in table.T))


def play(rows, script, *, cash=1000.0, data=None, **options):
    strategy = Scripted()
    strategy.script = script
    options = {"commission_bps": 0, **options}
    result = ax.backtest(strategy, bars_of(rows) if data is None else data, cash=cash, **options)
    result.__dict__["strategy"] = strategy
    return result


def fills(result):
    return [
        (int(each["bar"]), pytest.approx(each["quantity"], rel=1e-12), pytest.approx(each["price"], rel=1e-12))
        for each in result.fill_records
    ]


def outcome(result, number=0):
    record = result.order_records[number]
    return OrderStatus(record["status"]).name, OrderReason(record["reason"]).name


# -- timing ----------------------------------------------------------------------------------------


def test_an_order_sent_at_a_close_fills_at_the_next_open_and_never_in_its_bar():
    result = play([(10, 12, 9, 11), (20, 25, 15, 22), FLAT], {0: lambda ctx: ctx.buy(5)})
    assert fills(result) == [(1, 5, 20)]
    assert result.equity_curve.tolist() == [1000, 1010, 1400]


def test_same_close_fills_at_the_close_that_decided_and_is_marked():
    result = play([(10, 12, 9, 11), (20, 25, 15, 22)], {0: lambda ctx: ctx.buy(5)}, fill="same_close")
    assert fills(result) == [(0, 5, 11)]
    assert any("same_close" in text for text in result.notices)


def test_the_last_decision_has_nothing_to_fill_in():
    result = play([FLAT, FLAT], {1: lambda ctx: ctx.buy(1)})
    assert fills(result) == []
    assert outcome(result) == ("CANCELLED", "END_OF_DATA")


# -- kinds -----------------------------------------------------------------------------------------

KINDS = {
    "a limit fills at the limit when the low reaches it": (
        [FLAT, (100, 101, 95, 99)], {0: lambda ctx: ctx.buy(1, limit=96)}, [(1, 1, 96)]),
    "a limit fills at the open when the bar gaps through it": (
        [FLAT, (94, 101, 93, 99)], {0: lambda ctx: ctx.buy(1, limit=96)}, [(1, 1, 94)]),
    "a limit that is not reached waits": (
        [FLAT, (100, 101, 97, 99), (98, 99, 95, 98)], {0: lambda ctx: ctx.buy(1, limit=96)}, [(2, 1, 96)]),
    "a sell limit fills at the limit or at a better open": (
        [FLAT, FLAT, (100, 112, 99, 101), (115, 116, 114, 115)],
        {0: lambda ctx: ctx.buy(2), 1: lambda ctx: (ctx.sell(1, limit=110), ctx.sell(1, limit=113))},
        [(1, 2, 100), (2, -1, 110), (3, -1, 115)]),
    "a stop fills at its trigger": (
        [FLAT, (100, 106, 99, 103)], {0: lambda ctx: ctx.buy(1, stop=105)}, [(1, 1, 105)]),
    "a gapped stop fills at the open, never better than its trigger": (
        [FLAT, (108, 109, 107, 108)], {0: lambda ctx: ctx.buy(1, stop=105)}, [(1, 1, 108)]),
    "a sell stop gapped down fills at the open": (
        [FLAT, FLAT, (90, 91, 89, 90)], {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.sell(1, stop=95)},
        [(1, 1, 100), (2, -1, 90)]),
    "a stop-limit triggered inside fills at the trigger when its limit allows": (
        [FLAT, (100, 106, 99, 103)], {0: lambda ctx: ctx.buy(1, stop=105, limit=107)}, [(1, 1, 105)]),
    "a stop-limit gapped beyond its limit rests as a limit and fills inside when the bar comes back": (
        [FLAT, (110, 111, 104, 109)], {0: lambda ctx: ctx.buy(1, stop=105, limit=107)}, [(1, 1, 107)]),
    "a stop-limit gapped beyond its limit that does not come back rests": (
        [FLAT, (110, 111, 108, 109), (109, 110, 106, 109)], {0: lambda ctx: ctx.buy(1, stop=105, limit=107)},
        [(2, 1, 107)]),
    "a stop-limit with its limit below the trigger fills inside only if the close proves it": (
        [FLAT, (100, 106, 99, 103), (103, 103, 101, 102)], {0: lambda ctx: ctx.buy(1, stop=105, limit=102)},
        [(2, 1, 102)]),
    "the same with a close at the limit fills in its bar": (
        [FLAT, (100, 106, 99, 102)], {0: lambda ctx: ctx.buy(1, stop=105, limit=102)}, [(1, 1, 102)]),
    "a trailing stop is tested before it is ratcheted": (
        [FLAT, FLAT, (100, 120, 90, 110)], {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.sell(1, trail=10)},
        [(1, 1, 100), (2, -1, 90)]),
    "a ratcheted level that the other extreme reaches is booked, the lower of both orders": (
        [FLAT, FLAT, (101, 108, 101, 105), (106, 115, 104, 112)],
        {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.sell(1, trail=10)}, [(1, 1, 100), (3, -1, 105)]),
    "a trailing stop in percent follows the high": (
        [FLAT, FLAT, (100, 200, 195, 198), (190, 191, 170, 175)],
        {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.sell(1, trail_percent=0.1)}, [(1, 1, 100), (3, -1, 180)]),
    "a trailing stop of a short follows the low": (
        [FLAT, FLAT, (88, 89, 80, 85), (85, 92, 84, 90)],
        {0: lambda ctx: ctx.sell(1), 1: lambda ctx: ctx.buy(1, trail=10)}, [(1, -1, 100), (3, 1, 90)]),
    "a gapped trailing stop fills at the open": (
        [FLAT, FLAT, (85, 86, 84, 85)], {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.sell(1, trail=10)},
        [(1, 1, 100), (2, -1, 85)]),
    "market on open and on close": (
        [FLAT, (101, 103, 99, 102)], {0: lambda ctx: (ctx.buy(1, on="open"), ctx.buy(2, on="close"))},
        [(1, 1, 101), (1, 2, 102)]),
    "limit on open fills at the open within the limit": (
        [FLAT, (99, 103, 98, 102)], {0: lambda ctx: ctx.buy(1, limit=100, on="open")}, [(1, 1, 99)]),
    "limit on close fills at the close within the limit": (
        [FLAT, (105, 106, 98, 99)], {0: lambda ctx: ctx.buy(1, limit=100, on="close")}, [(1, 1, 99)]),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_kinds(name):
    rows, script, expected = KINDS[name]
    assert fills(play(rows, script)) == expected


@pytest.mark.parametrize("on", ["open", "close"])
def test_a_limit_for_an_auction_that_misses_it_expires(on):
    result = play([FLAT, (105, 106, 98, 104), (90, 90, 90, 90)], {0: lambda ctx: ctx.buy(1, limit=100, on=on)})
    assert fills(result) == []
    assert outcome(result) == ("EXPIRED", "AUCTION_PASSED")
    assert result.order_records["ended_bar"][0] == 1


# -- children of an entry --------------------------------------------------------------------------


def bracket(ctx, **entry):
    return ctx.buy(1, stop_loss=95, take_profit=110, **entry)


BRACKETS = {
    "entered inside, target touched but close below it: stays": ((103, 112, 97, 105), [(1, 1, 100)]),
    "entered inside, stop reached: out in the same bar": ((103, 112, 94, 105), [(1, 1, 100), (1, -1, 95)]),
    "entered inside, close beyond the target: out at the target": ((103, 112, 97, 111), [(1, 1, 100), (1, -1, 110)]),
    "entered at the open: the whole bar counts": ((98, 111, 97, 105), [(1, 1, 98), (1, -1, 110)]),
    "entered at the open, both touched: the worse": ((98, 111, 94, 105), [(1, 1, 98), (1, -1, 95)]),
    "entered at an open beyond the stop: out at that open": ((93, 99, 92, 97), [(1, 1, 93), (1, -1, 93)]),
}


@pytest.mark.parametrize("name", BRACKETS)
def test_brackets_in_the_bar_of_the_entry(name):
    bar, expected = BRACKETS[name]
    assert fills(play([FLAT, bar], {0: lambda ctx: bracket(ctx, limit=100)})) == expected


def test_stop_and_target_touched_in_a_later_bar_counts_as_the_stop():
    result = play([FLAT, FLAT, (100, 120, 90, 100)], {0: bracket})
    assert fills(result) == [(1, 1, 100), (2, -1, 95)]
    assert outcome(result, 2) == ("CANCELLED", "OTHER_FILLED")
    assert result.trades["exit_reason"].tolist() == ["stop_loss"]


def test_gapped_target_fills_at_the_better_open():
    assert fills(play([FLAT, FLAT, (115, 116, 114, 115)], {0: bracket}))[1] == (2, -1, 115)


def test_exits_end_with_a_position_closed_for_another_reason():
    result = play([FLAT, FLAT, FLAT, (80, 120, 80, 100)], {0: bracket, 1: lambda ctx: ctx.close(tag="bored")})
    assert fills(result) == [(1, 1, 100), (2, -1, 100)]
    assert outcome(result, 1) == outcome(result, 2) == ("CANCELLED", "NO_POSITION")
    assert result.trades["exit_tag"].tolist() == ["bored"]


def test_exits_as_fractions_of_the_fill_price():
    result = play(
        [FLAT, (200, 201, 199, 200), (200, 200, 150, 160)],
        {0: lambda ctx: ctx.buy(1, stop_loss=0.1, take_profit=0.5, relative=True)},
    )
    assert fills(result) == [(1, 1, 200), (2, -1, 180)]
    assert result.order_records["limit"][2] == 300


def test_a_time_stop_fills_at_the_open_of_its_bar():
    result = play([FLAT, FLAT, FLAT, (105, 105, 105, 105), FLAT], {0: lambda ctx: ctx.buy(1, max_bars=2)})
    assert fills(result) == [(1, 1, 100), (3, -1, 105)]
    assert result.trade_records["exit_reason"][0] == ExitReason.TIME_STOP


def test_an_attached_trailing_stop_starts_at_the_fill():
    result = play([FLAT, (100, 104, 99, 103), (103, 103, 98, 99)], {0: lambda ctx: ctx.buy(1, trailing_stop=5)})
    assert fills(result) == [(1, 1, 100), (1, -1, 99)]  # 104 - 5 = 99 is reached by the low


def test_a_trailing_stop_after_an_entry_inside_is_ratcheted_with_the_close():
    result = play(
        [FLAT, (106, 108, 99, 105), (105, 105, 101, 102)], {0: lambda ctx: ctx.buy(1, limit=100, trailing_stop=4)}
    )
    assert fills(result) == [(1, 1, 100), (2, -1, 101)]  # 105 - 4; the high of 108 may have come first


def test_one_cancels_the_other():
    def pair(ctx):
        first = ctx.buy(1, limit=90)
        return ctx.buy(1, stop=110, oco=first)

    result = play([FLAT, (100, 112, 95, 111), (111, 111, 80, 85)], {0: pair})
    assert fills(result) == [(1, 1, 110)]
    assert outcome(result, 0) == ("CANCELLED", "OTHER_FILLED")


def test_one_triggers_the_other():
    def chain(ctx):
        first = ctx.buy(1, limit=95)
        return ctx.buy(2, limit=80, parent=first)

    result = play([FLAT, (100, 100, 79, 82), (82, 85, 79, 80)], {0: chain})
    # In bar 1 the child is live only from its parent's fill inside: the close of 82 proves nothing below 80.
    assert fills(result) == [(1, 1, 95), (2, 2, 80)]


def test_children_end_with_their_parent():
    def chain(ctx):
        first = ctx.buy(1, limit=50)
        ctx.buy(2, limit=60, parent=first)
        return first

    result = play([FLAT] * 3, {0: chain, 1: lambda ctx: ctx.cancel(0)})
    assert outcome(result, 0) == ("CANCELLED", "BY_STRATEGY")
    assert outcome(result, 1) == ("CANCELLED", "PARENT_ENDED")


# -- time in force ---------------------------------------------------------------------------------


def test_a_day_order_of_daily_bars_lives_one_bar():
    result = play([FLAT, FLAT, (80, 80, 80, 80)], {0: lambda ctx: ctx.buy(1, limit=90, time_in_force="day")})
    assert fills(result) == []
    assert outcome(result) == ("EXPIRED", "SESSION_ENDED")
    assert result.order_records["ended_bar"][0] == 1


def test_a_day_order_of_hourly_bars_lives_until_the_session_ends():
    rows = [FLAT, FLAT, (89, 89, 89, 89), FLAT, (80, 80, 80, 80), (80, 80, 80, 80)]
    data = bars_of(rows, interval="1h")
    opens = START + 2 * DAY + 14 * HOUR  # a Monday
    data.timestamp[:] = [opens, opens + HOUR, opens + 2 * HOUR, opens + DAY, opens + DAY + HOUR, opens + DAY + 2 * HOUR]
    script = {0: lambda ctx: (ctx.buy(1, limit=90, time_in_force="day"), ctx.buy(2, limit=85, time_in_force="day"))}
    result = play(rows, script, data=data)
    assert fills(result) == [(2, 1, 89)]
    assert outcome(result, 1) == ("EXPIRED", "SESSION_ENDED")


def test_good_till_date_ends_before_the_first_bar_after_it():
    script = {0: lambda ctx: ctx.buy(1, limit=90, until=START + 2 * DAY)}
    assert fills(play([FLAT, FLAT, (90, 90, 90, 90)], script)) == [(2, 1, 90)]
    late = play([FLAT, FLAT, FLAT, (90, 90, 90, 90)], script)
    assert outcome(late) == ("EXPIRED", "DATE_PASSED")


def test_immediate_or_cancel_takes_the_open_or_nothing():
    script = {0: lambda ctx: ctx.buy(1, limit=100, time_in_force="ioc")}
    assert fills(play([FLAT, (99, 105, 95, 100)], script)) == [(1, 1, 99)]
    missed = play([FLAT, (101, 105, 95, 100)], script)
    assert outcome(missed) == ("CANCELLED", "NOT_AT_ONCE")


def test_fill_or_kill_needs_all_of_the_volume():
    costs = ax.Costs(participation=0.1)
    rows = [(100, 100, 100, 100, 50)] * 3  # 5 units a bar may be taken
    small, large = (
        play(rows, {0: lambda ctx, size=size: ctx.buy(size, time_in_force="fok")}, costs=costs) for size in (5, 6)
    )
    assert fills(small) == [(1, 5, 100)]
    assert outcome(large) == ("CANCELLED", "NOT_AT_ONCE")
    assert fills(large) == []


# -- size, cash, margin ----------------------------------------------------------------------------


def test_an_order_that_cannot_be_paid_is_refused_visibly():
    result = play([FLAT, FLAT], {0: lambda ctx: ctx.buy(11)}, account=ax.Account(kind="cash"))
    assert outcome(result) == ("REFUSED", "NO_CASH")
    assert any("refused for lack of cash" in text for text in result.notices)
    assert outcome(play([FLAT, FLAT], {0: lambda ctx: ctx.buy(11)})) == ("REFUSED", "NO_MARGIN")
    assert fills(play([FLAT, FLAT], {0: lambda ctx: ctx.buy(10)})) == [(1, 10, 100)]


def test_a_cash_account_cannot_be_short():
    result = play([FLAT, FLAT], {0: lambda ctx: ctx.sell(1)}, account=ax.Account(kind="cash"))
    assert outcome(result) == ("REFUSED", "NO_SHORTING")


def test_leverage_allows_as_much_and_no_more():
    account = ax.Account(leverage=2)
    assert fills(play([FLAT, FLAT], {0: lambda ctx: ctx.buy(20)}, account=account)) == [(1, 20, 100)]
    assert outcome(play([FLAT, FLAT], {0: lambda ctx: ctx.buy(20.5)}, account=account)) == ("REFUSED", "NO_MARGIN")


def test_value_becomes_units_at_the_fill_price():
    assert fills(play([FLAT, (50, 50, 50, 50)], {0: lambda ctx: ctx.buy(value=500)})) == [(1, 10, 50)]


def test_targets_of_units_value_and_weight():
    script = {
        0: lambda ctx: ctx.order_target_quantity(4),
        1: lambda ctx: ctx.order_target_value(200),
        2: lambda ctx: ctx.order_target_percent(0.5),
        3: lambda ctx: ctx.order_target_percent(0),
    }
    assert fills(play([FLAT] * 5, script)) == [(1, 4, 100), (2, -2, 100), (3, 3, 100), (4, -5, 100)]


def test_a_reversal_is_one_order_and_two_trades():
    result = play([FLAT] * 4, {0: lambda ctx: ctx.buy(2), 1: lambda ctx: ctx.sell(5)})
    assert fills(result) == [(1, 2, 100), (2, -5, 100)]
    assert result.trades["side"].tolist() == ["long", "short"]
    assert result.trades["quantity"].tolist() == [2, 3]


def test_reduce_only_takes_no_more_than_the_position():
    result = play([FLAT] * 4, {0: lambda ctx: ctx.buy(2), 1: lambda ctx: ctx.sell(5, reduce_only=True)})
    assert fills(result) == [(1, 2, 100), (2, -2, 100)]
    nothing = play([FLAT] * 3, {0: lambda ctx: ctx.sell(5, reduce_only=True)})
    assert outcome(nothing) == ("CANCELLED", "NO_POSITION")


def test_margin_call_sells_down_to_the_initial_requirement():
    # 2 x 1,000 / 10 = 200 bought. At 6.6: equity 320 < 25% of 1,320; sold until gross = 2 x 320.
    rows = [(10, 10, 10, 10), (10, 10, 10, 10), (6.6, 6.6, 6.6, 6.6), (6.6, 6.6, 6.6, 6.6)]
    result = play(rows, {0: lambda ctx: ctx.buy(200)}, account=ax.Account(leverage=2, maintenance=0.25))
    assert fills(result) == [(1, 200, 10), (2, -(1320 - 640) / 6.6, 6.6)]
    assert result.event_records["kind"].tolist() == [EventKind.MARGIN_CALL]
    assert result.event_records["amount"][0] == pytest.approx(10)
    assert outcome(result, 1) == ("FILLED", "MARGIN_CALLED")
    assert result.exposure_curve[-1] == pytest.approx(2 * result.equity_curve[-1])


def test_margin_is_tested_at_the_adverse_extreme():
    rows = [(10, 10, 10, 10), (10, 10, 10, 10), (10, 10, 6.6, 10), (10, 10, 10, 10)]
    result = play(rows, {0: lambda ctx: ctx.buy(200)}, account=ax.Account(leverage=2, maintenance=0.25))
    assert fills(result)[1] == (2, -(1320 - 640) / 6.6, 6.6)


def test_a_gap_through_zero_is_bankruptcy_and_ends_the_run():
    rows = [(10, 10, 10, 10), (10, 10, 10, 10), (4, 4, 4, 4), (40, 40, 40, 40)]
    result = play(rows, {0: lambda ctx: ctx.buy(200)}, account=ax.Account(leverage=2))
    assert result.bankrupt_bar == 2
    assert result.equity_curve.tolist() == [1000, 1000, -200, -200]
    assert outcome(result, 1) == ("FILLED", "BANKRUPT")


# -- costs -----------------------------------------------------------------------------------------


def fee(result, number=0):
    return pytest.approx(float(result.order_records["fee"][number]), rel=1e-12)


def test_commissions_per_share_per_order_minimum_and_maximum():
    script = {0: lambda ctx: ctx.buy(4)}
    assert play([FLAT, FLAT], script, costs=ax.Costs(per_share=0.5, per_order=1)).order_records["fee"][0] == 3
    assert play([FLAT, FLAT], script, costs=ax.Costs(per_share=0.1, minimum=1)).order_records["fee"][0] == 1
    assert fee(play([FLAT, FLAT], script, costs=ax.Costs(per_share=10, maximum_bps=50))) == 2
    assert fee(play([FLAT, FLAT], script, commission_bps=10, costs=ax.Costs(currency_unit=1))) == 1


def test_a_minimum_counts_once_for_an_order_of_several_fills():
    rows = [(100, 100, 100, 100, 20)] * 5
    result = play(rows, {0: lambda ctx: ctx.buy(4)}, costs=ax.Costs(participation=0.1, per_share=0.3, minimum=1))
    assert fills(result) == [(1, 2, 100), (2, 2, 100)]
    assert [float(each) for each in result.fill_records["fee"]] == pytest.approx(
        [1.0, 0.2]
    )  # max(0.6, 1), then 1.2 in all


def test_maker_and_taker():
    costs = ax.Costs(maker_bps=-1)
    result = play(
        [FLAT, (100, 100, 98, 99), FLAT], {0: lambda ctx: ctx.buy(1, limit=98), 1: lambda ctx: ctx.close()},
        commission_bps=10, costs=costs,
    )  # fmt: skip
    assert [float(each) for each in result.fill_records["fee"]] == pytest.approx([-0.0098, 0.1])
    assert result.fills["maker"].tolist() == [True, False]


def test_tiers_follow_the_value_traded_in_the_month():
    costs = ax.Costs(tiers=((0, 10), (500, 5)))
    script = {0: lambda ctx: ctx.buy(5), 1: lambda ctx: ctx.close(), 31: lambda ctx: ctx.buy(5)}
    result = play([FLAT] * 34, script, costs=costs)
    assert [float(each) for each in result.fill_records["fee"]] == pytest.approx([0.5, 0.25, 0.5])


def test_slippage_models():
    rows = [(100, 100, 100, 100, 100)] * 3
    script = {0: lambda ctx: ctx.buy(10, limit=None), 1: lambda ctx: ctx.sell(10)}

    def price(**costs):
        return [float(p) for p in play(rows, script, cash=2000, costs=ax.Costs(**costs)).fill_records["price"]]

    assert price(half_spread=0.5) == [100.5, 99.5]
    assert price(volume_share=0.1) == pytest.approx([100 * (1 + 0.1 * 0.01), 100 * (1 - 0.1 * 0.01)])
    assert price(square_root=1.0) == [100, 100]  # no volatility yet
    bps = play(rows, script, cash=2000, slippage_bps=10)
    assert [float(p) for p in bps.fill_records["price"]] == pytest.approx([100.1, 99.9])


def test_square_root_impact_uses_volatility_and_volume_before_the_bar():
    closes = [100, 110, 100, 110, 100]
    rows = [(c, c, c, c, 400) for c in closes] + [(100, 100, 100, 100, 9e9)]
    returns = np.diff(closes) / closes[:-1]
    expected = 100 * (1 + 0.5 * returns.std(ddof=1) * (4 / 400) ** 0.5)
    result = play(rows, {4: lambda ctx: ctx.buy(4)}, costs=ax.Costs(square_root=0.5))
    assert fills(result) == [(5, 4, expected)]


def test_limits_pay_no_slippage():
    result = play([FLAT, (95, 96, 94, 95)], {0: lambda ctx: ctx.buy(1, limit=97)}, slippage_bps=100)
    assert fills(result) == [(1, 1, 95)]


def test_the_volume_cap_carries_the_rest_over():
    # At opens the mean of the bars before counts, 100, not the bar's own.
    rows = [(10, 10, 10, 10, 100), (10, 10, 10, 10, 10), (10, 10, 10, 10, 190), (11, 11, 11, 11, 100)]
    result = play(rows, {0: lambda ctx: ctx.buy(18)}, costs=ax.Costs(participation=0.1))
    assert fills(result) == [(1, 10, 10), (2, 5.5, 10), (3, 2.5, 11)]
    assert result.order_records["price"][0] == pytest.approx((15.5 * 10 + 2.5 * 11) / 18)
    assert outcome(result) == ("FILLED", "NONE")


def test_inside_a_bar_its_own_volume_counts():
    rows = [(10, 10, 10, 10, 100), (10, 10, 8, 9, 30), (9, 9, 9, 9, 30)]
    result = play(rows, {0: lambda ctx: ctx.buy(5, limit=9)}, costs=ax.Costs(participation=0.1))
    assert fills(result) == [(1, 3, 9), (2, 2, 9)]


def test_lots_and_ticks():
    lots = {"*": ax.Instrument(lot=1)}
    result = play([FLAT, (30, 30, 30, 30)], {0: lambda ctx: ctx.order_target_percent(1)}, instruments=lots)
    assert fills(result) == [(1, 33, 30)]
    dust = play([FLAT, FLAT], {0: lambda ctx: ctx.buy(0.5)}, instruments=lots)
    assert outcome(dust) == ("CANCELLED", "BELOW_LOT")
    ticks = {"*": ax.Instrument(tick=0.25)}
    result = play([FLAT, (100, 100, 90, 95)], {0: lambda ctx: ctx.buy(1, limit=95.6)}, instruments=ticks)
    assert fills(result) == [(1, 1, 95.5)]
    result = play([FLAT, FLAT], {0: lambda ctx: ctx.buy(1)}, instruments=ticks, slippage_bps=1)
    assert fills(result) == [(1, 1, 100.25)]


def test_a_multiplier_scales_value():
    point = {"*": ax.Instrument(multiplier=5)}
    result = play(
        [FLAT, FLAT, (110, 110, 110, 110)], {0: lambda ctx: ctx.buy(2)}, instruments=point, cash=2000, commission_bps=10
    )
    assert result.equity_curve[-1] == pytest.approx(2000 - 1 + 2 * 5 * 10)
    assert outcome(play([FLAT, FLAT], {0: lambda ctx: ctx.buy(2.1)}, instruments=point)) == ("REFUSED", "NO_MARGIN")


def test_interest_borrow_and_financing_accrue_act_360():
    rows = [FLAT] * 4
    earned = play(rows, {}, account=ax.Account(credit_rate=0.36))
    assert earned.equity_curve[1] == pytest.approx(1000 * 1.001)
    assert earned.equity_curve[2] == pytest.approx(1000 * 1.001**2)
    financed = play(rows, {0: lambda ctx: ctx.buy(20)}, account=ax.Account(leverage=2, debit_rate=0.36))
    assert financed.equity_curve[2] == pytest.approx(1000 - 1000 * 0.001)
    short = play(rows, {0: lambda ctx: ctx.sell(5)}, account=ax.Account(borrow_rate=0.36, credit_rate=0.36))
    # Day 2: fee on 500; interest on day 1's 1,000 and on day 2's 1,000 of cash less the short's value.
    assert short.event_records["kind"].tolist() == [5, 4, 5, 4, 5]
    assert short.event_records["amount"][1] == pytest.approx(-0.5)
    assert short.trades["income"].tolist() == pytest.approx([-1.0])


def test_weekends_count_in_calendar_days():
    data = bars_of([FLAT] * 2)
    data.timestamp[1] = START + 3 * DAY
    assert play(None, {}, data=data, account=ax.Account(credit_rate=0.36)).equity_curve[1] == pytest.approx(1003)


# -- halts, listing, delisting ---------------------------------------------------------------------


def two(rows_a, rows_b):
    """Two symbols; None is no bar."""
    made = []
    for symbol, rows in (("A", rows_a), ("B", rows_b)):
        kept = [at for at, row in enumerate(rows) if row is not None]
        data = bars_of([rows[at] for at in kept], symbol=symbol)
        data.timestamp[:] = START + np.array(kept) * DAY
        made.append(data)
    return made


def test_a_halted_symbol_fills_when_it_trades_again():
    data = two([FLAT] * 4, [FLAT, None, None, (90, 90, 90, 90)])
    result = play(None, {0: lambda ctx: ctx["B"].buy(1)}, data=data)
    assert fills(result) == [(3, 1, 90)]


def test_a_halted_position_keeps_its_last_price():
    data = two([FLAT] * 4, [FLAT, (50, 50, 50, 60), None, (90, 90, 90, 90)])
    result = play(None, {0: lambda ctx: ctx["B"].buy(1)}, data=data)
    assert result.equity_curve.tolist() == [1000, 1010, 1010, 1040]


def test_a_symbol_that_starts_later_has_no_bars_before():
    data = two([FLAT] * 3, [None, FLAT, FLAT])
    seen = []
    play(None, {at: lambda ctx: seen.append((ctx["B"].has_bar, ctx["B"].price)) for at in range(3)}, data=data)
    assert [has for has, _ in seen] == [False, True, True]
    assert np.isnan(seen[0][1])


def test_delisting_closes_at_the_last_price():
    data = two([FLAT] * 4, [FLAT, FLAT, (70, 75, 65, 72), None])
    result = play(None, {0: lambda ctx: (ctx["B"].buy(1), ctx["B"].buy(1, limit=10))}, data=data)
    assert fills(result) == [(1, 1, 100), (2, -1, 72)]
    assert outcome(result, 1) == ("CANCELLED", "DELISTED")
    assert result.trade_records["exit_reason"][0] == ExitReason.DELISTED
    assert any("end before the run" in text for text in result.notices)


# -- what a strategy may know ----------------------------------------------------------------------


def test_history_ends_at_the_present_bar():
    seen = []

    def look(ctx):
        close = ctx.history.close
        seen.append((len(close), close[-1], close[0], close[:].tolist()))
        with pytest.raises(IndexError, match="lies in the future"):
            close[ctx.index + 1]

    play([(1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3)], {1: look})
    assert seen == [(2, 2.0, 1.0, [1.0, 2.0])]


def test_a_replaced_order_is_a_new_one_with_the_changed_fields():
    result = play(
        [FLAT, FLAT, (100, 100, 96, 98)], {0: lambda ctx: ctx.buy(3, limit=90), 1: lambda ctx: ctx.replace(0, limit=97)}
    )
    assert outcome(result, 0) == ("CANCELLED", "REPLACED")
    assert fills(result) == [(2, 3, 97)]


def test_callbacks_come_before_the_bar_they_happened_in():
    calls = []

    class Watcher(ax.Strategy):
        def on_bar(self, ctx):
            calls.append(("bar", ctx.index))
            if ctx.index == 0:
                ctx.buy(1, stop_loss=90, tag="in")

        def on_fill(self, ctx, fill):
            calls.append(("fill", ctx.index, fill.quantity, fill.order.tag))

        def on_order(self, ctx, order):
            calls.append(("order", order.id, order.status.name, order.role.name))

        def on_stop(self, ctx):
            calls.append(("stop", ctx.index))

    ax.backtest(Watcher, bars_of([FLAT, FLAT, FLAT]), cash=1000, commission_bps=0)
    assert calls == [
        ("bar", 0),
        ("fill", 1, 1.0, "in"),
        ("order", 0, "FILLED", "PLAIN"),
        ("order", 1, "PENDING", "STOP_LOSS"),
        ("bar", 1),
        ("bar", 2),
        ("stop", 2),
    ]


# -- corporate actions -------------------------------------------------------------------------------


def split(day, ratio):
    return CorporateAction(symbol="TEST", kind="split", ex_date=START + day * DAY, ratio=ratio)


def dividend(day, amount, pay=None):
    pay_date = None if pay is None else START + pay * DAY
    return CorporateAction(
        symbol="TEST", kind="dividend", ex_date=START + day * DAY, amount=amount, currency="USD", pay_date=pay_date
    )


HALF = (50, 50, 50, 50)


def test_a_split_on_an_open_bracket_moves_units_and_levels():
    rows = [FLAT, FLAT, HALF, (50, 56, 50, 55)]
    script = {0: lambda ctx: ctx.buy(4, stop_loss=90, take_profit=110)}
    result = play(rows, script, prices="raw", actions=[split(2, 2.0)])
    assert fills(result) == [(1, 4, 100), (3, -8, 55)]
    assert result.equity_curve.tolist() == [1000, 1000, 1000, 1040]
    assert result.order_records["stop"][1] == 45
    assert result.trades["entry_price"].tolist() == [50]


def test_a_fraction_of_a_lot_becomes_cash_in_lieu():
    rows = [FLAT, FLAT, (200, 200, 200, 200)]
    lots = {"*": ax.Instrument(lot=1)}
    result = play(rows, {0: lambda ctx: ctx.buy(5)}, prices="raw", actions=[split(2, 0.5)], instruments=lots)
    assert result.equity_curve.tolist() == [1000, 1000, 1000]
    assert result.event_records["kind"].tolist() == [EventKind.SPLIT, EventKind.CASH_IN_LIEU]
    assert result.exposure_curve[-1] == 400  # 2.5 shares are 2 and 100 of cash


def test_a_position_below_one_lot_after_a_split_ends_as_cash_in_lieu():
    rows = [FLAT, FLAT, (400, 400, 400, 400)]
    lots = {"*": ax.Instrument(lot=1)}
    result = play(rows, {0: lambda ctx: ctx.buy(3)}, prices="raw", actions=[split(2, 0.25)], instruments=lots)
    assert result.trades["exit_reason"].tolist() == ["cash_in_lieu"]
    assert result.trades["pnl"].tolist() == [0]
    assert result.equity_curve[-1] == 1000


def test_dividends_accrue_on_the_ex_date_and_are_paid_later():
    seen = []
    script = {0: lambda ctx: ctx.buy(5), **{t: lambda ctx: seen.append((ctx.cash, ctx.equity)) for t in (2, 3)}}
    result = play([FLAT] * 4, script, prices="raw", actions=[dividend(2, 1.0, pay=3)])
    assert seen == [(500, 1005), (505, 1005)]
    assert result.trades["income"].tolist() == [5]
    assert result.trades["pnl"].tolist() == [5]


def test_shorts_are_charged_the_dividend():
    result = play([FLAT] * 3, {0: lambda ctx: ctx.sell(5)}, prices="raw", actions=[dividend(2, 1.0)])
    assert result.equity_curve.tolist() == [1000, 1000, 995]


def test_a_dividend_lowers_buy_limits_and_sell_stops_alone():
    def orders(ctx):
        ctx.buy(1, limit=90)
        ctx.buy(1, stop=120)
        ctx.sell(1, limit=130)
        ctx.sell(1, stop=80)
        ctx.sell(1, stop=80, do_not_reduce=True)

    result = play([FLAT] * 3, {0: orders}, prices="raw", actions=[dividend(2, 5.0)])
    assert result.order_records["limit"][[0, 2]].tolist() == [85, 130]
    assert result.order_records["stop"][[1, 3, 4]].tolist() == [120, 75, 80]


def test_history_is_in_the_units_of_the_present_bar_and_knows_no_later_split():
    seen = []
    look = {t: lambda ctx: seen.append(ctx.history.close[:].tolist()) for t in (1, 2)}
    play([FLAT, FLAT, HALF], look, prices="raw", actions=[split(2, 2.0)])
    assert seen == [[100.0, 100.0], [50.0, 50.0, 50.0]]


def test_signals_see_no_crash_in_a_split():
    class Falls(ax.Strategy):
        def signals(self, bars):
            self.seen = bars.close.copy()
            return np.ones(len(bars))

    strategy = Falls()
    rows = [FLAT, FLAT, HALF]
    result = ax.backtest(strategy, bars_of(rows), cash=1000, commission_bps=0, prices="raw", actions=[split(2, 2.0)])
    assert strategy.seen.tolist() == [50, 50, 50]
    assert result.equity_curve.tolist() == [1000, 1000, 1000]


def test_adjusted_prices_say_that_actions_are_in_them():
    result = play([FLAT] * 2, {}, actions=[split(1, 2.0)])
    assert any("were adjusted for 1 split" in text for text in result.notices), result.notices


# -- outside the bars --------------------------------------------------------------------------------


def test_orders_before_the_first_bar_and_after_the_last_are_refused():
    class Early(ax.Strategy):
        def on_start(self, ctx):
            ctx.buy(1)

        def on_bar(self, ctx):
            raise AssertionError("never reached")

    class Late(ax.Strategy):
        def on_bar(self, ctx):
            self.kept = ctx

        def on_stop(self, ctx):
            with pytest.raises(RuntimeError, match="the run is over"):
                ctx.buy(1)

    with pytest.raises(StrategyError, match="orders are for on_bar"):
        ax.backtest(Early, bars_of([FLAT, FLAT]))
    late = Late()
    assert len(ax.backtest(late, bars_of([FLAT, FLAT])).order_records) == 0
    assert late.kept.open_orders == []
    for act in (lambda: late.kept.sell(1), late.kept.close, lambda: late.kept.order_target_percent(1)):
        with pytest.raises(RuntimeError, match="the run is over"):
            act()


def test_a_short_covered_for_more_than_there_was_is_bankruptcy():
    rows = [FLAT, FLAT, (230, 230, 230, 230), FLAT]
    result = play(rows, {0: lambda ctx: ctx.sell(10, stop_loss=150)}, account=ax.Account(maintenance=0))
    assert result.bankrupt_bar == 2
    assert result.equity_curve.tolist() == [1000, 1000, -300, -300]


# -- finer bars decide -----------------------------------------------------------------------------

# A day as two half days: the same high and low, in one order or the other.
UP_FIRST = [(100, 120, 100, 118), (118, 118, 90, 100)]
DOWN_FIRST = [(100, 101, 90, 92), (92, 120, 91, 100)]
BOTH = (100, 120, 90, 100)


def halves(*days):
    rows = [half for day in days for half in (day if len(day) == 2 else (day, (day[3],) * 4))]
    return bars_of(rows, interval="12h", step=12 * HOUR)


@pytest.mark.parametrize(("day", "price"), [(UP_FIRST, 110), (DOWN_FIRST, 95)])
def test_finer_bars_tell_whether_stop_or_target_came_first(day, price):
    result = play([FLAT, FLAT, BOTH], {0: bracket}, finer=halves(FLAT, FLAT, day))
    assert fills(result) == [(1, 1, 100), (2, -1, price)]
    assert not any("12h" in each for each in result.notices)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # In at 98 in the first half; its 120 may have come before that, the second half's low came after.
        (UP_FIRST, [(1, 1, 98), (1, -1, 95)]),
        # In at 98 and down through 95 in the first half.
        (DOWN_FIRST, [(1, 1, 98), (1, -1, 95)]),
        # In at 98 on the way down to 96, then up to the target.
        ([(100, 101, 96, 97), (97, 120, 97, 100)], [(1, 1, 98), (1, -1, 110)]),
    ],
)
def test_an_entry_inside_a_finer_bar_is_followed_by_the_next_ones(day, expected):
    whole = (100, 120, min(day[0][2], day[1][2]), 100)
    result = play([FLAT, whole], {0: lambda ctx: bracket(ctx, limit=98)}, finer=halves(FLAT, day))
    assert fills(result) == expected


def test_finer_bars_of_another_market_leave_the_worse():
    finer = halves(FLAT, FLAT, [(100, 121, 100, 118), (118, 118, 90, 100)])
    result = play([FLAT, FLAT, BOTH], {0: bracket}, finer=finer)
    assert fills(result)[1] == (2, -1, 95)
    assert any("In 1 of 3 bars the 12h bars have another high or low" in each for each in result.notices)
    result = play([FLAT, FLAT, BOTH], {0: bracket}, finer=halves(FLAT, FLAT))
    assert fills(result)[1] == (2, -1, 95)
    assert "1 bar has no 12h bars inside; there the worse counts too." in result.notices


def test_finer_bars_are_adjusted_as_their_bar():
    data = replace(bars_of([FLAT, FLAT, BOTH]), adj_close=np.array([50.0, 50.0, 50.0]))
    script = {0: lambda ctx: ctx.buy(1, stop_loss=47.5, take_profit=55)}
    for day, price in ((UP_FIRST, 55), (DOWN_FIRST, 47.5)):
        assert fills(play(None, script, data=data, finer=halves(FLAT, FLAT, day)))[1] == (2, -1, price)


def test_finer_bars_of_two_symbols_tell_of_each():
    data = [bars_of([FLAT, FLAT, BOTH], symbol=symbol) for symbol in ("A", "B")]
    finer = [replace(halves(FLAT, FLAT, day), symbol=symbol) for day, symbol in ((UP_FIRST, "A"), (DOWN_FIRST, "B"))]
    both = {0: lambda ctx: [bracket(ctx[at]) for at in range(2)]}
    prices = [(each["symbol"], each["price"]) for each in play(None, both, data=data, finer=finer).fill_records[2:]]
    assert sorted(prices) == [(0, 110), (1, 95)]
    # A's tell nothing of B.
    alone = [finer[0], replace(halves(FLAT, FLAT), symbol="B")]
    prices = [(each["symbol"], each["price"]) for each in play(None, both, data=data, finer=alone).fill_records[2:]]
    assert sorted(prices) == [(0, 110), (1, 95)]


def test_bars_that_are_not_finer_are_refused():
    with pytest.raises(InputError, match="finer = 1d bars are not shorter than the run's 1d bars"):
        play([FLAT, FLAT], {}, finer=bars_of([FLAT, FLAT]))


# -- orders that meet --------------------------------------------------------------------------------

GAP = [FLAT, FLAT, FLAT, (80, 80, 80, 80), (80, 80, 80, 80)]


@pytest.mark.parametrize(("target", "expected"), [(0, []), (2, [(3, 2, 80)]), (7, [(3, 7, 80)])])
def test_a_target_counts_what_a_stop_of_the_same_open_did(target, expected):
    script = {0: lambda ctx: ctx.buy(5, stop_loss=90), 2: lambda ctx: ctx.order_target_quantity(target)}
    assert fills(play(GAP, script)) == [(1, 5, 100), (3, -5, 80), *expected]


def test_a_target_of_nothing_beside_its_stop_is_flat_in_both_forms():
    class Weights(ax.Strategy):
        def signals(self, bars):
            return ax.Targets(np.array([1.0, 1, 0, 0, 0]), ax.Exits(stop_loss=0.1))

    result = ax.backtest(Weights(), bars_of(GAP), cash=1000.0, commission_bps=0)
    assert fills(result) == [(1, 10, 100), (3, -10, 80)]
    assert outcome(result, 2) == ("CANCELLED", "AT_TARGET")
    assert result.exposure_curve[-1] == 0


def test_the_rest_of_a_capped_target_counts_what_a_stop_did():
    rows = [(*FLAT, 50), (*FLAT, 50), (*FLAT, 50), (100, 100, 89, 95, 50), (95, 95, 95, 95, 50)]
    script = {0: lambda ctx: ctx.buy(5, stop_loss=90), 1: lambda ctx: ctx.order_target_quantity(0)}
    result = play(rows, script, costs=ax.Costs(participation=0.06))
    # Three a bar: 3 bought, then 3 sold to the target while 2 more were bought, then no more than what is held.
    assert result.exposure_curve[-1] == 0
    assert sum(each["quantity"] for each in result.fill_records) == pytest.approx(0)


def test_an_exit_that_was_replaced_still_grows_with_its_entry():
    rows = [(*FLAT, 20), (*FLAT, 20), (*FLAT, 20), (*FLAT, 20), (80, 80, 80, 80, 1000), (80, 80, 80, 80, 1000)]
    script = {0: lambda ctx: ctx.buy(4, stop_loss=90), 1: lambda ctx: ctx.replace(1, stop=95)}
    result = play(rows, script, costs=ax.Costs(participation=0.1))
    assert [each["quantity"] for each in result.fill_records][:2] == [2, 2]
    assert sum(each["quantity"] for each in result.fill_records) == 0
    assert result.exposure_curve[-1] == 0


def test_replacing_a_value_counts_the_value_that_has_filled():
    rows = [(*FLAT, 20), (*FLAT, 20), (*FLAT, 2000)]
    script = {0: lambda ctx: ctx.buy(value=500, limit=101), 1: lambda ctx: ctx.replace(0, limit=102)}
    result = play(rows, script, costs=ax.Costs(participation=0.1))
    assert fills(result) == [(1, 2, 100), (2, 2, 100), (2, 1, 100)]


def test_a_replaced_time_stop_keeps_its_bar():
    script = {0: lambda ctx: ctx.buy(4, max_bars=3), 1: lambda ctx: ctx.replace(1, quantity=2)}
    assert fills(play([FLAT] * 6, script)) == [(1, 4, 100), (4, -2, 100)]


def test_one_cancels_the_other_that_waits_for_its_parent():
    def orders(ctx):
        first = ctx.buy(1, limit=95)
        entry = ctx.buy(1, limit=90)
        ctx.buy(3, parent=entry, oco=first)

    result = play([FLAT, (100, 100, 94, 94), (94, 94, 89, 89), (89, 89, 89, 89)], {0: orders})
    assert fills(result) == [(1, 1, 95), (2, 1, 90)]
    assert outcome(result, 2) == ("CANCELLED", "OTHER_FILLED")


def test_no_order_can_go_with_one_that_has_ended():
    with pytest.raises(StrategyError, match="order 0 has ended"):
        play([FLAT] * 3, {0: lambda ctx: ctx.buy(1), 1: lambda ctx: ctx.buy(1, oco=0)})


def test_past_volume_and_volatility_are_in_units_after_a_split():
    rows = [(*FLAT, 1000), (*FLAT, 1000), (*HALF, 2000), (*HALF, 2000)]
    script = {2: lambda ctx: ctx.buy(30)}
    capped = play(rows, script, cash=1e5, prices="raw", actions=[split(2, 2.0)], costs=ax.Costs(participation=0.01))
    assert fills(capped) == [(3, 20, 50)]  # the mean of 2000, 2000 and 2000
    impact = play(rows, script, cash=1e5, prices="raw", actions=[split(2, 2.0)], costs=ax.Costs(square_root=1.0))
    assert fills(impact) == [(3, 30, 50)]  # nothing moved but by the split
    seen = []
    look = {3: lambda ctx: seen.append((ctx.history.volume[:].tolist(), ctx.history.volume[0]))}
    play(rows, look, prices="raw", actions=[split(2, 2.0)])
    assert seen == [([2000.0] * 4, 2000.0)]


def test_levels_are_on_the_tick_after_a_split_and_a_dividend():
    ticks = {"*": ax.Instrument(tick=0.01)}
    third = (33.3, 33.4, 33, 33.3)
    rows = [FLAT, FLAT, (34, 34, 34, 34), third]
    script = {0: lambda ctx: ctx.buy(1, limit=99.995), 1: lambda ctx: ctx.buy(3, limit=100 / 3 * 3 - 0.5)}
    result = play(rows, {1: script[1]}, prices="raw", actions=[split(2, 3.0)], instruments=ticks)
    assert fills(result) == [(3, 9, 33.16)]  # 99.5 / 3 is 33.1666
    result = play([FLAT] * 3, script, prices="raw", actions=[dividend(2, 0.333)], instruments=ticks, cash=50)
    assert result.order_records["limit"][1] == pytest.approx(99.16, abs=1e-9)


def test_a_dividend_lowers_the_stop_of_an_entry_that_waits():
    script = {0: lambda ctx: ctx.buy(1, limit=90, stop_loss=85, take_profit=95)}
    rows = [FLAT, FLAT, (97, 97, 86, 86), (86, 86, 86, 86)]
    result = play(rows, script, prices="raw", actions=[dividend(2, 3.0)])
    assert fills(result) == [(2, 1, 87)]
    assert result.order_records["stop"][1] == 82
    assert result.order_records["limit"][2] == 95


def test_a_trailing_stop_sent_before_the_first_bar_starts_with_it():
    late = bars_of([(50, 51, 50, 50), (50, 52, 50, 52), (52, 52, 40, 40)], symbol="B", first=START + 2 * DAY)
    script = {
        0: lambda ctx: (ctx["B"].buy(1), ctx["B"].sell(1, trail=5, reduce_only=True)),
    }
    result = play(None, script, data=[bars_of([FLAT] * 5, symbol="A"), late])
    assert fills(result) == [(2, 1, 50), (4, -1, 47)]


def test_slices_of_history_go_backwards_too():
    seen = []
    play([FLAT, HALF, FLAT], {1: lambda ctx: seen.append(ctx.history.close[::-1].tolist())})
    assert seen == [[50.0, 100.0]]


@pytest.mark.parametrize(
    "order",
    [
        lambda ctx: ctx.buy(1, until=START, time_in_force="day"),
        lambda ctx: ctx.buy(1, stop_loss=3, relative=True),
        lambda ctx: ctx.buy(1, max_bars=1.5),
    ],
)
def test_orders_that_contradict_themselves_are_refused(order):
    with pytest.raises(StrategyError, match=r"until|stop_loss|max_bars"):
        play([FLAT] * 3, {0: order})


@pytest.mark.parametrize(
    "signals",
    [
        {"entries": np.array([1.0, np.nan, 0.0])},
        {"entries": np.array(["False"] * 3)},
        {"entries": np.array([True, False, False]), "size": np.nan},
        {"entries": np.array([True, False, False]), "attached": ax.Exits(max_bars=2.7)},
    ],
)
def test_signals_that_say_neither_yes_nor_no_are_refused(signals):
    class Unclear(ax.Strategy):
        def signals(self, bars):
            return ax.Signals(**signals)

    with pytest.raises(StrategyError, match=r"true nor false|no size|max_bars"):
        ax.backtest(Unclear(), bars_of([FLAT] * 3))


def test_nan_bars_of_an_exit_are_none():
    class Held(ax.Strategy):
        def signals(self, bars):
            exits = ax.Exits(max_bars=np.full(4, np.nan))
            return ax.Signals(entries=np.array([True, False, False, False]), attached=exits)

    assert len(ax.backtest(Held(), bars_of([FLAT] * 4)).fill_records) == 1
