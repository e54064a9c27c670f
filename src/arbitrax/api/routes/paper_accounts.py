"""Opening a paper account."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, post
from litestar.params import JSONBody

from arbitrax.api.messages.orders import AccountMessage, NewAccount, account_message
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.api.routes.accounts import PATH
from arbitrax.services.mutations import Change
from arbitrax.services.paper_accounts import PaperAccount, open_paper_account


@post(
    PATH,
    opt={"access": "trade"},
    tags=["accounts"],
    operation_id="open_account",
    status_code=201,
    summary="Open a paper account",
)
async def open_account(request: GatewayRequest, data: JSONBody[NewAccount]) -> Response[AccountMessage]:
    """Open a paper account of one's own, with cash that exists on the exchange only.

    How many a trader may have, and with how much, is the operator's setting; an admin may open any. When the exchange
    does not answer (503), the same request again goes on where this one ended.
    """
    parts, principal = request.parts, request.principal
    market = await parts.desk.market()
    gateway = (await parts.desk.broker()).gateway
    opened = set(await gateway.journal.configured(market.shard))
    wanted = PaperAccount(data.name, data.kind, data.cash, principal.user, market)

    def effect() -> Change:
        store = parts.store.registry
        store.lock()
        if not principal.is_admin:
            wanted.require_at_most(parts.paper_accounts, parts.paper_cash, store)
        made = wanted.register(store, opened)
        path = f"{PATH}/{made.text}"
        return changed(201, account_message(made), location=path, subject=made.text, name=made.name, cash=data.cash)

    answer = await request.change("account.open", effect)
    made = msgspec.json.decode(answer.content, type=AccountMessage)
    account = await parts.desk.account(made.id, principal.sees)
    await open_paper_account(account, wanted.settings, gateway, gateway.journal)
    return answer


ROUTES: list[Any] = [open_account]
