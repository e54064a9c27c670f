"""Backtests of the user who asks: submit, list, show, cancel. Workers do them (docs/concepts/jobs.md)."""

from __future__ import annotations

import time
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, Parameter

from arbitrax.api.messages.backtests import BacktestMessage, backtest_message
from arbitrax.api.messages.jobs import RunLogMessage, log_message
from arbitrax.api.messages.new_backtest import NewBacktest
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import SYMBOL, BacktestId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.api.routes.backtest_results import answer_about
from arbitrax.backtest.documents.run import PATH
from arbitrax.domain.errors import AccessError
from arbitrax.domain.ids import decode, encode
from arbitrax.services import backtest_records
from arbitrax.services.backtest_jobs import submit_backtest, submit_uploaded
from arbitrax.services.backtest_records import BacktestFilter, find_backtest
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import OVER, Status
from arbitrax.services.mutations import Change

StrategyName = Annotated[
    str | None, Parameter(min_length=1, max_length=100, pattern=r"^[^\x00]+$", description="Only of this strategy.")
]
TradedSymbol = Annotated[
    str | None, Parameter(min_length=1, max_length=64, pattern=SYMBOL, description="Only those that trade this symbol.")
]


@get(PATH, opt={"access": "read"}, tags=["backtests"], operation_id="list_backtests", summary="List backtests")
async def list_backtests(
    request: GatewayRequest,
    *,
    status: FromQuery[Status | None] = None,
    strategy: StrategyName = None,
    symbol: TradedSymbol = None,
    limit: Limit = DEFAULT,
    cursor: Cursor = None,
) -> Page[BacktestMessage]:
    """Return one's own backtests, an admin everybody's, in every status or in one, the newest first."""
    which = BacktestFilter(owner=request.principal.sees, status=status, strategy=strategy, symbol=symbol)
    after = read_cursor(cursor, UUID)
    found = await request.run(request.parts.store.backtest_records.newest, limit + 1, which, before=after)
    return page(found, limit, backtest_message, lambda each: each.id)


@get(
    f"{PATH}/{{backtest:str}}",
    opt={"access": "read", "conditional": True},
    tags=["backtests"],
    operation_id="get_backtest",
    summary="Get a backtest",
)
async def get_backtest(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[BacktestMessage]:
    """Return a backtest: how far it is, why it has no result, or its metrics and where its tables are."""

    def answer() -> Response[Any]:
        found = find_backtest(request.parts.store.backtest_records, decode(RUN, backtest), sees=request.principal.sees)

        def make() -> bytes:
            return msgspec.json.encode(backtest_message(found))

        if found.run is not None:
            return answer_about(request, backtest, found.run.result_hash, make, form="json", what="run")
        headers = {} if found.progress.status in OVER else {"Retry-After": "1"}
        return Response(make(), media_type="application/json", headers=headers)

    return await request.run(answer)


@get(
    f"{PATH}/{{backtest:str}}/log",
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_backtest_log",
    summary="What a strategy said",
)
async def get_backtest_log(request: GatewayRequest, backtest: FromPath[BacktestId]) -> RunLogMessage:
    """Return the newest lines that a run's strategy said by `print` and Python's `logging`, from INFO on.

    They are kept when it ends, also when it fails; until then the web socket's channel `runs.{id}` tells them. Of what
    was run on the command line there are none.
    """

    def find() -> RunLogMessage:
        store, id = request.parts.store, decode(RUN, backtest)
        find_backtest(store.backtest_records, id, sees=request.principal.sees)
        return log_message(store.jobs.log(id))

    return await request.run(find)


@post(
    PATH,
    opt={"access": "trade"},
    tags=["backtests"],
    operation_id="add_backtest",
    status_code=202,
    summary="Run a backtest",
)
async def add_backtest(request: GatewayRequest, data: JSONBody[NewBacktest]) -> Response[BacktestMessage]:
    """Take a backtest: it waits for a worker. Its address tells how far it is, and has the result when it is done."""
    spec, owner, store, source = data.spec(), request.principal.user, request.parts.store, data.source
    if source is not None:
        _check_upload(request)

    def effect() -> Change:
        now = time.time_ns()
        if source is None:
            job = submit_backtest(store, spec, owner=owner, now=now)
        else:
            job = submit_uploaded(store, spec, source, owner=owner, now=now)
        found = find_backtest(store.backtest_records, job.id, sees=owner)
        id = encode(RUN, job.id)
        return changed(202, backtest_message(found), location=f"{PATH}/{id}", subject=id, strategy=data.strategy)

    return await request.change("backtest.add", effect)


def _check_upload(request: GatewayRequest) -> None:
    """Refuse code of those who may not send any."""
    if not request.parts.takes_uploads:
        raise AccessError("This gateway takes no strategy code; ARBITRAX_STRATEGY_UPLOADS=admin allows it to admins.")
    if "admin" not in request.principal.scopes:
        raise AccessError("Only an admin may send strategy code, with a key that has the scope 'admin'.")


@post(
    f"{PATH}/{{backtest:str}}/cancellation",
    opt={"access": "trade"},
    tags=["backtests"],
    operation_id="cancel_backtest",
    status_code=202,
    summary="Cancel a backtest",
)
async def cancel_backtest(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[BacktestMessage]:
    """Ask for the end of a backtest: at once while it waits, within seconds while it runs. One that is over: 409."""
    id, sees, store = decode(RUN, backtest), request.principal.sees, request.parts.store

    def effect() -> Change:
        found = backtest_records.cancel_backtest(store.backtest_records, store.jobs, id, sees=sees)
        return changed(202, backtest_message(found), location=f"{PATH}/{backtest}", subject=backtest)

    return await request.change("backtest.cancel", effect)


ROUTES: list[Any] = [list_backtests, get_backtest, get_backtest_log, add_backtest, cancel_backtest]
