"""Splits on history against a plain loop; vendors' split adjustment there and back."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.corporate_action_lists import as_declared
from arbitrax.market_data.corporate_actions import cumulative_split_factor, split_adjusted
from tests.market import START, daily

DAYS = 12
days = st.integers(-3, DAYS + 3)
ratios = st.sampled_from([2.0, 3.0, 7.0, 1.5, 1.05, 0.5, 0.1, 1 / 3])
splits = st.dictionaries(days, ratios, max_size=4).map(
    lambda found: [
        CorporateAction(symbol="TEST", kind="split", ex_date=START + day * DAY, ratio=ratio)
        for day, ratio in found.items()
    ]
)
closes = st.lists(st.floats(1.0, 1000.0), min_size=1, max_size=DAYS)


def plain_factor(actions, date):
    factor = 1.0
    for each in sorted(actions, key=lambda each: each.ex_date):
        if each.ex_date <= date:
            factor *= each.ratio
    return factor


@given(splits, closes)
def test_the_factor_is_the_product_of_ratios_so_far(actions, close):
    dates = daily(close).timestamp
    assert cumulative_split_factor(actions, dates).tolist() == [plain_factor(actions, int(date)) for date in dates]


@given(splits, closes)
def test_adjusted_history_keeps_value_and_ends_as_traded(actions, close):
    bars = daily(close)
    made = split_adjusted(bars, actions)
    assert (made.close[-1], made.volume[-1]) == (bars.close[-1], bars.volume[-1])
    np.testing.assert_allclose(made.close * made.volume, bars.close * bars.volume, rtol=1e-12)
    last = int(bars.timestamp[-1])
    for row, date in enumerate(bars.timestamp.tolist()):
        later = math.prod(each.ratio for each in actions if date < each.ex_date <= last)
        assert math.isclose(made.close[row], bars.close[row] / later, rel_tol=1e-12)


@given(splits, st.dictionaries(days, st.integers(1, 10_000), max_size=5))
def test_dividends_divided_by_later_splits_come_back(actions, cents):
    declared = [
        CorporateAction(symbol="TEST", kind="dividend", ex_date=START + day * DAY, amount=paid / 100, currency="USD")
        for day, paid in cents.items()
    ]
    divided = []
    for each in declared:
        amount = each.amount
        for split in actions:
            if split.ex_date >= each.ex_date:
                amount /= split.ratio
        divided.append(
            CorporateAction(symbol="TEST", kind="dividend", ex_date=each.ex_date, amount=amount, currency="USD")
        )
    found = as_declared(divided, actions)
    assert [each.ex_date for each in found] == [each.ex_date for each in declared]
    for ours, theirs in zip(found, declared, strict=True):
        assert math.isclose(ours.amount, theirs.amount, rel_tol=1e-9)
