"""How far stored series can be trusted: judge them, and say what is wrong."""

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import is_intraday
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.validation.findings import Context, QualityReport
from arbitrax.market_data.validation.validator import report, validate
from arbitrax.services.catalogue_ports import MarketStores
from arbitrax.services.chunks import calendar_of
from arbitrax.services.ports import BarStore, StoredSeries

DAILY = "1d"


def judge_series(stores: MarketStores, symbol: str, interval: str, *, now: int) -> QualityReport | None:
    """Judge a stored series by all rules, store the report and return it; None when there is no such series."""
    stored = stores.bars.load(symbol, interval)
    if stored is None or not len(stored.bars):
        return None
    found = stores.assets.find(symbol)
    asset = Asset(symbol=symbol) if found is None else found.asset
    context = Context(
        asset_type=asset.asset_type,
        calendar=calendar_of(asset),
        actions=stores.actions.load(symbol).actions,
        now=now,
        daily=_daily(stores.bars, symbol) if is_intraday(interval) else None,
    )
    made = report(stored.bars, validate(_candidate(stored), context), stores.quality.quarantined(symbol, interval))
    stores.quality.save(made, as_of=stored.as_of)
    return made


def _daily(bars: BarStore, symbol: str) -> Bars | None:
    stored = bars.load(symbol, DAILY)
    return None if stored is None else stored.bars


def _candidate(stored: StoredSeries) -> CandidateBars:
    bars = stored.bars
    return CandidateBars(
        symbol=bars.symbol,
        interval=bars.interval,
        timestamp=bars.timestamp,
        open=bars.open,
        high=bars.high,
        low=bars.low,
        close=bars.close,
        volume=bars.volume,
        adj_close=bars.adj_close,
        source="store",
    )
