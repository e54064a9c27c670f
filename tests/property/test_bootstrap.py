"""The bootstrap kernel against the plain one, and against what theory says of it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arbitrax.kernels.bootstrap import stationary_bootstrap
from tests.oracles import bootstrap as oracle


@given(
    returns=st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40),
    mean_block=st.floats(1, 60),
    seed=st.integers(0, 2**64 - 1),
)
def test_resamples_are_those_of_the_plain_form(returns, mean_block, seed):
    out = np.empty((4, 4))
    stationary_bootstrap(np.array(returns), mean_block, seed, out)
    for number in range(4):
        expected = oracle.statistics(returns, oracle.places(len(returns), mean_block, seed, number))
        # Centred sums: a deviation is exact to 1e-8 of the size of the returns.
        np.testing.assert_allclose(out[number], expected, rtol=1e-9, atol=1e-8)


def test_fewer_resamples_are_the_first_of_more():
    returns = np.random.default_rng(1).normal(0, 0.01, 50)
    few, many = np.empty((3, 4)), np.empty((9, 4))
    stationary_bootstrap(returns, 5.0, 7, few)
    stationary_bootstrap(returns, 5.0, 7, many)
    assert (few == many[:3]).all()


@pytest.mark.parametrize("mean_block", [1.0, 4.0, 25.0])
def test_blocks_are_geometric_and_start_anywhere(mean_block):
    n, starts, cuts, first = 1000, [], 0, []
    for number in range(400):
        at = oracle.places(n, mean_block, 5, number)
        new = [k for k in range(1, n) if at[k] != (at[k - 1] + 1) % n]
        starts += [at[0], *(at[k] for k in new)]
        first.append(new[0] if new else n)
        cuts += len(new)
    # A new block starts with p = 1 / mean at each place; one in n goes on where the last ended and is not seen.
    assert cuts / (400 * (n - 1)) == pytest.approx((1 - 1 / n) / mean_block, rel=0.02)
    assert np.mean(np.array(first) > mean_block) == pytest.approx((1 - 1 / mean_block) ** int(mean_block), abs=0.08)
    assert np.mean(starts) == pytest.approx((n - 1) / 2, rel=0.03)


@pytest.mark.parametrize("mean_block", [1.0, 3.0, 12.0])
def test_variance_of_the_mean_is_that_of_politis_and_romano(mean_block):
    # Politis and Romano (1994), lemma 1: n var(mean*) = c(0) + 2 sum over k of (1 - k/n) (1 - p)^k c(k), with the
    # circular autocovariances c and p = 1 / mean block.
    n, p = 200, 1 / mean_block
    noise = np.random.default_rng(2).normal(0, 0.01, n)
    returns = noise + 0.6 * np.roll(noise, 1) + 0.001
    centred = returns - returns.mean()
    covariance = [float(centred @ np.roll(centred, -k)) / n for k in range(n)]
    expected = (covariance[0] + sum(2 * (1 - k / n) * (1 - p) ** k * covariance[k] for k in range(1, n))) / n
    out = np.empty((40_000, 4))
    stationary_bootstrap(returns, mean_block, 11, out)
    assert out[:, 0].mean() == pytest.approx(returns.mean(), abs=4 * math.sqrt(expected / len(out)))
    assert out[:, 0].var() == pytest.approx(expected, rel=0.04)
