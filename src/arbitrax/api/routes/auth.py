"""Signing in and out, new tokens, one's own password."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from litestar import Response, get, post, put
from litestar.datastructures import Cookie
from litestar.params import JSONBody

from arbitrax.api.authorisation import WITH_OLD_PASSWORD
from arbitrax.api.client_address import network_of
from arbitrax.api.messages.identity import AccessToken, Credentials, Me, NewPassword, UserMessage, user_message
from arbitrax.api.requests import ENDS_RIGHTS, GatewayRequest, changed
from arbitrax.domain.errors import AccessError, NotAuthenticated, TokenReused, TooManyRequests
from arbitrax.domain.ids import encode
from arbitrax.services.identity_logins import Tokens
from arbitrax.services.identity_ports import LOGIN, USER
from arbitrax.services.mutations import Change

COOKIE = "arbitrax_refresh"
PATH = "/api/v1/auth"


@post(
    f"{PATH}/login",
    opt={"access": "public"},
    tags=["auth"],
    operation_id="login",
    status_code=200,
    summary="Sign in with name and password",
)
async def login(request: GatewayRequest, data: JSONBody[Credentials]) -> Response[AccessToken]:
    """Return an access token of ten minutes, and set a cookie with a refresh token of seven days."""
    limits = request.parts.limits
    name, address = data.name[:64], network_of(request.address)
    limiter, whose = request.parts.limiter, f"{name} {address}"
    verdict = await limiter.take([(limits.login, whose), (limits.login_name, name), (limits.login_address, address)])
    if not verdict.allowed:
        raise TooManyRequests("Too many tries to sign in; wait.", retry_after=verdict.wait)
    tokens = await request.run(request.parts.store.logins.sign_in, data.name, data.password, request.actor)
    limiter.give_back(limits.login, whose)  # it was no guess
    return _signed_in(request, tokens)


@post(
    f"{PATH}/refresh",
    opt={"access": "public"},
    tags=["auth"],
    operation_id="refresh",
    status_code=200,
    summary="Exchange the refresh token in the cookie",
)
async def refresh(request: GatewayRequest) -> Response[AccessToken]:
    """Return a new access token and set a new cookie.

    A refresh token counts once: a second use ends the login, except that the last one may come again from the same
    address within 10 seconds.
    """
    _check_origin(request)
    token = request.cookies.get(COOKIE)
    if not token or len(token) > 256 or not token.isascii():
        raise NotAuthenticated("There is no refresh token; sign in.")
    # To its end even when the client goes away: a token that was used up and not replaced would end the login.
    try:
        tokens = await asyncio.shield(request.run(request.parts.store.logins.refresh, token, request.actor))
    except TokenReused:
        request.parts.authenticator.forget()
        raise
    return _signed_in(request, tokens)


@post(
    f"{PATH}/logout",
    opt={"access": "person", WITH_OLD_PASSWORD: True, ENDS_RIGHTS: True},
    tags=["auth"],
    operation_id="logout",
    status_code=204,
    summary="Sign out",
)
async def logout(request: GatewayRequest) -> Response[None]:
    """End the login; its access and refresh tokens stop counting within a second."""
    principal = request.principal
    if principal.kind != "token":
        raise AccessError("An API key was not signed in; revoke it instead.")

    def effect() -> Change:
        request.parts.store.logins.sign_out(principal.credential)
        return changed(204, subject=encode(LOGIN, principal.credential))

    response = await request.change("auth.logout", effect)
    response.cookies.append(_cookie(request, "", 0))
    return response


@get(
    f"{PATH}/me",
    opt={"access": "read", WITH_OLD_PASSWORD: True},
    tags=["auth"],
    operation_id="me",
    summary="Who asks",
)
async def me(request: GatewayRequest) -> Me:
    """Return the user behind the token or key, and what it may do."""
    principal = request.principal
    user = await request.run(request.parts.store.users.find, principal.user)
    return Me(user_message(user), sorted(principal.scopes), principal.kind)


@put(
    f"{PATH}/password",
    opt={"access": "person", WITH_OLD_PASSWORD: True, ENDS_RIGHTS: True},
    tags=["auth"],
    operation_id="change_password",
    summary="Change one's own password",
)
async def change_password(request: GatewayRequest, data: JSONBody[NewPassword]) -> Response[UserMessage]:
    """Change it; every other login of the user ends."""
    principal = request.principal
    verdict = await request.parts.limiter.take([(request.parts.limits.password, principal.user.hex)])
    if not verdict.allowed:
        raise TooManyRequests("Too many tries to change the password; wait.", retry_after=verdict.wait)

    def effect() -> Change:
        login = principal.credential if principal.kind == "token" else None
        user = request.parts.store.users.change_password(principal.user, data.current, data.password, login=login)
        return changed(200, user_message(user), subject=encode(USER, user.id))

    response = await request.change("user.change_password", effect)
    await request.run(request.parts.store.forget_made_password, principal.name)
    return response


def _signed_in(request: GatewayRequest, tokens: Tokens) -> Response[AccessToken]:
    message = AccessToken(tokens.access, "Bearer", tokens.access_expires_at, user_message(tokens.user))
    left = (tokens.refresh_expires_at - datetime.now(tokens.refresh_expires_at.tzinfo)).total_seconds()
    return Response(message, cookies=[_cookie(request, tokens.refresh, int(left))])


def _cookie(request: GatewayRequest, token: str, seconds: int) -> Cookie:
    return Cookie(
        COOKIE,
        path=PATH,
        value=token,
        max_age=seconds,
        httponly=True,
        samesite="strict",
        secure=request.parts.secure or request.url.scheme == "https",
    )


def _check_origin(request: GatewayRequest) -> None:
    """Refuse a page of somebody else's that has the browser send the cookie."""
    origin = request.headers.get("origin")
    if origin is None or origin in request.parts.origins:
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise AccessError("This page may not use the refresh token; its origin is not allowed.")


ROUTES: list[Any] = [login, refresh, logout, me, change_password]
