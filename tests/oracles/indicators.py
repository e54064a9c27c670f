"""Indicators in exact arithmetic or by their textbook definition."""

import itertools
import math
from fractions import Fraction


def moving_average(values, window):
    """Exact mean of each full window, None before."""
    exact = [Fraction(v) for v in values]
    return [
        None if i + 1 < window else sum(exact[i + 1 - window : i + 1], Fraction(0)) / window for i in range(len(values))
    ]


def rsi(close, window):
    """Wilder's, by the book: average gain over average loss."""
    out = [math.nan] * len(close)
    changes = [b - a for a, b in itertools.pairwise(close)]
    if len(changes) < window:
        return out
    gain = sum(max(c, 0) for c in changes[:window]) / window
    loss = sum(max(-c, 0) for c in changes[:window]) / window
    for i in range(window, len(close)):
        if i > window:
            gain = (gain * (window - 1) + max(changes[i - 1], 0)) / window
            loss = (loss * (window - 1) + max(-changes[i - 1], 0)) / window
        out[i] = 100 * gain / (gain + loss) if gain + loss else 50.0
    return out
