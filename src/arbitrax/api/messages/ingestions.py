"""Messages of ingestions: what is brought of a vendor, how far it is, and what came of it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import IngestionId, Interval, Source, Symbol
from arbitrax.api.messages.jobs import JobState, state_fields
from arbitrax.api.messages.new_backtest import Day, ShortText, SymbolText
from arbitrax.api.parameters import market_day
from arbitrax.domain.dates import date_text, end_of_day, start_of_day
from arbitrax.services.ingestion import IngestionOutcome
from arbitrax.services.ingestion_jobs import IngestionSpec
from arbitrax.services.ingestion_records import INGESTION, IngestionRecord

MOST_SYMBOLS = 500


class NewIngestion(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bars to bring from a vendor: what `arbitrax data ingest` takes."""

    symbols: Annotated[list[SymbolText], Meta(min_length=1, max_length=MOST_SYMBOLS, examples=[["AAPL"]])]
    start: Day | None = None
    """First day; null begins where the stored series do."""
    end: Day | None = None
    """Last day, which counts; null goes up to now."""
    interval: ShortText = "1d"
    source: Annotated[str, Meta(min_length=1, max_length=32, examples=["synthetic"])] = "auto"
    only_missing: bool = False
    replace_source: bool = False
    """Let this vendor's bars take the place of another source's."""

    def spec(self) -> IngestionSpec:
        """Return what is asked for.

        Raises:
            RangeError: a day that there is not.
        """
        start, end = market_day("start", self.start), market_day("end", self.end)
        return IngestionSpec(
            symbols=tuple(dict.fromkeys(self.symbols)),
            interval=self.interval,
            source=self.source,
            start=None if start is None else start_of_day(start),
            end=None if end is None else end_of_day(end),
            only_missing=self.only_missing,
            replace_source=self.replace_source,
        )


class AskedIngestion(Struct, frozen=True):
    """What an ingestion is to bring; `start` and `end` are days, both count."""

    symbols: list[Symbol]
    interval: Interval
    source: Source
    start: Annotated[str | None, Meta(examples=["2012-01-01"])]
    end: Annotated[str | None, Meta(examples=["2012-12-31"])]
    only_missing: bool
    replace_source: bool


class IngestionMessage(JobState, frozen=True):
    """An ingestion, from being asked for to its end."""

    id: IngestionId
    spec: AskedIngestion
    bars_added: int
    """So far; what is stored stays, whatever becomes of the rest."""
    bars_updated: int
    bars_unchanged: int
    rows_quarantined: int
    outcomes: list[IngestionOutcome] | None
    """By vendor that was asked, once it has succeeded."""
    quality: Annotated[dict[str, str], Meta(examples=[{"AAPL": "/api/v1/series/AAPL/1d/quality"}])]
    """By symbol where the quality of its bars is told."""


def ingestion_message(found: IngestionRecord) -> IngestionMessage:
    """Return an ingestion's message."""
    spec = found.spec
    return IngestionMessage(
        **state_fields(INGESTION, found.id, found.owner, found.progress, has_job=found.has_job),  # type: ignore[arg-type]
        spec=AskedIngestion(
            symbols=list(spec.symbols),
            interval=spec.interval,
            source=spec.source,
            start=None if spec.start is None else date_text(spec.start),
            end=None if spec.end is None else date_text(spec.end - 1),
            only_missing=spec.only_missing,
            replace_source=spec.replace_source,
        ),
        bars_added=found.added,
        bars_updated=found.updated,
        bars_unchanged=found.unchanged,
        rows_quarantined=found.quarantined,
        outcomes=None if found.outcomes is None else list(found.outcomes),
        quality={symbol: f"/api/v1/series/{quote(symbol, safe='')}/{spec.interval}/quality" for symbol in spec.symbols},
    )
