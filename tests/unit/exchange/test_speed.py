"""The benchmark measures what it says; no figure of it is asserted."""

import pytest

from arbitrax.exchange import speed
from arbitrax.exchange.streams import fold, generate


def test_the_trades_of_batches_and_single_calls_are_those_expected():
    heard = []
    found = speed.measure(100, heard.append, messages=2_000, calls=1_000, seconds=60)
    assert found.agrees
    assert (found.messages, found.latency.calls, found.rounds) == (2_000, 500, speed.ROUNDS)
    assert sum(heard) == 2_000 * speed.ROUNDS
    stream = generate(100, 3_000)
    assert found.expected == fold(stream.trades[:, 1:].tolist())
    assert 0 < found.latency.p50 <= found.latency.p99 <= found.latency.p99_9 <= found.latency.max


def test_time_that_is_up_ends_the_measurement_and_what_was_done_is_still_checked(monkeypatch):
    monkeypatch.setattr("arbitrax.exchange.replay.PART", 500)
    found = speed.measure(100, lambda _: None, messages=3_000, calls=1_000, seconds=1e-9)
    assert (found.messages, found.rounds, found.latency.calls) == (500, 1, 1)
    assert found.agrees


def test_a_call_that_comes_late_counts_from_when_it_was_due(monkeypatch):
    class Clock:
        """Each look takes a microsecond; a call as long as the engine below says."""

        now = 0

        def __call__(self):
            self.now += 1_000
            return self.now

    clock = Clock()

    class Slow:
        calls = 0

        def execute(self, _):
            self.calls += 1
            clock.now += 50_000_000 if self.calls == speed.TRIAL + 10 else 10_000
            return b""

    class Engine:
        kernel = Slow()

    class Summed:
        engine = Engine()

        def sum_up(self, commands, events):
            assert commands == speed.TRIAL + 100

    monkeypatch.setattr(speed.time, "perf_counter_ns", clock)
    found = speed._calls(Summed(), generate_commands(), 60)
    assert found.offered == 20_000
    assert found.max >= 50_000_000
    # Calls behind the slow one were due while it ran: a clock started at each call would say 12 us of them.
    assert found.p50 > 40_000_000


def generate_commands():
    return speed.as_commands(generate(100, speed.TRIAL + 100).lines)


@pytest.mark.parametrize(
    ("rate", "round_rate"), [(1, 1), (4.9, 2), (5, 5), (999, 500), (1_000, 1_000), (2e6, 2_000_000)]
)
def test_rates_are_round(rate, round_rate):
    assert speed._round_down(rate) == round_rate
