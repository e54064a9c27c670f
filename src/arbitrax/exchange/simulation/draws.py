"""Random numbers of one participant: PCG64 by seed and stream, drawn in blocks, the same on every machine.

NumPy promises the words of a bit generator, not what `Generator` makes of them, and its normal and exponential numbers
call the platform's mathematical library. Here words become numbers by integers and by + - * / alone.
"""

import numpy as np
from numpy.typing import NDArray

BLOCK = 1_024
LN_2 = 0.6931471805599453
ROOT_HALF = 0.7071067811865476
TERMS = 11
"""Of the series of the logarithm: the next is below 1e-18 of the first."""


def logarithm(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural logarithm of numbers above 0, to a few last bits, without the mathematical library.

    ln(m 2^e) = e ln 2 + 2 artanh((m - 1) / (m + 1)), its series in the square of that quotient, at most 0.0295.
    """
    mantissa, exponent = np.frexp(values)
    small = mantissa < ROOT_HALF
    mantissa = np.where(small, mantissa * 2, mantissa)
    quotient = (mantissa - 1) / (mantissa + 1)
    square = quotient * quotient
    series = np.full_like(square, 1 / (2 * TERMS - 1))
    for odd in range(2 * TERMS - 3, 0, -2):
        series = series * square + 1 / odd
    return (exponent - small) * LN_2 + 2 * quotient * series


class Draws:
    """A stream of random numbers. Streams of one seed are independent, so adding a participant changes no other's."""

    __slots__ = ("_bits", "_exponentials", "_normals", "_uniforms")

    def __init__(self, seed: int, stream: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,)))
        self._uniforms: list[float] = []
        self._exponentials: list[float] = []
        self._normals: list[float] = []

    def _words(self) -> NDArray[np.float64]:
        """Return whole numbers below 2^53, exactly."""
        return (self._bits.random_raw(BLOCK) >> np.uint64(11)).astype(np.float64)

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        if not self._uniforms:
            self._uniforms = (self._words() * 2.0**-53).tolist()
        return self._uniforms.pop()

    def below(self, count: int) -> int:
        """Return a whole number from 0 to ``count`` - 1."""
        return int(self.uniform() * count)

    def exponential(self) -> float:
        """Return an exponential number of mean 1."""
        if not self._exponentials:
            self._exponentials = (-logarithm((self._words() + 1) * 2.0**-53)).tolist()
        return self._exponentials.pop()

    def lots(self, mean: float) -> int:
        """Return a geometric number of lots, at least 1, of about this mean."""
        return 1 + int(self.exponential() * (mean - 0.5)) if mean > 1 else 1

    def wait(self, rate: float) -> int:
        """Return the microseconds to the next event of a Poisson process of ``rate`` a second."""
        return int((self._exponentials.pop() if self._exponentials else self.exponential()) * 1e6 / rate)

    def normal(self) -> float:
        """Return a nearly normal number of mean 0 and variance 1: the sum of twelve uniform ones (Irwin-Hall)."""
        if not self._normals:
            words = (self._bits.random_raw(12 * BLOCK) >> np.uint64(48)).astype(np.int64)
            self._normals = ((words.reshape(BLOCK, 12).sum(axis=1) - 6 * 65_535) / 65_536).tolist()
        return self._normals.pop()
