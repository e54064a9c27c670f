"""The stationary bootstrap in plain Python, from the same random numbers."""

import math

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15


def mixed(x):
    """Return splitmix64's output function (Steele, Lea and Flood 2014)."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB & MASK
    return x ^ (x >> 31)


class Generator:
    """xoshiro256++ (Blackman and Vigna 2019) of one resample."""

    def __init__(self, seed, number):
        at = (mixed((seed + STEP) & MASK) + number * 4 * STEP) & MASK
        self.s = [mixed((at + STEP * k) & MASK) for k in (1, 2, 3, 4)]

    def uniform(self):
        s = self.s
        total = (s[0] + s[3]) & MASK
        word = (((total << 23) | (total >> 41)) + s[0]) & MASK
        kept = (s[1] << 17) & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= kept
        s[3] = ((s[3] << 45) | (s[3] >> 19)) & MASK
        return (word >> 11) / 2**53


def places(n, mean_block, seed, number):
    """Return the places that a resample takes, one by one."""
    chance = Generator(seed, number)
    found = []
    while len(found) < n:
        start = int(chance.uniform() * n)
        scale = 1 / math.log1p(-1 / mean_block) if mean_block > 1 else 0.0
        length = math.floor(math.log(1 - chance.uniform()) * scale) + 1
        found += [(start + k) % n for k in range(min(length, n - len(found)))]
    return found


def statistics(returns, at):
    """Return mean, sample deviation, growth and deepest drawdown of the returns at these places."""
    drawn = [returns[place] for place in at]
    n = len(drawn)
    mean = math.fsum(drawn) / n
    deviation = math.sqrt(math.fsum((x - mean) ** 2 for x in drawn) / (n - 1)) if n > 1 else math.nan
    value = peak = 1.0
    deepest = 0.0
    for x in drawn:
        value *= 1 + x
        peak = max(peak, value)
        deepest = min(deepest, value / peak - 1)
    return mean, deviation, value, deepest
