"""Decide what becomes of rows that want to become bars."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from msgspec.structs import replace

from arbitrax.domain.errors import BadPayload
from arbitrax.market_data.candidate import COLUMNS, CandidateBars
from arbitrax.market_data.validation import (
    adjustment,
    basis,
    cross_checks,
    events,
    identity,
    jumps,
    order,
    prices,
    sessions,
    stamps,
    units,
    volume,
)
from arbitrax.market_data.validation.findings import Context, Finding, Level, Quarantined, Validation
from arbitrax.market_data.validation.rows import Rows, Rule, Verdict

if TYPE_CHECKING:
    from arbitrax.domain.bars import Int64s

AS_RECEIVED: tuple[tuple[Rule, ...], ...] = (
    (stamps.partial_bar,),
    (
        identity.outside_request,
        prices.price_missing,
        prices.price_not_positive,
        volume.volume_impossible,
    ),
)
"""Rules for rows in the order received; what one group sets aside the next does not see."""
IN_ORDER: tuple[tuple[Rule, ...], ...] = (
    (order.duplicate_timestamp,),
    (
        sessions.bar_without_session,
        sessions.session_missing,
        sessions.intraday_gap,
        sessions.auction_bar,
        stamps.time_zone,
        prices.price_outside_range,
        units.price_in_row,
    ),
    # Before other rules leave holes.
    (identity.identity_break,),
    (identity.other_symbol,),
    (jumps.split_not_applied, basis.price_basis),
    (units.unit_switch,),
    (basis.volume_basis,),
    (
        prices.wick,
        jumps.jump,
        adjustment.adjusted_close,
        events.event,
        volume.volume_zero,
        stamps.not_final,
        stamps.multi_day_bar,
        cross_checks.minutes_against_day,
        cross_checks.sources_differ,
    ),
)
"""Rules for rows sorted by time."""


def validate(candidate: CandidateBars, context: Context | None = None) -> Validation:
    """Return what of a candidate may be stored, what is set aside and why, and everything that is odd.

    Rows are sorted, and of several with one time the last received is kept. Rows with an ERROR are set aside; those
    with a WARN are kept and flagged. No value is changed: only ``is_final`` becomes False where a bar had not ended.

    Raises:
        BadPayload: the columns differ in length.
    """
    context = context or Context()
    _require_equal_lengths(candidate)
    found = _Found(candidate)
    rows = Rows(candidate, np.arange(len(candidate)))
    for group in AS_RECEIVED:
        rows = found.judge(rows, group, context)
    rows = found.judge(rows, (order.not_in_order,), context)
    rows = order.in_time_order(rows)
    for group in IN_ORDER:
        rows = found.judge(rows, group, context)
    return Validation(found.marked(rows), found.quarantined(), tuple(found.findings))


def _require_equal_lengths(candidate: CandidateBars) -> None:
    for name in COLUMNS:
        column = getattr(candidate, name)
        if column is not None and len(column) != len(candidate.timestamp):
            raise BadPayload(
                f"{candidate.source} sent {len(candidate.timestamp)} times and {len(column)} values of {name} for "
                f"{candidate.symbol}; rows cannot be told apart, so try again later."
            )


class _Found:
    """What the rules have found so far."""

    def __init__(self, candidate: CandidateBars) -> None:
        self.candidate = candidate
        self.findings: list[Finding] = []
        self._aside: list[tuple[Int64s, Verdict, Rows]] = []
        self._open: list[Int64s] = []

    def judge(self, rows: Rows, rules: Sequence[Rule], context: Context) -> Rows:
        """Note what the rules say; return the rows that stay."""
        gone = np.zeros(len(rows), dtype=np.bool_)
        for rule in rules:
            for said in rule(rows, context):
                self._note(rows, said)
                if said.level is Level.ERROR or said.drop:
                    gone[said.at] = True
        return rows.take(~gone) if gone.any() else rows

    def _note(self, rows: Rows, said: Verdict) -> None:
        received = rows.received[said.at]
        times = said.times if said.times is not None else rows.bars.timestamp[said.at]
        first = int(times.argmin())
        reason = said.say(first if said.times is not None else int(said.at[first]))
        self.findings.append(Finding(said.rule, said.level, received, times, reason))
        if said.level is Level.ERROR or said.keep_record:
            self._aside.append((received, said, rows))
        if said.rule == "not_final":
            self._open.append(received)

    def marked(self, rows: Rows) -> CandidateBars:
        """Return the rows that stay, those that had not ended marked so."""
        if not self._open:
            return rows.bars
        final = np.ones(len(rows), dtype=np.bool_) if rows.bars.is_final is None else rows.bars.is_final.copy()
        final[np.isin(rows.received, np.concatenate(self._open))] = False
        return replace(rows.bars, is_final=final)

    def quarantined(self) -> tuple[Quarantined, ...]:
        """Return the rows set aside, by time, each with all that was said of it."""
        said: dict[int, list[tuple[str, str]]] = {}
        for received, verdict, rows in self._aside:
            for position, at in zip(received.tolist(), verdict.at.tolist(), strict=True):
                said.setdefault(position, []).append((verdict.rule, verdict.say(at)))
            del rows
        by_time = sorted(said, key=lambda position: (int(self.candidate.timestamp[position]), position))
        return tuple(
            Quarantined(
                int(self.candidate.timestamp[position]),
                self._row(position),
                ", ".join(dict.fromkeys(rule for rule, _ in said[position])),
                " ".join(reason for _, reason in said[position]),
            )
            for position in by_time
        )

    def _row(self, position: int) -> dict[str, float | str | None]:
        """Return a row as it was received; NaN, which JSON does not know, as None."""
        values: dict[str, float | str | None] = {}
        for name in ("open", "high", "low", "close", "volume", "adj_close"):
            column = getattr(self.candidate, name)
            if column is not None:
                value = float(column[position])
                values[name] = value if np.isfinite(value) else None if np.isnan(value) else str(value)
        return values
