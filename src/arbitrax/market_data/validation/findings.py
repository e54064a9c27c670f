"""What validation says: findings, the rows set aside, and the report of a series."""

import math
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from arbitrax.domain.assets import AssetType
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.market_data.calendars import Calendar
from arbitrax.market_data.candidate import CandidateBars

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Level(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    """The rows are set aside, with the reason."""
    WARN = "warn"
    """The rows are kept and flagged."""
    INFO = "info"
    """Worth knowing, no doubt about the rows."""


class Context(Struct, frozen=True, eq=False):
    """What is known around the rows. What is not known is None or empty, and rules that need it say nothing."""

    asset_type: AssetType = "unknown"
    calendar: Calendar | None = None
    actions: tuple[CorporateAction, ...] = ()
    """As declared; those of the candidate's symbol, also after its last row."""
    requested: tuple[int, int] | None = None
    """[start, end) that was asked for, ns UTC."""
    now: int | None = None
    """When the rows were received, ns UTC."""
    last_quote: int | None = None
    """When the newest price was made, ns UTC, as the vendor says."""
    before: Bars | None = None
    """The stored bars just before the first row, in prices as traded: enough for a running median."""
    daily: Bars | None = None
    """Stored daily bars of the same days, for intraday candidates, in prices as traded."""
    other: Bars | None = None
    """The same bars of another source, in prices as traded."""
    liquid: bool = False
    """Whether a minute without trades is remarkable."""


class Finding(Struct, frozen=True, eq=False):
    """What one rule says of some rows."""

    rule: str
    """Name of the rule, such as ``price_not_positive``; numbers and texts are in the catalogue of rules."""
    level: Level
    rows: "NDArray[np.int64]"
    """Positions in the candidate; empty for what concerns none, such as a missing session."""
    times: "NDArray[np.int64]"
    """ns UTC: of the rows, or of what is missing."""
    reason: str
    """One sentence with the first of them and its values."""


class Quarantined(Struct, frozen=True):
    """A row set aside, as it was received, with every rule that says so."""

    timestamp: int
    row: dict[str, float | str | None]
    rule: str
    reason: str


class Validation(Struct, frozen=True, eq=False):
    """What became of a candidate."""

    kept: CandidateBars
    """Sorted, distinct, complete: may be stored."""
    quarantined: tuple[Quarantined, ...]
    findings: tuple[Finding, ...]


class QualityLine(Struct, frozen=True):
    """A line of a report: what one rule says of a series."""

    rule: str
    level: Level
    count: int
    first: int
    """ns UTC of the first, and below of the last."""
    last: int
    reason: str
    times: tuple[int, ...] = ()
    """ns UTC of those concerned, the first thousand."""


class QualityReport(Struct, frozen=True):
    """How far a series can be trusted."""

    symbol: str
    interval: str
    rows: int
    score: float
    """100 for a series without a doubt, down to 0; docs/data-quality.md has the formula."""
    counts: dict[str, int]
    """Rows concerned, by level."""
    lines: tuple[QualityLine, ...]


def score_text(score: float) -> str:
    """Return a score of at most 100 with one decimal, cut off: only what is without fault has 100.0."""
    return f"{math.floor(score * 10) / 10:.1f}"
