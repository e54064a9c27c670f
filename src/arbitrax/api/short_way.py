"""The short way of the requests that come most often: an order read or sent, an account, a book.

Litestar finds routes, reads parameters and makes answers of any kind, which costs more than everything else that such
a request needs. One that is written plainly is answered here instead: by the same handlers, behind the same
authorisation, with the same errors. Everything else, what has a parameter out of the ordinary say, goes to Litestar,
which describes these routes as well: nothing can be had here only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import msgspec
from litestar import Response
from msgspec import Struct

from arbitrax.api.authorisation import admit
from arbitrax.api.messages.orders import NewOrder
from arbitrax.api.problems import MEDIA_TYPE, describe, encode
from arbitrax.api.requests import decode_body
from arbitrax.api.routes import accounts, books, orders

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.types import HTTPScope, Receive, Send

    from arbitrax.api.parts import Parts
    from arbitrax.services.identity_logins import Principal

P = ParamSpec("P")
T = TypeVar("T")

_JSON = b"application/json"
_ACCOUNT = re.compile(rb"account=([A-Za-z0-9_-]{1,64})")
_ID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"


class _Route(Struct, frozen=True):
    """A handler, and what its requests look like when they are plain."""

    handler: HTTPRouteHandler
    template: str
    parameter: str = ""
    """Name of the path's last part; empty: it has none."""
    pattern: str = ""
    """Of that part."""
    of_account: bool = False
    """Whether the query may name an account."""
    body: Any = None
    """Type of the body, if it takes one."""


class ShortWay:
    """Finds the requests that go the short way."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._routes = {
            ("GET", f"{orders.PATH}/"): _Route(
                orders.get_order, f"{orders.PATH}/{{order}}", "order", "ord_[0-9a-f]{16}", of_account=True
            ),
            ("POST", orders.PATH): _Route(orders.add_order, orders.PATH, body=NewOrder),
            ("GET", f"{accounts.PATH}/"): _Route(
                accounts.get_account, f"{accounts.PATH}/{{account}}", "account", f"acc_{_ID}"
            ),
            ("GET", f"{books.PATH}/"): _Route(
                books.get_book, f"{books.PATH}/{{symbol}}", "symbol", "[A-Z0-9][A-Z0-9.-]{0,31}"
            ),
        }
        self._patterns = {each.pattern: re.compile(each.pattern) for each in self._routes.values()}

    def find(self, scope: HTTPScope, headers: dict[bytes, bytes]) -> Asked | None:
        """Return a request that goes the short way; None: it goes the long one."""
        path: str = scope["path"]
        name = ""
        if scope["method"] == "GET":
            cut = path.rfind("/") + 1
            path, name = path[:cut], path[cut:]
        route = self._routes.get((str(scope["method"]), path))
        if route is None or b"origin" in headers:
            return None
        words: dict[str, Any] = {}
        if route.parameter:
            if not self._patterns[route.pattern].fullmatch(name):
                return None
            words[route.parameter] = name
        query: bytes = scope["query_string"]
        if query:
            account = _ACCOUNT.fullmatch(query) if route.of_account else None
            if account is None:
                return None
            words["account"] = account[1].decode()
        if route.body is not None and b"content-length" not in headers:
            return None
        scope["path_template"] = route.template
        return Asked(self._parts, route, scope, headers, words)


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
                status, more, found = found.status_code or 200, found.headers, found.content
            body = msgspec.json.encode(found)
        except Exception as error:
            problem, more = describe(error, self._scope["path"], self._scope["state"]["request_id"])
            status, kind, body = problem.status, MEDIA_TYPE.encode(), encode(problem)
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
