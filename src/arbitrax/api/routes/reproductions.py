"""Run a finished backtest again, and say whether every byte is as it was."""

from __future__ import annotations

import time
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from arbitrax.api.messages.reproductions import ReproductionMessage, reproduction_message
from arbitrax.api.parameters import BacktestId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.services.backtests import find_head
from arbitrax.services.mutations import Change
from arbitrax.services.reproductions import newest_reproduction, submit_reproduction

PATH = "/api/v1/backtests/{backtest:str}/reproduction"


@post(
    PATH,
    opt={"access": "trade"},
    tags=["backtests"],
    operation_id="reproduce_backtest",
    status_code=202,
    summary="Run a backtest again",
)
async def reproduce_backtest(request: GatewayRequest, backtest: FromPath[BacktestId]) -> Response[ReproductionMessage]:
    """Have a worker run a backtest again, from prices and code as they were then, and compare every byte.

    Only strategies that are built in or installed run again here; while one waits or goes on, it is the answer.
    """
    store, sees, owner = request.parts.store, request.principal.sees, request.principal.user

    def effect() -> Change:
        id, _ = find_head(store.runs, backtest, sees=sees)
        job = submit_reproduction(store.jobs, id, owner=owner, now=time.time_ns())
        path = PATH.replace("{backtest:str}", backtest)
        return changed(202, reproduction_message(id, job), location=path, subject=backtest)

    return await request.change("backtest.reproduce", effect)


@get(
    PATH,
    opt={"access": "read"},
    tags=["backtests"],
    operation_id="get_reproduction",
    summary="Whether a backtest was reproduced",
)
async def get_reproduction(request: GatewayRequest, backtest: FromPath[BacktestId]) -> ReproductionMessage:
    """Return the newest try to run a backtest again: how far it is, and whether every byte was equal."""
    return await request.run(_newest, request, backtest)


def _newest(request: GatewayRequest, backtest: str) -> ReproductionMessage:
    store = request.parts.store
    id, _ = find_head(store.runs, backtest, sees=request.principal.sees)
    return reproduction_message(id, newest_reproduction(store.jobs, id))


ROUTES: list[Any] = [reproduce_backtest, get_reproduction]
