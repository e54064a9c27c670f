"""Propose what could be mended in a stored series, do it on request, and take it back."""

from uuid import UUID

import numpy as np

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import UnknownNameError
from arbitrax.market_data.candidate import VendorBasis
from arbitrax.market_data.repair import Repair as Proposal
from arbitrax.market_data.repair import Values, propose_repairs
from arbitrax.services.catalogue_ports import MarketStores, Repair, StoredRepair
from arbitrax.services.quality import context_of, judge_series
from arbitrax.services.stored_bars import load_series

SPLIT_ADJUSTED = ("yahoo",)
"""Sources whose prices are divided by later splits."""


def known_repairs(stores: MarketStores, symbol: str, interval: str, *, now: int) -> list[StoredRepair]:
    """Look for what could be mended, keep it, and return all repairs of a series, done or not. ``now``: ns UTC.

    Raises:
        UnknownNameError: there is no such series.
    """
    stored = load_series(stores.bars, symbol, interval)
    context = context_of(stores, symbol, interval, now=now)
    found: list[Proposal] = []
    aside = stores.quality.quarantined(symbol, interval)
    for basis in dict.fromkeys(["raw", *(_basis_of(each.source) for each in aside)]):
        rows = [each.row for each in aside if _basis_of(each.source) == basis]
        made = propose_repairs(stored.bars, context, rows, basis=basis)
        known = [(each.kind, each.changes) for each in found]
        found += [each for each in made if (each.kind, each.changes) not in known]
    for each in found:
        stores.quality.propose(_repair(each), received=now)
    return stores.quality.repairs(symbol, interval)


def apply_repair(stores: MarketStores, symbol: str, interval: str, repair: UUID, *, who: str, now: int) -> None:
    """Change the bars as a repair says, note who asked for it, and judge the series anew.

    Raises:
        UnknownNameError: the series has no such repair.
        InputError: it was undone, or the bars are no longer what it is about.
    """
    _require(stores, symbol, interval, repair)
    stores.quality.apply(repair, who=who, received=now)
    judge_series(stores, symbol, interval, now=now)


def undo_repair(stores: MarketStores, symbol: str, interval: str, repair: UUID, *, who: str, now: int) -> None:
    """Take a repair back, note who asked for it, and judge the series anew.

    Raises:
        UnknownNameError: the series has no such repair.
        InputError: it is not applied, or the bars are no longer what it made of them.
    """
    _require(stores, symbol, interval, repair)
    stores.quality.undo(repair, who=who, received=now)
    judge_series(stores, symbol, interval, now=now)


def _basis_of(source: str) -> VendorBasis:
    """Return the basis of rows set aside, which are as a vendor sent them."""
    return "split_adjusted" if source in SPLIT_ADJUSTED else "raw"


def _require(stores: MarketStores, symbol: str, interval: str, repair: UUID) -> None:
    if repair not in {each.id for each in stores.quality.repairs(symbol, interval)}:
        raise UnknownNameError(
            f"The {interval} bars of {symbol} have no such repair; `arbitrax data repair {symbol}` shows theirs."
        )


def _repair(proposal: Proposal) -> Repair:
    before = [(each.timestamp, each.old) for each in proposal.changes if each.old is not None]
    after = [(each.timestamp, each.new) for each in proposal.changes if each.new is not None]
    return Repair(proposal.kind, proposal.reason, _bars(proposal, before), _bars(proposal, after))


def _bars(proposal: Proposal, rows: list[tuple[int, Values]]) -> Bars:
    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([values.get(name) for _, values in rows], dtype=np.float64)

    adjusted = column("adj_close")
    return Bars(
        proposal.symbol,
        proposal.interval,
        np.array([at for at, _ in rows], dtype=np.int64),
        open=column("open"),
        high=column("high"),
        low=column("low"),
        close=column("close"),
        volume=column("volume"),
        adj_close=None if np.isnan(adjusted).any() or not len(rows) else adjusted,
    )
