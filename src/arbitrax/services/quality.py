"""How far stored series can be trusted: judge them, and say what is wrong."""

from arbitrax.domain.assets import Asset
from arbitrax.domain.bars import Bars
from arbitrax.domain.intervals import is_intraday
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.validation.findings import Context, QualityReport
from arbitrax.market_data.validation.validator import report, validate
from arbitrax.services.catalogue_ports import AssetStore, QualityStore
from arbitrax.services.chunks import calendar_of
from arbitrax.services.ports import ActionStore, BarStore, StoredSeries

DAILY = "1d"


def judge_series(
    bars: BarStore,
    actions: ActionStore,
    assets: AssetStore,
    quality: QualityStore,
    symbol: str,
    interval: str,
    *,
    now: int,
) -> QualityReport | None:
    """Judge a stored series by all rules, store the report and return it; None when there is no such series."""
    stored = bars.load(symbol, interval)
    if stored is None or not len(stored.bars):
        return None
    found = assets.find(symbol)
    asset = Asset(symbol=symbol) if found is None else found.asset
    context = Context(
        asset_type=asset.asset_type,
        calendar=calendar_of(asset),
        actions=actions.load(symbol).actions,
        now=now,
        daily=_daily(bars, symbol) if is_intraday(interval) else None,
    )
    made = report(stored.bars, validate(_candidate(stored), context), quality.quarantined(symbol, interval))
    quality.save(made, as_of=stored.as_of)
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
