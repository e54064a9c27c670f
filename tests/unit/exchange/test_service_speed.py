"""The bench of the service: latency from when a command was due, spreads, workloads."""

from queue import SimpleQueue

import numpy as np
import pytest

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.journal import START, EntryId
from arbitrax.exchange.records import Code, Happening
from arbitrax.exchange.service.sequencer import epoch_entry
from arbitrax.exchange.service.speed import measuring, workloads
from arbitrax.exchange.service.speed.results import spread
from arbitrax.exchange.streams import opening


class Clock:
    """Time that passes when somebody sleeps or stalls."""

    now = 0

    def perf_counter_ns(self):
        return self.now

    def time(self):
        return self.now / 1e9

    def sleep(self, seconds):
        self.now += round(seconds * 1e9)


class Service:
    """Gives the events of each entry before the next one is sent; ``stall``: ns that the sending of an entry takes."""

    def __init__(self, clock, count, stall=None):
        self.clock, self.count, self.stall = clock, count, stall or {}
        self.sent = 0
        self.ready, self.asked = SimpleQueue(), SimpleQueue()

    def append(self, entry):
        assert len(entry.commands) == 1
        if not self.sent:
            self.asked.get(timeout=60)
        self.sent += 1
        self.clock.now += self.stall.get(self.sent, 0)
        self.ready.put(self.sent)
        if self.sent < self.count:
            self.asked.get(timeout=60)

    def settle(self, most):
        del most
        return EntryId(1, self.sent)

    def tail(self):
        return START

    def read_after(self, after, count, wait):
        del count, wait
        self.asked.put(None)
        number = self.ready.get(timeout=60)
        assert after == (START if number == 1 else EntryId(1, number - 1))
        return [(EntryId(1, number), {b"n": bytes(4)})]


class Silent(Service):
    """Nobody executes."""

    def append(self, entry):
        self.sent += 1

    def read_after(self, after, count, wait):
        return ()


def commands(count):
    return workloads.stream(count)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(measuring, "time", clock)
    return clock


def test_a_stall_counts_for_every_command_that_was_due_meanwhile(clock):
    service = Service(clock, 20, stall={5: 10_000_000})
    found = measuring.offer(service, service, commands(20), 1_000)
    late = [0] * 4 + list(range(10, -1, -1)) + [0] * 5
    assert (found / 1e6).tolist() == late


def test_commands_whose_events_do_not_come_are_no_latency(clock):
    service = Silent(clock, 20)
    with pytest.raises(StoreUnavailableError, match="whether a worker"):
        measuring.offer(service, service, commands(20), 1_000)


def test_a_spread_has_the_quantiles_of_all_durations_in_ms():
    found = spread(np.arange(1, 1_001) * 1_000_000)
    assert (found.count, found.p50, found.p99, found.p99_9, found.max) == (1_000, 501, 991, 1_000, 1_000)


def test_the_disk_is_asked_as_often_as_said_and_left_as_it_was(tmp_path):
    assert (measuring.sync_times(tmp_path, 5) > 0).all()
    assert list(tmp_path.iterdir()) == []


def test_a_stream_for_another_shard_finds_its_orders_there():
    moved = workloads.in_shard(commands(12_000), 3)
    core = MatchingCore()
    core.run(epoch_entry(1, 3).commands)
    core.run(opening())
    events, _ = core.run(moved)
    assert not (events["kind"] == Happening.REFUSED).any()
    assert (events["kind"] == Happening.CANCELLED).sum() > 500
    assert workloads.expected(moved, 3)[0] == len(events)
    assert workloads.expected(moved, 3)[1] != workloads.expected(moved[:-1], 3)[1]


def test_orders_of_the_market_rest_and_what_is_traded_then_reaches_them():
    opening, orders = workloads.market(3_000)
    core = MatchingCore()
    core.run(epoch_entry(1, 2).commands)
    assert not (core.run(opening)[0]["kind"] == Happening.REFUSED).any()
    assert set(core.run(orders)[0]["kind"]) == {Happening.ACCEPTED}
    events, offsets = core.run(workloads.trading(orders, 300, 2))
    refused = events[events["kind"] == Happening.REFUSED]
    assert set(refused["code"]) <= {Code.NOTHING_OPEN}, "of one that was filled before"
    assert len(refused) < 10
    first = events["kind"][offsets[:-1]]
    assert set(first[::3]) <= {Happening.CANCELLED, Happening.REFUSED}
    assert set(first[1::3]) == set(first[2::3]) == {Happening.ACCEPTED}
    assert (events["kind"] == Happening.FILLED).sum() >= 90
