"""Results of finished backtests: tables, the curve for a chart, honesty panel, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from arbitrax import __version__ as VERSION  # noqa: N812 - a constant
from arbitrax.api.conditions import is_known
from arbitrax.api.formats import MEDIA_TYPES, Format, accepted, encode_table, table_responses
from arbitrax.api.pages import MOST, Cursor, MaybeLimit, read_cursor, require_json, write_cursor
from arbitrax.api.parameters import BacktestId, CurvePoints, End, Start, end_of, nanoseconds_of
from arbitrax.api.requests import GatewayRequest
from arbitrax.backtest.chart_curve import NEEDED, chart_curve
from arbitrax.backtest.documents.equity import EquityCurve, equity_message
from arbitrax.backtest.documents.run import PATH
from arbitrax.backtest.documents.tables import RowPage, Table, arrow_table, table_rows
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import decode
from arbitrax.services.backtest_records import find_backtest, require_result
from arbitrax.services.backtests import RUN, find_head, find_run
from arbitrax.services.run_documents import HONESTY
from arbitrax.services.run_reports import stored_as
from arbitrax.services.run_tables import read_table, restored, told

if TYPE_CHECKING:
    from arbitrax.backtest.result import Result

KEPT = "private, max-age=86400"
"""A finished run never changes; how it is shown may, with another release."""


@get(
    f"{PATH}/{{backtest:str}}/tables/{{table:str}}",
    opt={"access": "read", "conditional": True, "tables": True},
    tags=["backtests"],
    operation_id="get_backtest_table",
    summary="Get a table of a backtest's result",
    responses=table_responses(RowPage),
)
async def get_backtest_table(
    request: GatewayRequest,
    backtest: FromPath[BacktestId],
    table: FromPath[Table],
    limit: MaybeLimit = None,
    cursor: Cursor = None,
) -> Response[Any]:
    """Return the rows of a table: JSON in pages; an Arrow stream, Parquet or CSV (by Accept) at once, or cut short."""
    form = accepted(request)
    require_json(form, cursor)
    after = read_cursor(cursor, int)

    def make() -> bytes:
        first, most = after or 0, limit or (MOST if form == "json" else None)
        frame, more = read_table(request.parts.store, decode(RUN, backtest), table, first, most)
        if form == "json":
            rows = table_rows(frame, table)
            return msgspec.json.encode(RowPage(rows, write_cursor(first + len(rows)) if more else None, more))
        return encode_table(arrow_table(frame), form)

    return await request.run(answer_result, request, backtest, form, make, f"{table} {form} {after} {limit}")


@get(
    f"{PATH}/{{backtest:str}}/equity",
    opt={"access": "read", "conditional": True, "tables": True},
    tags=["backtests"],
    operation_id="get_backtest_equity",
    summary="Get a backtest's equity for a chart",
    responses=table_responses(EquityCurve),
)
async def get_backtest_equity(
    request: GatewayRequest,
    backtest: FromPath[BacktestId],
    *,
    start: Start = None,
    end: End = None,
    points: CurvePoints = 1000,
) -> Response[Any]:
    """Return the equity from `start` to `end` in at most `points` points, each joined of neighbouring bars.

    No high, low or drawdown is lost, however few the points are. The table `equity` has every bar.
    """
    form, begin, stop = accepted(request), nanoseconds_of("start", start), end_of("end", end)

    def make() -> bytes:
        curve = chart_curve(request.parts.store.runs.curves(decode(RUN, backtest), NEEDED), begin, stop, points)
        if form == "json":
            return msgspec.json.encode(equity_message(backtest, curve))
        import pyarrow as pa

        columns = {name: getattr(curve, name) for name in curve.__struct_fields__ if name not in ("bars", "timestamp")}
        times = pa.array(curve.timestamp, pa.timestamp("ns", "UTC"))
        return encode_table(pa.table({"timestamp": times} | columns), form)

    return await request.run(answer_result, request, backtest, form, make, f"curve {form} {begin} {stop} {points}")


@get(
    f"{PATH}/{{backtest:str}}/honesty",
    opt={"access": "read", "conditional": True},
    tags=["backtests"],
    operation_id="get_backtest_honesty",
    summary="Get what there is to doubt about a backtest",
)
async def get_backtest_honesty(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[dict[str, Any]]:
    """Return the honesty panel: look-ahead, luck, costs, the share of the best trades."""

    def make() -> bytes:
        return told(request.parts.store, decode(RUN, backtest), HONESTY)

    return await request.run(answer_result, request, backtest, "json", make, "honesty")


@get(
    f"{PATH}/{{backtest:str}}/report",
    opt={"access": "read", "conditional": True},
    tags=["backtests"],
    operation_id="get_backtest_report",
    summary="Get a backtest's report as one HTML file",
    media_type="text/html",
)
async def get_backtest_report(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[str]:
    """Return the report: one page that needs no network."""
    accepted(request, ("html",))

    def make() -> bytes:
        from arbitrax.backtest.report import render_report

        store = request.parts.store
        run = find_run(store.runs, backtest, records=False)
        return render_report(result_of(request, backtest), stored_as(run, store.run_parts)).encode()

    return await request.run(answer_result, request, backtest, "html", make, "report")


def answer_result(
    request: GatewayRequest, backtest: str, form: Format, make: Callable[[], bytes], what: str
) -> Response[Any]:
    """Answer about a part of a result."""
    store, sees = request.parts.store, request.principal.sees
    try:
        _, head = find_head(store.runs, backtest, sees=sees)
    except UnknownNameError:
        require_result(find_backtest(store.backtest_records, decode(RUN, backtest), sees=sees))
        raise
    return answer_about(request, backtest, head.result_hash, make, form=form, what=what)


def answer_about(
    request: GatewayRequest, backtest: str, result_hash: str, make: Callable[[], bytes], *, form: Format, what: str
) -> Response[Any]:
    """Answer about a finished run: as it was answered to the same user before, or made now."""
    parts, user = request.parts, request.principal.user
    content = f"{backtest} {result_hash} {what}"
    tag = _tag(result_hash, what)
    headers = {"ETag": tag, "Cache-Control": KEPT, "Vary": "Accept, Authorization"}
    if form == "html":
        headers["Content-Security-Policy"] = (
            "sandbox allow-scripts allow-downloads allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
            "script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
        )
    if is_known(request, tag):
        return Response(None, status_code=304, headers=headers)
    body = parts.answers.get(user, content)
    if body is None:
        body = make()
        parts.answers.put(user, content, body)
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _tag(result_hash: str, what: str) -> str:
    import hashlib

    return f'"{hashlib.sha256(f"{result_hash} {what} {VERSION}".encode()).hexdigest()[:32]}"'


def result_of(request: GatewayRequest, backtest: str) -> Result:
    """Return a finished run as a result."""
    return restored(request.parts.store, decode(RUN, backtest))


ROUTES: list[Any] = [get_backtest_table, get_backtest_equity, get_backtest_honesty, get_backtest_report]
