"""A login that several processes use: tokens in a file that only its owner reads, renewed by one of them at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from arbitrax.client.credentials import Clock, NewTokens, Token, Tokens
from arbitrax.domain.errors import InputError, NotAuthenticated


class Login(Struct, frozen=True, kw_only=True):
    """Of one gateway."""

    user: str
    access_token: str
    renew_at: float | None
    refresh_token: str


class LoginFile:
    """Logins by the address of their gateways."""

    def __init__(self, path: Path) -> None:
        """Take the file; it need not exist."""
        self._path = path

    def read(self) -> dict[str, Login]:
        """Return what there is.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Login])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError) as error:
            raise InputError(f"{self._path} cannot be read ({error}); remove it and sign in again.") from None

    def put(self, url: str, login: Login | None) -> None:
        """Keep a login, or forget it; whole or not at all."""
        logins = {name: each for name, each in self.read().items() if name != url}
        if login is not None:
            logins[url] = login
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_name(self._path.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.encode(logins))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time pass."""
        import fcntl

        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


class StoredLogin:
    """Credentials of such a file. A refresh token counts once, so who renews has the lock, and looks again first."""

    def __init__(self, path: Path, url: str, tokens: NewTokens, clock: Clock) -> None:
        """Take the file, whose login is used, and what renews it."""
        self._file, self._url, self._new, self._clock = LoginFile(path), url, tokens, clock
        self._turn = asyncio.Lock()

    async def token(self) -> Token:
        """Return one that counts for a while."""
        found = self._login()
        if found.renew_at is None or found.renew_at > self._clock():
            return Token(found.access_token, found.renew_at)
        await self.renew(found.access_token)
        found = self._login()
        return Token(found.access_token, found.renew_at)

    async def renew(self, stale: str) -> bool:
        """Get another token, unless somebody else did."""
        async with self._turn:
            lock = self._file.locked()
            await asyncio.to_thread(lock.__enter__)
            try:
                found = self._login()
                if found.access_token != stale:
                    return True
                try:
                    tokens = await self._new.refresh(found.refresh_token)
                except NotAuthenticated:
                    self._file.put(self._url, None)
                    raise NotAuthenticated(f"The login at {self._url} has ended; `arbitrax login` again.") from None
                self._file.put(self._url, login_of(found.user, tokens))
                return True
            finally:
                lock.__exit__(None, None, None)

    def _login(self) -> Login:
        found = self._file.read().get(self._url)
        if found is None:
            raise NotAuthenticated(
                f"Nobody is signed in at {self._url}; `arbitrax login NAME --url {self._url}`, or set ARBITRAX_API_KEY."
            )
        return found


def login_of(user: str, tokens: Tokens) -> Login:
    """Return what is kept of tokens."""
    return Login(
        user=user,
        access_token=tokens.access.text,
        renew_at=tokens.access.renew_at,
        refresh_token=tokens.refresh,
    )
