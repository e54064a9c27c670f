"""Users: admins see and change all."""

from __future__ import annotations

from typing import Any, cast

from litestar import Response, get, patch, post
from litestar.params import FromPath, JSONBody

from arbitrax.api.conditions import required_version, version_tag
from arbitrax.api.messages.identity import NewUser, UserChange, UserMessage, user_message
from arbitrax.api.pages import DEFAULT, Cursor, Limit, Page, page, read_cursor
from arbitrax.api.parameters import UserId
from arbitrax.api.problems import RequestError
from arbitrax.api.requests import ENDS_RIGHTS, HOLDS_PASSWORD, GatewayRequest, changed
from arbitrax.domain.ids import decode, encode
from arbitrax.services.identity_ports import USER
from arbitrax.services.mutations import Change

PATH = "/api/v1/users"


@get(PATH, opt={"access": "admin"}, tags=["users"], operation_id="list_users", summary="List users by name")
async def list_users(request: GatewayRequest, limit: Limit = DEFAULT, cursor: Cursor = None) -> Page[UserMessage]:
    """Return users by name."""
    found = await request.run(request.parts.store.users.list, read_cursor(cursor, str), limit + 1)
    return page(found, limit, user_message, lambda user: user.name)


@post(
    PATH,
    opt={"access": "admin", HOLDS_PASSWORD: True},
    tags=["users"],
    operation_id="add_user",
    summary="Add a user",
)
async def add_user(request: GatewayRequest, data: JSONBody[NewUser]) -> Response[UserMessage]:
    """Add a user, who must change the password at the first login."""

    def effect() -> Change:
        user = request.parts.store.users.add(data.name, data.password, role=data.role, must_change=True)
        id = encode(USER, user.id)
        return changed(201, user_message(user), location=f"{PATH}/{id}", subject=id, name=user.name, role=user.role)

    return await request.change("user.add", effect)


@get(
    f"{PATH}/{{user:str}}",
    opt={"access": "admin", "tagged": True},
    tags=["users"],
    operation_id="get_user",
    summary="Get a user",
)
async def get_user(request: GatewayRequest, user: FromPath[UserId]) -> Response[UserMessage]:
    """Return a user."""
    found = await request.run(request.parts.store.users.find, decode(USER, user))
    return Response(user_message(found), headers={"ETag": version_tag(found.version)})


@patch(
    f"{PATH}/{{user:str}}",
    opt={"access": "admin", "if_match": True, "tagged": True, ENDS_RIGHTS: True},
    tags=["users"],
    operation_id="change_user",
    summary="Change role, activity or password of a user",
)
async def change_user(
    request: GatewayRequest, user: FromPath[UserId], data: JSONBody[UserChange]
) -> Response[UserMessage]:
    """Change a user; what is taken away is gone within a second. A new password must be changed at the next login."""
    id, version = decode(USER, user), required_version(request)
    if data == UserChange():
        raise RequestError(422, "Say what to change: role, is_active or password.")

    def effect() -> Change:
        users = request.parts.store.users
        found = users.change(id, role=data.role, is_active=data.is_active, version=version)
        if data.password is not None:
            found = users.set_password(id, data.password, must_change=True)
        what: dict[str, Any] = {"role": found.role, "is_active": found.is_active}
        return changed(200, user_message(found), subject=user, **what, password=data.password is not None)

    response = await request.change("user.change", effect)
    found = await request.run(request.parts.store.users.find, id)
    if data.password is not None:
        await request.run(request.parts.store.forget_made_password, found.name)
    response.headers["ETag"] = version_tag(found.version)
    return cast("Response[UserMessage]", response)


ROUTES: list[Any] = [list_users, add_user, get_user, change_user]
