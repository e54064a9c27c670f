"""Backtests asked for: submit, watch, cancel. Workers do them (docs/concepts/jobs.md)."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.params import FromPath, JSONBody

from arbitrax.api.messages.backtest_jobs import BacktestJob, NewBacktest, Unfinished, job_message
from arbitrax.api.pages import Page, page
from arbitrax.api.parameters import BacktestId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.domain.errors import AccessError, NotFinished
from arbitrax.domain.ids import decode, encode
from arbitrax.services.backtest_jobs import KIND, submit_backtest, submit_uploaded
from arbitrax.services.backtests import RUN
from arbitrax.services.jobs import OVER, cancel_job
from arbitrax.services.mutations import Change

PATH = "/api/v1/backtests"


@post(
    PATH,
    opt={"access": "trade"},
    tags=["backtests"],
    operation_id="add_backtest",
    status_code=202,
    summary="Run a backtest",
)
async def add_backtest(request: GatewayRequest, data: JSONBody[NewBacktest]) -> Response[BacktestJob]:
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
        id = encode(RUN, job.id)
        return changed(202, job_message(job), location=f"{PATH}/{id}", subject=id, strategy=data.strategy)

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
async def cancel_backtest(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[BacktestJob]:
    """Ask for the end of a backtest: at once while it waits, within seconds while it runs; one that is over stays."""
    id, sees = decode(RUN, backtest), request.principal.sees

    def effect() -> Change:
        job = cancel_job(request.parts.store.jobs, id, owner=sees, kind=KIND, prefix=RUN)
        return changed(202, job_message(job), location=f"{PATH}/{backtest}", subject=backtest)

    return await request.change("backtest.cancel", effect)


def unfinished_backtest(request: GatewayRequest, backtest: str) -> Response[Any] | None:
    """Return the answer about a backtest that has no result, None when it has one, or there is none for who asks."""
    job = request.parts.store.jobs.find(decode(RUN, backtest))
    sees = request.principal.sees
    if job is None or job.kind != KIND or job.status == "succeeded" or (sees is not None and job.owner != sees):
        return None
    headers = {} if job.status in OVER else {"Retry-After": "1"}
    return Response(msgspec.json.encode(job_message(job)), media_type="application/json", headers=headers)


def check_unfinished(request: GatewayRequest, backtest: str) -> None:
    """Refuse to answer about the result of a backtest that waits or runs, if who asks may know of it.

    Raises:
        NotFinished: it does.
    """
    job = request.parts.store.jobs.find(decode(RUN, backtest))
    sees = request.principal.sees
    if job is not None and job.kind == KIND and job.status not in OVER and (sees is None or job.owner == sees):
        raise NotFinished(f"The backtest {backtest} is {job.status}; it has no result yet.")


def unfinished_backtests(
    request: GatewayRequest, status: Unfinished, limit: int, after: UUID | None
) -> Page[BacktestJob]:
    """Return a page of the backtests with a status, newest first."""
    found = request.parts.store.jobs.newest(
        limit + 1, kind=KIND, owner=request.principal.sees, status=status, before=after
    )
    return page(found, limit, job_message, lambda job: job.id)


ROUTES: list[Any] = [add_backtest, cancel_backtest]
