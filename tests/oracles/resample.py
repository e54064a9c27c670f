"""Coarser bars by their definition, one group at a time, in plain Python."""

import itertools
import math


def aggregate(starts, rows):
    """rows: (open, high, low, close, volume, adj_close) tuples; NaN is skipped, adj_close goes with the close."""
    bounds = [*starts, len(rows)]
    out = []
    for a, b in itertools.pairwise(bounds):
        opens, highs, lows, _, volumes, _ = (
            [x for x in col if not math.isnan(x)] for col in zip(*rows[a:b], strict=True)
        )
        closed = [row for row in rows[a:b] if not math.isnan(row[3])]
        out.append(
            (
                opens[0] if opens else math.nan,
                max(highs, default=math.nan),
                min(lows, default=math.nan),
                closed[-1][3] if closed else math.nan,
                _total(volumes),
                closed[-1][5] if closed else math.nan,
            )
        )
    return out


def _total(values):
    if not values:
        return math.nan
    total = values[0]
    for each in values[1:]:
        total += each
    return total


def groups_by_time(times, session_starts, anchors, length):
    """Every row's own (session, k), then the first row of each; with nominal starts."""
    key_of = {}
    for s, start in enumerate(session_starts):
        end = session_starts[s + 1] if s + 1 < len(session_starts) else len(times)
        for i in range(start, end):
            key_of.setdefault((s, (times[i] - anchors[s]) // length), i)
    return list(key_of.values()), [anchors[s] + k * length for s, k in key_of]


def groups_by_sum(weights, threshold):
    starts, total = [], None
    for i, weight in enumerate(weights):
        if total is None or total >= threshold:
            starts.append(i)
            total = 0.0
        total += weight
    return starts


def last_completed(coarse_starts, length, fine_starts, step):
    """Intraday: over when a fine bar has ended at the nominal end, or one of a later group has closed."""
    out = []
    for at in fine_starts:
        over = [
            k
            for k, start in enumerate(coarse_starts)
            if at + step >= start + length or (k + 1 < len(coarse_starts) and at >= coarse_starts[k + 1])
        ]
        out.append(max(over, default=-1))
    return out
