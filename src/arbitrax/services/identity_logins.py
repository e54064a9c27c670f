"""Logins: password to tokens, tokens to new tokens, and who a token or key stands for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Literal
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.errors import NotAuthenticated, NotYourAddress, TokenReused, WrongCredentials
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.identity_keys import SECRET, secret_hash
from arbitrax.services.identity_passwords import password_fits
from arbitrax.services.identity_ports import (
    LOGIN,
    SCOPES,
    Actor,
    AuditEntry,
    IdentityStore,
    Network,
    RefreshState,
    Role,
    Scope,
    User,
)
from arbitrax.services.identity_tokens import AccessTokens
from arbitrax.services.series_rights import Writer

REFRESH_LIFETIME = timedelta(days=7)
LOGIN_LIFETIME = timedelta(days=30)
REPEAT = timedelta(seconds=10)
"""How long after its exchange a refresh token may come again: docs/decisions/0023."""
KEY_TRUSTED = timedelta(seconds=60)
"""How long a verified key is trusted without looking again, while the identity's version stays."""


class Principal(Struct, frozen=True):
    """Who asks, verified, and what they may do."""

    user: UUID
    name: str
    role: Role
    scopes: frozenset[Scope]
    kind: Literal["token", "key"]
    credential: UUID
    """The login, or the key."""
    until: float
    """Seconds since 1970 until which this counts at most."""
    must_change_password: bool = False
    networks: tuple[Network, ...] = ()

    @property
    def is_admin(self) -> bool:
        """Whether everybody's things are open to them."""
        return "admin" in self.scopes

    @property
    def writer(self) -> Writer:
        """Whose series of bars they may change."""
        return Writer(self.user, everybodys=self.is_admin)

    @property
    def sees(self) -> UUID | None:
        """Whose things they see: their own, or everybody's (None)."""
        return None if self.is_admin else self.user


class Tokens(Struct, frozen=True):
    """What signing in gives."""

    user: User
    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime


class Logins:
    """The use cases of signing in. ``clock``: the time now, aware."""

    def __init__(self, store: IdentityStore, tokens: AccessTokens, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._tokens = tokens
        self._clock = clock

    def sign_in(self, name: str, password: str, actor: Actor) -> Tokens:
        """Begin a login.

        Raises:
            WrongCredentials: name and password do not belong to an active user.
        """
        found = self._store.find_user_named(name)
        fits = password_fits(None if found is None else found[1], password)
        at = self._clock()
        if found is None or not fits or not found[0].is_active:
            subject = name[:64].encode("unicode_escape").decode()[:200]
            self._record(actor, "auth.refused", subject, at)
            raise WrongCredentials("Name and password do not belong together.")
        user = found[0]
        with self._store.transaction():
            login = new_uuid(int(at.timestamp() * 1e6) * 1000)
            self._store.add_login(login, user.id, address=actor.address, at=at, expires=at + LOGIN_LIFETIME)
            self._record(_of(actor, user), "auth.login", encode(LOGIN, login), at)
            return self._issue(user, login, at)

    def refresh(self, token: str, actor: Actor) -> Tokens:
        """Exchange a refresh token for new tokens; again within 10 s when its client repeats itself.

        Raises:
            TokenReused: it was exchanged before; the login has ended.
            NotAuthenticated: it does not count, or never did.
        """
        at = self._clock()
        with self._store.transaction():
            state = self._store.take_refresh(secret_hash(token), address=actor.address, at=at)
            if state is not None and state.valid and (state.used_at is None or _repeats(state, at)):
                return self._issue(state.user, state.login, at)
            if state is not None and state.used_at is not None:
                self._store.end_login(state.login, at=at, reason="token_reused")
                self._store.raise_version()
                self._record(_of(actor, state.user), "auth.token_reused", encode(LOGIN, state.login), at)
        if state is not None and state.used_at is not None:
            raise TokenReused("The refresh token was used before, so this login has ended; sign in again.")
        raise NotAuthenticated("The refresh token does not count any more; sign in again.")

    def sign_out(self, login: UUID) -> None:
        """End a login; its access tokens stop counting within a second."""
        with self._store.transaction():
            self._store.end_login(login, at=self._clock(), reason="logout")
            self._store.raise_version()

    def verify(self, credential: str) -> Principal:
        """Return whom a bearer token or API key stands for.

        Raises:
            NotAuthenticated: nobody.
        """
        return self._verify_key(credential) if credential.startswith(SECRET) else self._verify_token(credential)

    def _verify_token(self, token: str) -> Principal:
        claims = self._tokens.verify(token)
        user = self._store.login_user(claims.login, at=self._clock())
        if user is None or user.id != claims.user:
            raise NotAuthenticated("This login has ended; sign in again.")
        return Principal(
            user=user.id,
            name=user.name,
            role=user.role,
            scopes=SCOPES[user.role],
            kind="token",
            credential=claims.login,
            until=claims.expires_at.timestamp(),
            must_change_password=user.must_change_password,
        )

    def _verify_key(self, secret: str) -> Principal:
        at = self._clock()
        found = self._store.key_user(secret_hash(secret), at=at)
        if found is None:
            raise NotAuthenticated("The API key is unknown, has expired, or was revoked; make another one.")
        key, user = found
        until = at + KEY_TRUSTED
        return Principal(
            user=user.id,
            name=user.name,
            role=user.role,
            scopes=SCOPES[user.role] & frozenset(key.scopes),
            kind="key",
            credential=key.id,
            until=(until if key.expires_at is None else min(until, key.expires_at)).timestamp(),
            networks=key.addresses,
            # Who must change the password cannot make keys: this one is the operator's work, who did not need it.
        )

    def _issue(self, user: User, login: UUID, at: datetime) -> Tokens:
        access, access_expires = self._tokens.issue(user.id, login)
        refresh, expires = secrets.token_urlsafe(32), at + REFRESH_LIFETIME
        self._store.add_refresh(login, secret_hash(refresh), at=at, expires=expires)
        return Tokens(user, access, access_expires, refresh, expires)

    def _record(self, actor: Actor, action: str, subject: str, at: datetime) -> None:
        self._store.record(AuditEntry(new_uuid(int(at.timestamp() * 1e6) * 1000), at, actor, action, subject))


def check_address(principal: Principal, address: str) -> None:
    """Refuse a key that is used from elsewhere.

    Raises:
        NotYourAddress: it is.
    """
    if principal.networks:
        try:
            where = ip_address(address)
        except ValueError:
            raise NotYourAddress("The API key is bound to addresses, and this request has none.") from None
        if not any(where in network for network in principal.networks):
            raise NotYourAddress(f"The API key is bound to other addresses than {where}.")


def _repeats(state: RefreshState, at: datetime) -> bool:
    """Say whether a used token is that of a client that lost the answer, or of the other tab of a browser."""
    return state.used_at is not None and state.last_of_client and at - state.used_at < REPEAT


def _of(actor: Actor, user: User) -> Actor:
    return Actor(user.name, user.id, None, actor.address, actor.request_id)
