import numpy as np
import pytest

from arbitrax.domain.errors import InputError
from arbitrax.portfolio import (
    equal_weight,
    inverse_volatility,
    rank,
    rank_top,
    rank_top_buffered,
    score_weight,
)

NAN = np.nan
SCORES = np.array([0.2, NAN, 0.5, 0.2, -0.1, 0.9])


def held(*at, of=6):
    mask = np.zeros(of, bool)
    mask[list(at)] = True
    return mask


def test_places_count_from_one_and_ties_go_by_symbol():
    assert rank(SCORES).tolist() == [3, 0, 2, 4, 5, 1]
    assert rank(SCORES, ascending=True).tolist() == [2, 0, 4, 3, 1, 5]


def test_top_by_count():
    assert np.flatnonzero(rank_top(SCORES, 3)).tolist() == [0, 2, 5]
    assert np.flatnonzero(rank_top(SCORES, 2, ascending=True)).tolist() == [0, 4]
    assert np.flatnonzero(rank_top(SCORES, 99)).tolist() == [0, 2, 3, 4, 5]


@pytest.mark.parametrize(("fraction", "chosen"), [(0.1, 1), (0.4, 2), (0.59, 2), (0.6, 3), (1.0, 5)])
def test_top_by_fraction_of_those_with_a_score(fraction, chosen):
    assert rank_top(SCORES, fraction=fraction).sum() == chosen


def test_fraction_is_not_one_short_for_rounding():
    assert rank_top(np.arange(100.0), fraction=0.29).sum() == 29


def test_rows_are_decided_apart():
    table = np.array([SCORES, -SCORES, np.full(6, NAN)])
    top = rank_top(table, 1)
    assert top.shape == (3, 6)
    assert [np.flatnonzero(row).tolist() for row in top] == [[5], [4], []]


def test_infinite_scores_rank_at_the_ends():
    assert rank(np.array([-np.inf, 1.0, np.inf, NAN])).tolist() == [3, 2, 1, 0]
    assert np.flatnonzero(rank_top(np.array([-np.inf, NAN]), 2)).tolist() == [0]


def test_a_held_symbol_stays_within_the_band():
    scores = np.array([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    assert np.flatnonzero(rank_top_buffered(scores, 2, keep=4)).tolist() == [0, 1]
    assert np.flatnonzero(rank_top_buffered(scores, 2, keep=4, held=held(3))).tolist() == [0, 3]
    assert np.flatnonzero(rank_top_buffered(scores, 2, keep=4, held=held(4, 5))).tolist() == [0, 1]
    # More are held than wanted: the best of them.
    assert np.flatnonzero(rank_top_buffered(scores, 2, keep=4, held=held(1, 2, 3))).tolist() == [1, 2]


def test_each_row_starts_from_the_row_before():
    table = np.array([[4.0, 3, 2, 1], [3, 1, 4, 2], [1, 2, 4, 3], [1, NAN, NAN, NAN]])
    chosen = rank_top_buffered(table, 1, keep=2)
    # Symbol 0 is second in the second row and stays, last in the third and goes.
    assert [np.flatnonzero(row).tolist() for row in chosen] == [[0], [0], [2], [0]]


def test_a_band_of_no_width_is_the_plain_ranking():
    table = np.random.default_rng(3).normal(size=(20, 15))
    assert np.array_equal(rank_top_buffered(table, 4, keep=4), rank_top(table, 4))


def test_a_band_cuts_turnover():
    walk = np.cumsum(np.random.default_rng(4).normal(size=(60, 50)), axis=0)
    turnover = [np.abs(np.diff(each.astype(int), axis=0)).sum() for each in
                (rank_top_buffered(walk, 10, keep=10), rank_top_buffered(walk, 10, keep=20))]  # fmt: skip
    assert turnover[1] < turnover[0] / 2


def test_equal_weights():
    assert equal_weight(held(1, 2, of=4)).tolist() == [0, 0.5, 0.5, 0]
    assert equal_weight(held(of=4)).tolist() == [0, 0, 0, 0]
    table = np.array([held(0, of=2), held(0, 1, of=2), held(of=2)])
    assert equal_weight(table, gross=0.5).tolist() == [[0.5, 0], [0.25, 0.25], [0, 0]]


def test_weights_by_score():
    assert score_weight(np.array([3.0, -1.0, NAN, 0.0])).tolist() == [0.75, -0.25, 0, 0]
    assert score_weight(np.array([3.0, -1.0, 1.0]), held(0, 2, of=3), gross=2.0).tolist() == [1.5, 0, 0.5]
    assert score_weight(np.array([0.0, NAN])).tolist() == [0, 0]


def test_weights_by_inverse_volatility():
    volatility = np.array([0.1, 0.3, NAN, 0.0, np.inf, 0.15])
    np.testing.assert_allclose(inverse_volatility(volatility), [0.5, 1 / 6, 0, 0, 0, 1 / 3], rtol=1e-15)
    np.testing.assert_allclose(inverse_volatility(volatility, held(0, 1, 2)), [0.75, 0.25, 0, 0, 0, 0], rtol=1e-15)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "a count or a fraction"),
        ({"count": 1, "fraction": 0.5}, "a count or a fraction"),
        ({"count": 0}, "0 symbols cannot be chosen"),
        ({"fraction": 0.0}, "A fraction of 0.0"),
        ({"fraction": 1.5}, "A fraction of 1.5"),
        ({"fraction": NAN}, "A fraction of nan"),
    ],
)
def test_nonsense_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        rank_top(SCORES, **arguments)


def test_nonsense_bands_are_refused():
    with pytest.raises(InputError, match="stay within rank 1"):
        rank_top_buffered(SCORES, 2, keep=1)
    with pytest.raises(InputError, match=r"held has shape \(3,\)"):
        rank_top_buffered(SCORES, 2, keep=3, held=held(of=3))
