"""One HTTP client for all vendors: it asks for permission, sends, waits, tries again, and knows what an answer is.

The key joins a request below the client, in `_KeyTransport`: no log line, error or stored URL above has it.
"""

import asyncio
import hashlib
import logging
import math
import random
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2
import msgspec
import stamina

import arbitrax
from arbitrax.domain.dates import to_nanoseconds
from arbitrax.domain.errors import BadPayload, NotEntitled, RateLimited, Unauthorized, UnknownSymbol, VendorDown
from arbitrax.domain.intervals import SECOND
from arbitrax.market_data.providers.access import Access, Retries
from arbitrax.market_data.providers.limits import Vendor
from arbitrax.market_data.providers.redaction import Redaction
from arbitrax.market_data.providers.token_bucket import ProcessBucket

MOST_BYTES = 64 * 2**20
"""Of one answer, unpacked: ten times the largest that any vendor sends to our requests."""
# Yahoo refuses agents that do not look like a browser's.
USER_AGENT = f"Mozilla/5.0 (compatible; ArbitraX/{arbitrax.__version__})"

# A library's warnings reach the terminal of a program without logging unless it has a handler.
logging.getLogger("stamina").addHandler(logging.NullHandler())

T = TypeVar("T")


class Reply(msgspec.Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_markup(self) -> bool:
        """Whether it is a page for people."""
        return "html" in self.headers.get("content-type", "") or self.body.lstrip()[:1] == b"<"

    @property
    def text(self) -> str:
        """The body, whatever it is, for an error's sentence."""
        return self.body[:2000].decode("utf-8", "replace")


class VendorClient:
    """Asks one vendor. Each request takes a token of the bucket of its vendor, plan and key first.

    Raises:
        InputError: the vendor sells no such plan.
        Unauthorized: the key is none.
    """

    def __init__(self, vendor: Vendor, access: Access, *, sign: Callable[[httpx2.Request, str], None]) -> None:
        self.vendor = vendor
        self.access = access
        self.plan = vendor.plan(access.plan)
        self.redact = Redaction(access.key)
        self._key = None if access.key is None else self._checked(access.key)
        self._sign = sign
        self._bucket = access.bucket or ProcessBucket()
        self._sleep = access.sleep or asyncio.sleep
        # Vendors count by key, or by address; of the key no more than a mark is shared.
        holder = hashlib.blake2b((self._key or "").encode(), digest_size=6).hexdigest()
        self._bucket_name = f"{vendor.name}:{access.plan}:{holder}"
        self._client: httpx2.AsyncClient | None = None

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return (self.access.base_url or self.vendor.url).rstrip("/")

    async def get(self, path: str, params: Mapping[str, str], *, about: str, read: Callable[[Reply], T]) -> T:
        """Return what ``read`` makes of the answer; ``about`` is what is asked for, a symbol mostly.

        Raises:
            VendorError: as the answer says, or `VendorDown` when there is none that is whole.
        """
        if self.vendor.needs_key and self._key is None:
            raise Unauthorized(
                f"{self.vendor.title} was not asked for {about}, because it wants an API key; set "
                f"{self.vendor.key_variable} (docs/vendors.md says how to get one)."
            )
        retries = self.access.retries
        caller = stamina.AsyncRetryingCaller(
            attempts=retries.attempts,
            timeout=None,
            wait_initial=retries.first,
            wait_max=retries.longest,
            wait_jitter=retries.jitter,
        )

        async def attempt() -> T:
            return read(await self._reply(path, params, about))

        return await caller(lambda error: worth_another(error, retries), attempt)

    async def close(self) -> None:
        """Give connections back, those of the bucket too."""
        await self._bucket.close()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _reply(self, path: str, params: Mapping[str, str], about: str) -> Reply:
        """Send one request and return its whole answer, or raise what every vendor's answer of that kind means."""
        wait = await self._bucket.take(self._bucket_name, rate=self.plan.rate, burst=self.plan.burst)
        if wait > 0:
            await self._sleep(wait)
        reply = await self._send(path, params, about)
        if reply.status >= 500:
            raise self.down(about, f"answered with the error {reply.status}")
        if reply.status == 429:
            raise self.limited(about, retry_after(reply.headers.get("retry-after"), now=self.access.clock()))
        if 300 <= reply.status < 400:
            raise self.bad(about, f"it redirects elsewhere (status {reply.status})", "check its URL in the settings")
        if reply.status == 200 and reply.is_markup:
            raise self.down(about, "answered with a web page instead of data")
        return reply

    async def _send(self, path: str, params: Mapping[str, str], about: str) -> Reply:
        timeouts = self.access.timeouts
        # Raised outside of the handler: the library's error has the URL, and must not hang on ours as its context.
        failure = ""
        try:
            async with asyncio.timeout(timeouts.total):
                return await self._receive(path, params, about)
        except TimeoutError:
            failure = f"did not finish its answer within {timeouts.total:g} s"
        except httpx2.ConnectTimeout:
            failure = f"could not be reached within {timeouts.connect:g} s"
        except httpx2.TimeoutException:
            failure = f"was silent for {timeouts.read:g} s"
        except httpx2.ConnectError:
            failure = "could not be reached"
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            failure = f"broke off its answer ({type(error).__name__})"
        raise self.down(about, failure)

    async def _receive(self, path: str, params: Mapping[str, str], about: str) -> Reply:
        if self._client is None:
            self._client = self._open()
        async with self._client.stream("GET", self.base_url + path, params=dict(params)) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise self.bad(
                        about, f"its answer is longer than {MOST_BYTES >> 20} MiB", "ask for a shorter range"
                    )
            return Reply(response.status_code, dict(response.headers), bytes(body))

    def _open(self) -> httpx2.AsyncClient:
        limit = self.access.timeouts
        return httpx2.AsyncClient(
            transport=_KeyTransport(self.access.transport or _transport(self.base_url), self._key, self._sign),
            timeout=httpx2.Timeout(limit.read, connect=limit.connect, pool=None),
            headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
        )

    def _checked(self, key: str) -> str:
        if key.isascii() and key.isprintable() and key and " " not in key:
            return key
        raise Unauthorized(
            f"The API key of {self.vendor.title} is empty or has blanks or letters that no key has; set "
            f"{self.vendor.key_variable} again."
        )

    def limited(self, about: str, seconds: float | None) -> RateLimited:
        """Return the error of too many requests; None: as long as it lasts with this vendor."""
        seconds = self.vendor.limit_lasts if seconds is None else seconds
        wait = f"{math.ceil(seconds)} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"
        advice = (
            f"or buy a larger plan and set {self.vendor.settings}_PLAN to it"
            if len(self.vendor.plans) > 1
            else "or ask another vendor"
        )
        return RateLimited(
            f"{self.vendor.title} refused {about}: too many requests; wait {wait}, {advice}.", retry_after=seconds
        )

    def down(self, about: str, what: str) -> VendorDown:
        """Return the error of a vendor that gives no answer."""
        return VendorDown(
            f"{self.vendor.title} {what} when asked for {about}; nothing was stored of it, try again later."
        )

    def bad(self, about: str, what: str, advice: str = "try again later, and report it if it stays") -> BadPayload:
        """Return the error of an answer that is none."""
        return BadPayload(f"{self.vendor.title}'s answer for {about} was not used: {self.redact(what)}; {advice}.")

    def refuse(self, reply: Reply, about: str, text: str) -> NoReturn:
        """Raise what the status of an answer means; the first sentence of the vendor's text is passed on."""
        title, said = self.vendor.title, self.redact(text).partition(". ")[0].rstrip(".")
        if reply.status == 401:
            raise Unauthorized(
                f"{title} refused {about}: {said or 'it does not know the API key'}; set {self.vendor.key_variable} to "
                "a valid key."
            )
        if reply.status == 403:
            raise NotEntitled(
                f"{title} refused {about}: {said or 'not part of the plan'}; ask for another range or interval, or "
                "upgrade the plan."
            )
        if reply.status == 404:
            raise UnknownSymbol(f"{title} does not know {about}: {said or 'not found'}; check the symbol's spelling.")
        raise self.bad(about, f"status {reply.status}, {said or 'without a word'}")

    def decode(self, reply: Reply, kind: type[T], about: str) -> T:
        """Return the body as a type.

        Raises:
            VendorDown: it ends too early.
            BadPayload: it is no JSON, or of another shape.
        """
        try:
            return msgspec.json.decode(reply.body, type=kind)
        except msgspec.ValidationError as error:
            what = f"its shape is unknown ({error})"
        except msgspec.DecodeError as error:
            # A number cut in two is malformed at the very end.
            if "truncated" in str(error) or f"(byte {len(reply.body)})" in str(error):
                raise self.down(about, "broke off its answer") from None
            what = "it is no JSON"
        except UnicodeDecodeError:
            what = "it is no JSON"
        raise self.bad(about, what)


class _KeyTransport(httpx2.AsyncBaseTransport):
    """Adds the key to a copy of each request on its way out."""

    def __init__(
        self, inner: httpx2.AsyncBaseTransport, key: str | None, sign: Callable[[httpx2.Request, str], None]
    ) -> None:
        self._inner = inner
        self._key = key
        self._sign = sign

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the signed copy."""
        if self._key is None:
            return await self._inner.handle_async_request(request)
        signed = httpx2.Request(
            request.method, request.url, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        self._sign(signed, self._key)
        return await self._inner.handle_async_request(signed)

    async def aclose(self) -> None:
        """Close connections."""
        await self._inner.aclose()


def _transport(url: str) -> httpx2.AsyncBaseTransport:
    """Return a transport through the proxy that the environment names for a URL, if any."""
    parts = urlsplit(url)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    return httpx2.AsyncHTTPTransport(proxy=proxy)


def worth_another(error: Exception, retries: Retries) -> bool | float:
    """Say whether to try again: False, True for the usual pause, or after how many seconds."""
    if isinstance(error, RateLimited):
        if error.daily or error.retry_after is None or error.retry_after > retries.patience:
            return False
        return error.retry_after + random.random() * min(retries.jitter, 1.0)  # noqa: S311 - to spread, not to hide
    return isinstance(error, VendorDown)


def retry_after(header: str | None, *, now: int) -> float | None:
    """Return the seconds a Retry-After header asks to wait: its number, or those until its date (RFC 9110, 10.2.3)."""
    if header is None:
        return None
    if header.strip().isdigit():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (to_nanoseconds(moment) - now) / SECOND)
