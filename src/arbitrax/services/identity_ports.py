"""Who may do what: users, logins, API keys, and the port that keeps them.

Whatever takes rights away raises the identity's version in the same transaction; gateways watch it and forget what they
had verified.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Literal, Protocol
from uuid import UUID

from msgspec import Struct, field

Role = Literal["viewer", "trader", "admin"]
Scope = Literal["read", "trade", "admin"]
Network = IPv4Network | IPv6Network

SCOPES: dict[Role, frozenset[Scope]] = {
    "viewer": frozenset({"read"}),
    "trader": frozenset({"read", "trade"}),
    "admin": frozenset({"read", "trade", "admin"}),
}
"""What each role may do."""

USER = "usr"
KEY = "key"
LOGIN = "lgn"
"""Prefixes of ids."""


class User(Struct, frozen=True):
    """A user, without the password."""

    id: UUID
    name: str
    role: Role
    is_active: bool
    must_change_password: bool
    created_at: datetime
    last_login_at: datetime | None
    version: int
    """Counts changes."""


class ApiKey(Struct, frozen=True):
    """A program's key, without its secret."""

    id: UUID
    user: UUID
    name: str
    hint: str
    """Its first characters."""
    scopes: tuple[Scope, ...]
    addresses: tuple[Network, ...]
    """Where it counts from; none: everywhere."""
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class RefreshState(Struct, frozen=True):
    """What is known of a refresh token."""

    login: UUID
    user: User
    used_at: datetime | None
    """When it was exchanged, it or another one that was given for the same one."""
    last_of_client: bool
    """It was the last one to be exchanged, from the address that asks now."""
    valid: bool
    """Neither it nor its login has expired or was revoked, and the user is active."""


class Actor(Struct, frozen=True):
    """On whose behalf something is done, for the audit log."""

    name: str
    user: UUID | None = None
    key: UUID | None = None
    address: str | None = None
    request_id: str | None = None


class AuditEntry(Struct, frozen=True):
    """What somebody did."""

    id: UUID
    at: datetime
    actor: Actor
    action: str
    """``user.add``, say."""
    subject: str | None
    """The id or name of what it was done to."""
    detail: dict[str, Any] = field(default_factory=dict)


class IdentityStore(Protocol):
    """Keeps users, logins and keys. Each call is a transaction; inside `transaction` all are one."""

    def transaction(self) -> AbstractContextManager[None]:
        """Make one transaction of what this thread does inside the block."""

    def version(self) -> int:
        """Return the identity's version."""

    def raise_version(self) -> None:
        """Tell every gateway to verify anew."""

    def add_user(self, user: User, password_hash: str) -> bool:
        """Add a user; False when the name is taken."""

    def find_user(self, user: UUID, *, lock: bool = False) -> User | None:
        """Return a user; ``lock``: nobody else changes it until the transaction ends."""

    def find_user_named(self, name: str) -> tuple[User, str] | None:
        """Return a user by name, with the hash of the password."""

    def users(self, after: str | None, limit: int) -> list[User]:
        """Return users by name, those after a name."""

    def change_user(self, user: UUID, *, role: Role, is_active: bool) -> None:
        """Change what a user is."""

    def active_admins(self) -> int:
        """Count the admins who can sign in, and keep others from changing that until the transaction ends."""

    def set_password(self, user: UUID, password_hash: str, *, must_change: bool, at: datetime) -> None:
        """Replace a password."""

    def add_login(self, login: UUID, user: UUID, *, address: str | None, at: datetime, expires: datetime) -> None:
        """Begin a login, and forget those of the user that have expired."""

    def add_refresh(self, login: UUID, token_hash: str, *, at: datetime, expires: datetime) -> None:
        """Add a token to a login."""

    def take_refresh(self, token_hash: str, *, address: str | None, at: datetime) -> RefreshState | None:
        """Use a refresh token up and return what it was, None when nobody knows it.

        All others of its login that are unused are used up with it. Inside `transaction` nobody else takes one of the
        login until it ends.
        """

    def end_login(self, login: UUID, *, at: datetime, reason: str) -> None:
        """Revoke a login."""

    def end_logins(self, user: UUID, *, at: datetime, reason: str, but: UUID | None = None) -> None:
        """Revoke a user's logins, except one."""

    def login_user(self, login: UUID, *, at: datetime) -> User | None:
        """Return the active user of a login that counts."""

    def add_key(self, key: ApiKey, key_hash: str) -> bool:
        """Add a key; False when the user has one of this name."""

    def keys(self, user: UUID | None, after: UUID | None, limit: int) -> list[ApiKey]:
        """Return keys, the newest first, of a user or all, those older than one."""

    def find_key(self, key: UUID) -> ApiKey | None:
        """Return a key."""

    def revoke_key(self, key: UUID, *, at: datetime) -> None:
        """End a key's life."""

    def key_user(self, key_hash: str, *, at: datetime) -> tuple[ApiKey, User] | None:
        """Return a key that counts, with its active user, and note that it was used."""

    def publish_signing_key(self, id: str, public: bytes, *, at: datetime, expires: datetime) -> None:
        """Let every gateway verify what the private half signs; forget those that have expired."""

    def signing_key(self, id: str, *, at: datetime) -> bytes | None:
        """Return a public key that counts."""

    def record(self, entry: AuditEntry) -> None:
        """Write into the audit log."""

    def audit(self, after: UUID | None, limit: int) -> list[AuditEntry]:
        """Return the audit log, the newest first, what is older than an entry."""
