"""Adjusted closes against dividends, and lists of events that contradict themselves or the prices."""

import numpy as np
import pytest

from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.scale import units_of
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, dividend, flat, found, rules, split


def adjusted_for(prices, steps, **more):
    """Flat rows whose adjusted close steps by shares at positions."""
    prices = np.asarray(prices, dtype=np.float64)
    factor = np.ones(len(prices))
    for at, share in steps.items():
        factor[:at] *= 1 - share
    return flat(prices, adj_close=prices * factor, **more)


def check(rows, *actions):
    return validate(rows, Context(calendar=XNYS, actions=actions))


def on(rows, at, amount, currency="USD"):
    return dividend(int(rows.timestamp[at]), amount, currency)


@pytest.mark.parametrize("step", [0.04, 0.0365, 0.0435])
def test_a_step_within_a_tenth_of_the_dividend_is_right(step):
    rows = adjusted_for([50.0] * 20, {10: step})
    assert check(rows, on(rows, 10, 2.0)).findings == ()


@pytest.mark.parametrize("step", [0.0, 0.03, 0.05, 0.0004])
def test_a_step_that_is_missing_or_of_another_size(step):
    rows = adjusted_for([50.0] * 20, {10: step})
    result = check(rows, on(rows, 10, 2.0))
    said = f"a dividend of 4% of the last close 50, but the adjusted close steps by {step * 100:.4g}%."
    assert [(each.rule, str(each.level), each.reason) for each in result.findings] == [
        ("adjusted_close", "warn", f"2015-01-16 pays {said}")
    ]
    assert len(result.kept) == 20


def test_steps_without_an_event_between_known_dividends():
    rows = adjusted_for([50.0] * 30, {5: 0.01, 12: 0.02, 20: 0.01})
    result = check(rows, on(rows, 5, 0.5), on(rows, 20, 0.5))
    assert found(result, "adjusted_close", "warn") == [int(rows.timestamp[12])]
    # Before the first and after the last dividend that is known others may be unknown.
    assert check(rows, on(rows, 12, 1.0)).findings == ()


def test_without_known_dividends_only_a_falling_factor_is_told():
    rows = adjusted_for([50.0] * 30, {5: 0.01, 12: -0.02}, basis="split_adjusted")
    assert found(check(rows), "adjusted_close", "warn") == [int(rows.timestamp[12])]


def test_a_row_without_an_adjusted_close_that_others_have():
    rows = adjusted_for([50.0] * 10, {})
    rows.adj_close[4] = np.nan
    result = check(rows)
    assert [each.reason for each in result.findings] == ["2015-01-08 has no adjusted close, as others have."]
    rows.adj_close[:] = np.nan
    assert check(rows).findings == ()


def test_declared_amounts_are_brought_to_the_scale_of_adjusted_prices():
    rows = adjusted_for([50.0] * 30, {10: 0.04}, basis="split_adjusted")
    actions = (on(rows, 10, 14.0), split(int(rows.timestamp[20]), 7.0))
    assert check(rows, *actions).findings == ()
    same_day = (on(rows, 10, 14.0), split(int(rows.timestamp[10]), 7.0))
    assert check(rows, *same_day).findings == ()


def test_raw_prices_with_a_split_between():
    prices = np.repeat([350.0, 50.0], [20, 10])
    factor = np.where(np.arange(30) < 10, 0.96, 1.0)
    rows = flat(prices, adj_close=np.repeat([50.0, 50.0], [20, 10]) * factor, volume=np.repeat([1e3, 7e3], [20, 10]))
    actions = (on(rows, 10, 14.0), split(int(rows.timestamp[20]), 7.0))
    assert rules(check(rows, *actions), "warn", "error") == set()


@pytest.mark.parametrize(
    ("currency", "quoted", "units"),
    [("GBP", "GBX", 100), ("GBP", "GBp", 100), ("GBp", "GBP", 0.01), ("ZAR", "ZAc", 100), ("ILA", "ILS", 0.01),
     ("USD", "USD", 1), (None, "USD", 1), ("USD", None, 1), ("USD", "EUR", None), ("GBX", "GBp", 1)],
)  # fmt: skip
def test_units_of_currencies(currency, quoted, units):
    assert units_of(currency, quoted) == units


def test_a_dividend_in_pounds_of_prices_in_pence():
    rows = adjusted_for([500.0] * 20, {10: 0.04}, currency="GBX")
    assert check(rows, on(rows, 10, 0.2, "GBP")).findings == ()
    assert check(rows, on(rows, 10, 0.2, "GBX")).findings != ()
    assert check(rows, on(rows, 10, 0.2, "EUR")).findings == ()  # not known what it is worth


def test_a_split_listed_twice():
    rows = flat([10.0] * 20, basis="split_adjusted")
    at = [int(rows.timestamp[each]) for each in (10, 13)]
    result = check(rows, *(split(each, 4.0) for each in at))
    assert [each.reason for each in result.findings] == [
        "The 4:1 split of 2015-01-22 is listed on 2015-01-16 already; applied twice it makes prices wrong."
    ]


def test_of_a_split_listed_twice_the_date_on_which_raw_prices_jump_counts():
    rows = flat([40.0] * 13 + [10.0] * 10)
    at = [int(rows.timestamp[each]) for each in (10, 13)]
    result = check(rows, *(split(each, 4.0) for each in at))
    assert rules(result, "warn", "error") == {"event"}
    assert len(result.kept) == 23


def moving(size=60, seed=3):
    random = np.random.default_rng(seed)
    return 50 * np.exp(np.cumsum(random.normal(0, 0.01, size)))


def test_a_dividend_listed_twice():
    rows = flat(moving())
    result = check(rows, on(rows, 20, 0.5), on(rows, 22, 0.5))
    assert [each.reason for each in result.findings] == [
        "The dividend of 0.5 on 2015-02-04 follows one of 0.5 on 2015-02-02; it seems listed twice."
    ]
    assert check(rows, on(rows, 20, 0.5), on(rows, 22, 0.9)).findings == ()  # a special one
    assert check(rows, on(rows, 20, 0.5), on(rows, 22, 0.36)).findings != ()  # net of tax


@pytest.mark.parametrize(("step", "findings"), [(0.05, 0), (0.075, 1)])
def test_of_two_dividends_of_a_day_one_may_hold_the_other(step, findings):
    prices = 50 * (moving() / 50) ** 0.4  # a fund's moves
    prices[30:] *= 0.95
    rows = adjusted_for(prices, {30: step})
    amounts = (prices[29] * 0.05, prices[29] * 0.025)
    result = check(rows, *(on(rows, 30, float(each)) for each in amounts))
    assert len(found(result, "adjusted_close")) == findings


def test_weekly_dividends_are_not_listed_twice():
    rows = flat(moving())
    assert check(rows, *(on(rows, at, 0.1) for at in range(5, 55, 5))).findings == ()


def test_a_dividend_by_which_the_price_did_not_fall():
    rows = flat(moving())
    (finding,) = check(rows, on(rows, 30, 10.0)).findings
    assert finding.rule == "event"
    assert "is 20.4% of the last close" in finding.reason or "check its units" in finding.reason


def test_a_dividend_that_is_a_hundredth_of_the_fall():
    prices = moving()
    prices[30:] *= 0.9
    rows = flat(prices)
    amount = float(prices[29] * 0.1 / 100)
    (finding,) = check(rows, on(rows, 30, amount)).findings
    assert "it seems a hundredth" in finding.reason


@pytest.mark.parametrize("volume", [0.0, np.nan])
def test_prices_that_nobody_traded_tell_nothing_of_a_dividend(volume):
    rows = flat(moving(), volume=volume)
    assert check(rows, on(rows, 30, 10.0)).findings == ()


def test_in_raw_prices_a_factor_that_falls_less_than_by_a_reverse_split_is_told():
    def factors(*values):
        return flat([100.0] * len(values), adj_close=100.0 * np.array(values))

    # An adjustment of 3% is missing from two rows, and back afterwards.
    result = check(factors(0.97, 0.97, 1.0, 1.0, 0.97, 0.97, 1.0, 1.0))
    assert [(each.rule, list(each.rows)) for each in result.findings] == [("adjusted_close", [4])]
    # One for two: the adjusted closes before are twice the closes, as they should be.
    assert check(factors(2.0, 2.0, 2.0, 1.0, 1.0, 1.0)).findings == ()
