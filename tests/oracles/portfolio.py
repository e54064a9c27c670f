"""What portfolios decide, slowly: sorting, loops and bisection."""

import datetime
import itertools
import math

DAY = 86_400_000_000_000


def date(nanoseconds):
    return datetime.date(1970, 1, 1) + datetime.timedelta(days=nanoseconds // DAY)


def period(nanoseconds, every):
    """Return what days of one period share."""
    day = date(nanoseconds)
    return {
        "day": day,
        "week": day.isocalendar()[:2],
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3),
        "year": day.year,
    }[every]


def ranked(scores, ascending):
    """Return the indices of scores, best first."""
    known = [at for at, score in enumerate(scores) if not math.isnan(score)]
    return sorted(known, key=lambda at: (scores[at] if ascending else -scores[at], at))


def buffered(scores, count, keep, held):
    """Return the indices held after one decision."""
    order = ranked(scores, False)
    stay = [at for at in order[:keep] if at in held][:count]
    enter = [at for at in order if at not in stay][: count - len(stay)]
    return {*stay, *enter}


def capped(sizes, cap):
    """Return ``min(cap, k size)`` with the sum of the sizes, k found by bisection."""
    total = min(sum(sizes), cap * len(sizes))
    low, high = 1.0, 2.0
    while sum(min(cap, high * size) for size in sizes) < total * (1 - 1e-12) and high < 1e300:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if sum(min(cap, middle * size) for size in sizes) < total:
            low = middle
        else:
            high = middle
    return [min(cap, high * size) for size in sizes]


def last_price(close, row, max_age):
    """Return one symbol's price at a row."""
    for age in range(max_age + 1):
        if row - age >= 0 and not math.isnan(close[row - age]):
            return close[row - age]
    return math.nan


def deviation(close, window, row):
    """Return one symbol's deviation of returns between its own bars among the window, or NaN."""
    if row < window:
        return math.nan
    own = [price for price in close[row - window : row + 1] if not math.isnan(price)]
    returns = [later / earlier - 1 for earlier, later in itertools.pairwise(own)]
    if len(returns) < max(2, math.ceil(window / 2)):
        return math.nan
    mean = math.fsum(returns) / len(returns)
    return math.sqrt(math.fsum((each - mean) ** 2 for each in returns) / (len(returns) - 1))
