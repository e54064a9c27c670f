"""What the instrument is worth: a latent value that only the informed see."""

from dataclasses import dataclass
from typing import ClassVar

from arbitrax.exchange.simulation.draws import Draws
from arbitrax.exchange.simulation.parameters import bounded, check_bounds

STEP = 1_000_000
"""Microseconds between two changes of the value."""


@dataclass(frozen=True, slots=True)
class Fundamental:
    """A mean-reverting walk with jumps, in ticks, in steps of a second (Euler).

    dV = reversion (reference - V) dt + volatility dW + normal jumps at Poisson times: Uhlenbeck & Ornstein (1930) with
    the jumps of Merton (1976), on the level, not its logarithm.

    Args:
        reversion: share of the distance to the listing's reference that is closed in a second.
        volatility: ticks a square root of a second.
        jump_rate: jumps a second.
        jump: standard deviation of a jump, ticks.
    """

    LEAST: ClassVar[float] = 1.0
    """Ticks: the value never falls below."""

    reversion: float = bounded(0.0001, 0.0, 1.0)
    volatility: float = bounded(0.6, 0.0, 1e6)
    jump_rate: float = bounded(0.002, 0.0, 1.0)
    jump: float = bounded(8.0, 0.0, 1e6)

    def __post_init__(self) -> None:
        check_bounds(self)


class FundamentalValue:
    """The value as time goes on."""

    __slots__ = ("_changes", "_draws", "_mean", "_model", "_value")

    def __init__(self, model: Fundamental, mean: int, draws: Draws) -> None:
        self._model, self._mean, self._draws = model, mean, draws
        self._value = float(mean)
        self._changes = 0

    def at(self, now: int) -> float:
        """Return the value, ticks, ``now`` microseconds from the start; time never goes back."""
        while self._changes < now // STEP:
            self._changes += 1
            model, draws = self._model, self._draws
            change = model.reversion * (self._mean - self._value) + model.volatility * draws.normal()
            if draws.uniform() < model.jump_rate:
                change += model.jump * draws.normal()
            self._value = max(self._value + change, Fundamental.LEAST)
        return self._value
