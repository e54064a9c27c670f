import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.portfolio import cap_weights, limit_gross, limit_groups, limit_net, long_only


def close_to(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-16)


def test_long_only():
    assert long_only(np.array([0.5, -0.2, 0.0])).tolist() == [0.5, 0, 0]


def test_the_excess_goes_to_the_others_in_proportion():
    # 0.2 is over; the others take it 2 to 1 and stay below the cap.
    close_to(cap_weights(np.array([0.7, 0.2, 0.1]), 0.5), [0.5, 1 / 3, 1 / 6])


def test_and_on_from_those_it_lifts_over_the_cap():
    # After the first step 0.25 becomes 1/3 > 0.3, and is capped in turn.
    close_to(cap_weights(np.array([0.5, 0.3, 0.12, 0.08]), 0.35), [0.35, 0.35, 0.18, 0.12])


def test_too_few_symbols_for_the_cap_leave_cash():
    assert cap_weights(np.array([0.8, 0.2, 0.0]), 0.3).tolist() == [0.3, 0.3, 0.0]


def test_longs_and_shorts_are_capped_apart():
    close_to(cap_weights(np.array([0.6, 0.2, -0.2, -0.3]), 0.5), [0.5, 0.3, -0.2, -0.3])
    close_to(cap_weights(np.array([0.3, 0.2, -0.1, -0.4]), 0.35), [0.3, 0.2, -0.15, -0.35])


def test_the_excess_stays_in_cash_on_request():
    assert cap_weights(np.array([0.7, 0.2, -0.9]), 0.5, excess="cash").tolist() == [0.5, 0.2, -0.5]


def test_gross_shrinks_all_alike():
    close_to(limit_gross(np.array([1.0, -0.5, 0.5]), 1.0), [0.5, -0.25, 0.25])
    assert limit_gross(np.array([1.0, -0.5]), 0.0).tolist() == [0, 0]


def test_net_shrinks_the_heavier_side():
    # Longs 0.9, shorts 0.3: net 0.6. Longs may be 0.3 + 0.2.
    close_to(limit_net(np.array([0.6, 0.3, -0.3]), 0.2), [1 / 3, 1 / 6, -0.3])
    close_to(limit_net(np.array([-0.6, -0.3, 0.3]), 0.2), [-1 / 3, -1 / 6, 0.3])
    close_to(limit_net(np.array([0.6, -0.3]), 0.0), [0.3, -0.3])


def test_groups_are_limited_apart_and_no_group_is_not():
    weights = np.array([0.3, 0.3, 0.2, -0.1, 0.1])
    groups = np.array([0, 0, 1, 1, -1])
    close_to(limit_groups(weights, groups, max_gross=0.4), [0.2, 0.2, 0.2, -0.1, 0.1])
    close_to(limit_groups(weights, groups, max_net=0.05), [0.025, 0.025, 0.15, -0.1, 0.1])
    close_to(limit_groups(weights, groups, max_gross=[1.0, 0.15]), [0.3, 0.3, 0.1, -0.05, 0.1])
    close_to(limit_groups(weights, groups, max_gross=0.4, max_net=[0.1, 1.0]), [0.05, 0.05, 0.2, -0.1, 0.1])
    assert limit_groups(weights, groups).tolist() == weights.tolist()


@pytest.mark.parametrize(
    "limit",
    [
        long_only,
        lambda w: cap_weights(w, 0.3),
        lambda w: limit_gross(w, 0.8),
        lambda w: limit_net(w, 0.1),
        lambda w: limit_groups(w, np.array([0, 1, 0, -1]), max_gross=0.3, max_net=0.2),
    ],
)
def test_rows_are_limited_apart_and_the_input_stays(limit):
    table = np.random.default_rng(1).normal(size=(7, 4))
    before = table.copy()
    together = limit(table)
    assert np.array_equal(together, [limit(row) for row in table])
    assert np.array_equal(table, before)
    assert limit(np.zeros(4)).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda w: cap_weights(w, 0), "A cap of 0"),
        (lambda w: cap_weights(w, 0.1, excess="lost"), "excess='lost'"),
        (lambda w: limit_gross(w, -1), "A gross limit of -1"),
        (lambda w: limit_net(w, np.nan), "A net limit of nan"),
        (lambda w: limit_groups(w, np.array([0])), "one whole number for each of the 2"),
        (lambda w: limit_groups(w, np.array([0.0, 1.0])), "groups is float64"),
        (lambda w: limit_groups(w, np.array([0, 1]), max_net=[0.1]), "max_net must be one limit"),
        (lambda w: limit_groups(w, np.array([0, 1]), max_gross=-0.1), "max_gross must be one limit"),
        (lambda w: long_only(w * np.nan), "Weights that are NaN"),
    ],
)
def test_nonsense_is_refused(call, message):
    with pytest.raises(InputError, match=message):
        call(np.array([0.5, 0.5]))
