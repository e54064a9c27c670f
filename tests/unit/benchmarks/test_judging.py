"""How the table of speeds is judged."""

import pytest

from benchmarks.backtest.judging import Target, agreement, judge


@pytest.mark.parametrize(
    ("target", "ours", "held"),
    [
        (Target("", seconds=0.005), 0.0049, True),
        (Target("", seconds=0.005), 0.0051, False),
        (Target("", bars_a_second=100_000), 0.01, True),
        (Target("", bars_a_second=100_001), 0.01, False),
        (Target("", peer="quick", times=1.1), 0.0219, True),
        (Target("", peer="quick", times=1.1), 0.0221, False),
        (Target("", peer="absent"), 0.001, None),
        (Target("", faster=10), 0.002, True),
        (Target("", faster=10), 0.0021, False),
        (Target("", seconds=1, megabytes=250), 0.001, False),
    ],
)
def test_targets_are_held_or_missed_by_the_numbers(target, ours, held):
    verdict = judge(target, 1000, {"ours": ours, "quick": 0.02, "slow": 1.0}, 251.0)
    assert verdict.held is held
    assert verdict.best == "quick"
    assert verdict.ratio == pytest.approx(0.02 / ours)


def test_without_peers_there_is_none_to_be_faster_than():
    verdict = judge(Target("", faster=10), 1000, {"ours": 0.1}, 100.0)
    assert (verdict.held, verdict.best, verdict.ratio) == (None, None, None)


def test_equity_agrees_to_the_cent_or_says_by_how_much_not():
    assert agreement("cross-exact", 100.0, 100.004) == "agrees to the cent"
    assert agreement("cross-exact", 100.0, 98.5) == "differs by -1.50"
    assert agreement("cross", 100.0, 101.0) == "differs by +1.00; ties of averages decided otherwise"
    assert agreement("event", None, 101.0) == "no plain reference"
