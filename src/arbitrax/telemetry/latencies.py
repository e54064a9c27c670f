"""Counts of durations by size: cheap to add to, exact enough to read quantiles from."""

from __future__ import annotations

from bisect import bisect_left

BOUNDS = tuple(0.1 * 1.25**step for step in range(52))
"""Upper bounds of the buckets, ms: 0.1 to 8.7 s, each a quarter above the one before."""


class Latencies:
    """A histogram in ms."""

    __slots__ = ("counts", "most", "total")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = self.most = 0.0

    def add(self, ms: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS, ms)] += 1
        self.total += ms
        self.most = max(self.most, ms)


def quantile(counts: list[int], share: float) -> float | None:
    """Return the upper bound, ms, of the bucket that a share of all ends in; None: there are none."""
    left = share * sum(counts)
    if not left:
        return None
    for bound, count in zip(BOUNDS, counts, strict=False):
        left -= count
        if left <= 0:
            return round(bound, 3)
    return round(BOUNDS[-1], 3)
