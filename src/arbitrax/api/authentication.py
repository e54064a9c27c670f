"""Who asks: a bearer token or API key becomes a principal, verified once and remembered by its hash."""

from __future__ import annotations

import asyncio
import hashlib
import time
from typing import TYPE_CHECKING

from arbitrax.api.client_address import network_of
from arbitrax.domain.errors import NotAuthenticated, StoreUnavailableError, TooManyRequests
from arbitrax.services.identity_logins import Principal

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.api.identity_watch import IdentityWatch
    from arbitrax.api.rate_limits import Limit, RateLimiter
    from arbitrax.api.threads import Threads

MOST_REMEMBERED = 50_000
LONGEST = 2048
"""Characters of a credential."""
LOOK_SECONDS = 1.5
"""How long a request waits for the identity's version to be read."""
BRIEF_SECONDS = 0.25
"""The same, while the last one who waited did so in vain."""


class Authenticator:
    """Remembers principals while the identity's version stays and is known."""

    def __init__(
        self,
        verify: Callable[[str], Principal],
        threads: Threads,
        probes: Threads,
        limiter: RateLimiter,
        unverified: Limit,
    ) -> None:
        """Take what verifies; ``unverified``: how many unknown credentials an address may try.

        ``probes`` are the threads that read the identity's version: others may all hang with the database.
        """
        self._verify = verify
        self._threads, self._probes = threads, probes
        self._limiter = limiter
        self._unverified = unverified
        self._known: dict[bytes, Principal] = {}
        self._looking: asyncio.Task[None] | None = None
        self._look_until = 0.0
        """When those who wait for it are told that it cannot be told."""
        self._missed = False
        """Whether somebody waited in vain, and no look has succeeded since."""
        self._verifying: dict[bytes, asyncio.Task[Principal]] = {}
        self.watch: IdentityWatch | None = None
        """Set before the first request."""

    def forget(self) -> None:
        """Verify everything anew; from any thread."""
        self._known = {}

    async def principal(self, header: str | None, address: str) -> Principal:
        """Return whom an ``Authorization`` header stands for.

        Raises:
            NotAuthenticated: nobody.
            TooManyRequests: the address tried too many.
            StoreUnavailableError: it cannot be told.
        """
        scheme, _, credential = (header or "").partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise NotAuthenticated(
                "This needs `Authorization: Bearer` with an access token or an API key; sign in at /api/v1/auth/login."
            )
        if len(credential) > LONGEST or not credential.isascii():
            raise NotAuthenticated("The token is not one of ours; sign in again.")
        watch = self.watch
        if watch is None:
            raise StoreUnavailableError("The gateway is starting; try again in a moment.")
        if not watch.fresh:
            await self._look(watch)
        digest = hashlib.sha256(credential.encode()).digest()
        found = self._known.get(digest)
        if found is not None and found.until > time.time():
            return found
        verdict = await self._limiter.take([(self._unverified, network_of(address))])
        if not verdict.allowed:
            raise TooManyRequests("This address tries too many credentials; wait.", retry_after=verdict.wait)
        version, known = watch.version, self._known
        found = await self._threads.run(self._verify, credential)
        # Not when the version moved meanwhile: what was read may be what is gone. `forget` replaces the dict, so
        # a change that comes between the comparison and the next line forgets this one too.
        if watch.version == version and len(known) < MOST_REMEMBERED:
            known[digest] = found
        elif len(known) >= MOST_REMEMBERED:
            self.forget()
        return found

    @property
    def is_certain(self) -> bool:
        """Whether what was verified counts: nothing was taken away that is not known here, a second old at most."""
        return self.watch is not None and self.watch.fresh

    def remembered(self, credential: str) -> Principal | None:
        """Return whom a credential stands for when that is known without asking."""
        found = self._known.get(hashlib.sha256(credential.encode()).digest())
        if found is None or not self.is_certain or found.until <= time.time():
            return None
        return found

    async def again(self, credential: str) -> Principal:
        """Return whom a credential that was verified before stands for now; it counts against no limit.

        Raises:
            NotAuthenticated: nobody any more.
            StoreUnavailableError: it cannot be told.
        """
        watch = self.watch
        if watch is None:
            raise StoreUnavailableError("The gateway is starting; try again in a moment.")
        if not watch.fresh:
            await self._look(watch)
        digest = hashlib.sha256(credential.encode()).digest()
        found = self._known.get(digest)
        if found is not None and found.until > time.time():
            return found
        begun = self._verifying.get(digest)
        if begun is None:
            begun = asyncio.get_running_loop().create_task(self._verified(credential, digest, watch))
            self._verifying[digest] = begun
            begun.add_done_callback(lambda _: self._verifying.pop(digest, None))
        return await asyncio.shield(begun)

    async def _verified(self, credential: str, digest: bytes, watch: IdentityWatch) -> Principal:
        version, known = watch.version, self._known
        found = await self._threads.run(self._verify, credential)
        if watch.version == version and len(known) < MOST_REMEMBERED:  # as in `principal`
            known[digest] = found
        return found

    async def _look(self, watch: IdentityWatch) -> None:
        """Have the version read, once for all who ask at a time; none of them waits for long.

        Raises:
            StoreUnavailableError: it cannot be read, or not yet.
        """
        loop = asyncio.get_running_loop()
        looking = self._looking
        if looking is None:
            looking = self._looking = loop.create_task(self._probes.run(watch.look))
            looking.add_done_callback(self._looked)
            self._look_until = loop.time() + (BRIEF_SECONDS if self._missed else LOOK_SECONDS)
        await asyncio.wait({looking}, timeout=max(0.0, self._look_until - loop.time()))
        if not looking.done():
            self._missed = True
            raise StoreUnavailableError("The database does not say in time who may do what; try again in a moment.")
        looking.result()

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled() and task.exception() is None:
            self._missed = False
