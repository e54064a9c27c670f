"""A simulation seen and cancelled from outside."""

import threading

import numpy as np
import pytest

from arbitrax.domain.orders import SizeKind
from tests.simulation import matrix, open_engine


def test_a_cancelled_run_stops_after_the_bar_it_is_at() -> None:
    engine = open_engine(np.full(50, 10.0))
    engine.cancel()
    engine.run_targets(matrix(np.tile([0.0, 1.0], 25)))
    assert engine.fault == "cancelled"
    assert engine.bars_done == 0
    np.testing.assert_array_equal(engine.equity, 1000.0)


def test_cancelling_a_run_that_is_over_changes_nothing() -> None:
    engine = open_engine(np.full(5, 10.0))
    engine.run_targets(matrix(np.ones(5)))
    engine.cancel()
    assert engine.fault is None
    assert engine.bars_done == 5


def test_another_thread_cancels_a_long_run() -> None:
    bars = 400_000
    signals = matrix(np.tile([1.0, 0.0], bars // 2))
    whole = open_engine(np.full(bars, 10.0))
    whole.run_targets(signals)
    made = [open_engine(np.full(bars, 10.0)) for _ in range(20)]
    begun = threading.Event()

    def run():
        begun.set()
        for engine in made:
            engine.run_targets(signals)

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    made[-1].cancel()
    thread.join()
    assert made[-1].fault == "cancelled"
    assert made[0].fault is None
    assert made[0].equity.tobytes() == whole.equity.tobytes()


def test_positions_have_average_price_and_profit() -> None:
    engine = open_engine([[10.0, 5.0], [10.0, 5.0], [12.0, 5.0]], close=[[10.0, 5.0], [10.0, 5.0], [14.0, 5.0]])
    entries = np.array([[1, 0], [0, 0], [0, 0]], np.uint8)
    none = np.zeros_like(entries)
    engine.run_signals(entries, none, none, none, np.full((3, 2), 30.0), SizeKind.TARGET_QUANTITY)
    assert engine.positions().tolist() == [[30.0, 10.0, pytest.approx(120.0)], [0.0, 0.0, 0.0]]


def test_a_future_has_its_price_not_its_value_for_an_average() -> None:
    engine = open_engine([10.0, 10.0, 12.0], multiplier=[50.0], cash=100_000.0)
    entries = np.array([[1], [0], [0]], np.uint8)
    none = np.zeros_like(entries)
    engine.run_signals(entries, none, none, none, np.full((3, 1), 2.0), SizeKind.TARGET_QUANTITY)
    assert engine.positions().tolist() == [[2.0, 10.0, 200.0]]
