"""What a child tells its worker of a run."""

import socket
import threading

import numpy as np
import pytest

from arbitrax.backtest.engine import run_backtest
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import Cancelled
from arbitrax.domain.intervals import DAY
from arbitrax.jobs.messages import FromSlot, Line, Outcome, Stop, Tick
from arbitrax.jobs.watching import MOST_POINTS, Watcher
from arbitrax.services.jobs import Problem
from arbitrax.strategies.buy_and_hold import BuyAndHold

BARS = 1_203


@pytest.fixture
def lines():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Line(ours), Line(theirs)


@pytest.fixture
def watcher(lines):
    gone = threading.Event()
    yield Watcher(lines[1], gone.set)
    lines[0].socket.close()
    gone.wait()


def run(watcher):
    close = np.linspace(10, 20, BARS)
    bars = Bars("X", "1d", np.arange(BARS, dtype=np.int64) * DAY, close, close, close, close, np.ones(BARS))
    strategy = BuyAndHold()
    spec = RunSpec(strategy=strategy_ref(strategy, "buy_and_hold"), symbols=("X",), prices="raw")
    return run_backtest(spec, strategy, bars, watch=watcher.watch)


def test_a_tile_has_so_many_points_and_ends_with_the_last_bar(lines, watcher) -> None:
    ours, _ = lines
    result = run(watcher)
    watcher.tick()
    times = []
    while len(times) == 0 or times[-1] != result.bars.timestamp[-1]:
        tick = ours.receive(FromSlot)
        assert isinstance(tick, Tick)
        assert len(tick.times) == len(tick.equity) <= MOST_POINTS
        rows = np.searchsorted(result.bars.timestamp, tick.times)
        assert tick.equity == result.equity_curve[rows].tolist()
        times += tick.times
    assert sorted(set(times)) == times
    assert tick.done == tick.bars == BARS
    (quantity, average, profit) = tick.held["X"]
    assert profit == pytest.approx(quantity * (20 - average))


def test_a_run_that_was_to_stop_before_it_began_does_not_run(lines, watcher) -> None:
    ours, _ = lines
    ours.send(Stop())
    while not watcher.cancelled:
        pass
    with pytest.raises(Cancelled, match="cancelled at bar 0 of 1203"):
        run(watcher)


def test_messages_arrive_whole_however_they_are_cut(lines) -> None:
    ours, theirs = lines
    sent = [Outcome("failed", Problem("x", "y" * 100_000)), Outcome("succeeded")]
    for message in sent[1:]:
        theirs.send(message)
    assert ours.receive(FromSlot) == sent[1]
    assert ours.receive(FromSlot, 0.0) is None
    theirs.socket.sendall(b'{"type":"Outcome",')
    assert ours.receive(FromSlot, 0.0) is None
    theirs.socket.sendall(b'"status":"lost"}\n{"type"')
    assert ours.receive(FromSlot) == Outcome("lost")
    theirs.socket.close()
    with pytest.raises(EOFError):
        ours.receive(FromSlot)
