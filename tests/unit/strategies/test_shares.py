"""Several symbols under a strategy for one: each decides from its own bars, with an equal share."""

import numpy as np
import pytest
from msgspec.structs import replace

import arbitrax as ax
from arbitrax.domain.errors import StrategyError
from arbitrax.domain.panel import Panel
from tests.market import sample

NAMES = ("AAPL", "GOOG", "FB")


@pytest.fixture(scope="module")
def panel():
    return Panel.from_bars([sample(name) for name in NAMES])


def strategy_of(decide):
    class Made(ax.Strategy):
        def signals(self, bars):
            return decide(bars)

    return Made()


def rows_of(panel, column):
    return np.flatnonzero(~np.isnan(panel.close[:, column]))


def test_signals_with_their_sizes_and_exits(panel):
    def decide(bars):
        change = np.diff(bars.close, prepend=bars.close[0])
        stop = np.full(len(bars), 0.1)
        exits = ax.Exits(stop_loss=stop, max_bars=20)
        return ax.Signals(entries=change > 0, exits=change < 0, size=0.6, attached=exits)

    shared = strategy_of(decide).portfolio(panel)
    assert shared.short_entries is None
    for column, name in enumerate(NAMES):
        own, rows = decide(sample(name)), rows_of(panel, column)
        np.testing.assert_array_equal(shared.entries[rows, column], own.entries)
        np.testing.assert_array_equal(shared.exits[rows, column], own.exits)
        assert (shared.size[rows, column] == 0.6 / 3).all()
        assert (shared.attached.stop_loss[rows, column] == 0.1).all()
        assert (shared.attached.max_bars[rows, column] == 20).all()
        assert not np.delete(shared.entries[:, column], rows).any()
    result = ax.backtest(strategy_of(decide), [sample(name) for name in NAMES])
    assert set(result.fill_records["symbol"].tolist()) == {0, 1, 2}


def test_sizes_in_units_are_no_shares(panel):
    entries = strategy_of(lambda bars: ax.Signals(entries=bars.close > 0, size=7, size_unit="quantity"))
    shared = entries.portfolio(panel)
    assert shared.size_unit == "quantity"
    assert np.nanmax(shared.size) == np.nanmin(shared.size) == 7


def test_targets_and_rebalances(panel):
    def weights(bars):
        return np.where(bars.close > bars.open, 0.9, 0.0)

    targets = strategy_of(lambda bars: ax.Targets(weights(bars), ax.Exits(trailing_stop=0.2))).portfolio(panel)
    rebalances = strategy_of(lambda bars: ax.Rebalance(np.arange(5, len(bars), 50), weights(bars)[5::50]))
    again = rebalances.portfolio(panel)
    for column, name in enumerate(NAMES):
        rows, own = rows_of(panel, column), weights(sample(name))
        np.testing.assert_allclose(targets.weights[rows, column], own / 3)
        assert (targets.exits.trailing_stop[rows, column] == 0.2).all()
        stated = np.full(len(panel), np.nan)
        stated[rows[5::50]] = own[5::50] / 3
        np.testing.assert_allclose(again.weights[:, column], stated[again.bars])
    assert len(ax.backtest(rebalances, [sample(name) for name in NAMES]).fill_records) > 20


@pytest.mark.parametrize(
    ("decide", "message"),
    [
        (lambda bars: 1.0, "returned float as weights, not one value for each of the 3270 bars"),
        (lambda bars: "long", "returned str as weights"),
        (lambda bars: None, "returned NoneType as weights"),
        (lambda bars: np.ones(3), r"returned an array of float64 of shape \(3,\) as weights"),
        (lambda bars: ax.Signals(entries=np.full(len(bars), np.nan)), "returned an array of float64 .* as entries"),
        (lambda bars: ax.Rebalance(np.array([9999]), [1.0]), "bars and weights do not fit 3270 bars"),
        (
            lambda bars: np.ones(len(bars)) if bars.symbol == "FB" else ax.Targets(np.ones(len(bars))),
            "returned Targets and ndarray for different symbols",
        ),
        (
            lambda bars: ax.Signals(entries=bars.close > 0, size_unit="value" if bars.symbol == "FB" else "weight"),
            "returned sizes in value and weight for different symbols",
        ),
    ],
)
def test_what_cannot_be_shared_is_refused(panel, decide, message):
    with pytest.raises(StrategyError, match=message):
        strategy_of(decide).portfolio(panel)


def test_a_symbol_without_bars_gets_nothing(panel):
    close = panel.close.copy()
    close[:, 1] = np.nan
    shared = strategy_of(lambda bars: np.ones(len(bars))).portfolio(replace(panel, close=close))
    assert np.isnan(shared[:, 1]).all()
    assert np.nanmax(shared) == 1 / 3
