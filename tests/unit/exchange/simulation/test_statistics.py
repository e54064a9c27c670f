import math

import numpy as np

from arbitrax.exchange.records import COMMAND, EVENT, Happening
from arbitrax.exchange.simulation import Run, summarise
from arbitrax.exchange.simulation.run import QUOTE


def run_of(quotes, fills=()):
    events = np.zeros(len(fills), EVENT)
    events["kind"], events["quantity"] = Happening.FILLED, fills
    return Run(np.zeros(0, COMMAND), events, np.zeros(1, np.int64), np.array(quotes, QUOTE))


def test_statistics_of_a_run_by_hand():
    quotes = [
        (0, 98, 102, 5, 7, 0, 0, 100.0),
        (1_000, 0, 103, 0, 7, 0, 0, 100.0),  # no bid: left out
        (2_000, 100, 102, 3, 1, 0, 0, 100.0),
        (3_000, 99, 101, 3, 1, 0, 0, 102.0),
        (4_000, 100, 104, 2, 2, 0, 0, 102.0),
    ]
    found = summarise(run_of(quotes, [4, 6]))
    assert (found.trades, found.volume) == (2, 10)
    assert found.spread == 3
    assert found.depth == (12 + 4 + 4 + 4) / 4
    assert found.tracking == 3 / 4
    assert found.bias == -1 / 4
    assert math.isclose(found.volatility, np.std([1, -1, 2]))
    assert math.isclose(found.autocorrelation, -1)


def test_an_empty_run_has_no_averages():
    found = summarise(run_of([]))
    assert (found.trades, found.volume) == (0, 0)
    assert all(math.isnan(each) for each in (found.spread, found.depth, found.volatility, found.autocorrelation))
