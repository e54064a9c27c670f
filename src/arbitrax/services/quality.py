"""How far stored series can be trusted: judge them by every rule, and keep what was found."""

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import is_intraday
from arbitrax.market_data.validation.findings import Context, QualityReport
from arbitrax.market_data.validation.report import as_candidate, report
from arbitrax.market_data.validation.validator import validate
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.chunks import calendar_of

DAILY = "1d"


def judge_series(stores: MarketStores, symbol: str, interval: str, *, now: int) -> QualityReport | None:
    """Judge a stored series, store the report and return it; None when there is no such series. ``now``: ns UTC."""
    stored = stores.bars.load(symbol, interval)
    if stored is None or not len(stored.bars):
        return None
    aside = [each.row for each in stores.quality.quarantined(symbol, interval)]
    made = report(validate(as_candidate(stored.bars), context_of(stores, symbol, interval, now=now)), set_aside=aside)
    stores.quality.save(made, as_of=stored.as_of)
    return made


def context_of(stores: MarketStores, symbol: str, interval: str, *, now: int) -> Context:
    """Return what is known around a series, stored or about to be."""
    found = stores.assets.find(symbol)
    asset = Asset(symbol=symbol) if found is None else found.asset
    return Context(
        asset_type=asset.asset_type,
        calendar=calendar_of(asset),
        actions=stores.actions.load(symbol).actions,
        now=now,
        daily=_daily(stores, symbol) if is_intraday(interval) else None,
    )


def _daily(stores: MarketStores, symbol: str) -> Bars | None:
    stored = stores.bars.load(symbol, DAILY)
    return None if stored is None else stored.bars
