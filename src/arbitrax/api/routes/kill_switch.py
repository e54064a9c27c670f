"""The kill switch of an account: no new orders, and the open ones go, until it is taken back."""

from __future__ import annotations

from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from arbitrax.api.messages.orders import KillSwitch
from arbitrax.api.parameters import AccountId
from arbitrax.api.requests import GatewayRequest
from arbitrax.api.routes.accounts import PATH
from arbitrax.api.routes.orders import require_done
from arbitrax.trading.acting import ACTING
from arbitrax.trading.orders import Unknown


@post(
    f"{PATH}/{{account:str}}/kill",
    opt={"access": "trade", "cancel": True},
    tags=["accounts"],
    operation_id="kill_account",
    status_code=200,
    summary="Throw the kill switch",
)
async def kill_account(request: GatewayRequest, account: FromPath[AccountId]) -> Response[KillSwitch]:
    """Cancel an account's open orders and let the exchange refuse new ones (`risk.killed`) until the revival.

    The exchange does both in one step. Positions stay. Sent again it does nothing more.
    """
    return await _switch(request, account, on=True)


@post(
    f"{PATH}/{{account:str}}/revival",
    opt={"access": "trade", "cancel": True},
    tags=["accounts"],
    operation_id="revive_account",
    status_code=200,
    summary="Take the kill switch back",
)
async def revive_account(request: GatewayRequest, account: FromPath[AccountId]) -> Response[KillSwitch]:
    """Let the exchange take orders of an account again; those that were cancelled stay so."""
    return await _switch(request, account, on=False)


async def _switch(request: GatewayRequest, account: str, *, on: bool) -> Response[KillSwitch]:
    desk = request.parts.desk
    owner, broker = await desk.account(account, request.principal.sees), await desk.broker()

    async def send() -> Response[KillSwitch]:
        ACTING.set(request.origin)
        done = require_done(await (broker.kill if on else broker.revive)(owner.text))
        if isinstance(done, Unknown):
            headers = {"Location": f"{PATH}/{owner.text}", "Retry-After": "1"}
            return Response(KillSwitch(owner.text, None, None), status_code=202, headers=headers)
        return Response(KillSwitch(owner.text, on, list(done.cancelled)))

    return await request.command(send)


ROUTES: list[Any] = [kill_account, revive_account]
