"""Indicators that TA-Lib lacks, bar by bar from their definitions; prices as lists, NaN until warm."""

import math

NAN = math.nan


def true_ranges(high, low, close):
    return [NAN] + [
        max(high[t] - low[t], abs(high[t] - close[t - 1]), abs(low[t] - close[t - 1])) for t in range(1, len(close))
    ]


def wilder(values, window, start):
    """Average from ``start`` on: the mean of the first ``window`` values, then 1 / window of the way."""
    made = [NAN] * len(values)
    for t in range(start + window - 1, len(values)):
        if t == start + window - 1:
            made[t] = sum(values[start : t + 1]) / window
        else:
            made[t] = made[t - 1] + (values[t] - made[t - 1]) / window
    return made


def ema(values, window):
    made = [NAN] * len(values)
    for t in range(window - 1, len(values)):
        made[t] = (
            sum(values[:window]) / window
            if t == window - 1
            else made[t - 1] + (values[t] - made[t - 1]) * 2 / (window + 1)
        )
    return made


def middle(high, low, window, t):
    """The mean of highest high and lowest low of the window that ends at t."""
    return NAN if t < window - 1 else (max(high[t - window + 1 : t + 1]) + min(low[t - window + 1 : t + 1])) / 2


def keltner(high, low, close, window, multiple, range_window):
    average, reach = ema(close, window), wilder(true_ranges(high, low, close), range_window, 1)
    return [(m + multiple * r, m if r == r else NAN, m - multiple * r) for m, r in zip(average, reach, strict=True)]


def supertrend(high, low, close, window, multiple):
    """The rules as published with the indicator: final bands first, then the side."""
    reach = wilder(true_ranges(high, low, close), window, 1)
    rows, upper, lower, side = [], None, None, 1
    for t in range(len(close)):
        if math.isnan(reach[t]):
            rows.append((NAN, NAN))
            continue
        basic_upper = (high[t] + low[t]) / 2 + multiple * reach[t]
        basic_lower = (high[t] + low[t]) / 2 - multiple * reach[t]
        if upper is None:
            upper, lower = basic_upper, basic_lower
        else:
            before = upper, lower
            upper = min(basic_upper, upper) if close[t - 1] < upper else basic_upper
            lower = max(basic_lower, lower) if close[t - 1] > lower else basic_lower
            if side < 0 and close[t] > before[0]:
                side = 1
            elif side > 0 and close[t] < before[1]:
                side = -1
        rows.append((lower if side > 0 else upper, float(side)))
    return rows


def ichimoku(high, low, close, conversion, base, span, ahead):
    rows = []
    for t in range(len(close)):
        then = t - ahead
        lines = [middle(high, low, window, t) for window in (conversion, base)]
        if then < 0:
            rows.append((*lines, NAN, NAN, NAN))
            continue
        old = [middle(high, low, window, then) for window in (conversion, base, span)]
        rows.append((*lines, (old[0] + old[1]) / 2, old[2], close[then]))
    return rows


def vwap(high, low, close, volume, session):
    rows, paid, traded = [], 0.0, 0.0
    for t in range(len(close)):
        if t == 0 or session[t] != session[t - 1]:
            paid = traded = 0.0
        paid += (high[t] + low[t] + close[t]) / 3 * volume[t]
        traded += volume[t]
        rows.append(paid / traded if traded else NAN)
    return rows
