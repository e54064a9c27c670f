"""One chunk of an ingestion: from what a vendor answered to what may be stored."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.errors import RangeError, UnknownNameError
from arbitrax.market_data.adjustment import as_traded
from arbitrax.market_data.calendars import ALWAYS, Calendar, calendar
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.providers.provider import Fetched
from arbitrax.market_data.validation.findings import Context, Validation
from arbitrax.market_data.validation.validator import validate
from arbitrax.services.catalogue_ports import Chunk, ChunkContent

BEFORE = 60
"""Stored bars before a chunk that its rows are compared with."""


class Known(Struct, frozen=True, eq=False):
    """What is stored around a chunk."""

    asset: Asset
    actions: tuple[CorporateAction, ...] = ()
    before: Bars | None = None
    """Bars just before it."""
    same: Bars | None = None
    """Bars of its own range, when another source brought them; these stay as they are."""
    since: int | None = None
    """The day from which the asset has its symbol, ns UTC: a vendor's actions before it are another's."""


class Judged(Struct, frozen=True, eq=False):
    """What became of a chunk."""

    content: ChunkContent
    validation: Validation
    kept_back: int = 0
    """Rows that another source has stored already."""


def judge(chunk: Chunk, fetched: Fetched, known: Known, *, now: int) -> Judged:
    """Validate what a vendor answered and bring it to prices as traded; ``now`` in ns UTC."""
    asset = merged(known.asset, fetched.asset)
    actions = union(known.actions, (each for each in fetched.actions if each.ex_date >= (known.since or each.ex_date)))
    exchange = calendar_of(asset)
    context = Context(
        asset_type=asset.asset_type,
        calendar=exchange,
        actions=actions,
        requested=(chunk.start, chunk.end),
        now=now,
        last_quote=fetched.last_quote,
        before=known.before,
        other=known.same,
    )
    validation = validate(fetched.candidate, context)
    kept = as_traded(validation.kept, actions, exchange=exchange)
    kept_back = 0
    if known.same is not None:
        new = ~np.isin(kept.timestamp, known.same.timestamp)
        kept_back = len(kept) - int(new.sum())
        kept = kept.take(new)
    content = ChunkContent(
        bars=bars_of(kept),
        is_final=kept.is_final,
        actions=actions,
        quarantined=validation.quarantined,
        asset=asset,
        fills=known.same is not None,
    )
    return Judged(content, validation, kept_back)


def bars_of(rows: CandidateBars) -> Bars:
    """Return validated rows as bars; no volume is a volume of 0.

    Adjusted closes of vendors are left out: they change with every dividend to come. What is adjusted is derived from
    the stored actions when it is read.
    """
    return Bars(
        symbol=rows.symbol,
        interval=rows.interval,
        timestamp=np.ascontiguousarray(rows.timestamp),
        open=np.ascontiguousarray(rows.open),
        high=np.ascontiguousarray(rows.high),
        low=np.ascontiguousarray(rows.low),
        close=np.ascontiguousarray(rows.close),
        volume=np.where(np.isnan(rows.volume), 0.0, rows.volume),
    )


def merged(known: Asset, said: Asset | None) -> Asset:
    """Return an asset with what was said filled in where nothing was known."""
    if said is None:
        return known
    fresh = {
        name: value
        for name, value in asdict(said).items()
        if name != "symbol" and getattr(known, name) in (None, "unknown") and value not in (None, "unknown")
    }
    return replace(known, **fresh)


def union(*lists: Iterable[CorporateAction]) -> tuple[CorporateAction, ...]:
    """Return actions of several lists, one a kind and ex-date; of two, the later list's."""
    found = {(each.kind, each.ex_date): each for actions in lists for each in actions}
    return in_order(found.values())


def calendar_of(asset: Asset) -> Calendar | None:
    """Return the calendar an asset trades by; None when nobody knows it."""
    name = ALWAYS if asset.exchange is None and asset.asset_type == "crypto" else asset.exchange
    if name is None:
        return None
    try:
        return calendar(name)
    except (UnknownNameError, RangeError):
        return None
