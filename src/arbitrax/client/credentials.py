"""Who asks: an API key, or a name and password that become tokens and are renewed in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, Protocol

from arbitrax.domain.errors import ArbitraxError

Clock = Callable[[], float]
"""Seconds since 1970."""
PART = 0.75
"""Of a token's life after which another one is asked for."""


class Token(NamedTuple):
    """What is sent as ``Authorization: Bearer``."""

    text: str
    renew_at: float | None
    """Seconds since 1970; None: it lasts, or nobody can say how long."""


def token_until(text: str, ends: float, now: float) -> Token:
    """Return a token that ends then, in seconds since 1970; by a clock that is wrong it has ended: that is not told."""
    return Token(text, now + (ends - now) * PART if ends > now else None)


class Tokens(NamedTuple):
    """What signing in or refreshing gave."""

    access: Token
    refresh: str


class Credentials(Protocol):
    """What gives tokens."""

    async def token(self) -> Token:
        """Return one that counts for a while."""

    async def renew(self, stale: str) -> bool:
        """See to it that `token` gives another than one that was refused; False: there is none."""


class NewTokens(Protocol):
    """What gets tokens from a gateway."""

    async def sign_in(self, name: str, password: str) -> Tokens:
        """Return the first ones."""

    async def refresh(self, token: str) -> Tokens:
        """Return the next ones."""


class KeyCredentials:
    """An API key: it counts until it is revoked."""

    def __init__(self, secret: str) -> None:
        """Take the key."""
        self._token = Token(secret, None)

    async def token(self) -> Token:
        """Return it."""
        return self._token

    async def renew(self, stale: str) -> bool:
        """There is no other."""
        return False


class LoginCredentials:
    """Name and password. A refresh token counts once, so one task at a time renews for all who ask."""

    def __init__(self, name: str, password: str, tokens: NewTokens, clock: Clock) -> None:
        """Take who asks, and what gets tokens."""
        self._who, self._new, self._clock = (name, password), tokens, clock
        self._tokens: Tokens | None = None
        self._lock = asyncio.Lock()

    async def token(self) -> Token:
        """Return one that counts for a while; sign in or renew first when there is none."""
        async with self._lock:
            tokens = self._tokens
            if tokens is None:
                tokens = self._tokens = await self._new.sign_in(*self._who)
            elif tokens.access.renew_at is not None and tokens.access.renew_at <= self._clock():
                tokens = await self._renewed(tokens)
            return tokens.access

    async def renew(self, stale: str) -> bool:
        """Get another token, unless somebody else did since that one was sent."""
        async with self._lock:
            if self._tokens is None or self._tokens.access.text == stale:
                await self._renewed(self._tokens)
            return True

    async def _renewed(self, tokens: Tokens | None) -> Tokens:
        self._tokens = None
        if tokens is not None:
            with suppress(ArbitraxError):  # ended, revoked, or its answer was lost: the password still counts
                self._tokens = await self._new.refresh(tokens.refresh)
        if self._tokens is None:
            self._tokens = await self._new.sign_in(*self._who)
        return self._tokens
