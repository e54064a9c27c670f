"""API keys: one's own; admins see and revoke all."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody
from msgspec.structs import replace

from arbitrax.api.messages.identity import KeyMessage, MadeKey, NewKey, key_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import KeyId
from arbitrax.api.requests import ENDS_RIGHTS, GatewayRequest, changed
from arbitrax.domain.errors import AccessError
from arbitrax.domain.ids import decode, encode
from arbitrax.services.identity_ports import KEY
from arbitrax.services.mutations import Change

PATH = "/api/v1/keys"


@get(PATH, opt={"access": "person"}, tags=["keys"], operation_id="list_keys", summary="List API keys, newest first")
async def list_keys(request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[KeyMessage]:
    """Return one's own keys; an admin sees everybody's."""
    after = read_cursor(cursor, UUID)
    found = await request.run(request.parts.store.keys.list, request.principal.sees, after, limit + 1)
    return page(found, limit, key_message, lambda key: key.id)


@post(PATH, opt={"access": "person"}, tags=["keys"], operation_id="add_key", summary="Make an API key")
async def add_key(request: GatewayRequest, data: JSONBody[NewKey]) -> Response[MadeKey]:
    """Make a key for oneself. Its secret is shown in this answer and never again."""
    principal = request.principal
    beyond = set(data.scopes) - principal.scopes
    if beyond:
        raise AccessError(f"You cannot give a key a scope that you do not have: {', '.join(sorted(beyond))}.")

    def effect() -> Change:
        store = request.parts.store
        key, secret = store.keys.add(
            store.users.find(principal.user),
            data.name,
            scopes=data.scopes,
            expires_at=data.expires_at,
            addresses=data.addresses,
        )
        id = encode(KEY, key.id)
        made = MadeKey(key_message(key), secret)
        change = changed(201, made, location=f"{PATH}/{id}", subject=id, name=key.name, scopes=list(key.scopes))
        kept = replace(change.answer, body=msgspec.json.encode(replace(made, secret=None)))
        return replace(change, kept=kept)

    return await request.change("key.add", effect)


@get(f"{PATH}/{{key:str}}", opt={"access": "person"}, tags=["keys"], operation_id="get_key", summary="Get an API key")
async def get_key(request: GatewayRequest, key: FromPath[KeyId]) -> KeyMessage:
    """Return a key, without its secret."""
    found = await request.run(request.parts.store.keys.find, decode(KEY, key), of=request.principal.sees)
    return key_message(found)


@delete(
    f"{PATH}/{{key:str}}",
    opt={"access": "person", ENDS_RIGHTS: True},
    tags=["keys"],
    operation_id="revoke_key",
    status_code=200,
    summary="Revoke an API key",
)
async def revoke_key(request: GatewayRequest, key: FromPath[KeyId]) -> Response[KeyMessage]:
    """Revoke a key; it stops counting within a second. Again changes nothing."""
    id, of = decode(KEY, key), request.principal.sees

    def effect() -> Change:
        return changed(200, key_message(request.parts.store.keys.revoke(id, of=of)), subject=key)

    return await request.change("key.revoke", effect)


ROUTES: list[Any] = [list_keys, add_key, get_key, revoke_key]
