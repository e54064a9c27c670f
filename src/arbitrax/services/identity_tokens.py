"""Access tokens: JWTs signed with Ed25519 (RFC 8037), which any gateway verifies."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from msgspec import Struct

from arbitrax.domain.errors import InputError, NotAuthenticated
from arbitrax.domain.ids import decode, encode
from arbitrax.services.identity_ports import LOGIN, USER, IdentityStore

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ISSUER = "arbitrax"
AUDIENCE = "arbitrax-api"
LIFETIME = timedelta(minutes=10)
ROTATION = timedelta(days=30)
"""How long a key signs; its public half counts a token's lifetime longer, and a margin for clocks."""
LEEWAY = timedelta(seconds=5)
REMEMBERED = 64
_KEY_ID = re.compile(r"[0-9a-f]{16}")


class SigningKey(Struct, frozen=True):
    """The private half of a key pair."""

    id: str
    private: bytes
    """32 bytes."""
    created_at: datetime

    def __repr__(self) -> str:
        """Leave out the private half."""
        return f"SigningKey({self.id!r})"


class SigningKeyFile(Protocol):
    """Keeps the newest private key of a home where nobody else reads it."""

    def newest(self, made_after: datetime, make: Callable[[], SigningKey]) -> SigningKey:
        """Return the newest key, or keep and return one of ``make`` when none was made after a time."""


class Claims(Struct, frozen=True):
    """What a token says."""

    user: UUID
    login: UUID
    expires_at: datetime


class AccessTokens:
    """Signs and verifies. ``clock``: the time now, aware."""

    def __init__(self, store: IdentityStore, file: SigningKeyFile, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._file = file
        self._clock = clock
        self._signing: tuple[SigningKey, Ed25519PrivateKey] | None = None
        self._public: dict[str, Ed25519PublicKey] = {}

    def issue(self, user: UUID, login: UUID) -> tuple[str, datetime]:
        """Return a token and when it expires."""
        import jwt

        at = self._clock()
        key, private = self._signing_key(at)
        expires = (at + LIFETIME).replace(microsecond=0)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": encode(USER, user),
            "sid": encode(LOGIN, login),
            "iat": int(at.timestamp()),
            "exp": int(expires.timestamp()),
        }
        return jwt.encode(claims, private, algorithm="EdDSA", headers={"kid": key.id}), expires

    def verify(self, token: str) -> Claims:
        """Return what a token says; whether its login still counts is another question.

        Raises:
            NotAuthenticated: it is forged, expired, for somebody else, or no token.
        """
        import jwt

        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._public_key(jwt.get_unverified_header(token).get("kid")),
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                issuer=ISSUER,
                # Times are compared below, with the clock that was passed in.
                options={
                    "require": ["exp", "iat", "sub", "sid", "aud", "iss"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
            user, login = decode(USER, claims["sub"]), decode(LOGIN, claims["sid"])
            issued, expires = int(claims["iat"]), int(claims["exp"])
        except (jwt.PyJWTError, InputError, ValueError, TypeError, OverflowError):
            raise NotAuthenticated("The token is not one of ours; sign in again.") from None
        now = self._clock()
        if now.timestamp() >= expires or issued > (now + LEEWAY).timestamp() or expires - issued > LIFETIME.seconds:
            raise NotAuthenticated("The token has expired; refresh it, or sign in again.")
        return Claims(user, login, datetime.fromtimestamp(expires, now.tzinfo))

    def _signing_key(self, at: datetime) -> tuple[SigningKey, Ed25519PrivateKey]:
        if self._signing is None or self._signing[0].created_at <= at - ROTATION:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            key = self._file.newest(at - ROTATION, lambda: _new_key(at))
            private = Ed25519PrivateKey.from_private_bytes(key.private)
            self._store.publish_signing_key(
                key.id,
                private.public_key().public_bytes_raw(),
                at=key.created_at,
                expires=key.created_at + ROTATION + LIFETIME + LEEWAY * 12,
            )
            self._signing = key, private
        return self._signing

    def _public_key(self, id: object) -> Ed25519PublicKey:
        if not isinstance(id, str) or not _KEY_ID.fullmatch(id):
            raise NotAuthenticated("The token names no key of ours; sign in again.")
        known = self._public.get(id)
        if known is None:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

            public = self._store.signing_key(id, at=self._clock())
            if public is None:
                raise NotAuthenticated("The token is not one of ours; sign in again.")
            if len(self._public) >= REMEMBERED:
                self._public.clear()
            known = self._public[id] = Ed25519PublicKey.from_public_bytes(public)
        return known


def _new_key(at: datetime) -> SigningKey:
    import hashlib

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    private = Ed25519PrivateKey.generate()
    id = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:16]
    return SigningKey(id, private.private_bytes_raw(), at)
