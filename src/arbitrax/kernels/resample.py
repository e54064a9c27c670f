"""Coarser bars from finer ones, and bars from ticks.

Shapes: inputs are (rows,), oldest first; groups are runs of rows, told by the index of each one's first row, (groups,)
int64, increasing from 0. Sums are added row by row from the group's first, so results are the same on every machine.
"""

import cython
from cython.cimports.arbitrax.kernels.build import ARBITRAX_SOURCE_HASH
from cython.cimports.libc.math import NAN

SOURCE_HASH = ARBITRAX_SOURCE_HASH.decode()


def aggregate(
    starts: cython.const[cython.longlong][::1],
    open: cython.const[cython.double][::1],
    high: cython.const[cython.double][::1],
    low: cython.const[cython.double][::1],
    close: cython.const[cython.double][::1],
    volume: cython.const[cython.double][::1],
    adj_close: cython.const[cython.double][::1],
    out: cython.double[:, ::1],
) -> None:
    """Write first open, highest high, lowest low, last close, summed volume and last adjusted close of each group.

    open to adj_close: (rows,) float64; adj_close may be empty. out: (5 or 6, groups) float64, in that order, the
    sixth only with adj_close. NaN is skipped: the first open and last close that are numbers count, and a group with
    none has NaN. The adjusted close is that of the row whose close was taken, NaN or not.
    """
    i: cython.Py_ssize_t
    g: cython.Py_ssize_t
    end: cython.Py_ssize_t
    rows: cython.Py_ssize_t = close.shape[0]
    groups: cython.Py_ssize_t = starts.shape[0]
    adjusted: cython.bint = adj_close.shape[0] > 0
    first: cython.double
    highest: cython.double
    lowest: cython.double
    last: cython.double
    total: cython.double
    last_adjusted: cython.double
    with cython.nogil:
        for g in range(groups):
            end = starts[g + 1] if g + 1 < groups else rows
            first = highest = lowest = last = total = last_adjusted = NAN
            for i in range(starts[g], end):
                if first != first:
                    first = open[i]
                # Negated, so that a number replaces NaN; NaN itself fails the second test.
                if not (high[i] <= highest) and high[i] == high[i]:
                    highest = high[i]
                if not (low[i] >= lowest) and low[i] == low[i]:
                    lowest = low[i]
                if close[i] == close[i]:
                    last = close[i]
                    if adjusted:
                        last_adjusted = adj_close[i]
                if volume[i] == volume[i]:
                    total = volume[i] if total != total else total + volume[i]
            out[0, g] = first
            out[1, g] = highest
            out[2, g] = lowest
            out[3, g] = last
            out[4, g] = total
            if adjusted:
                out[5, g] = last_adjusted


def group_by_time(
    timestamp: cython.const[cython.longlong][::1],
    session_starts: cython.const[cython.longlong][::1],
    anchors: cython.const[cython.longlong][::1],
    length: cython.longlong,
    starts: cython.longlong[::1],
    stamps: cython.longlong[::1],
) -> int:
    """Write where the groups of ``anchor + k * length`` start within each session; return how many there are.

    timestamp: (rows,) int64 ns, not decreasing. session_starts, anchors: (sessions,) int64, first row of each and the
    instant its groups are counted from, not after that row. starts, stamps: (groups,) int64, first row and nominal
    start of each; when they are empty, groups are only counted.
    """
    i: cython.Py_ssize_t
    s: cython.Py_ssize_t
    end: cython.Py_ssize_t
    n: cython.Py_ssize_t = 0
    next_start: cython.longlong
    stamp: cython.longlong
    sessions: cython.Py_ssize_t = session_starts.shape[0]
    counting: cython.bint = starts.shape[0] == 0
    with cython.nogil:
        for s in range(sessions):
            end = session_starts[s + 1] if s + 1 < sessions else timestamp.shape[0]
            next_start = anchors[s]
            for i in range(session_starts[s], end):
                if timestamp[i] >= next_start:
                    stamp = timestamp[i] - (timestamp[i] - anchors[s]) % length
                    next_start = stamp + length
                    if not counting:
                        starts[n] = i
                        stamps[n] = stamp
                    n += 1
    return n


def group_by_sum(
    price: cython.const[cython.double][::1],
    size: cython.const[cython.double][::1],
    threshold: cython.double,
    starts: cython.longlong[::1],
) -> int:
    """Write where a new group starts once the sum of the last has reached ``threshold``; return how many there are.

    The sum is that of ``size``, or of ``price * size`` unless price is empty; it begins at 0 in each group, and the
    tick that reaches the threshold is the group's last, whole. price, size: (ticks,) float64, no NaN. starts:
    (groups,) int64; when it is empty, groups are only counted.
    """
    i: cython.Py_ssize_t
    n: cython.Py_ssize_t = 0
    total: cython.double = 0.0
    fresh: cython.bint = True
    valued: cython.bint = price.shape[0] > 0
    counting: cython.bint = starts.shape[0] == 0
    with cython.nogil:
        for i in range(size.shape[0]):
            if fresh:
                if not counting:
                    starts[n] = i
                n += 1
                total = 0.0
            total += price[i] * size[i] if valued else size[i]
            fresh = total >= threshold
    return n
