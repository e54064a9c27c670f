"""Bars of the exchange's trades, for the resource of bars."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import numpy as np
from litestar import Response
from litestar.params import Parameter

from arbitrax.api.formats import MEDIA_TYPES, Format, encode_table
from arbitrax.api.messages.market_data import BarMessage, BarPage
from arbitrax.api.messages.orders import moment
from arbitrax.api.pages import MOST, write_cursor
from arbitrax.domain.bars import Bars
from arbitrax.exchange.journal import EntryId
from arbitrax.market_data.chart_points import group_starts
from arbitrax.services.traded_bars import MOST_BARS, MS, TradedBar, traded_range

if TYPE_CHECKING:
    from arbitrax.api.requests import GatewayRequest
    from arbitrax.trading.registry import Instrument

BarSource = Annotated[
    Literal["stored", "exchange"],
    Parameter(description="`stored`: bars as ingested; `exchange`: of what traded on the exchange here."),
]
CLOCKS_MS = 1_000
"""Between the clocks of two machines, at most: a journal that is stored to its end is complete until so long ago."""


async def traded_bars(
    request: GatewayRequest,
    symbol: str,
    interval: str,
    start: int | None,
    end: int | None,
    *,
    limit: int | None,
    points: int | None,
    form: Format,
) -> Response[Any]:
    """Answer with bars of a symbol's trades; times in ns UTC.

    Raises:
        UnknownNameError: the exchange does not list the symbol.
        InputError: bars of such an interval, or so many, are not made.
    """
    now = time.time_ns()
    of = traded_range(interval, start, end, now=now)
    listed = await request.parts.desk.instrument(symbol)
    journal_end = (await request.parts.shards.get(listed.shard)).journal_end
    most = MOST_BARS if points is not None or form != "json" else limit or MOST
    found, stored = await request.run(
        request.parts.store.traded_bars.load, listed.shard, listed.number, of, min(most + 1, MOST_BARS)
    )
    headers = {"Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}
    if form != "json":
        body = bars_bytes(_as_bars(symbol, interval, found[:limit]), form)
        return Response(body, media_type=MEDIA_TYPES[form], headers=headers)
    # All that was journaled when it was asked is stored, or what was up to the mark.
    is_all = journal_end is not None and stored >= EntryId.parse(journal_end.encode())
    until = max(stored.ms, now // MS - CLOCKS_MS) if is_all else stored.ms
    more = points is None and len(found) > most
    shown = found[:most] if points is None else _joined(found, points)
    page = BarPage(
        symbol,
        interval,
        [_message(each, listed) for each in shown],
        write_cursor(shown[-1].start * MS) if more else None,
        more,
        moment(until),
    )
    return Response(msgspec.json.encode(page), media_type=MEDIA_TYPES[form], headers=headers)


def bars_bytes(bars: Bars, form: Format) -> bytes:
    """Return bars as a table."""
    from arbitrax.market_data.export import bars_table, write_bars

    if form == "arrow":
        return encode_table(bars_table(bars), form)
    file = io.BytesIO()
    write_bars(bars, file, "parquet" if form == "parquet" else "csv")
    return file.getvalue()


def _message(bar: TradedBar, instrument: Instrument) -> BarMessage:
    price = instrument.prices.text
    return BarMessage(
        timestamp=moment(bar.start),
        open=price(bar.open),
        high=price(bar.high),
        low=price(bar.low),
        close=price(bar.close),
        volume=instrument.quantities.text(bar.volume),
        adj_close=None,
    )


def _joined(bars: list[TradedBar], points: int) -> list[TradedBar]:
    """Return bars joined to at most so many, as `chart_points.joined` does."""
    if len(bars) <= points:
        return bars
    starts = group_starts(len(bars), points).tolist()
    groups = [bars[start:end] for start, end in zip(starts, [*starts[1:], len(bars)], strict=True)]
    return [
        TradedBar(
            each[0].start,
            each[0].open,
            max(bar.high for bar in each),
            min(bar.low for bar in each),
            each[-1].close,
            sum((bar.volume for bar in each), start=each[0].volume * 0),
            sum(bar.trades for bar in each),
        )
        for each in groups
    ]


def _as_bars(symbol: str, interval: str, bars: list[TradedBar]) -> Bars:
    times = np.array([each.start for each in bars], dtype=np.int64) * MS
    rows = [(each.open, each.high, each.low, each.close, each.volume) for each in bars]
    opened, high, low, close, volume = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return Bars(symbol, interval, times, opened, high, low, close, volume)
