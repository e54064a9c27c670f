import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from arbitrax.domain.intervals import DAY
from arbitrax.portfolio import (
    cap_weights,
    limit_gross,
    limit_groups,
    limit_net,
    long_only,
    rank,
    rank_top,
    rank_top_buffered,
    rebalance_bars,
    returns_over,
    rolling_kelly,
    rolling_volatility,
    volatility_over,
)
from arbitrax.portfolio.schedule import PERIODS
from tests.oracles import portfolio as oracle

NAN = math.nan
score = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e9, 1e9), st.just(NAN))
scores = st.lists(score, min_size=1, max_size=25)
tables = st.integers(1, 12).flatmap(
    lambda width: st.lists(st.lists(score, min_size=width, max_size=width), min_size=1, max_size=6)
)
weight = st.one_of(st.just(0.0), st.floats(-3, 3).filter(lambda w: w == 0 or abs(w) > 1e-9))
weights = st.lists(weight, min_size=1, max_size=25).map(np.array)
limit = st.floats(0.001, 4)
closes = st.lists(st.one_of(st.floats(1, 1000), st.just(NAN)), min_size=1, max_size=40)
periods = st.sampled_from(["day", "week", "month", "quarter", "year"])
calendars = st.sets(st.integers(-500, 1500), min_size=1, max_size=80).map(lambda d: np.array(sorted(d), np.int64) * DAY)


def within(value, bound, gross):
    return value <= bound + 2e-12 * gross


# Ranking


@given(scores, st.booleans())
def test_rank_is_the_order_of_a_sort(values, ascending):
    places = rank(np.array(values), ascending=ascending)
    expected = [0] * len(values)
    for place, at in enumerate(oracle.ranked(values, ascending), 1):
        expected[at] = place
    assert places.tolist() == expected


@given(scores, st.integers(1, 30), st.booleans())
def test_top_is_the_head_of_a_sort(values, count, ascending):
    chosen = rank_top(np.array(values), count, ascending=ascending)
    assert set(np.flatnonzero(chosen)) == set(oracle.ranked(values, ascending)[:count])


@given(tables, st.integers(1, 5), st.integers(0, 6), st.data())
def test_a_band_holds_and_fills_as_stated(table, count, band, data):
    held = set(data.draw(st.lists(st.integers(0, len(table[0]) - 1))))
    mask = np.zeros(len(table[0]), bool)
    mask[list(held)] = True
    chosen = rank_top_buffered(np.array(table), count, keep=count + band, held=mask)
    for row, found in zip(table, chosen, strict=True):
        held = oracle.buffered(row, count, count + band, held)
        assert set(np.flatnonzero(found)) == held


@given(tables, st.integers(1, 5), st.integers(0, 6), st.data())
def test_a_later_decision_changes_no_earlier_one(table, count, band, data):
    cut = data.draw(st.integers(1, len(table)))
    full = rank_top_buffered(np.array(table), count, keep=count + band)
    assert np.array_equal(full[:cut], rank_top_buffered(np.array(table[:cut]), count, keep=count + band))


# Limits


@given(weights, limit)
def test_cap_is_the_water_level(w, cap):
    found = cap_weights(w, cap)
    assert (np.abs(found) <= cap).all()
    assert np.array_equal(cap_weights(found, cap), found)
    for sign in (1, -1):
        side = w * sign > 0
        if (np.abs(w[side]) <= cap).all():
            assert np.array_equal(found[side], w[side])
        else:
            expected = oracle.capped(np.abs(w[side]).tolist(), cap)
            np.testing.assert_allclose(found[side] * sign, expected, rtol=1e-9)
    assert (found[w == 0] == 0).all()


@given(weights, limit)
def test_cap_to_cash_changes_only_what_exceeds_it(w, cap):
    found = cap_weights(w, cap, excess="cash")
    over = np.abs(w) > cap
    assert np.array_equal(found[~over], w[~over])
    assert np.array_equal(found[over], np.sign(w[over]) * cap)


@given(weights, limit)
def test_gross_holds_and_proportions_stay(w, bound):
    found = limit_gross(w, bound)
    gross = np.abs(w).sum()
    assert within(np.abs(found).sum(), bound, gross)
    assert np.array_equal(limit_gross(found, bound), found)
    if gross <= bound:
        assert np.array_equal(found, w)
    else:
        np.testing.assert_allclose(found, w * (bound / gross), rtol=1e-12)


@given(weights, st.one_of(st.just(0.0), limit))
def test_net_holds_and_the_lighter_side_stays(w, bound):
    found = limit_net(w, bound)
    assert within(abs(found.sum()), bound, np.abs(w).sum())
    assert np.array_equal(limit_net(found, bound), found)
    lighter = w < 0 if w.sum() > 0 else w > 0
    assert np.array_equal(found[lighter], w[lighter])
    assert (np.abs(found) <= np.abs(w)).all()
    if abs(w.sum()) <= bound:
        assert np.array_equal(found, w)


@given(weights, st.data(), st.one_of(st.none(), limit), st.one_of(st.none(), st.just(0.0), limit))
def test_every_group_is_within_its_limits(w, data, gross, net):
    groups = np.array(data.draw(st.lists(st.integers(-1, 4), min_size=len(w), max_size=len(w))))
    found = limit_groups(w, groups, max_gross=gross, max_net=net)
    assert np.array_equal(found[groups < 0], w[groups < 0])
    for group in range(5):
        own, before = found[groups == group], w[groups == group]
        total = np.abs(before).sum()
        assert gross is None or within(np.abs(own).sum(), gross, total)
        assert net is None or within(abs(own.sum()), net, total)
        if (gross is None or total <= gross) and (net is None or abs(before.sum()) <= net):
            assert np.array_equal(own, before)
    assert np.array_equal(limit_groups(found, groups, max_gross=gross, max_net=net), found)


@given(weights, st.data(), limit, limit, limit)
def test_limits_in_the_stated_order_all_hold_for_longs(w, data, cap, gross, of_group):
    groups = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(w), max_size=len(w))))
    found = long_only(w)
    found = cap_weights(found, cap)
    found = limit_groups(limit_net(found, gross), groups, max_gross=of_group, max_net=of_group)
    found = limit_gross(found, gross)
    total = np.abs(w).sum()
    assert (found >= 0).all()
    assert (found <= cap).all()
    assert within(found.sum(), gross, total)
    assert all(within(found[groups == group].sum(), of_group, total) for group in range(4))


# Returns


@given(closes, st.integers(1, 12), st.integers(0, 11), st.integers(0, 6), st.data())
def test_returns_are_between_last_known_prices(prices, lookback, skip, max_age, data):
    skip = min(skip, lookback - 1)
    rows = sorted(data.draw(st.sets(st.integers(0, len(prices) - 1))))
    close = np.column_stack([prices, prices[::-1]])
    found = returns_over(close, lookback, skip, np.array(rows, np.int64), max_age=max_age)
    expected = np.full((len(rows), 2), NAN)
    for number, row in enumerate(rows):
        for symbol in range(2):
            own = close[:, symbol].tolist()
            if row >= lookback and not math.isnan(oracle.last_price(own, row, max_age)):
                later = oracle.last_price(own, row - skip, max_age)
                expected[number, symbol] = later / oracle.last_price(own, row - lookback, max_age) - 1
    assert np.array_equal(found, expected, equal_nan=True)


@given(closes, st.integers(2, 10))
def test_volatility_is_that_of_own_returns(prices, window):
    close = np.column_stack([prices, prices[::-1]])
    found = volatility_over(close, window, np.arange(len(prices)), periods=1)
    expected = [[oracle.deviation(each.tolist(), window, row) for each in close.T] for row in range(len(prices))]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


# No look-ahead: a shorter history decides the same.


@given(closes, st.integers(1, 8), st.integers(0, 7), st.data())
def test_returns_and_volatility_do_not_look_ahead(prices, lookback, skip, data):
    close = np.column_stack([prices, prices[::-1]])
    cut = data.draw(st.integers(1, len(prices)))
    rows = np.arange(cut)
    skip = min(skip, lookback - 1)
    for compute in (
        lambda c: returns_over(c, lookback, skip, rows),
        lambda c: volatility_over(c, lookback + 1, rows),
    ):
        assert np.array_equal(compute(close), compute(close[:cut]), equal_nan=True)


@given(closes, st.integers(2, 8), st.data())
def test_rolling_sizes_do_not_look_ahead(prices, window, data):
    close = np.array(prices)
    cut = data.draw(st.integers(1, len(prices)))
    for compute in (lambda c: rolling_volatility(c, window), lambda c: rolling_kelly(c, window)):
        assert np.array_equal(compute(close)[:cut], compute(close[:cut]), equal_nan=True)


@given(calendars, periods, st.integers(1, 4), st.integers(0, 3), st.data())
def test_sessions_from_the_start_are_decided_without_later_ones(times, every, number, offset, data):
    assume(abs(number) <= PERIODS[every])
    cut = data.draw(st.integers(1, len(times)))
    full = rebalance_bars(times, every, on=number, offset=offset)
    assert full[full < cut].tolist() == rebalance_bars(times[:cut], every, on=number, offset=offset).tolist()


@given(calendars, periods, st.sampled_from([-3, -2, -1, 1, 2]), st.data())
def test_with_a_calendar_no_schedule_needs_later_bars(calendar, every, number, data):
    assume(abs(number) <= PERIODS[every])
    times = calendar[sorted(data.draw(st.sets(st.integers(0, len(calendar) - 1), min_size=1)))]
    cut = data.draw(st.integers(1, len(times)))
    full = rebalance_bars(times, every, on=number, sessions=calendar)
    assert full[full < cut].tolist() == rebalance_bars(times[:cut], every, on=number, sessions=calendar).tolist()


@given(calendars, periods, st.sampled_from([-3, -2, -1, 1, 2, 3]))
def test_schedule_is_the_nth_session_of_each_period(times, every, number):
    assume(abs(number) <= PERIODS[every])
    by_period = {}
    for row, time in enumerate(times.tolist()):
        by_period.setdefault(oracle.period(time, every), []).append(row)
    groups = list(by_period.values())
    if number < 0:
        groups = groups[:-1]
    at = number if number < 0 else number - 1
    expected = [rows[at] for rows in groups if -len(rows) <= at < len(rows)]
    assert rebalance_bars(times, every, on=number).tolist() == expected
