"""What follows a commit of bars: the caches learn of it. They may fail; what was committed stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from arbitrax.domain.bars import Bars
from arbitrax.domain.errors import StoreError
from arbitrax.storage.postgres.bar_reads import read_range
from arbitrax.storage.postgres.series_writer import Written
from arbitrax.storage.redis.recent_bars import RecentBars, version

if TYPE_CHECKING:
    from arbitrax.storage.parquet.bar_cache import BarCache
    from arbitrax.storage.postgres.connection import Database


def after_commit(
    database: Database, cache: BarCache | None, recent: RecentBars | None, written: Sequence[tuple[Bars, Written]]
) -> None:
    """Bring the caches up to date with the series that were written, each with the bars given."""
    for bars, done in written:
        if cache is not None:
            if done.outdated is not None:
                cache.drop(done.outdated)
            if done.is_new:  # whoever imports a series is about to read it
                cache.put(bars.content_hash(), bars)
        if recent is not None and done.as_of is not None and done.as_of != done.before:
            renew(database, recent, bars.symbol, bars.interval, done)


def renew(database: Database, recent: RecentBars, symbol: str, interval: str, done: Written) -> None:
    """Store the days that were written anew, and let the other days count as current."""
    days = recent.days_of(interval, *done.span)
    if done.before is not None and done.as_of is not None:
        old, new = version(done.asset, done.before), version(done.asset, done.as_of)
        recent.carry_over(symbol, interval, days, old=old, new=new)
    if days is None:
        return
    try:
        with database.connection() as connection:
            found = read_range(connection, symbol, interval, *days.span)
    except StoreError:
        return  # what is cached of these days is of another version, and no more than that is lost
    if found is not None:
        asset, stored = found
        recent.put(stored.bars, days, version(asset, stored.as_of))
