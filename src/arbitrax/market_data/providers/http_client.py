"""One HTTP client for all vendors: it asks for permission, sends, waits, and tries again.

The key joins a request below the client (`arbitrax.market_data.providers.key_transport`): no log line, error or stored
URL above has it.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx2
import stamina

import arbitrax
from arbitrax.domain.dates import to_nanoseconds
from arbitrax.domain.errors import RateLimited, Unauthorized, VendorDown
from arbitrax.domain.intervals import SECOND
from arbitrax.market_data.providers.access import Access, Retries
from arbitrax.market_data.providers.answers import AnswerReader, Reply
from arbitrax.market_data.providers.key_transport import KeyTransport, Sign, transport_to
from arbitrax.market_data.providers.limits import Vendor
from arbitrax.market_data.providers.redaction import Redaction
from arbitrax.market_data.providers.token_bucket import ProcessBucket

MOST_BYTES = 64 * 2**20
"""Of one answer, unpacked: ten times the largest that any vendor sends to our requests."""
LONGEST_WAIT = 86_400.0
# Yahoo refuses agents that do not look like a browser's.
USER_AGENT = f"Mozilla/5.0 (compatible; ArbitraX/{arbitrax.__version__})"

# A library's warnings reach the terminal of a program without logging unless it has a handler.
logging.getLogger("stamina").addHandler(logging.NullHandler())

T = TypeVar("T")


class VendorClient:
    """Asks one vendor. Each request takes a token of the bucket of its vendor, plan and key first.

    Raises:
        InputError: the vendor sells no such plan.
        Unauthorized: the key is none.
    """

    def __init__(self, vendor: Vendor, access: Access, *, sign: Sign) -> None:
        self.vendor = vendor
        self.access = access
        self.plan = vendor.plan(access.plan)
        self.answers = AnswerReader(vendor, Redaction(access.key))
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
        wait_asked = retry_after(reply.headers.get("retry-after"), now=self.access.clock())
        self.answers.check(reply, about, wait=wait_asked)
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
        raise self.answers.down(about, failure)

    async def _receive(self, path: str, params: Mapping[str, str], about: str) -> Reply:
        if self._client is None:
            self._client = self._open()
        async with self._client.stream("GET", self.base_url + path, params=dict(params)) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise self.answers.bad(
                        about, f"its answer is longer than {MOST_BYTES >> 20} MiB", "ask for a shorter range"
                    )
            return Reply(response.status_code, dict(response.headers), bytes(body))

    def _open(self) -> httpx2.AsyncClient:
        limit = self.access.timeouts
        return httpx2.AsyncClient(
            transport=KeyTransport(self.access.transport or transport_to(self.base_url), self._key, self._sign),
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


def worth_another(error: Exception, retries: Retries) -> bool | float:
    """Say whether to try again: False, True for the usual pause, or after how many seconds."""
    if isinstance(error, RateLimited):
        if error.daily or error.retry_after is None or error.retry_after > retries.patience:
            return False
        return error.retry_after + random.random() * min(retries.jitter, 1.0)  # noqa: S311 - to spread, not to hide
    return isinstance(error, VendorDown)


def retry_after(header: str | None, *, now: int) -> float | None:
    """Return the seconds a Retry-After header asks to wait: its number, or those until its date (RFC 9110, 10.2.3);
    at most a day."""
    if header is None:
        return None
    if header.strip().isdecimal():
        return min(float(header), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(0.0, (to_nanoseconds(moment) - now) / SECOND), LONGEST_WAIT)
