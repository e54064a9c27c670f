"""Say how far a series can be trusted."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.validation.findings import (
    Context,
    Level,
    QualityLine,
    QualityReport,
    Quarantined,
    Validation,
)
from arbitrax.market_data.validation.validator import validate

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

ERROR_WEIGHT, WARN_WEIGHT = 10, 1
SHOWN = 1000


def report(validation: Validation, *, set_aside: Sequence[Quarantined] = ()) -> QualityReport:
    """Return the report of what validation found, and of rows that were set aside before.

    The score is ``100 * max(0, 1 - (10 E + W) / N)``, rounded down to a hundredth. N counts the bars kept, the times
    with an ERROR and the missing sessions, E the times with an ERROR, W the others with a WARN. So a tenth of bad rows
    makes 0, a tenth of doubtful ones 90, and only a series without either has 100.

    Args:
        set_aside: rows in quarantine; one whose time has a sound bar by now counts as INFO, else as ERROR.
    """
    kept = validation.kept
    times: dict[tuple[str, Level], list[Int64s]] = {}
    reasons: dict[tuple[str, Level], tuple[int, str]] = {}

    def add(rule: str, level: Level, at: "Int64s", reason: str) -> None:
        times.setdefault((rule, level), []).append(at)
        first = (int(at.min()), reason)
        reasons[rule, level] = min(reasons.get((rule, level), first), first)

    for finding in validation.findings:
        add(finding.rule, finding.level, finding.times, finding.reason)
    known = {(each.timestamp, each.rule) for each in validation.quarantined}
    for row in set_aside:
        if (row.timestamp, row.rule) in known:
            continue
        at = int(kept.timestamp.searchsorted(row.timestamp))
        replaced = at < len(kept) and kept.timestamp[at] == row.timestamp
        for rule in row.rule.split(", "):
            add(rule, Level.INFO if replaced else Level.ERROR, np.array([row.timestamp]), row.reason)
    lines = [
        _line(rule, level, np.sort(np.concatenate(at)), reasons[rule, level][1]) for (rule, level), at in times.items()
    ]
    by_level = {
        level: _distinct([at for (_, each), arrays in times.items() if each is level for at in arrays])
        for level in Level
    }
    errors = by_level[Level.ERROR]
    warned = np.setdiff1d(by_level[Level.WARN], errors)
    informed = np.setdiff1d(by_level[Level.INFO], np.concatenate((errors, warned)))
    judged = len(np.union1d(kept.timestamp, np.concatenate((errors, warned))))
    penalty = (ERROR_WEIGHT * len(errors) + WARN_WEIGHT * len(warned)) / max(judged, 1)
    order = tuple(Level)
    return QualityReport(
        symbol=kept.symbol,
        interval=kept.interval,
        rows=len(kept),
        score=math.floor(max(0.0, 1.0 - penalty) * 10_000 + 1e-6) / 100,
        counts={"error": len(errors), "warn": len(warned), "info": len(informed)},
        lines=tuple(sorted(lines, key=lambda each: (order.index(each.level), -each.count, each.rule))),
    )


def report_on(bars: Bars, context: Context | None = None, *, set_aside: Sequence[Quarantined] = ()) -> QualityReport:
    """Return the report of a stored series, in prices as traded."""
    return report(validate(as_candidate(bars), context), set_aside=set_aside)


def as_candidate(bars: Bars) -> CandidateBars:
    """Return stored bars, in prices as traded, as rows to be looked at again."""
    columns = (bars.timestamp, bars.open, bars.high, bars.low, bars.close, bars.volume)
    return CandidateBars(bars.symbol, bars.interval, *columns, adj_close=bars.adj_close)


def _line(rule: str, level: Level, at: "Int64s", reason: str) -> QualityLine:
    return QualityLine(rule, level, len(at), int(at[0]), int(at[-1]), reason, tuple(at[:SHOWN].tolist()))


def _distinct(arrays: "list[Int64s]") -> "Int64s":
    return np.unique(np.concatenate(arrays)) if arrays else np.empty(0, dtype=np.int64)
