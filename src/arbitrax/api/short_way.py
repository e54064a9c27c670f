"""The short way of the requests that come most often: an order read or sent, an account, a book.

Litestar finds routes, reads parameters and makes answers of any kind, which costs more than everything else that such
a request needs. One that is written plainly is answered here instead: by the same handlers, behind the same
authorisation, with the same errors. Everything else, what has a parameter out of the ordinary say, goes to Litestar,
which describes these routes as well: nothing can be had here only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import msgspec
from litestar import Response
from msgspec import Struct

from arbitrax.api.authorisation import admit
from arbitrax.api.messages.orders import NewOrder
from arbitrax.api.problems import MEDIA_TYPE, describe, encode
from arbitrax.api.requests import decode_body, origin_of
from arbitrax.api.routes import accounts, bars, books, orders

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

    from arbitrax.api.parts import Parts
    from arbitrax.exchange.origins import Origin
    from arbitrax.services.identity_logins import Principal

P = ParamSpec("P")
T = TypeVar("T")

_JSON = b"application/json"
_PLAIN = (b"*/*", _JSON)
"""What is accepted where JSON is all that is wanted."""
_ID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_SYMBOL, _DAY = "[A-Z0-9][A-Z0-9.-]{0,31}", "[0-9]{4}-[0-9]{2}-[0-9]{2}"


class _Route(Struct, frozen=True):
    """A handler, and what its requests look like when they are plain."""

    handler: HTTPRouteHandler
    template: str
    name: str = ""
    """Of the path's last part; empty: it has none."""
    pattern: str = ""
    """Of that part."""
    query: Mapping[str, str] = {}
    """Patterns of parameters."""
    required: str = ""
    """The parameter that must be there."""
    is_table: bool = False
    """Whether its answer may come in another format than JSON."""
    body: Any = None
    """Type of the body, if it takes one."""


class ShortWay:
    """An ASGI application around another one: answers the requests that go the short way."""

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        """Take the inner application, which answers the others."""
        self._app, self._parts = app, parts
        named = {"account": "[A-Za-z0-9_-]{1,64}"}
        range_of_bars = {"symbol": _SYMBOL, "interval": "[1-9][0-9]{0,3}(?:s|m|h|d|w|mo)", "start": _DAY, "end": _DAY}
        self._routes = {
            ("GET", f"{orders.PATH}/"): _Route(
                orders.get_order, f"{orders.PATH}/{{order}}", "order", "ord_[0-9a-f]{16}", named
            ),
            ("POST", orders.PATH): _Route(orders.add_order, orders.PATH, body=NewOrder),
            ("GET", f"{accounts.PATH}/"): _Route(
                accounts.get_account, f"{accounts.PATH}/{{account}}", "account", f"acc_{_ID}"
            ),
            ("GET", f"{books.PATH}/"): _Route(books.get_book, f"{books.PATH}/{{symbol}}", "symbol", _SYMBOL),
            ("GET", bars.PATH): _Route(
                bars.list_bars, bars.PATH, query=range_of_bars, required="symbol", is_table=True
            ),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let the inner application answer."""
        asked = self._find(cast("HTTPScope", scope)) if str(scope["type"]) == "http" else None
        if asked is None:
            await self._app(scope, receive, send)
        else:
            await asked.answer(receive, send)

    def _find(self, scope: HTTPScope) -> Asked | None:
        headers: dict[bytes, bytes] = scope["state"]["header"]
        method, path = str(scope["method"]), scope["path"]
        route, words = self._routes.get((method, path)), dict[str, Any]()
        if route is None:
            cut = path.rfind("/") + 1
            route = self._routes.get((method, path[:cut]))
            if route is None or not _matches(route.pattern, path[cut:]):
                return None
            words[route.name] = path[cut:]
        elif route.name:
            return None
        if (
            b"origin" in headers  # pages of other sites are Litestar's business
            or (route.is_table and headers.get(b"accept", b"*/*") not in _PLAIN)
            or (route.body is not None and headers.get(b"content-length", b"0") == b"0")
        ):
            return None
        query: bytes = scope["query_string"]
        for each in query.decode("latin-1").split("&") if query else ():
            name, _, value = each.partition("=")
            pattern = route.query.get(name)
            if pattern is None or name in words or not _matches(pattern, value):
                return None
            words[name] = value
        if route.required and route.required not in words:
            return None
        scope["path_template"] = route.template
        return Asked(self._parts, route, scope, headers, words)


def _matches(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text, re.ASCII) is not None


class Asked:
    """A request on the short way: what the handlers need of `arbitrax.api.requests.GatewayRequest`."""

    __slots__ = ("_headers", "_route", "_scope", "_words", "parts")

    def __init__(
        self, parts: Parts, route: _Route, scope: HTTPScope, headers: Mapping[bytes, bytes], words: dict[str, Any]
    ) -> None:
        self.parts = parts
        self._route, self._scope, self._headers, self._words = route, scope, headers, words

    @property
    def headers(self) -> Asked:
        """The headers: `get` is all that handlers need of them."""
        return self

    def get(self, name: str, default: str | None = None) -> str | None:
        """Return a header by its name in lower case."""
        found = self._headers.get(name.encode())
        return default if found is None else found.decode("latin-1")

    @property
    def principal(self) -> Principal:
        """Who asks."""
        found: Principal = self._scope["state"]["principal"]
        return found

    @property
    def origin(self) -> Origin:
        """Who asks, for the journal."""
        state = self._scope["state"]
        return origin_of(self.principal, state["address"], state["request_id"])

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function that waits on stores returns."""
        return await self.parts.threads.run(function, *args, **kwargs)

    async def answer(self, receive: Receive, send: Send) -> None:
        """Answer."""
        status, kind, more, body = 200, _JSON, {}, b""
        try:
            handler = self._route.handler
            await admit(self.parts, handler.opt, self.get("authorization"), self._scope["state"])
            if self._route.body is not None:
                sent = await _body(receive)
                if sent is None:
                    return
                content_type = self.get("content-type", "") or ""
                self._words["data"] = decode_body(sent, content_type.partition(";")[0].strip(), self._route.body)
            found = await handler.fn(self, **self._words)
            if isinstance(found, Response):
                status, more = found.status_code or 200, found.headers
                kind, found = (found.media_type or "application/json").encode(), found.content
            body = found if isinstance(found, bytes) else b"" if found is None else msgspec.json.encode(found)
        except Exception as error:
            problem, more = describe(error, self._scope["path"], self._scope["state"]["request_id"])
            status, kind, body = problem.status, MEDIA_TYPE.encode(), encode(problem)
        headers = []
        if status != 304:
            headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        headers += [(name.lower().encode(), value.encode("latin-1")) for name, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def _body(receive: Receive) -> bytes | None:
    """Return the body, which is as long as it was said to be; None: the client went away before."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message["body"])
        if not message["more_body"]:
            return b"".join(parts)
