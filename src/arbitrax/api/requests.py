"""A request as handlers see it: strictly decoded, with who asks, and what the gateway is made of."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.exceptions import InternalServerException

from arbitrax.api.decoding import decoded
from arbitrax.api.duplicate_keys import duplicate_key
from arbitrax.api.problems import NO_BODY, FieldError, RequestError
from arbitrax.api.slashes import has_slashes, with_slashes
from arbitrax.exchange.origins import Origin
from arbitrax.services.identity_ports import Actor
from arbitrax.services.mutations import Answer, Change, OnceKey

if TYPE_CHECKING:
    from arbitrax.api.parts import Parts
    from arbitrax.services.identity_logins import Principal

P = ParamSpec("P")
T = TypeVar("T")

HOLDS_PASSWORD = "holds_password"  # noqa: S105 - names an option of a route
"""Option of the routes that use `GatewayRequest.change` and whose body has a password."""
ENDS_RIGHTS = "ends_rights"
"""Option of the routes that use `GatewayRequest.change` and may take something away from a token or key."""
IDEMPOTENCY_KEY = "idempotency-key"
_KEY = re.compile(r"[!-~]{1,128}")


class GatewayRequest(Request[Any, Any, Any]):
    """A request of an authorised principal."""

    __slots__ = ()

    @property
    def parts(self) -> Parts:
        """What the gateway is made of."""
        return cast("Parts", self.app.state.parts)

    @property
    def path_params(self) -> dict[str, Any]:
        """The names in the path; Litestar reads handlers' arguments from it."""
        found = super().path_params
        if not has_slashes(self.scope):
            return found
        return {name: with_slashes(each) if isinstance(each, str) else each for name, each in found.items()}

    @property
    def principal(self) -> Principal:
        """Who asks. Only where the route is not open to everybody."""
        return cast("Principal", self.scope["state"]["principal"])

    @property
    def address(self) -> str:
        """Where they ask from."""
        return str(self.scope["state"]["address"])

    @property
    def actor(self) -> Actor:
        """Who asks, for the audit log."""
        state = self.scope["state"]
        principal: Principal | None = state.get("principal")
        if principal is None:
            return Actor("anybody", address=self.address, request_id=state["request_id"])
        return Actor(
            name=principal.name,
            user=principal.user,
            key=principal.credential if principal.kind == "key" else None,
            address=self.address,
            request_id=state["request_id"],
        )

    @property
    def origin(self) -> Origin:
        """Who asks, for the journal."""
        return origin_of(self.principal, self.address, str(self.scope["state"]["request_id"]))

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """Give the body as it comes.

        Raises:
            RequestError: the client went away before its end; nobody reads the answer, but it is counted as that.
        """
        try:
            async for part in super().stream():
                yield part
        except InternalServerException as error:
            if not self.is_connected:  # it was read before
                raise
            raise RequestError(499, "The client went away before the end of the body.") from error

    async def json(self) -> Any:
        """Return the body as the type that the handler's ``data`` has; Litestar calls it.

        Raises:
            RequestError: it is not JSON, or not of the type.
        """
        field = self.route_handler.parsed_data_field
        kind = Any if field is None else field.annotation
        return decode_body(await self.body(), self.content_type[0], kind)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what a function that waits on stores returns."""
        return await self.parts.threads.run(function, *args, **kwargs)

    async def change(self, action: str, effect: Callable[[], Change]) -> Response[Any]:
        """Make a change, note it in the audit log, and answer; once, when there is an Idempotency-Key (R3).

        ``effect`` runs in a thread, inside the transaction.
        """
        once = await self._once() if self.method == "POST" else None
        try:
            answer = await self.run(self.parts.store.mutations.make, self.actor, action, effect, once)
        finally:
            # Other gateways see it within a second; here the next request must. Also when the change is in doubt.
            if ENDS_RIGHTS in self.route_handler.opt:
                self.parts.authenticator.forget()
        return respond(answer)

    async def command(self, send: Callable[[], Coroutine[Any, Any, Response[Any]]]) -> Response[Any]:
        """Send a command to the exchange, and answer; once, when there is an Idempotency-Key (R3).

        Without a key no store is needed. A refusal, or an outcome that is not known, leaves the key free: sent again
        the command does no more. ``send`` runs in the loop and waits for no thread, for one waits for it.
        """
        once = await self._once()
        if once is None:
            return await send()
        loop = asyncio.get_running_loop()

        def effect() -> Change:
            response = asyncio.run_coroutine_threadsafe(send(), loop).result()
            if response.status_code == 202:
                raise _NotKnownError(response)
            return changed(response.status_code or 200, response.content)

        try:
            return respond(await self.run(self.parts.store.mutations.make, self.actor, None, effect, once))
        except _NotKnownError as error:
            return error.response

    async def _once(self) -> OnceKey | None:
        key = self.headers.get(IDEMPOTENCY_KEY)
        if key is None:
            return None
        if not _KEY.fullmatch(key):
            detail = "An Idempotency-Key has 1 to 128 visible ASCII characters."
            raise RequestError(422, detail, [FieldError("", "request.idempotency_key", detail)])
        request = f"{self.method} {self.url.path}?{self.url.query}\n".encode() + await self.body()
        if HOLDS_PASSWORD not in self.route_handler.opt:
            return OnceKey(self.principal.user, key, hashlib.sha256(request).hexdigest())
        salt = self.principal.user.bytes + key.encode()
        return OnceKey(self.principal.user, key, await self.run(_slow_hash, request, salt))


class _NotKnownError(Exception):
    """An answer that is not to be kept."""

    def __init__(self, response: Response[Any]) -> None:
        super().__init__()
        self.response = response


def _slow_hash(request: bytes, salt: bytes) -> str:
    """Return a hash from which a password in the request can be guessed no faster than from its own."""
    return hashlib.scrypt(request, salt=salt, n=1 << 14, r=8, p=1, dklen=32).hex()


def origin_of(principal: Principal, address: str, request: str) -> Origin:
    """Return who asks as the journal notes it."""
    key = principal.credential.bytes if principal.kind == "key" else None
    return Origin(principal.user.bytes, key, address, request)


def decode_body(body: bytes, content_type: str, kind: Any) -> Any:
    """Return a body as the type that a handler takes.

    Raises:
        RequestError: it is not JSON, or not of the type.
    """
    if content_type != "application/json":
        raise RequestError(415, "A body must be sent as Content-Type: application/json.")
    if not body:
        raise RequestError(422, NO_BODY)
    return decoded(
        body, partial(msgspec.json.decode, type=kind), duplicate_key, what="body", taker="this path", form="JSON"
    )


def changed(
    status: int, message: object = None, *, location: str | None = None, subject: str | None = None, **detail: Any
) -> Change:
    """Return a change with its answer."""
    body = b"" if message is None else msgspec.json.encode(message)
    return Change(Answer(status, body, location), subject, detail)


def respond(answer: Answer) -> Response[Any]:
    """Return an answer as a response."""
    headers = {} if answer.location is None else {"Location": answer.location}
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    content = answer.body or None
    return Response(content, status_code=answer.status, media_type="application/json", headers=headers)
