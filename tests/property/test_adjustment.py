"""Splits put into prices as vendors do it, and taken out again."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.intervals import DAY
from arbitrax.market_data.adjustment import as_traded
from arbitrax.market_data.candidate import CandidateBars

RATIOS = st.sampled_from([2.0, 3.0, 4.0, 7.0, 10.0, 20.0, 1.5, 1.25, 0.5, 0.1, 0.125])


@st.composite
def histories(draw):
    """Return cents and shares as traded on ten days, and up to four splits with a product of at most 100."""
    cents = draw(st.lists(st.integers(200, 500_000), min_size=10, max_size=10))
    shares = draw(st.lists(st.integers(0, 10**9), min_size=10, max_size=10))
    splits = draw(st.lists(st.tuples(st.integers(0, 12), RATIOS), max_size=4))
    while np.prod([ratio for _, ratio in splits]) > 100:
        splits.pop()
    return np.array(cents) / 100, np.array(shares, dtype=float), splits


def as_a_vendor_has_it(price, shares, splits):
    """Divide by later splits, round to six decimals, and pass 32 bits; volume is whole."""
    later = np.array([np.prod([ratio for day, ratio in splits if day > at]) for at in range(len(price))])
    divided = np.where(later == 1, price, np.round(price / later, 6)).astype(np.float32).astype(np.float64)
    return CandidateBars(
        "X", "1d", np.arange(len(price)) * DAY, divided, divided, divided, divided, np.rint(shares * later),
        basis="split_adjusted",
    ), later  # fmt: skip


@given(histories(), st.randoms(use_true_random=False))
def test_prices_in_cents_come_back_exactly_whatever_the_splits_and_the_order_of_rows(history, random):
    price, shares, splits = history
    actions = [CorporateAction(symbol="X", kind="split", ex_date=day * DAY, ratio=ratio) for day, ratio in splits]
    given_, later = as_a_vendor_has_it(price, shares, splits)
    rows = list(range(len(price)))
    random.shuffle(rows)
    random.shuffle(actions)
    found = as_traded(given_.take(np.array(rows)), actions)
    for name in ("open", "high", "low", "close"):
        assert (getattr(found, name) == price[rows]).all()
    assert (np.abs(found.volume - shares[rows]) <= 0.5 / later[rows] + 0.5).all()  # both round
    assert (found.volume[(later[rows] >= 1)] == shares[rows][(later[rows] >= 1)]).all()
    again = as_traded(found, actions)
    assert (again.close == found.close).all()


@given(st.floats(1e-9, 1e9), st.sampled_from([1.0, 2.0, 7.0, 28.0, 0.1]))
def test_no_price_moves_by_more_than_the_vendor_rounded(price, ratio):
    actions = [CorporateAction(symbol="X", kind="split", ex_date=DAY, ratio=ratio)] if ratio != 1 else []
    column = np.array([price])
    rows = CandidateBars("X", "1d", np.zeros(1, np.int64), *[column] * 5, basis="split_adjusted")
    found = float(as_traded(rows, actions).close[0])
    assert found > 0
    error = abs(price * ratio) * 2**-24 + (0.5e-6 * ratio if ratio != 1 else 0)
    assert abs(found - price * ratio) <= error * (1 + 1e-9)
