"""Messages of ingestions: what is brought of a vendor, how far it is, and what came of it."""

from __future__ import annotations

import math
import time
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import IngestionId, Interval, Source, Symbol
from arbitrax.api.messages.jobs import JobState, state_fields
from arbitrax.api.messages.new_backtest import Day, ShortText, SymbolText
from arbitrax.api.parameters import market_day
from arbitrax.domain.dates import date_text, end_of_day, start_of_day
from arbitrax.domain.errors import InputError, UnknownNameError, within
from arbitrax.domain.intervals import nanoseconds
from arbitrax.market_data.providers.limits import VENDORS
from arbitrax.market_data.providers.provider import BarRequest
from arbitrax.market_data.providers.windows import bars_of, check_reach
from arbitrax.market_data.synthetic import INTERVALS as SYNTHETIC_INTERVALS
from arbitrax.market_data.synthetic import SOURCE as SYNTHETIC
from arbitrax.samples import SOURCE as SAMPLE
from arbitrax.services.ingestion import IngestionOutcome
from arbitrax.services.ingestion_jobs import IngestionSpec
from arbitrax.services.ingestion_records import INGESTION, IngestionRecord
from arbitrax.services.schedules import AUTO

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
            UnknownNameError: a symbol that no vendor can have.
            InputError: bars that the vendor does not have.
        """
        start, end = market_day("start", self.start), market_day("end", self.end)
        spec = IngestionSpec(
            symbols=tuple(dict.fromkeys(self.symbols)),
            interval=self.interval,
            source=self.source,
            start=None if start is None else start_of_day(start),
            end=None if end is None else end_of_day(end),
            only_missing=self.only_missing,
            replace_source=self.replace_source,
        )
        _require_possible(spec)
        return spec

    def require_start(self, stored: set[str]) -> None:
        """See whether it is known where to begin; stored: symbols with bars of the interval.

        Raises:
            InputError: it is not.
        """
        lacking = [each for each in self.symbols if each not in stored]
        if self.start is None and lacking and self.source != SAMPLE:
            raise InputError(
                f"Nothing is stored of {lacking[0]} at {self.interval}; say where to begin, as 2015-01-01."
            ).at("start")


def _require_possible(spec: IngestionSpec) -> None:
    """Refuse what no worker could bring, without asking the vendor."""
    for place, symbol in enumerate(spec.symbols):
        if any(part in ("", ".", "..") for part in symbol.split("/")):
            raise UnknownNameError(f"No vendor has a symbol {symbol!r}; correct it.").at("symbols", place)
    with within("interval"):
        nanoseconds(spec.interval)
        if spec.source == SYNTHETIC and spec.interval not in SYNTHETIC_INTERVALS:
            raise InputError(
                f"There are no synthetic bars of {spec.interval}; use one of {', '.join(SYNTHETIC_INTERVALS)}."
            )
        if spec.source == AUTO and not any(spec.interval in each.windows for each in VENDORS.values()):
            raise InputError(f"No vendor has bars of {spec.interval} to take; ask for 1m, 1h or 1d.")
        vendor = VENDORS.get(spec.source)
        window = None if vendor is None else bars_of(spec.interval, vendor)
    if vendor is None or window is None or spec.start is None:
        return
    # Which plan the operator has is known where vendors are asked; what the best one has not, none has.
    best = max(vendor.plans, key=lambda name: vendor.plans[name].history_days or math.inf)
    asked = BarRequest(spec.symbols[0], spec.interval, spec.start, spec.start)
    with within("start"):
        check_reach(asked, window, vendor, best, now=time.time_ns())


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
