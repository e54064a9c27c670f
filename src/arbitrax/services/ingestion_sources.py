"""Which vendor an ingestion goes to, and to which next when one has nothing to give."""

from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from msgspec.structs import replace

from arbitrax.domain.assets import AssetType
from arbitrax.domain.dates import start_of_day, to_nanoseconds
from arbitrax.domain.errors import InputError
from arbitrax.market_data.providers.choice import spelled_type
from arbitrax.market_data.providers.provider import Provider
from arbitrax.services.catalogue_ports import IngestionRequest, MarketStores
from arbitrax.services.holders import holder_of
from arbitrax.services.ingestion import Clock, IngestionOutcome, Watcher, ingest
from arbitrax.services.schedules import AUTO
from arbitrax.services.series_rights import OPERATOR, Writer

UP_TO_NOW = start_of_day("2200-01-01")
"""The end of a request that names none: equal requests of two days continue each other."""


class Vendors(Protocol):
    """The vendors that settings give access to."""

    def order(self, interval: str, asset_type: AssetType) -> Sequence[str]:
        """Return the names of those to ask for bars of an interval and a type of asset, best first."""

    def open(self, name: str) -> Provider:
        """Return a vendor.

        Raises:
            InputError: nobody has this name, or it wants a key that is not set.
        """


async def ingest_from(
    stores: MarketStores,
    vendors: Vendors,
    source: str,
    symbols: Sequence[str],
    interval: str,
    *,
    start: int | None,
    end: int | None,
    only_missing: bool,
    replace_source: bool,
    clock: Clock,
    watcher: Watcher,
    notice: Callable[[str], None],
    job: UUID | None = None,
    writer: Writer = OPERATOR,
) -> list[IngestionOutcome]:
    """Ingest from one vendor, or with ``auto`` from the first that has each symbol; an outcome a vendor asked.

    Args:
        start: ns UTC; None begins where the stored series do.
        end: ns UTC, exclusive; None goes up to now.
        job: for which it is done; None: for the operator.
        writer: whose series may change.

    Raises:
        InputError: no such vendor, no start where nothing is stored, or a range that has not begun.
    """
    names = list(vendors.order(interval, _type_of(stores, symbols))) if source == AUTO else [source]
    begin = _start(stores, symbols, interval) if start is None else start
    if begin >= clock():
        raise InputError("The range to ingest begins in the future; give an earlier --from.")
    request = IngestionRequest(
        source=source,
        symbols=tuple(symbols),
        interval=interval,
        start=begin,
        end=UP_TO_NOW if end is None else end,
        only_missing=only_missing,
    )
    outcomes: list[IngestionOutcome] = []
    for place, name in enumerate(names):
        provider = vendors.open(name)
        if source == AUTO and place == 0:
            notice(f"--source auto asks {name}.")
        try:
            outcome = await ingest(
                stores,
                provider,
                replace(request, source=name),
                clock=clock,
                watcher=watcher,
                replace_source=replace_source,
                job=job,
                writer=writer,
            )
        finally:
            await provider.close()
        outcomes.append(outcome)
        left = _left(outcome)
        if not left or place + 1 == len(names):
            break
        reason = outcome.stopped or next(each.failed for each in outcome.symbols if each.vendor_failed)
        notice(f"{reason} Asking {names[place + 1]} for {_listed(left)}.")
        request = replace(request, symbols=left)
    return outcomes


def _left(outcome: IngestionOutcome) -> tuple[str, ...]:
    """Return the symbols another vendor may have."""
    return tuple(
        each.symbol for each in outcome.symbols if each.vendor_failed or (outcome.stopped and each.score is None)
    )


def _type_of(stores: MarketStores, symbols: Sequence[str]) -> AssetType:
    """Return what all symbols are, known or told by Yahoo's spelling; unknown when they differ."""
    found: set[AssetType] = set()
    for symbol in symbols:
        entry = stores.assets.find(symbol)
        known = "unknown" if entry is None else entry.asset.asset_type
        found.add(known if known != "unknown" else spelled_type(symbol))
    return found.pop() if len(found) == 1 else "unknown"


def _listed(symbols: Sequence[str]) -> str:
    return ", ".join(symbols[:3]) + (f" and {len(symbols) - 3} more" if len(symbols) > 3 else "")


def _start(stores: MarketStores, symbols: Sequence[str], interval: str) -> int:
    """Return the first stored bar of the symbols."""
    stored = {each.symbol: each.first for each in stores.bars.catalogue() if each.interval == interval}
    lacking = [each for each in symbols if each not in stored or holder_of(stores, each).is_new]
    if lacking:
        raise InputError(
            f"Nothing is stored of {_listed(lacking)} at {interval}, so say where to begin, as --from 2015-01-01."
        )
    return min(to_nanoseconds(stored[each]) for each in symbols)
