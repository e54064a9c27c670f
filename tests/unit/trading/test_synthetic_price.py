"""The made-up price of the sample market."""

from itertools import pairwise
from math import log

import pytest

from arbitrax.trading.synthetic_price import SyntheticPrice

START = 1_795_775_981.25


def path(seed=0, symbol="COIN", step=0.5, count=2_000):
    price = SyntheticPrice(symbol, 100.0, 1e-4, seed)
    return [price.at(START + step * each) for each in range(count)]


def test_the_same_seed_and_time_give_the_same_price_whoever_asks_and_in_whatever_order():
    assert path() == path()
    price = SyntheticPrice("COIN", 100.0, 1e-4, 0)
    assert [price.at(START + 0.5 * each) for each in reversed(range(2_000))] == path()[::-1]


def test_other_seeds_and_other_symbols_have_other_prices():
    assert path(seed=1) != path()
    assert path(symbol="TIN") != path()


def test_it_stays_within_its_bound_and_never_jumps():
    price = SyntheticPrice("COIN", 100.0, 1e-4, 3)
    found = [price.at(START + 600.0 * each) for each in range(20_000)]
    assert 100.0 / price.bound() < min(found) < max(found) < 100.0 * price.bound()
    near = path(step=0.001, count=3_000)
    assert max(abs(log(after / before)) for before, after in pairwise(near)) < 1e-5


def test_it_moves_about_as_much_as_it_is_told_to():
    found = path(step=10.0, count=5_000)
    squares = [log(after / before) ** 2 for before, after in pairwise(found)]
    assert (sum(squares) / len(squares) / 10.0) ** 0.5 == pytest.approx(1e-4, rel=0.5)
