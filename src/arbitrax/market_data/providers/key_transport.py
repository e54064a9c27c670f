"""The way out to a vendor: through a proxy if there is one, with the key joining at the last moment."""

from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

LOOPBACK = ("127.0.0.1", "::1", "localhost")
Sign = Callable[[httpx2.Request, str], None]
"""Puts a key into a request, where the vendor wants it."""


class KeyTransport(httpx2.AsyncBaseTransport):
    """Adds the key to a copy of each request on its way out."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, key: str | None, sign: Sign) -> None:
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


def transport_to(url: str) -> httpx2.AsyncBaseTransport:
    """Return a transport through the proxy that the environment names for a URL, if any."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxy = None if host in LOOPBACK or proxy_bypass(host) else getproxies().get(parts.scheme)
    return httpx2.AsyncHTTPTransport(proxy=proxy)
