"""Polygon.io, renamed Massive: aggregates as traded, and reference lists of splits, dividends and tickers.

The base URL is ``https://api.massive.com``; the old ``https://api.polygon.io`` still answers and is followed as well.
"""

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import numpy as np
from msgspec import Meta, Struct
from msgspec.structs import replace

from arbitrax.domain.assets import Asset, AssetType
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import date_text
from arbitrax.domain.errors import BadPayload, DataError
from arbitrax.domain.intervals import DAY, MINUTE, is_intraday, nanoseconds, parse_interval
from arbitrax.market_data.bar_times import END, FIRST
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.local_time import to_local, to_utc
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.answers import Reply
from arbitrax.market_data.providers.declared_actions import polygon_actions
from arbitrax.market_data.providers.http_client import VendorClient
from arbitrax.market_data.providers.limits import POLYGON
from arbitrax.market_data.providers.provider import BarRequest, Fetched
from arbitrax.market_data.providers.windows import split

if TYPE_CHECKING:
    import httpx2

    from arbitrax.domain.bars import Floats

MILLISECOND = 1_000_000
NEW_YORK = "America/New_York"
MOST_ROWS = "50000"
DELAY = 15 * MINUTE
"""How late the data of a reply with status DELAYED are."""

_HOSTS = {"api.massive.com", "api.polygon.io"}
_SPANS = {"m": "minute", "h": "hour", "d": "day"}
_TYPES: dict[str, AssetType] = {
    "CS": "equity", "ADRC": "equity", "OS": "equity", "PFD": "equity", "ETF": "etf", "ETN": "etf", "ETV": "etf",
    "FUND": "fund",
}  # fmt: skip
_MARKETS: dict[str, AssetType] = {"crypto": "crypto", "fx": "fx", "indices": "index"}


Milliseconds = Annotated[int, Meta(ge=FIRST // MILLISECOND, lt=END // MILLISECOND)]


class Aggregate(Struct, frozen=True):
    """A bar as it is sent; what is missing is None."""

    t: Milliseconds
    o: float | None = None
    h: float | None = None
    l: float | None = None  # noqa: E741 - the vendor's name
    c: float | None = None
    v: float | None = None


class Aggregates(Struct, frozen=True):
    """A page of bars. ``results`` is absent for an unknown ticker, a holiday and a day without trades alike."""

    status: str = ""
    ticker: str | None = None
    adjusted: bool | None = None
    results: list[Aggregate] | None = None
    resultsCount: int | None = None  # noqa: N815 - the vendor's name
    next_url: str | None = None
    error: str = ""
    message: str = ""


class Listing(Struct, frozen=True):
    """A page of a reference list."""

    status: str = ""
    results: list[dict[str, Any]] | None = None
    next_url: str | None = None
    error: str = ""
    message: str = ""


Page = TypeVar("Page", Aggregates, Listing)


class Polygon:
    """Adapter of Polygon.io (Massive); see `arbitrax.market_data.providers.provider.Provider`."""

    name = POLYGON.name
    intervals = tuple(POLYGON.windows)

    def __init__(self, access: Access) -> None:
        self._client = VendorClient(POLYGON, access, sign=_sign)
        self._answers = self._client.answers
        self._access = access

    def windows(self, request: BarRequest, *, now: int) -> list[BarRequest]:
        """Split by the 50,000 base bars that an answer counts; a free plan's end with yesterday."""
        if POLYGON.plan(self._access.plan).end_of_day:
            today = to_local(np.array([now]), NEW_YORK) // DAY * DAY
            limit = to_utc(today, NEW_YORK)[0] if is_intraday(request.interval) else today
            request = replace(request, end=min(request.end, int(limit[0])))
        return split(request, POLYGON, self._access.plan, now=now)

    async def bars(self, request: BarRequest) -> Fetched:
        """Return bars as traded, every page of them."""
        count, unit = parse_interval(request.interval)
        first, last = (
            (str(request.start // MILLISECOND), str((request.end - 1) // MILLISECOND))
            if is_intraday(request.interval)
            else (date_text(request.start), date_text(request.end - 1))
        )
        path = f"/v2/aggs/ticker/{quote(request.symbol, safe='')}/range/{count}/{_SPANS[unit]}/{first}/{last}"
        params = {"adjusted": "false", "sort": "asc", "limit": MOST_ROWS}
        pages = await self._pages(path, params, request.symbol, Aggregates)
        rows = list(chain.from_iterable(self._checked(page, request.symbol) for page in pages))
        delayed = any(page.status == "DELAYED" for page in pages)
        return Fetched(
            candidate_of(rows, request, now=self._access.clock() - (DELAY if delayed else 0)),
            notices=(f"Polygon's data of {request.symbol} are 15 minutes late on this plan.",) if delayed else (),
        )

    async def actions(self, symbol: str, start: int, end: int) -> tuple[CorporateAction, ...]:
        """Return splits and dividends of the reference lists."""
        documents: list[dict[str, Any]] = []
        for path, day in (("splits", "execution_date"), ("dividends", "ex_dividend_date")):
            params = {
                "ticker": symbol, f"{day}.gte": date_text(start), f"{day}.lt": date_text(end), "limit": "1000",
            }  # fmt: skip
            pages = await self._pages(f"/v3/reference/{path}", params, symbol, Listing)
            documents += [{"status": page.status, "results": page.results} for page in pages]
        try:
            found = polygon_actions(documents).actions
        except DataError as error:
            raise BadPayload(str(error)) from None
        if others := {each.symbol for each in found} - {symbol}:
            raise self._answers.bad(symbol, f"its actions are those of {min(others)}")
        return tuple(each for each in found if start <= each.ex_date < end)

    async def search(self, text: str) -> list[Asset]:
        """Return active tickers."""
        params = {"search": text, "active": "true", "limit": "50"}
        pages = await self._pages("/v3/reference/tickers", params, f"'{text}'", Listing, most=1)
        return [_asset(each) for each in pages[0].results or () if each.get("ticker")]

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _pages(
        self, path: str, params: dict[str, str], about: str, kind: type[Page], *, most: int = 1000
    ) -> list[Page]:
        pages: list[Page] = []
        seen: set[str] = set()
        while True:
            page = await self._client.get(path, params, about=about, read=lambda reply: self._read(reply, kind, about))
            pages.append(page)
            following = page.next_url
            if not following or len(pages) == most:
                return pages
            if following in seen:
                raise self._answers.bad(about, "its pages lead in a circle")
            seen.add(following)
            path, params = self._follow(following, about)

    def _follow(self, url: str, about: str) -> tuple[str, dict[str, str]]:
        """Return where the next page is. The key goes along, so it may only be at the vendor's or at our base URL."""
        here, there = urlsplit(self._client.base_url), urlsplit(url)
        if there.netloc != here.netloc and there.hostname not in _HOSTS:
            raise self._answers.bad(about, f"its next page is on another host, {there.hostname}")
        return there.path.removeprefix(here.path), dict(parse_qsl(there.query))

    def _read(self, reply: Reply, kind: type[Page], about: str) -> Page:
        if reply.status != 200:
            said = {} if reply.is_markup else self._answers.decode(reply, dict[str, Any], about)
            self._answers.refuse(reply, about, str(said.get("error") or said.get("message") or ""))
        page = self._answers.decode(reply, kind, about)
        if page.status not in ("OK", "DELAYED"):
            raise self._answers.bad(about, f"its status is '{page.status}' {page.error or page.message}")
        return page

    def _checked(self, page: Aggregates, symbol: str) -> list[Aggregate]:
        """Return a page's rows, if it is about what was asked."""
        rows = page.results or []
        if page.ticker is not None and page.ticker != symbol:
            raise self._answers.bad(symbol, f"it is about {page.ticker}")
        if rows and page.adjusted is not False:
            raise self._answers.bad(symbol, "its prices are adjusted, and were asked for as traded")
        if page.resultsCount is not None and page.resultsCount != len(rows):
            raise self._answers.bad(symbol, f"it announces {page.resultsCount} rows and has {len(rows)}")
        return rows


def candidate_of(rows: list[Aggregate], request: BarRequest, *, now: int) -> CandidateBars:
    """Return rows as columns. A day's bar starts at its market's midnight, which becomes the date."""

    def column(name: str) -> "Floats":
        return np.array(list(map(attrgetter(name), rows)), dtype=np.float64)

    start = np.array(list(map(attrgetter("t"), rows)), dtype=np.int64) * MILLISECOND
    end = start + nanoseconds(request.interval)
    if not is_intraday(request.interval):
        zone = "UTC" if request.symbol.startswith(("X:", "C:")) else NEW_YORK
        # A stamp that is no midnight keeps its time of day, for the validator to see.
        start = to_local(start, zone)
        end, now = start // DAY * DAY + DAY, int(to_local(np.array([now]), zone)[0])
    return CandidateBars(
        request.symbol,
        request.interval,
        start,
        column("o"),
        column("h"),
        column("l"),
        column("c"),
        column("v"),
        is_final=end <= now,
        source=POLYGON.name,
        basis="raw",
        currency=_currency(request.symbol),
    )


def _currency(symbol: str) -> str | None:
    if symbol.startswith(("X:", "C:")):
        return symbol[-3:]
    return None if symbol.startswith("I:") else "USD"


def _asset(found: dict[str, Any]) -> Asset:
    market = str(found.get("market"))
    currency = found.get("currency_name") or found.get("currency_symbol")
    return Asset(
        symbol=str(found["ticker"]),
        name=found.get("name"),
        asset_type=_MARKETS.get(market) or _TYPES.get(str(found.get("type")), "unknown"),
        exchange="24/7" if market == "crypto" else found.get("primary_exchange"),
        currency=str(currency).upper() if currency and len(str(currency)) == 3 else None,
    )


def _sign(request: "httpx2.Request", key: str) -> None:
    """The header, not the query: it is in no URL."""
    request.headers["Authorization"] = f"Bearer {key}"
