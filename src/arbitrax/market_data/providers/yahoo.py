"""Yahoo Finance, v8 chart: split-adjusted bars, with the splits and dividends that lead back to prices as traded."""

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from msgspec import Struct

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import BadPayload, DataError, InputError, NoData, Unauthorized, UnknownSymbol
from arbitrax.domain.intervals import DAY, MINUTE, SECOND, is_intraday
from arbitrax.market_data.corporate_action_lists import ActionsRead
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.answers import Reply
from arbitrax.market_data.providers.declared_actions import yahoo_actions
from arbitrax.market_data.providers.http_client import VendorClient
from arbitrax.market_data.providers.limits import YAHOO
from arbitrax.market_data.providers.provider import BarRequest, Fetched
from arbitrax.market_data.providers.windows import split
from arbitrax.market_data.providers.yahoo_chart import Chart, asset_of, candidate_of, found_asset, rows_of

if TYPE_CHECKING:
    import httpx2

EVENTS = "div,splits,capitalGains"
EVENTS_INTERVAL = "3mo"
"""Few rows, and the same events as with daily ones."""
EVENTS_KEPT = 15 * MINUTE
SINCE = start_of_day("1927-01-01")
"""Before Yahoo's first bar."""


class _Refusal(Struct, frozen=True):
    code: str | None = None
    description: str | None = None


class _Charts(Struct, frozen=True):
    result: list[Chart] | None = None
    error: _Refusal | None = None


class _Reply(Struct, frozen=True):
    chart: _Charts | None = None
    finance: _Charts | None = None


class _Found(Struct, frozen=True):
    quotes: list[dict[str, Any]] = []


class Yahoo:
    """Adapter of Yahoo Finance; see `arbitrax.market_data.providers.provider.Provider`."""

    name = YAHOO.name
    intervals = tuple(YAHOO.windows)

    def __init__(self, access: Access) -> None:
        self._client = VendorClient(YAHOO, access, sign=_unsigned)
        self._answers = self._client.answers
        self._access = access
        self._events: dict[str, tuple[int, ActionsRead]] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def windows(self, request: BarRequest, *, now: int) -> list[BarRequest]:
        """Split by the days that one request may span."""
        return split(request, YAHOO, self._access.plan, now=now)

    async def bars(self, request: BarRequest) -> Fetched:
        """Return split-adjusted bars, all splits since, and the dividends of their days."""
        pad = 0 if is_intraday(request.interval) else DAY
        chart = await self._chart(request.symbol, request.interval, request.start - pad, request.end + pad)
        rows = rows_of(chart)
        if isinstance(rows, str):
            raise self._answers.bad(request.symbol, rows)
        try:
            candidate = candidate_of(chart, rows, request, now=self._access.clock())
        except InputError as error:
            raise self._answers.bad(request.symbol, str(error).rstrip(".")) from None
        if not chart.meta:
            return Fetched(candidate)
        events = await self._events_with(request.symbol, chart)
        quoted = chart.second("regularMarketTime")
        return Fetched(
            candidate,
            actions=tuple(
                each
                for each in events.actions
                if each.ex_date >= request.start // DAY * DAY
                and (each.kind != "dividend" or each.ex_date < request.end)
            ),
            asset=asset_of(chart, request.symbol),
            last_quote=None if quoted is None else quoted * SECOND,
            notices=events.notices,
        )

    async def actions(self, symbol: str, start: int, end: int) -> tuple[CorporateAction, ...]:
        """Return splits and dividends, these multiplied back by the splits since."""
        events = await self._events_with(symbol, None)
        return tuple(each for each in events.actions if start <= each.ex_date < end)

    async def search(self, text: str) -> list[Asset]:
        """Return what Yahoo's search box suggests."""
        params = {"q": text, "quotesCount": "25", "newsCount": "0"}
        about = f"'{text}'"

        def read(reply: Reply) -> list[Asset]:
            if reply.status != 200:
                self._answers.refuse(reply, about, "")
            quotes = self._answers.decode(reply, _Found, about).quotes
            return [found_asset(each) for each in quotes if each.get("symbol")]

        return await self._client.get("/v1/finance/search", params, about=about, read=read)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _events_with(self, symbol: str, chart: Chart | None) -> ActionsRead:
        """Return all events up to now; asked for once, and again when a chart has a split that is not among them."""
        async with self._asking[symbol]:
            now = self._access.clock()
            asked, events = self._events.get(symbol, (0, None))
            if events is None or now - asked > EVENTS_KEPT or self._missing(events, chart, symbol):
                whole = await self._chart(symbol, EVENTS_INTERVAL, SINCE, now + DAY)
                events = self._read_events(whole, symbol)
                self._events[symbol] = now, events
            if missing := self._missing(events, chart, symbol):
                raise self._answers.bad(
                    symbol, f"a split of ratio {missing} is in its bars and not in its list of splits"
                )
            return events

    def _missing(self, events: ActionsRead, chart: Chart | None, symbol: str) -> float | None:
        """Return the ratio of a split of the chart that is not among the events."""
        if chart is None or not (chart.events or {}).get("splits"):
            return None
        alone = Chart(chart.meta, chart.timestamp, events={"splits": (chart.events or {})["splits"]})
        known = {(each.ex_date, each.ratio) for each in events.actions if each.kind == "split"}
        listed = self._read_events(alone, symbol).actions
        return next((each.ratio for each in listed if (each.ex_date, each.ratio) not in known), None)

    def _read_events(self, chart: Chart, symbol: str) -> ActionsRead:
        if not chart.meta:
            return ActionsRead((), 0)
        try:
            return yahoo_actions(chart.document)
        except DataError as error:
            raise BadPayload(str(error)) from None

    async def _chart(self, symbol: str, interval: str, start: int, end: int) -> Chart:
        params = {
            "period1": str(start // SECOND), "period2": str(end // SECOND), "interval": interval, "events": EVENTS,
            "includePrePost": "false",
        }  # fmt: skip
        path = f"/v8/finance/chart/{quote(symbol, safe='')}"
        chart = await self._client.get(path, params, about=symbol, read=lambda reply: self._read(reply, symbol))
        about, granularity = chart.meta.get("symbol"), chart.meta.get("dataGranularity")
        if chart.meta and str(about).upper() != symbol.upper():
            raise self._answers.bad(symbol, f"it is about {about}")
        if granularity not in (None, interval) and (interval, granularity) != ("1h", "60m"):
            raise self._answers.bad(symbol, f"its bars are of {granularity}, and {interval} was asked for")
        return chart

    def _read(self, reply: Reply, symbol: str) -> Chart:
        """Return the chart; one without meta data when there is nothing in the range."""
        if "Too Many Requests" in reply.text and not reply.body.lstrip().startswith(b"{"):
            raise self._answers.limited(symbol, None)
        if reply.status != 200 and not reply.body.lstrip().startswith(b"{"):
            self._refuse(reply, symbol, "")
        answer = self._answers.decode(reply, _Reply, symbol)
        charts = answer.chart or answer.finance or _Charts()
        if charts.error is not None:
            said = charts.error.description or charts.error.code or ""
            if said.startswith("Data doesn't exist"):
                return Chart({})
            self._refuse(reply, symbol, said, charts.error.code or "")
        if reply.status != 200:
            self._refuse(reply, symbol, "")
        if not charts.result or not charts.result[0].meta:
            raise self._answers.bad(symbol, "it holds no chart and no reason")
        return charts.result[0]

    def _refuse(self, reply: Reply, symbol: str, said: str, code: str = "") -> NoReturn:
        """Raise what Yahoo's own words mean; the status alone does not tell, 200 comes with errors too."""
        # The last sentence: of a range that is refused, the first holds the question again.
        text = self._answers.redact(said).rstrip(". ").rpartition(". ")[2]
        if code == "Not Found" or "delisted" in said:
            raise UnknownSymbol(
                f"Yahoo does not know {symbol}: {text}; check the symbol's spelling, or ask another vendor."
            )
        if code == "Unprocessable Entity" or reply.status == 422:
            raise NoData(
                f"Yahoo has no bars of {symbol} in this range: {text}; ask for fewer or later days, or "
                "a longer interval."
            )
        if code == "Unauthorized" or reply.status == 401:
            raise Unauthorized(f"Yahoo refused {symbol}: {text or 'unauthorized'}; try later, or ask another vendor.")
        if "Too Many Requests" in said or code == "Too Many Requests":
            raise self._answers.limited(symbol, None)
        self._answers.refuse(reply, symbol, said)


def _unsigned(request: "httpx2.Request", key: str) -> None:
    """Yahoo knows no keys."""
