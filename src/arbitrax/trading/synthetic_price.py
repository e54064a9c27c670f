"""A made-up price that wanders like a market's: value noise in several octaves, a function of seed and time alone.

Nothing is remembered, so who is started again goes on where the price is by then, and two with one seed agree. An
octave is a random number at each multiple of its period, blended in between; amplitudes grow with the square root of
the period, as those of a random walk do (Perlin, "An image synthesizer", SIGGRAPH 1985, has the noise in three
dimensions). The sum is bounded: the price never leaves the neighbourhood of its reference.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from math import exp, sqrt

FIRST_PERIOD = 1.0
"""Seconds."""
OCTAVES = 17
"""The longest takes 18 hours."""


class SyntheticPrice:
    """Of a symbol, around a reference. ``volatility``: of the logarithm, a square root of a second."""

    def __init__(self, symbol: str, reference: float, volatility: float, seed: int) -> None:
        self._reference, self._volatility = reference, volatility
        self._name = f"{seed}:{symbol}"

    def at(self, seconds: float) -> float:
        """Return the price at a time, seconds since 1970."""
        total = 0.0
        for octave in range(OCTAVES):
            period = FIRST_PERIOD * 2**octave
            place, part = divmod(seconds / period, 1.0)
            before, after = (_random(self._name, octave, int(place) + step) for step in (0, 1))
            total += sqrt(period) * (before + (after - before) * part * part * (3.0 - 2.0 * part))
        return self._reference * exp(self._volatility * total)

    def bound(self) -> float:
        """Return by which factor the price is above or below the reference at most."""
        return exp(self._volatility * sum(sqrt(FIRST_PERIOD * 2**octave) for octave in range(OCTAVES)))


@lru_cache(maxsize=1024)
def _random(name: str, octave: int, place: int) -> float:
    """Return a number from -1 to 1 that looks random, always the same one."""
    digest = blake2b(f"{name}:{octave}:{place}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") / (1 << 63) - 1.0
