"""Requests and answers: tried again where that is safe, on another gateway where one does not answer."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from arbitrax.client.credentials import Credentials, KeyCredentials, LoginCredentials, Token, Tokens, token_until
from arbitrax.client.login_file import StoredLogin
from arbitrax.client.messages import AccessToken
from arbitrax.client.problems import made_error, read_problem
from arbitrax.client.waiting import LONGEST, pause
from arbitrax.domain.errors import ArbitraxError, InFlight, InputError, NotAuthenticated

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    import httpx2

T = TypeVar("T")
JSON = "application/json"
ARROW = "application/vnd.apache.arrow.stream"
REFRESH_COOKIE = "arbitrax_refresh"
LATER = frozenset({408, 429, 502, 503, 504})
"""Of what can be had by asking again; other refusals that are retryable wait for the market, not for a machine."""
TIMEOUT = 30.0
_SAFE = frozenset({"GET", "PUT", "DELETE"})


class Transport:
    """Of one client: connections, gateways, credentials."""

    def __init__(
        self,
        urls: str | Sequence[str],
        *,
        api_key: str | None = None,
        name: str | None = None,
        password: str | None = None,
        login: Path | None = None,
        retries: int = 6,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Take gateways, the first one first, and who asks."""
        self.urls = [each.rstrip("/") for each in ([urls] if isinstance(urls, str) else urls)]
        if not self.urls or not all(each.startswith(("http://", "https://")) for each in self.urls):
            raise InputError(f"{urls!r} is no address of a gateway; write it like http://localhost:8080.")
        if (name is None) != (password is None) or sum(each is not None for each in (api_key, name, login)) > 1:
            raise InputError("Give an API key, a name and its password, or the file of a login; one of these.")
        self.tls = tls
        self.retries = retries
        self._at = 0
        self._http: httpx2.AsyncClient | None = None
        self.credentials: Credentials | None = None
        if api_key is not None:
            self.credentials = KeyCredentials(api_key)
        elif name is not None and password is not None:
            self.credentials = LoginCredentials(name, password, self, time.time)
        elif login is not None:
            self.credentials = StoredLogin(login, self.urls[0], self, time.time)

    async def close(self) -> None:
        """End the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def get(self, path: str, kind: type[T], **query: Any) -> T:
        """Return what a path has."""
        return msgspec.json.decode((await self.ask("GET", path, query=query)).content, type=kind)

    async def send(self, method: str, path: str, kind: type[T], body: object = None, **options: Any) -> T:
        """Send a change and return its answer; a POST has a key of its own, so that it is done once."""
        if method == "POST":
            options.setdefault("key", secrets.token_hex(16))
        return msgspec.json.decode((await self.ask(method, path, body=body, **options)).content, type=kind)

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: object = None,
        content: bytes | None = None,
        accept: str = JSON,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        public: bool = False,
        safe: bool | None = None,
    ) -> httpx2.Response:
        """Return the answer to a request; ``safe``: it may be sent again when nobody knows whether it was done.

        Raises:
            ArbitraxError: of the code that the gateway gave; `gateway.unreachable` when none answers.
        """
        import httpx2

        sent = {"Accept": accept} | dict(headers or {}) | ({} if key is None else {"Idempotency-Key": key})
        content = content if body is None else msgspec.json.encode(body)
        if content is not None:
            sent.setdefault("Content-Type", JSON)
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        may_repeat = (method in _SAFE or key is not None) if safe is None else safe
        failed, renewed = 0, False
        while True:
            token = None if public else await self._token()
            if token is not None:
                sent["Authorization"] = f"Bearer {token.text}"
            gateway, told = self.urls[self._at], None
            try:
                found = await self._client().request(
                    method, gateway + path, params=asked, content=content, headers=sent
                )
            except httpx2.TransportError as error:
                self._leave(gateway)
                again = may_repeat or isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
                reason: ArbitraxError = _unreachable(gateway, error, done=again)
            else:
                if found.status_code < 400:
                    return found
                reason = read_problem(found.content, found.status_code, found.headers)
                if found.status_code == 401 and token is not None and not renewed and self.credentials is not None:
                    renewed = True
                    if await self.credentials.renew(token.text):
                        continue
                told = _told(found)
                again = _is_later(reason, found.status_code, safe=may_repeat) and (told or 0) <= LONGEST
                if again and found.status_code != 429:
                    self._leave(gateway)
            if not again or failed >= self.retries:
                raise reason
            failed += 1
            await pause(failed, told)

    async def _token(self) -> Token | None:
        return None if self.credentials is None else await self.credentials.token()

    def _leave(self, gateway: str) -> None:
        """Ask another gateway next, unless somebody left this one already."""
        if self.urls[self._at] == gateway:
            self._at = (self._at + 1) % len(self.urls)

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            import httpx2

            self._http = httpx2.AsyncClient(timeout=TIMEOUT, verify=True if self.tls is None else self.tls)
        return self._http

    async def sign_in(self, name: str, password: str) -> Tokens:
        """Return tokens for a name and password."""
        body = {"name": name, "password": password}
        return self._tokens(await self.ask("POST", "/api/v1/auth/login", body=body, public=True, safe=True))

    async def refresh(self, token: str) -> Tokens:
        """Return new tokens for a refresh token, which then counts no more, save for a moment if the answer is lost."""
        headers = {"Cookie": f"{REFRESH_COOKIE}={token}"}
        return self._tokens(await self.ask("POST", "/api/v1/auth/refresh", headers=headers, public=True, safe=True))

    def _tokens(self, answer: httpx2.Response) -> Tokens:
        """Return the tokens of an answer. The jar keeps nothing: the cookie is for one path, of any gateway."""
        found = msgspec.json.decode(answer.content, type=AccessToken)
        refresh = answer.cookies.get(REFRESH_COOKIE)
        self._client().cookies.clear()
        if refresh is None:
            raise NotAuthenticated("The gateway gave no refresh token; does a proxy take cookies away?")
        return Tokens(token_until(found.access_token, found.expires_at.timestamp(), time.time()), refresh)


def _told(answer: httpx2.Response) -> float | None:
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else None


def _is_later(reason: ArbitraxError, status: int, *, safe: bool) -> bool:
    """Say whether the same request is to be sent again after a refusal."""
    if status == 429 or isinstance(reason, InFlight):
        return True
    return status in LATER and reason.retryable and safe


def _unreachable(gateway: str, error: Exception, *, done: bool) -> ArbitraxError:
    cause = str(error) or type(error).__name__
    doubt = "" if done else " Whether the request was done is not known."
    return made_error("gateway.unreachable", f"{gateway} does not answer: {cause}.{doubt}", status=503, retryable=done)
