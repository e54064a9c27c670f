"""The port for identity on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any
from uuid import UUID

import msgspec

from arbitrax.services.identity_ports import Actor, ApiKey, AuditEntry, RefreshState, Role, User
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.postgres.sql import statement
from arbitrax.storage.postgres.times import utc

_USER = 8
"""Columns of a user; more may follow."""
_KEY = 10


class PostgresIdentityStore:
    """Users, logins, keys and the audit log in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make one transaction of what this thread does inside the block."""
        with self._database.connection() as connection, connection.transaction():
            yield

    def version(self) -> int:
        """Return the identity's version."""
        found = self._one("identity_version")
        assert found is not None  # noqa: S101 -- the migration put it there
        return int(found[0])

    def raise_version(self) -> None:
        """Tell every gateway to verify anew."""
        self._do("identity_version_raise")

    def add_user(self, user: User, password_hash: str) -> bool:
        """Add a user; False when the name is taken."""
        return self._one("user_add", **msgspec.structs.asdict(user), password_hash=password_hash) is not None

    def find_user(self, user: UUID, *, lock: bool = False) -> User | None:
        """Return a user; ``lock``: nobody else changes it until the transaction ends."""
        found = self._one("user_lock" if lock else "user_find", user=user)
        return None if found is None else _user(found)

    def find_user_named(self, name: str) -> tuple[User, str] | None:
        """Return a user by name, with the hash of the password."""
        if not name.isprintable():  # PostgreSQL's text has no NUL
            return None
        found = self._one("user_find_named", name=name.encode("utf-8", "replace").decode())
        return None if found is None else (_user(found), found[_USER])

    def users(self, after: str | None, limit: int) -> list[User]:
        """Return users by name, those after a name."""
        return [_user(row) for row in self._all("users_list", after=after, limit=limit)]

    def change_user(self, user: UUID, *, role: Role, is_active: bool) -> None:
        """Change what a user is."""
        self._do("user_change", user=user, role=role, is_active=is_active)

    def active_admins(self) -> int:
        """Count the admins who can sign in, and keep others from changing that until the transaction ends."""
        return len(self._all("user_admins_lock"))

    def set_password(self, user: UUID, password_hash: str, *, must_change: bool, at: datetime) -> None:
        """Replace a password."""
        self._do("user_set_password", user=user, password_hash=password_hash, must_change=must_change, at=at)

    def add_login(self, login: UUID, user: UUID, *, address: str | None, at: datetime, expires: datetime) -> None:
        """Begin a login, and forget those of the user that have expired."""
        self._do("login_add", login=login, user=user, address=address, at=at, expires=expires)

    def add_refresh(self, login: UUID, token_hash: str, *, at: datetime, expires: datetime) -> None:
        """Add a token to a login."""
        self._do("refresh_add", login=login, token_hash=token_hash, at=at, expires=expires)

    def take_refresh(self, token_hash: str, *, address: str | None, at: datetime) -> RefreshState | None:
        """Use a refresh token up and return what it was, None when nobody knows it."""
        with self.transaction():
            locked = self._one("refresh_lock", token_hash=token_hash)
            # By a statement of its own, which sees what was done while the lock was waited for.
            found = self._one("refresh_find", token_hash=token_hash, address=address, at=at)
            if locked is None or found is None:
                return None
            login, (used_at, last_of_client, valid) = locked[0], found[_USER:]
            if valid and used_at is None:
                self._do("refresh_use", login=login, address=address, at=at)
        return RefreshState(login, _user(found), None if used_at is None else utc(used_at), last_of_client, valid)

    def end_login(self, login: UUID, *, at: datetime, reason: str) -> None:
        """Revoke a login."""
        self._do("login_end", login=login, at=at, reason=reason)

    def end_logins(self, user: UUID, *, at: datetime, reason: str, but: UUID | None = None) -> None:
        """Revoke a user's logins, except one."""
        self._do("logins_end", user=user, at=at, reason=reason, but=but)

    def login_user(self, login: UUID, *, at: datetime) -> User | None:
        """Return the active user of a login that counts."""
        found = self._one("login_user", login=login, at=at)
        return None if found is None else _user(found)

    def add_key(self, key: ApiKey, key_hash: str) -> bool:
        """Add a key; False when the user has one of this name."""
        keys = msgspec.structs.asdict(key) | {
            "scopes": list(key.scopes),
            "addresses": [str(each) for each in key.addresses],
            "key_hash": key_hash,
        }
        return self._one("key_add", **keys) is not None

    def keys(self, user: UUID | None, after: UUID | None, limit: int) -> list[ApiKey]:
        """Return keys, the newest first, of a user or all, those older than one."""
        return [_key(row) for row in self._all("keys_list", user=user, after=after, limit=limit)]

    def find_key(self, key: UUID) -> ApiKey | None:
        """Return a key."""
        found = self._one("key_find", key=key)
        return None if found is None else _key(found)

    def revoke_key(self, key: UUID, *, at: datetime) -> None:
        """End a key's life."""
        self._do("key_revoke", key=key, at=at)

    def key_user(self, key_hash: str, *, at: datetime) -> tuple[ApiKey, User] | None:
        """Return a key that counts, with its active user, and note that it was used."""
        found = self._one("key_user", key_hash=key_hash, at=at)
        if found is None:
            return None
        key = _key(found)
        self._do("key_used", key=key.id, at=at)
        return key, _user(found[_KEY:])

    def publish_signing_key(self, id: str, public: bytes, *, at: datetime, expires: datetime) -> None:
        """Let every gateway verify what the private half signs; forget those that have expired."""
        self._do("signing_key_publish", id=id, public=public, at=at, expires=expires)

    def signing_key(self, id: str, *, at: datetime) -> bytes | None:
        """Return a public key that counts."""
        found = self._one("signing_key_find", id=id, at=at)
        return None if found is None else bytes(found[0])

    def record(self, entry: AuditEntry) -> None:
        """Write into the audit log."""
        actor = entry.actor
        self._do(
            "audit_add",
            id=entry.id,
            user=actor.user,
            actor=actor.name,
            key=actor.key,
            action=entry.action,
            subject=entry.subject,
            detail=msgspec.json.encode(entry.detail).decode(),
            address=actor.address,
            request_id=actor.request_id,
            at=entry.at,
        )

    def audit(self, after: UUID | None, limit: int) -> list[AuditEntry]:
        """Return the audit log, the newest first, what is older than an entry."""
        return [
            AuditEntry(id, utc(at), Actor(name, user, key, address, request), action, subject, _detail(detail))
            for id, at, name, user, key, address, request, action, subject, detail in self._all(
                "audit_list", after=after, limit=limit
            )
        ]

    def _do(self, name: str, /, **keys: Any) -> None:
        with self._database.connection() as connection:
            connection.execute(statement(name), keys)

    def _one(self, name: str, /, **keys: Any) -> tuple[Any, ...] | None:
        with self._database.connection() as connection:
            return connection.execute(statement(name), keys).fetchone()

    def _all(self, name: str, /, **keys: Any) -> list[tuple[Any, ...]]:
        with self._database.connection() as connection:
            return connection.execute(statement(name), keys).fetchall()


def _user(row: tuple[Any, ...]) -> User:
    id, name, role, is_active, must_change, created, last_login, version = row[:_USER]
    return User(
        id, name, role, is_active, must_change, utc(created), None if last_login is None else utc(last_login), version
    )


def _key(row: tuple[Any, ...]) -> ApiKey:
    id, user, name, hint, scopes, addresses, *times = row[:_KEY]
    networks = tuple(each for each in addresses if isinstance(each, IPv4Network | IPv6Network))
    created, used, expires, revoked = (None if time is None else utc(time) for time in times)
    assert created is not None  # noqa: S101 -- the column has no NULLs
    return ApiKey(id, user, name, hint, tuple(scopes), networks, created, used, expires, revoked)


def _detail(text: str) -> dict[str, Any]:
    return msgspec.json.decode(text, type=dict[str, Any])
