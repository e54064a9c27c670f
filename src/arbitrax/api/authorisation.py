"""The guard of every route: who asks, how often, and whether they may.

A route says what it takes with ``access``: ``public``; ``read``, ``trade`` or ``admin``, a scope; or ``person``, what a
user does about their own identity: with a token, or with a key that has the scope admin. A route that says nothing
keeps the application from starting.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.routes import ASGIRoute, WebSocketRoute

from arbitrax.api.limits import COUNTED, limit_headers, too_many
from arbitrax.api.problems import FieldError, RequestError, allow_header
from arbitrax.domain.errors import AccessError, PasswordChangeRequired
from arbitrax.services.identity_logins import check_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar import Litestar
    from litestar.connection import ASGIConnection
    from litestar.handlers import BaseRouteHandler
    from litestar.types import Scope

    from arbitrax.api.parts import Parts

Access = Literal["public", "read", "trade", "admin", "person"]
WITH_OLD_PASSWORD = "with_old_password"  # noqa: S105 - names an option of a route
"""Option of the routes that are open before a first password was changed."""
CANCEL = "cancel"
"""Option of the routes that cancel orders; they have rate limits of their own."""
QUERY = "query_names"


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let a request pass, with its principal in the scope's state.

    Raises:
        NotAuthenticated: nobody asks, or nobody known.
        AccessError: they may not.
        TooManyRequests: not now.
        RequestError: a parameter that the route does not take.
    """
    if handler.opt.get("access") is None:  # the OPTIONS that Litestar adds by itself
        return
    await admit(
        connection.app.state.parts, handler.opt, connection.headers.get("authorization"), connection.scope["state"]
    )
    names = [name for name, _ in connection.query_params.multi_items()]
    if len(set(names)) < len(names):
        raise RequestError(422, "The query has a parameter twice.")
    unknown = [name for name in names if name not in handler.opt[QUERY]]
    if unknown:
        errors = [
            FieldError(f"?{name[:80]}", "request.unknown", "This path has no such parameter.") for name in unknown
        ]
        raise RequestError(422, "The query has parameters that this path does not take.", errors)


async def admit(
    parts: Parts, route: Mapping[str, Any], authorization: str | None, state: MutableMapping[str, Any]
) -> None:
    """Let in who may use a route, by its options; their principal is in ``state`` then, if they need one.

    Raises:
        NotAuthenticated: nobody asks, or nobody known.
        AccessError: they may not.
        TooManyRequests: not now.
    """
    access: Access = route["access"]
    address, principal = state["address"], None
    if access != "public":
        principal = await parts.authenticator.principal(authorization, address)
        check_address(principal, address)
        state["principal"] = principal
    verdict = await parts.limiter.take(parts.limits.demands(principal, address, cancel=CANCEL in route))
    state[COUNTED] = limit_headers(parts, verdict)
    if not verdict.allowed:
        raise too_many(verdict)
    if principal is not None:
        if principal.must_change_password and WITH_OLD_PASSWORD not in route:
            raise PasswordChangeRequired("Change the password first: PUT /api/v1/auth/password.")
        allowed = (
            (principal.kind == "token" or principal.is_admin) if access == "person" else access in principal.scopes
        )
        if not allowed:
            raise AccessError(_why_not(access, principal.kind))


def _methods_of(methods: Iterable[str]) -> Callable[[Scope], Response[None]]:
    """Return the handler that says which methods a path has."""
    allowed = allow_header({*methods, "OPTIONS"})

    def answer(scope: Scope) -> Response[None]:
        return Response(None, status_code=204, headers={"Allow": allowed})

    return answer


def _why_not(access: Access, kind: str) -> str:
    if access == "person":
        return "An API key needs the scope 'admin' for this; or sign in with name and password."
    owner = "This API key" if kind == "key" else "Your role"
    return f"{owner} does not have the scope '{access}'."


def prepare(app: Litestar) -> None:
    """Note of each route which query parameters it takes.

    Raises:
        TypeError: a route does not say who may use it.
    """
    for route in app.routes:
        for handler in [route.route_handler] if isinstance(route, ASGIRoute | WebSocketRoute) else route.route_handlers:
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
                # Litestar's own tells the methods of the first handler only.
                handler._fn = _methods_of(route.methods)  # type: ignore[assignment] # handlers may be plain functions
                continue
            if handler.opt.get("access") not in get_args(Access):
                raise TypeError(f"The route {route.path} does not say who may use it.")
            names: frozenset[str] = frozenset()
            if isinstance(handler, HTTPRouteHandler):
                model = handler.create_kwargs_model(path_parameters=route.path_parameters)
                names = frozenset(each.field_alias for each in model.expected_query_params)
            handler.opt[QUERY] = names
