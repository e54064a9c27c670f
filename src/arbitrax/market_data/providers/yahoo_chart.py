"""What a v8 chart reply says: its shape, its rows as columns, and the asset it is about."""

from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from msgspec import Meta, Struct, field

from arbitrax.domain.assets import Asset, AssetType
from arbitrax.domain.intervals import DAY, MINUTE, SECOND, is_intraday, nanoseconds
from arbitrax.market_data.bar_times import END, FIRST
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.corporate_action_lists import currency_code
from arbitrax.market_data.local_time import to_local
from arbitrax.market_data.providers.limits import YAHOO
from arbitrax.market_data.providers.provider import BarRequest
from arbitrax.market_data.providers.single_precision import shortest_decimals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from arbitrax.domain.bars import Floats, Int64s

MOST_DELAY = 30 * MINUTE
"""How late Yahoo's prices of slow exchanges are; a bar that ended longer ago is final without a newer quote."""

Numbers = list[float | None]
Seconds = Annotated[int, Meta(ge=FIRST // SECOND, lt=END // SECOND)]

_TYPES: dict[str, AssetType] = {
    "EQUITY": "equity",
    "ETF": "etf",
    "MUTUALFUND": "fund",
    "INDEX": "index",
    "CURRENCY": "fx",
    "CRYPTOCURRENCY": "crypto",
    "FUTURE": "future",
    "OPTION": "option",
}
EXCHANGES = {
    "NMS": "XNAS", "NGM": "XNAS", "NCM": "XNAS", "NYQ": "XNYS", "ASE": "XASE", "PCX": "ARCX", "BTS": "BATS",
    "PNK": "OOTC", "CCC": "24/7", "CCY": "24/5", "CMX": "CMES", "NYM": "CMES", "CBT": "CMES", "CME": "CMES",
    "LSE": "XLON", "GER": "XETR", "FRA": "XFRA", "STU": "XSTU", "HAM": "XHAM", "DUS": "XDUS", "PAR": "XPAR",
    "AMS": "XAMS", "BRU": "XBRU", "LIS": "XLIS", "MIL": "XMIL", "MCE": "XMAD", "EBS": "XSWX", "VIE": "XWBO",
    "CPH": "XCSE", "STO": "XSTO", "HEL": "XHEL", "OSL": "XOSL", "ISE": "XDUB", "WSE": "XWAR", "PRA": "XPRA",
    "TOR": "XTSE", "VAN": "XTSX", "MEX": "XMEX", "SAO": "BVMF", "BUE": "XBUE", "SGO": "XSGO", "JNB": "XJSE",
    "TLV": "XTAE", "IST": "XIST", "SAU": "XSAU", "JPX": "XTKS", "HKG": "XHKG", "SHH": "XSHG", "SHZ": "XSHG",
    "TAI": "XTAI", "KSC": "XKRX", "KOE": "XKRX", "SES": "XSES", "KLS": "XKLS", "JKT": "XIDX", "SET": "XBKK",
    "BSE": "XBOM", "ASX": "XASX", "NZE": "XNZE",
}  # fmt: skip
"""Yahoo's codes of exchanges, and the names of their calendars."""


class Indicators(Struct, frozen=True):
    """Parallel arrays. ``quote`` is [{}] without rows, and may hold ``close`` alone."""

    quote: list[dict[str, Numbers | None] | None] = field(default_factory=list)
    adjclose: list[dict[str, Numbers | None] | None] = field(default_factory=list)


class Chart(Struct, frozen=True):
    """The one result of a reply."""

    meta: dict[str, Any]
    timestamp: list[Seconds] | None = None
    indicators: Indicators = Indicators()
    events: dict[str, Any] | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The reply again, as the reader of events takes it."""
        return {"chart": {"result": [{"meta": self.meta, "timestamp": self.timestamp, "events": self.events}]}}

    def second(self, name: str) -> int | None:
        """Return a time of the meta data, s."""
        return _second(self.meta.get(name))

    @property
    def regular_end(self) -> int | None:
        """When the current session of regular trading ends, s, or the next one where none is running."""
        periods = self.meta.get("currentTradingPeriod")
        regular = periods.get("regular") if isinstance(periods, dict) else None
        return _second(regular.get("end")) if isinstance(regular, dict) else None


def _second(value: object) -> int | None:
    return value if isinstance(value, int) and FIRST // SECOND <= value < END // SECOND else None


class Rows(Struct, frozen=True):
    """Parallel columns of one length, or why they are not."""

    stamp: "Int64s"
    """s UTC."""
    columns: "dict[str, Floats]"


def rows_of(chart: Chart) -> Rows | str:
    """Return the arrays of a chart, or what contradicts itself in them."""
    stamp = np.array(chart.timestamp or (), dtype=np.int64)
    quotes = [each or {} for each in chart.indicators.quote]
    if len(quotes) > 1:
        return f"it has {len(quotes)} lists of quotes where one is known"
    given = {**(quotes[0] if quotes else {})}
    given["adj_close"] = next((each.get("adjclose") for each in chart.indicators.adjclose if each), None)
    columns = {}
    for name in ("open", "high", "low", "close", "volume", "adj_close"):
        values = given.get(name)
        if values and len(values) != len(stamp):
            return f"it has {len(stamp)} times and {len(values)} values of {name}"
        if values or name != "adj_close":
            columns[name] = np.array(values or [None] * len(stamp), dtype=np.float64)
    return Rows(stamp, columns)


def candidate_of(chart: Chart, rows: Rows, request: BarRequest, *, now: int) -> CandidateBars:
    """Return rows as columns in Yahoo's basis; bars that still change are marked.

    The row in progress may come twice, at its start and at the time of the newest quote: the second is left out.
    """
    start, zone = rows.stamp * SECOND, str(chart.meta.get("exchangeTimezoneName") or "UTC")
    daily = not is_intraday(request.interval)
    if daily:
        start = to_local(start, zone) // DAY * DAY
    quote = chart.second("regularMarketTime")
    live = bool(len(start)) and quote is not None and int(rows.stamp[-1]) == quote
    twice = live and len(start) > 1 and int(start[-1] - start[-2]) < nanoseconds(request.interval)
    keep = slice(0, len(start) - 1 if twice else len(start))
    start = start[keep]
    final = _settled(chart, start, zone) if daily else _ended(chart, start, request.interval, now)
    if live:
        final[-1:] = False
    columns = {
        name: values[keep] if name == "volume" else shortest_decimals(values[keep])
        for name, values in rows.columns.items()
    }
    currency = chart.meta.get("currency")
    found = CandidateBars(
        request.symbol,
        request.interval,
        start,
        **columns,
        is_final=final,
        source=YAHOO.name,
        basis="split_adjusted",
        currency=currency_code(str(currency)) if currency else None,
    )
    # Daily bars are asked for with a day around them, as a session may open on the UTC day before its date.
    padded = (start >= request.start - 2 * DAY) & (start < request.end + 2 * DAY)
    inside = (start >= request.start) & (start < request.end)
    return found.take(inside | ~padded) if daily else found


def _settled(chart: Chart, dates: "Int64s", zone: str) -> "NDArray[np.bool_]":
    """Return which days are over: all but the one whose session has begun and has not ended by its newest quote."""
    quote, end = chart.second("regularMarketTime"), chart.regular_end
    if quote is None or end is None or quote >= end:
        return np.ones(len(dates), dtype=np.bool_)
    today, ends_on = (int(each) // DAY for each in to_local(np.array([quote, end - 1]) * SECOND, zone))
    running = today if today == ends_on else ends_on
    return dates // DAY < running


def _ended(chart: Chart, start: "Int64s", interval: str, now: int) -> "NDArray[np.bool_]":
    quote = chart.second("regularMarketTime")
    known = now - MOST_DELAY if quote is None else min(now, max(quote * SECOND, now - MOST_DELAY))
    return start + nanoseconds(interval) <= known


def asset_of(chart: Chart, symbol: str) -> Asset:
    """Return what the meta data say of the asset."""
    meta = chart.meta
    name = meta.get("longName") or meta.get("shortName")
    currency = meta.get("currency")
    return Asset(
        symbol=symbol,
        name=str(name) if name else None,
        asset_type=_TYPES.get(str(meta.get("instrumentType")), "unknown"),
        exchange=EXCHANGES.get(str(meta.get("exchangeName"))),
        currency=currency_code(str(currency)) if currency else None,
    )


def found_asset(quote: dict[str, Any]) -> Asset:
    """Return an asset of a reply to a search."""
    name = quote.get("longname") or quote.get("shortname")
    return Asset(
        symbol=str(quote["symbol"]),
        name=str(name) if name else None,
        asset_type=_TYPES.get(str(quote.get("quoteType")), "unknown"),
        exchange=EXCHANGES.get(str(quote.get("exchange"))),
    )
