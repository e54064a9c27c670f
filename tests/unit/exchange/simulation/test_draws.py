import math

import numpy as np

from arbitrax.exchange.simulation.draws import Draws, logarithm


def test_the_logarithm_agrees_with_the_platforms():
    values = np.concatenate([2.0 ** -np.arange(53.0), np.random.default_rng(1).random(10_000) + 1e-9, [1, 3, 1e9]])
    expected = [math.log(each) for each in values]
    assert np.allclose(logarithm(values), expected, rtol=4e-16, atol=4e-16)
    assert logarithm(np.array([1.0]))[0] == 0


def test_numbers_have_their_distributions():
    draws = Draws(3, 0)
    uniforms = np.array([draws.uniform() for _ in range(50_000)])
    assert 0 <= uniforms.min() < 1e-3 < 0.999 < uniforms.max() < 1
    assert abs(uniforms.mean() - 0.5) < 0.005
    exponentials = np.array([draws.exponential() for _ in range(50_000)])
    assert exponentials.min() >= 0
    assert abs(exponentials.mean() - 1) < 0.02
    assert abs((exponentials > 2).mean() - math.exp(-2)) < 0.005
    normals = np.array([draws.normal() for _ in range(50_000)])
    assert abs(normals.mean()) < 0.02
    assert abs(normals.std() - 1) < 0.02
    assert {draws.below(3) for _ in range(100)} == {0, 1, 2}
    lots = np.array([draws.lots(5.0) for _ in range(50_000)])
    assert lots.min() == 1
    assert abs(lots.mean() - 5) < 0.1
    waits = np.array([draws.wait(4.0) for _ in range(50_000)])
    assert abs(waits.mean() - 250_000) < 5_000


def test_streams_of_a_seed_differ_and_each_repeats():
    def first(seed, stream):
        draws = Draws(seed, stream)
        return [draws.uniform() for _ in range(5)]

    assert first(1, 0) == first(1, 0)
    assert len({tuple(first(seed, stream)) for seed in (1, 2) for stream in (0, 1)}) == 4
