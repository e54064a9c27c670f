"""Blocks of prices in other units, splits not applied, and jumps that are true."""

import numpy as np
import pytest

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.market_data.validation.findings import Context
from arbitrax.market_data.validation.validator import validate
from tests.candidates import XNYS, as_bars, dividend, flat, found, rules, split


def check(rows, *actions, **more):
    return validate(rows, Context(calendar=XNYS, actions=actions, **more))


def dates(rows, *at):
    return [int(rows.timestamp[each]) for each in at]


def test_rows_a_hundred_times_off_inside():
    rows = flat([10] * 5 + [1000] * 2 + [10] * 5)
    result = check(rows)
    assert found(result, "unit_switch", "error") == dates(rows, 5, 6)
    assert rules(result) == {"unit_switch"}
    assert result.quarantined[0].reason == (
        "2015-01-09 closes at 1000, about 100 times above 10 on 2015-01-08, and no split is declared; most rows with "
        "trades say which is right."
    )


@pytest.mark.parametrize("prices", [[0.1] * 3 + [10] * 9, [10] * 9 + [0.1] * 3])
def test_rows_a_hundredth_at_the_start_or_the_end(prices):
    rows = flat(prices)
    assert found(check(rows), "unit_switch", "error") == dates(rows, *np.flatnonzero(np.array(prices) < 1))


def test_stored_bars_say_which_unit_is_right():
    whole = flat([10] * 6 + [1000] * 6)
    result = check(whole.take(slice(4, None)), before=as_bars(whole.take(slice(0, 4))))
    assert found(result, "unit_switch", "error") == dates(whole, *range(6, 12))
    result = check(whole.take(slice(6, None)), before=as_bars(whole.take(slice(0, 6))))
    assert len(result.kept) == 0


@pytest.mark.parametrize(
    ("currency", "wrong"), [("GBX", [0, 1]), ("GBp", [0, 1]), ("GBP", [2, 3]), ("ZAc", [0, 1]), ("USD", [0, 1])]
)
def test_without_a_majority_the_currency_decides_and_then_the_newest(currency, wrong):
    rows = flat([10, 10, 1000, 1000], currency=currency)
    assert found(check(rows), "unit_switch", "error") == dates(rows, *wrong)


def test_rows_without_trades_do_not_vote():
    rows = flat([10] * 6 + [1000] * 3, volume=[0] * 6 + [0, 7, 9])
    assert found(check(rows), "unit_switch", "error") == dates(rows, *range(6))


def test_a_declared_split_of_a_hundred_is_no_other_unit():
    rows = flat([10] * 6 + [1000] * 6)
    date = int(rows.timestamp[6])
    result = check(rows, split(date, 0.01))
    assert rules(result, "warn", "error") == set()
    assert found(result, "jump", "info") == [date]


@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
def test_one_price_of_a_row_in_another_unit(name):
    rows = flat([10.0] * 8)
    column = getattr(rows, name)
    column[3] *= 0.01 if name in {"low", "open"} else 100
    result = check(rows)
    assert "unit_switch" in {rule for each in result.quarantined for rule in each.rule.split(", ")}
    assert len(result.kept) == 7


def test_a_split_in_raw_prices_explains_its_jump():
    rows = flat([700] * 5 + [100] * 5)
    result = check(rows, split(int(rows.timestamp[5]), 7.0))
    assert [(str(each.level), each.reason) for each in result.findings] == [
        ("info", "2015-01-09 closes at 100 after 700, as the declared split explains.")
    ]


def test_the_same_jump_without_a_split_may_be_true_and_is_kept():
    rows = flat([700] * 5 + [100] * 5)
    result = check(rows)
    assert [(str(each.level), each.reason) for each in result.findings] == [
        (
            "warn",
            "2015-01-09 has the close 100, 85.7% below the last close 700; no declared split or dividend explains it.",
        )
    ]
    assert len(result.kept) == 10


def test_a_crash_of_the_size_of_a_split_of_another_day_is_no_error():
    rows = flat([53.5] * 40 + [25.75] * 40)
    result = check(rows, split("2012-06-21", 2.0), split("2015-08-28", 2.0))
    assert rules(result, "error") == set()
    assert found(result, "jump", "warn") == dates(rows, 40)


def test_a_crash_within_the_day_beside_an_ex_date_is_no_error():
    rows = flat([100] * 20 + [50] * 20, basis="split_adjusted")
    rows.open[20] = rows.high[20] = 100
    result = check(rows, split(int(rows.timestamp[24]), 2.0))
    assert rules(result, "error") == set()


@pytest.mark.parametrize("late", [-2, 0, 3])
def test_adjusted_prices_before_a_split_that_was_not_applied(late):
    rows = flat([5000] * (20 + late) + [1000] * (20 - late), basis="split_adjusted")
    result = check(rows, split(int(rows.timestamp[20]), 5.0))
    assert found(result, "jump", "error") == dates(rows, *range(20 + late))
    said = (
        "2015-01-02 closes at 5000, off its neighbours by the ratio of the 5:1 split of 2015-02-02: the split was not"
    )
    assert result.quarantined[0].reason == f"{said} applied to it, or twice."


def test_adjusted_prices_are_judged_by_the_stored_ones_before():
    """Stored bars are as traded; of a vendor's rows after them the later split was taken out of the last five only."""
    stored = flat([1000] * 30)
    rows = flat([1000] * 5 + [100] * 5, "2015-02-17", basis="split_adjusted")
    result = check(rows, split("2015-03-02", 10.0), before=as_bars(stored))
    assert found(result, "jump", "error") == dates(rows, *range(5))


def test_a_large_dividend_explains_the_fall():
    rows = flat([461.15] * 10 + [205.1] * 10, basis="split_adjusted")
    date = int(rows.timestamp[10])
    result = check(rows, split(date, 33 / 70), dividend(date, 115.0))
    assert rules(result, "warn", "error") == set()


def test_an_open_far_off_with_a_close_that_is_back():
    rows = flat([79.79] * 5)
    rows.open[2] = rows.high[2] = 159.58
    result = check(rows)
    assert found(result, "jump", "warn") == dates(rows, 2)


def test_raw_prices_that_are_adjusted_already():
    rows = flat([100] * 40)
    result = check(rows, split(int(rows.timestamp[20]), 7.0))
    assert found(result, "mixed_basis", "error") == dates(rows, *range(20))
    assert len(result.kept) == 20


@pytest.mark.parametrize(("basis", "volumes"), [("raw", (900, 900)), ("split_adjusted", (100, 900))])
def test_volumes_of_the_other_basis(basis, volumes):
    first, second = volumes
    random = np.random.default_rng(5)
    volume = np.repeat([first, second], 80) * np.exp(random.normal(0, 0.3, 160))
    prices = np.repeat([900.0, 100.0], 80) if basis == "raw" else np.full(160, 100.0)
    rows = flat(prices, volume=volume, basis=basis)
    result = check(rows, split(int(rows.timestamp[80]), 9.0))
    assert found(result, "mixed_basis", "error") == dates(rows, *range(80))


def test_volumes_cannot_tell_a_small_split():
    rows = flat(np.repeat([200.0, 100.0], 80))
    assert rules(check(rows, split(int(rows.timestamp[80]), 2.0)), "warn", "error") == set()


def test_a_stock_dividend_is_a_split():
    rows = flat([130.0] * 20 + [100.0] * 20)
    gift = CorporateAction(symbol="ABC", kind="stock_dividend", ex_date=int(rows.timestamp[20]), ratio=1.3)
    assert rules(check(rows, gift), "warn", "error") == set()


def test_events_of_another_symbol_do_not_count():
    rows = flat([700] * 5 + [100] * 5)
    other = CorporateAction(symbol="XYZ", kind="split", ex_date=int(rows.timestamp[5]), ratio=7.0)
    assert rules(check(rows, other)) == {"jump"}


def test_a_large_ratio_may_be_missed_by_a_tenth_of_its_log():
    rows = flat([0.019] * 10 + [2.5] * 10, basis="split_adjusted")
    assert found(check(rows, split(int(rows.timestamp[10]), 1 / 190)), "jump", "error") == dates(rows, *range(10))


def test_on_its_ex_date_a_split_explains_a_jump_that_misses_it_by_a_fifth():
    rows = flat([100.0] * 10 + [40.0] * 10, basis="split_adjusted")
    assert found(check(rows, split(int(rows.timestamp[10]), 2.0)), "jump", "error") == dates(rows, *range(10))
    assert found(check(rows, split(int(rows.timestamp[13]), 2.0)), "jump", "error") == []
