"""Alpha Vantage: raw daily and intraday bars, splits and dividends as declared.

Every answer has the status 200; what it means is in its texts. That of the day's quota repeats the API key, so no text
of a known kind is passed on.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction, in_order
from arbitrax.domain.dates import date_text, to_datetime, to_nanoseconds
from arbitrax.domain.errors import DataError, InputError, NotEntitled, RateLimited, Unauthorized, UnknownSymbol
from arbitrax.domain.intervals import DAY, is_intraday, parse_interval
from arbitrax.market_data.candidate import CandidateBars
from arbitrax.market_data.providers.access import Access
from arbitrax.market_data.providers.alpha_vantage_series import (
    NEW_YORK,
    Listed,
    Parts,
    Row,
    Series,
    actions_of,
    candidate_of,
    dividends_of,
    found_asset,
    splits_of,
)
from arbitrax.market_data.providers.answers import Reply
from arbitrax.market_data.providers.http_client import VendorClient
from arbitrax.market_data.providers.limits import ALPHA_VANTAGE
from arbitrax.market_data.providers.provider import BarRequest, Fetched
from arbitrax.market_data.providers.windows import bars_of, split

if TYPE_CHECKING:
    import httpx2

COMPACT = 100
"""Rows of a daily answer without ``outputsize=full``."""
COMPACT_DAYS = 135
"""Days that hold no more than about 93 sessions: a start within them is always in a compact answer."""
SECOND_LIMIT = 1.1
MORE = "docs/vendors.md has the plans"

T = TypeVar("T")


class AlphaVantage:
    """Adapter of Alpha Vantage; see `arbitrax.market_data.providers.provider.Provider`."""

    name = ALPHA_VANTAGE.name
    intervals = tuple(ALPHA_VANTAGE.windows)

    def __init__(self, access: Access) -> None:
        self._client = VendorClient(ALPHA_VANTAGE, access, sign=_sign)
        self._answers = self._client.answers
        self._access = access
        self._free = access.plan == "free"

    def windows(self, request: BarRequest, *, now: int) -> list[BarRequest]:
        """Split intraday bars by New York's months; daily ones come at once."""
        bars_of(request.interval, ALPHA_VANTAGE)
        if is_intraday(request.interval):
            edges = _months(request)
            return [BarRequest(request.symbol, request.interval, start, end) for start, end in pairwise(edges)]
        if self._free and request.start < now // DAY * DAY - COMPACT_DAYS * DAY:
            raise InputError(
                f"Alpha Vantage's free plan has the latest {COMPACT} days, and {request.symbol} was asked for from "
                f"{date_text(request.start)}; start on {date_text(now - COMPACT_DAYS * DAY)} or later, or set "
                "ARBITRAX_ALPHA_VANTAGE_PLAN to the plan of your key if it is a larger one."
            )
        return split(request, ALPHA_VANTAGE, self._access.plan, now=now)

    async def bars(self, request: BarRequest) -> Fetched:
        """Return raw bars; on a premium plan daily ones with the splits and dividends beside them."""
        if is_intraday(request.interval):
            return Fetched(await self._intraday(request))
        now = self._access.clock()
        full = request.start < now // DAY * DAY - COMPACT_DAYS * DAY
        series = await self._series(
            {
                "function": "TIME_SERIES_DAILY" if self._free else "TIME_SERIES_DAILY_ADJUSTED",
                "symbol": request.symbol,
                "outputsize": "full" if full else "compact",
            },
            request.symbol,
        )
        candidate = self._sound(lambda: candidate_of(series, request, now=now), request.symbol)
        first = int(candidate.timestamp.min(initial=request.end))
        if not full and len(candidate) >= COMPACT and first > request.start:
            raise NotEntitled(
                f"Alpha Vantage's answer for {request.symbol} begins on {date_text(first)}, after "
                f"{date_text(request.start)}; start later, or upgrade the plan ({MORE})."
            )
        found = self._sound(lambda: actions_of(series, request.symbol), request.symbol)
        return Fetched(
            _within(candidate, request),
            actions=tuple(each for each in found if request.start <= each.ex_date < request.end),
        )

    async def actions(self, symbol: str, start: int, end: int) -> tuple[CorporateAction, ...]:
        """Return the lists of splits and of dividends, a request each."""
        found: list[CorporateAction] = []
        for function, read in (("SPLITS", splits_of), ("DIVIDENDS", dividends_of)):
            listed = await self._ask({"function": function, "symbol": symbol}, symbol, Listed)
            if listed.symbol.upper() != symbol.upper():
                raise self._answers.bad(symbol, f"it is about {listed.symbol}")
            found += self._sound(partial(read, listed.data, symbol), symbol)
        return in_order(each for each in found if start <= each.ex_date < end)

    async def search(self, text: str) -> list[Asset]:
        """Return matches, best first."""
        params = {"function": "SYMBOL_SEARCH", "keywords": text}
        found = await self._ask(params, f"'{text}'", dict[str, list[dict[str, str]]])
        return [found_asset(each) for each in found.get("bestMatches", ()) if each.get("1. symbol")]

    async def close(self) -> None:
        """Give connections back."""
        await self._client.close()

    async def _intraday(self, request: BarRequest) -> CandidateBars:
        """Return the bars of each month that the request touches."""
        now = self._access.clock()
        count, unit = parse_interval(request.interval)
        parts = []
        for start in _months(request)[:-1]:
            series = await self._series(
                {
                    "function": "TIME_SERIES_INTRADAY",
                    "symbol": request.symbol,
                    "interval": f"{count * 60 if unit == 'h' else count}min",
                    "month": to_datetime(start).astimezone(ZoneInfo(NEW_YORK)).strftime("%Y-%m"),
                    "outputsize": "full",
                    "adjusted": "false",
                    "extended_hours": "true",
                },
                request.symbol,
            )
            part = self._sound(partial(candidate_of, series, request, now=now), request.symbol)
            parts.append(_within(part, request))
        return _joined(parts)

    async def _series(self, params: dict[str, str], symbol: str) -> Series:
        parts = await self._ask(params, symbol, Parts)
        named = next((name for name in parts if name.startswith("Time Series")), None)
        if "Meta Data" not in parts or named is None:
            raise self._answers.bad(symbol, f"it holds no series, but {', '.join(parts) or 'nothing'}")
        try:
            series = Series(
                msgspec.json.decode(parts["Meta Data"], type=dict[str, str]),
                msgspec.json.decode(parts[named], type=dict[str, Row], strict=False),  # numbers are written as texts
            )
        except msgspec.ValidationError as error:
            raise self._answers.bad(symbol, f"its shape is unknown ({error})") from None
        about = series.about("Symbol")
        if about is not None and about.upper() != symbol.upper():
            raise self._answers.bad(symbol, f"it is about {about}")
        asked = params.get("interval")
        if asked is not None and series.about("Interval") not in (None, asked):
            raise self._answers.bad(symbol, f"its bars are of {series.about('Interval')}, and {asked} was asked for")
        return series

    async def _ask(self, params: dict[str, str], about: str, kind: type[T]) -> T:
        return await self._client.get("/query", params, about=about, read=lambda reply: self._read(reply, kind, about))

    def _read(self, reply: Reply, kind: type[T], about: str) -> T:
        if reply.status != 200:
            self._answers.refuse(reply, about, "")
        parts = self._answers.decode(reply, Parts, about)
        for name in ("Error Message", "Information", "Note"):
            if name in parts:
                self._refuse(name, bytes(parts[name]).decode("utf-8", "replace").strip('"'), about)
        return parts if kind is Parts else self._answers.decode(reply, kind, about)  # type: ignore[return-value]

    def _refuse(self, name: str, said: str, about: str) -> None:
        """Raise what a text means. Those of bursts name the day's limit as well, so they are looked for first."""
        text = said.lower()
        if "per second" in text or "sparingly" in text:
            raise self._answers.limited(about, SECOND_LIMIT)
        if "per minute" in text:
            raise self._answers.limited(about, None)
        if "premium" in text and ("premium endpoint" in text or "premium feature" in text):
            raise NotEntitled(
                f"Alpha Vantage refused {about}: this is for premium plans; start within the latest {COMPACT} days, or "
                f"upgrade the plan ({MORE})."
            )
        if "per day" in text:
            raise RateLimited(
                f"Alpha Vantage refused {about}: the day's requests of this key or address are used up; go on "
                f"tomorrow, or upgrade the plan ({MORE}).",
                daily=True,
            )
        if "demo" in text or "apikey" in text or "api key" in text:
            raise Unauthorized(
                f"Alpha Vantage refused {about}: it does not accept the API key; set ARBITRAX_ALPHA_VANTAGE_KEY to a "
                "valid key."
            )
        if "invalid api call" in text:
            raise UnknownSymbol(f"Alpha Vantage does not know {about}; check the symbol's spelling.")
        raise self._answers.bad(about, f"{name}: {said}")

    def _sound(self, read: Callable[[], T], symbol: str) -> T:
        """Return what ``read`` makes of texts, or refuse those that are no numbers, dates or actions."""
        try:
            return read()
        except (ValueError, KeyError, DataError, InputError) as error:
            raise self._answers.bad(symbol, str(error).rstrip(".")) from None


def _months(request: BarRequest) -> list[int]:
    """Return start, the starts of New York's months within, and end, ns UTC; no more than the end of an empty range."""
    if request.end <= request.start:
        return [request.end]
    zone, edges = ZoneInfo(NEW_YORK), [request.start]
    moment = to_datetime(request.start).astimezone(zone)
    while True:
        following = (moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=32)).replace(
            day=1
        )
        moment = datetime(following.year, following.month, 1, tzinfo=zone)
        edge = to_nanoseconds(moment.astimezone(UTC))
        if edge >= request.end:
            return [*edges, request.end]
        edges.append(edge)


def _within(candidate: CandidateBars, request: BarRequest) -> CandidateBars:
    """Return the rows in the range: whole months or histories come, whatever is asked for."""
    return candidate.take((candidate.timestamp >= request.start) & (candidate.timestamp < request.end))


def _joined(parts: list[CandidateBars]) -> CandidateBars:
    """Return the rows of all parts; the newest part first, as within each."""
    columns = {
        name: np.concatenate([getattr(part, name) for part in reversed(parts)])
        for name in ("timestamp", "open", "high", "low", "close", "volume", "is_final")
    }
    return msgspec.structs.replace(parts[0], **columns)


def _sign(request: "httpx2.Request", key: str) -> None:
    """The only way Alpha Vantage takes a key."""
    request.url = request.url.copy_merge_params({"apikey": key})
