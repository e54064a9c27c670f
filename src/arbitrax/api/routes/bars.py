"""Bars: pages as JSON, a whole range as Arrow, Parquet or CSV."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import msgspec
from litestar import Response, get
from msgspec import Struct

from arbitrax import __version__ as VERSION  # noqa: N812 - a constant
from arbitrax.api.conditions import is_known
from arbitrax.api.formats import MEDIA_TYPES, Format, accepted, decimals, table_responses
from arbitrax.api.messages.market_data import BarMessage, BarPage
from arbitrax.api.pages import MOST, Cursor, MaybeLimit, read_cursor, require_json, write_cursor
from arbitrax.api.parameters import End, Interval, Points, Start, Symbol, end_of, nanoseconds_of
from arbitrax.api.problems import FieldError, RequestError
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes.traded_bars import BarSource, bars_bytes, traded_bars
from arbitrax.domain.bars import Bars
from arbitrax.domain.dates import to_datetime
from arbitrax.market_data.chart_points import joined
from arbitrax.services.stored_bars import load_part

DAY = 86_400_000_000_000
CLOSED_FOR = 3600
"""Seconds for which a client may keep bars of closed days without asking: a vendor may still correct them."""
MOST_ROWS = 5_000_000
PATH = "/api/v1/bars"


class _Wanted(Struct, frozen=True):
    """What was asked for; times are ns UTC."""

    symbol: str
    interval: str
    start: int | None
    end: int | None
    limit: int | None
    points: int | None
    form: Format


@get(
    PATH,
    opt={"access": "read", "conditional": True, "tables": True},
    tags=["bars"],
    operation_id="list_bars",
    summary="List the bars of an instrument",
    responses=table_responses(BarPage),
)
async def list_bars(
    request: GatewayRequest,
    *,
    symbol: Symbol,
    interval: Interval = "1d",
    start: Start = None,
    end: End = None,
    source: BarSource = "stored",
    points: Points = None,
    limit: MaybeLimit = None,
    cursor: Cursor = None,
) -> Response[Any]:
    """Return bars as stored, raw, from `start` to `end`, oldest first; with `source=exchange` those of trades here.

    JSON has them in pages. As an Arrow stream, Parquet or CSV (by Accept) the range comes at once, or its first `limit`
    bars. With `points` a chart gets the range in at most so many bars, each joined of neighbours: the first's time and
    open, the highest high, the lowest low, the last's close, all volume; then there are no pages.

    Bars of the exchange's trades are made as they are asked for, of what its recorder has stored: of intervals that a
    day is a whole number of, in a range that has room for 10,000. The web socket's channels `bars.1s` and `bars.1m`
    go on from them.
    """
    form = accepted(request)
    require_json(form, cursor)
    if points is not None and (limit is not None or cursor is not None):
        detail = "points gives the whole range; leave limit and cursor out."
        raise RequestError(422, detail, [FieldError("?points", "request.combination", detail)])
    after, begin, stop = read_cursor(cursor, int, least=-1 << 63), nanoseconds_of("start", start), end_of("end", end)
    if begin is not None and stop is not None and begin >= stop:
        detail = f"The end {end} does not lie after the start {start}; swap them."
        raise RequestError(422, detail, [FieldError("?end", "request.range", detail)])
    begin = begin if after is None else max(after + 1, begin or after)
    if source == "exchange":
        return await traded_bars(request, symbol, interval, begin, stop, limit=limit, points=points, form=form)
    wanted = _Wanted(symbol, interval, begin, stop, limit, points, form)
    version = await request.parts.bar_versions.get((symbol, interval))
    if version is not None and form == "json":  # had before, or known to the client: it need not be made again
        tag = _tag(wanted, version)
        body = request.parts.answers.get(request.principal.user, tag)
        if body is not None or is_known(request, tag):
            return _respond(request, wanted, tag, body)
    return await request.run(_load, request, wanted)


def _load(request: GatewayRequest, wanted: _Wanted) -> Response[Any]:
    stored = load_part(request.parts.store.bars, wanted.symbol, wanted.interval, wanted.start, wanted.end)
    bars = stored.bars
    if wanted.points is not None:
        bars = joined(bars, wanted.points)
    tag = _tag(wanted, stored.as_of)
    if is_known(request, tag):
        return _respond(request, wanted, tag, None)
    if wanted.form == "json":
        body = msgspec.json.encode(_page(bars, wanted))
        request.parts.answers.put(request.principal.user, tag, body)
        return _respond(request, wanted, tag, body)
    bars = bars.take(slice(0, wanted.limit))
    if len(bars) > MOST_ROWS:
        raise RequestError(422, f"The range holds {len(bars):,} bars; ask for at most {MOST_ROWS:,} at once.")
    return _respond(request, wanted, tag, bars_bytes(bars, wanted.form))


def _respond(request: GatewayRequest, wanted: _Wanted, tag: str, body: bytes | None) -> Response[Any]:
    closed = wanted.end is not None and wanted.end <= time.time_ns() // DAY * DAY - DAY
    headers = {
        "ETag": tag,
        "Cache-Control": f"private, max-age={CLOSED_FOR}" if closed else "private, no-cache",
        "Vary": "Accept, Authorization",
    }
    if body is None or is_known(request, tag):
        return Response(None, status_code=304, headers=headers)
    return Response(body, media_type=MEDIA_TYPES[wanted.form], headers=headers)


def _tag(wanted: _Wanted, as_of: int) -> str:
    text = "\0".join(str(getattr(wanted, name)) for name in wanted.__struct_fields__) + f"\0{as_of}\0{VERSION}"
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _page(bars: Bars, wanted: _Wanted) -> BarPage:
    limit = len(bars) if wanted.points is not None else wanted.limit or MOST
    shown = bars.take(slice(0, limit))
    more = len(bars) > limit
    times = shown.timestamp.tolist()
    prices = [
        [text or "" for text in decimals(each)]
        for each in (shown.open, shown.high, shown.low, shown.close, shown.volume)
    ]
    adjusted = [None] * len(shown) if shown.adj_close is None else decimals(shown.adj_close)
    data = [BarMessage(*row) for row in zip(map(to_datetime, times), *prices, adjusted, strict=True)]
    return BarPage(wanted.symbol, wanted.interval, data, write_cursor(times[-1]) if more else None, more, None)


ROUTES: list[Any] = [list_bars]
