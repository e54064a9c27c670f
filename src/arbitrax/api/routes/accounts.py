"""Accounts of the paper exchange, and what they hold and traded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get, put
from litestar.params import FromPath, JSONBody

from arbitrax.api.messages.orders import (
    AccountDetail,
    AccountMessage,
    AccountOwner,
    FillMessage,
    PositionMessage,
    account_detail,
    account_message,
    position_message,
    recorded_fill_message,
)
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import AccountId, AccountName, MaybeOrderId
from arbitrax.api.requests import GatewayRequest, changed
from arbitrax.domain.errors import ConflictError
from arbitrax.domain.ids import decode
from arbitrax.exchange.identifiers import parse_order
from arbitrax.services.identity_ports import USER
from arbitrax.services.mutations import Change
from arbitrax.trading.registry import Account

PATH = "/api/v1/accounts"


@get(PATH, opt={"access": "read"}, tags=["accounts"], operation_id="list_accounts", summary="List accounts")
async def list_accounts(request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[AccountMessage]:
    """Return one's own paper accounts, oldest first; an admin sees everybody's."""
    after = read_cursor(cursor, UUID)
    found = await request.parts.desk.accounts(request.principal.sees)
    rest = [each for each in found if after is None or each.id > after]
    return page(rest[: limit + 1], limit, account_message, lambda each: each.id)


@get(
    f"{PATH}/{{account:str}}",
    opt={"access": "read"},
    tags=["accounts"],
    operation_id="get_account",
    summary="Get an account",
)
async def get_account(request: GatewayRequest, account: FromPath[AccountId]) -> AccountDetail:
    """Return an account with its cash as of now."""
    owner = await request.parts.desk.account(account, request.principal.sees)
    return account_detail(owner, await (await request.parts.desk.broker()).account(owner.text))


@put(
    f"{PATH}/{{account:str}}/owner",
    opt={"access": "admin"},
    tags=["accounts"],
    operation_id="give_account",
    status_code=200,
    summary="Give an account to a user",
)
async def give_account(
    request: GatewayRequest, account: FromPath[AccountId], data: JSONBody[AccountOwner]
) -> Response[AccountMessage]:
    """Make an account of the operator's a user's, for good."""
    owner = await request.parts.desk.account(account, None)
    user = decode(USER, data.user)

    def effect() -> Change:
        store = request.parts.store
        store.users.find(user)
        if not store.registry.give_account(owner.id, user):
            raise ConflictError(f"The account {owner.name} is another user's.")
        given = Account(
            owner.id, owner.name, owner.shard, owner.number, owner.currency, owner.cash_unit, owner.kind, user
        )
        return changed(200, account_message(given), subject=account, user=data.user)

    return await request.change("account.give", effect)


@get("/api/v1/positions", opt={"access": "read"}, tags=["accounts"], operation_id="list_positions", summary="Positions")
async def list_positions(
    request: GatewayRequest, account: AccountName = None, limit: Limit = DEFAULT, cursor: Cursor = None
) -> Page[PositionMessage]:
    """Return what an account holds, or held, by symbol, as of now."""
    owner = await request.parts.desk.account(account, request.principal.sees)
    after = read_cursor(cursor, str)
    found = await (await request.parts.desk.broker()).positions(owner.text)
    rest = [each for each in sorted(found, key=lambda each: each.symbol) if after is None or each.symbol > after]
    return page(rest[: limit + 1], limit, lambda each: position_message(each, owner), lambda each: each.symbol)


@get("/api/v1/fills", opt={"access": "read"}, tags=["accounts"], operation_id="list_fills", summary="List fills")
async def list_fills(
    request: GatewayRequest,
    account: AccountName = None,
    order: MaybeOrderId = None,
    limit: Limit = DEFAULT,
    cursor: Cursor = None,
) -> Page[FillMessage]:
    """Return an account's fills, of all orders or one, newest first, as recorded: a moment behind the exchange."""
    owner = await request.parts.desk.account(account, request.principal.sees)
    below = read_cursor(cursor, UUID)
    more = {} if below is None else {"below": below}
    number = None if order is None else parse_order(order)
    found = await request.run(
        request.parts.store.recorded_orders.fills, owner.id, order=number, limit=limit + 1, **more
    )
    listed = await request.parts.desk.listed({each.symbol for each in found})
    return page(
        found, limit, lambda each: recorded_fill_message(each, owner, listed[each.symbol]), lambda each: each.id
    )


ROUTES: list[Any] = [list_accounts, get_account, give_account, list_positions, list_fills]
