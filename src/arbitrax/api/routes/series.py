"""Stored series: the catalogue, where there are bars and where not, and what there is to doubt."""

from __future__ import annotations

import time
from typing import Any

from litestar import get
from litestar.params import FromPath

from arbitrax.api.messages.series import (
    SeriesCoverageMessage,
    SeriesMessage,
    SeriesQualityMessage,
    coverage_message,
    quality_message,
    series_message,
)
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import End, Interval, Start, Symbol, end_of, nanoseconds_of
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes.instruments import Text
from arbitrax.services.series import coverage_of, quality_of

PATH = "/api/v1/series"
ONE = f"{PATH}/{{symbol:str}}/{{interval:str}}"


@get(PATH, opt={"access": "read"}, tags=["series"], operation_id="list_series", summary="List stored series")
async def list_series(
    request: GatewayRequest, search: Text = None, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[SeriesMessage]:
    """Return what bars are stored, by symbol and interval, with the newest quality report and ingestion of each."""
    after = read_cursor(cursor, tuple[str, str])
    found = await request.run(request.parts.store.series.page, search, after, limit + 1)
    return page(found, limit, series_message, lambda each: (each.symbol, each.interval))


@get(
    f"{ONE}/coverage",
    opt={"access": "read"},
    tags=["series"],
    operation_id="get_series_coverage",
    summary="Where a series has bars",
)
async def get_series_coverage(
    request: GatewayRequest,
    symbol: FromPath[Symbol],
    interval: FromPath[Interval],
    start: Start = None,
    end: End = None,
) -> SeriesCoverageMessage:
    """Return where a series has bars and where it lacks some, by the sessions of its exchange.

    From its first bar to its last, or from `start` to `end`, both counted. What is missing is filled by an ingestion
    (`POST /api/v1/ingestions`) from a part's `first` to its `last`.
    """
    found = await request.run(
        coverage_of,
        request.parts.store,
        symbol,
        interval,
        start=nanoseconds_of("start", start),
        end=end_of("end", end),
        now=time.time_ns(),
    )
    return coverage_message(found)


@get(
    f"{ONE}/quality",
    opt={"access": "read"},
    tags=["series"],
    operation_id="get_series_quality",
    summary="What there is to doubt of a series",
)
async def get_series_quality(
    request: GatewayRequest, symbol: FromPath[Symbol], interval: FromPath[Interval]
) -> SeriesQualityMessage:
    """Return a series' quality report, its rows set aside, splits and dividends; judged anew when it has changed."""
    return quality_message(await request.run(quality_of, request.parts.store, symbol, interval, now=time.time_ns()))


ROUTES: list[Any] = [list_series, get_series_coverage, get_series_quality]
