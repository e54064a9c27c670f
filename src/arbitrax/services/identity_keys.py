"""API keys: made once, shown once, kept as a hash."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import ConflictError, InputError, UnknownNameError
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.identity_ports import KEY, SCOPES, ApiKey, IdentityStore, Network, Scope, User

if TYPE_CHECKING:
    from arbitrax.services.identity_ports import Role

SECRET = "ax_"  # noqa: S105 - what a key begins with
HINT = 9
MOST_ADDRESSES = 32


class Keys:
    """The use cases of API keys. ``clock``: the time now, aware."""

    def __init__(self, store: IdentityStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def add(
        self,
        user: User,
        name: str,
        *,
        scopes: Sequence[str],
        expires_at: datetime | None = None,
        addresses: Sequence[str] = (),
    ) -> tuple[ApiKey, str]:
        """Make a key; return it and the secret, which is not stored and cannot be had again.

        Raises:
            InputError: no name, scopes that the user's role does not have, a past expiry, or no addresses.
            ConflictError: the user has a key of this name.
        """
        if not name.strip() or name != name.strip() or len(name) > 64 or not name.isprintable():
            raise InputError("A key has a name of 1 to 64 characters, without blanks around it.")
        at = self._clock()
        if expires_at is not None and expires_at <= at:
            raise InputError(f"The key would have expired at {expires_at.isoformat()}; give a time to come.")
        secret = SECRET + secrets.token_urlsafe(32)
        key = ApiKey(
            id=new_uuid(int(at.timestamp() * 1e6) * 1000),
            user=user.id,
            name=name,
            hint=secret[:HINT],
            scopes=_scopes(scopes, user.role),
            addresses=networks(addresses),
            created_at=at,
            last_used_at=None,
            expires_at=expires_at,
            revoked_at=None,
        )
        if not self._store.add_key(key, secret_hash(secret)):
            raise ConflictError(f"{user.name} has a key '{name}' already; revoke it, or choose another name.")
        return key, secret

    def list(self, user: UUID | None, after: UUID | None = None, limit: int = 500) -> list[ApiKey]:
        """Return the keys of a user, or of all, the newest first."""
        return self._store.keys(user, after, limit)

    def find(self, key: UUID, *, of: UUID | None) -> ApiKey:
        """Return a key; ``of``: when it is this user's.

        Raises:
            UnknownNameError: there is none.
        """
        found = self._store.find_key(key)
        if found is None or (of is not None and found.user != of):
            raise UnknownNameError(f"There is no key {encode(KEY, key)}.")
        return found

    def revoke(self, key: UUID, *, of: UUID | None) -> ApiKey:
        """End a key's life, within a second everywhere; again changes nothing.

        Raises:
            UnknownNameError: there is none, or it is not of the user ``of``.
        """
        with self._store.transaction():
            found = self.find(key, of=of)
            if found.revoked_at is None:
                self._store.revoke_key(key, at=self._clock())
                self._store.raise_version()
            return self.find(key, of=of)


def secret_hash(secret: str) -> str:
    """Return what is stored of a secret of 256 random bits: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _scopes(given: Sequence[str], role: Role) -> tuple[Scope, ...]:
    allowed = SCOPES[role]
    for each in given:
        if each not in SCOPES["admin"]:
            raise InputError(f"'{each[:80]}' is no scope; use read, trade, admin.")
        if each not in allowed:
            raise InputError(f"A {role} has no scope '{each}' to give to a key.")
    found = tuple(scope for scope in ("read", "trade", "admin") if scope in given)
    if not found:
        raise InputError("Give the key at least one scope: read, trade, admin.")
    return found  # type: ignore[return-value]  # of the three above


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Return networks from addresses such as ``10.0.0.7`` and ``10.0.0.0/8``.

    Raises:
        InputError: one is none.
    """
    if len(texts) > MOST_ADDRESSES:
        raise InputError(f"A key has at most {MOST_ADDRESSES} addresses; put them together into networks.")
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            raise InputError(f"'{text[:80]}' is no address or network; write 10.0.0.7 or 10.0.0.0/8.") from None
    return tuple(found)
