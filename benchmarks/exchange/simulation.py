"""Measure the simulated participants: commands a second with the compiled book, and what of it is theirs.

python -m benchmarks.exchange.simulation [SECONDS]

Theirs is a second run against a player that answers with the events the book gave in the first. Fastest round.
"""

import sys
import time

import numpy as np
from numpy.typing import NDArray

from arbitrax.exchange.core import MatchingCore
from arbitrax.exchange.simulation import InformedTrader, MarketMaker, MomentumTrader, NoiseTrader, SimulatedMarket

ROUNDS = 15
TARGET = 100_000
Answer = tuple[NDArray[np.void], NDArray[np.int64]]
CROWD = [MarketMaker()] * 4 + [NoiseTrader()] * 10 + [MomentumTrader()] * 4 + [InformedTrader()] * 4


class Recorder:
    """Keeps the answers of an exchange."""

    def __init__(self) -> None:
        self.engine = MatchingCore()
        self.answers: list[Answer] = []

    def run(self, commands: NDArray[np.void]) -> Answer:
        self.answers.append(self.engine.run(commands))
        return self.answers[-1]


class Player:
    """Gives recorded answers."""

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = iter(answers)

    def run(self, _: NDArray[np.void]) -> Answer:
        return next(self.answers)


def measure(until: int) -> tuple[int, int, float, float]:
    """Return commands, events, and seconds of processor time with the book and without."""
    recorder = Recorder()
    began = time.process_time()
    run = SimulatedMarket(CROWD, seed=1).run(recorder, until=until)
    whole = time.process_time() - began
    began = time.process_time()
    again = SimulatedMarket(CROWD, seed=1).run(Player(recorder.answers), until=until)
    own = time.process_time() - began
    assert again.commands.tobytes() == run.commands.tobytes()
    return len(run.commands), len(run.events), whole, own


def main() -> int:
    until = int(sys.argv[1]) * 1_000 if len(sys.argv) > 1 else 900_000
    rounds = [measure(until) for _ in range(ROUNDS)]
    commands, events = rounds[0][:2]
    whole, own = min(each[2] for each in rounds), min(each[3] for each in rounds)
    print(
        f"{commands:,} commands, {events:,} events: {commands / whole:,.0f} commands/s with the compiled book "
        f"(target {TARGET:,}); the participants alone {own / commands * 1e6:.2f} us a command"
    )
    return 0 if commands / whole >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
