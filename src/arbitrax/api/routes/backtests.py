"""Backtests of the user who asks: list, show; of finished ones tables, honesty panel, report."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery

from arbitrax import __version__ as VERSION  # noqa: N812 - a constant
from arbitrax.api.conditions import is_known
from arbitrax.api.formats import MEDIA_TYPES, Format, accepted, decimal, encode_table, table_responses
from arbitrax.api.messages.backtest_jobs import BacktestJob, Unfinished
from arbitrax.api.messages.backtests import BacktestMessage, BacktestSummary, RowPage, backtest_message, summary_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor, write_cursor
from arbitrax.api.parameters import BacktestId
from arbitrax.api.problems import RequestError
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes.backtest_jobs import check_unfinished, unfinished_backtest, unfinished_backtests
from arbitrax.domain.errors import UnknownNameError
from arbitrax.services.backtests import find_head, find_run, restored_result

if TYPE_CHECKING:
    import pandas as pd

    from arbitrax.backtest.result import Result

PATH = "/api/v1/backtests"
Table = Literal[
    "equity", "orders", "fills", "events", "trades", "contributions", "monthly", "yearly", "drawdowns",
    "var_backtest", "rolling",
]  # fmt: skip
TABLES: tuple[str, ...] = Table.__args__  # type: ignore[attr-defined]  # of a Literal
MONEY = frozenset(
    {
        "equity", "benchmark", "exposure", "size", "limit", "stop", "trail", "quantity", "reference_price", "price",
        "fee", "slippage", "amount", "entry_price", "exit_price", "pnl", "fees", "income",
    }
)  # fmt: skip
"""Columns that hold money, prices or quantities, in tables that do."""
RATIOS = frozenset({"monthly", "yearly", "drawdowns", "var_backtest", "rolling"})
"""Tables of returns and ratios only."""
KEPT = "private, max-age=86400"
"""A finished run never changes; how it is shown may, with another release."""


@get(PATH, opt={"access": "read"}, tags=["backtests"], operation_id="list_backtests", summary="List backtests")
async def list_backtests(
    request: GatewayRequest, status: FromQuery[Unfinished | None] = None, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[BacktestSummary] | Page[BacktestJob]:
    """Return one's own finished backtests, an admin everybody's, the newest first; or those with another status."""
    after = read_cursor(cursor, UUID)
    if status is not None:
        return await request.run(unfinished_backtests, request, status, limit, after)
    sees = request.principal.sees
    found = await request.run(request.parts.store.runs.newest, limit + 1, owner=sees, after=after)
    return page(found, limit, summary_message, lambda each: each.id)


@get(
    f"{PATH}/{{backtest:str}}",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest",
    summary="Get a backtest",
)
async def get_backtest(
    request: GatewayRequest, backtest: FromPath[BacktestId]
) -> Response[BacktestMessage | BacktestJob]:
    """Return a finished backtest with its spec and metrics; or how far another is, or why it has no result."""

    def make() -> bytes:
        run = find_run(request.parts.store.runs, backtest)
        return msgspec.json.encode(backtest_message(run, f"{PATH}/{backtest}", TABLES))

    def answer() -> Response[Any]:
        return unfinished_backtest(request, backtest) or _answer(request, backtest, "json", make)

    return await request.run(answer)


@get(
    f"{PATH}/{{backtest:str}}/tables/{{table:str}}",
    opt={"access": "read", "tables": True},
    tags=["backtests"],
    operation_id="get_backtest_table",
    summary="Get a table of a backtest's result",
    responses=table_responses(RowPage),
)
async def get_backtest_table(
    request: GatewayRequest,
    backtest: FromPath[BacktestId],
    table: FromPath[Table],
    limit: Limit = 500,
    cursor: Cursor = None,
) -> Response[Any]:
    """Return the rows of a table: JSON in pages, or all of them as an Arrow stream, Parquet or CSV (by Accept)."""
    form, after = accepted(request), read_cursor(cursor, int)
    if form != "json" and after is not None:
        raise RequestError(422, "Only JSON comes in pages; leave cursor out.")

    def make() -> bytes:
        from arbitrax.backtest.export import frame_named

        frame = frame_named(_result(request, backtest), table)
        for name in frame.select_dtypes("timedelta").columns:
            frame = frame.assign(**{name: frame[name].dt.total_seconds()}).rename(columns={name: f"{name}_seconds"})
        if form == "json":
            money = frozenset() if table in RATIOS else MONEY
            return msgspec.json.encode(_rows(frame, after or 0, limit, money))
        import pyarrow as pa

        return encode_table(pa.Table.from_pandas(frame, preserve_index=False), form)

    what = f"{table} {form} {after} {limit}" if form == "json" else f"{table} {form}"
    return await request.run(_answer, request, backtest, form, make, what)


@get(
    f"{PATH}/{{backtest:str}}/honesty",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_honesty",
    summary="Get what there is to doubt about a backtest",
)
async def get_backtest_honesty(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[dict[str, Any]]:
    """Return the honesty panel: look-ahead, luck, costs, the share of the best trades."""

    def make() -> bytes:
        return msgspec.json.encode(_result(request, backtest).honesty.document())

    return await request.run(_answer, request, backtest, "json", make, "honesty")


@get(
    f"{PATH}/{{backtest:str}}/report",
    opt={"access": "read"},
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

        run = find_run(request.parts.store.runs, backtest)
        facts = {"Engine": f"ArbitraX {run.engine_version}"}
        return render_report(_result(request, backtest), run_id=backtest, facts=facts).encode()

    return await request.run(_answer, request, backtest, "html", make, "report")


def _answer(
    request: GatewayRequest, backtest: str, form: Format, make: Callable[[], bytes], what: str = "run"
) -> Response[Any]:
    """Answer about a run: as it was answered to the same user before, or made now."""
    parts, principal = request.parts, request.principal
    try:
        _, head = find_head(parts.store.runs, backtest, sees=principal.sees)
    except UnknownNameError:
        check_unfinished(request, backtest)
        raise
    content = f"{backtest} {head.result_hash} {what}"
    tag = _tag(head.result_hash, what)
    headers = {"ETag": tag, "Cache-Control": KEPT, "Vary": "Accept, Authorization"}
    if form == "html":
        headers["Content-Security-Policy"] = (
            "sandbox allow-scripts allow-downloads; default-src 'none'; style-src 'unsafe-inline'; "
            "script-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'"
        )
    if is_known(request, tag):
        return Response(None, status_code=304, headers=headers)
    body = parts.answers.get(principal.user, content)
    if body is None:
        body = make()
        parts.answers.put(principal.user, content, body)
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)


def _tag(result_hash: str, what: str) -> str:
    import hashlib

    return f'"{hashlib.sha256(f"{result_hash} {what} {VERSION}".encode()).hexdigest()[:32]}"'


def _result(request: GatewayRequest, backtest: str) -> Result:
    store = request.parts.store
    # The gateway executes nothing that came as text.
    return restored_result(store.bars, store.actions, find_run(store.runs, backtest), only_registered=True)


def _rows(frame: pd.DataFrame, first: int, limit: int, money: frozenset[str]) -> RowPage:
    shown = frame.iloc[first : first + limit]
    columns = {str(name): _values(shown[name], is_money=name in money) for name in shown.columns}
    rows = [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]
    end = first + len(shown)
    more = end < len(frame)
    return RowPage(rows, write_cursor(end) if more else None, more)


def _values(column: Any, *, is_money: bool) -> list[Any]:
    """Return a column's values for JSON: None where one is missing."""
    if column.dtype.kind == "M":
        return [None if each is None else each.isoformat().replace("+00:00", "Z") for each in _objects(column)]
    if column.dtype.kind == "f":
        if is_money:
            return [decimal(each) for each in column.tolist()]
        return [each if each == each else None for each in column.tolist()]  # noqa: PLR0124 - NaN
    return _objects(column)


def _objects(column: Any) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()


ROUTES: list[Any] = [list_backtests, get_backtest, get_backtest_table, get_backtest_honesty, get_backtest_report]
