"""Users: add, list, change, and their passwords."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from arbitrax.domain.errors import ChangedMeanwhile, ConflictError, InputError, UnknownNameError, WrongCredentials
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.identity_passwords import check_password, hash_password, password_fits
from arbitrax.services.identity_ports import SCOPES, USER, IdentityStore, Role, User

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}", re.ASCII)


class Users:
    """The use cases of users. ``clock``: the time now, aware."""

    def __init__(self, store: IdentityStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def add(self, name: str, password: str, *, role: str = "viewer", must_change: bool = False) -> User:
        """Add a user.

        Raises:
            InputError: a name or password that is not allowed, or no such role.
            ConflictError: the name is taken.
        """
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name[:80]!r} is no name for a user; use 1 to 64 of a-z, 0-9, '.', '_', '@' and '-', and begin with "
                "a letter or digit."
            )
        check_password(password, name)
        at = self._clock()
        user = User(new_uuid(_ns(at)), name, check_role(role), True, must_change, at, None, 1)
        if not self._store.add_user(user, hash_password(password)):
            raise ConflictError(f"There is a user '{name}' already; choose another name.")
        return user

    def list(self, after: str | None = None, limit: int = 500) -> list[User]:
        """Return users by name."""
        return self._store.users(after, limit)

    def find(self, user: UUID) -> User:
        """Return a user by id.

        Raises:
            UnknownNameError: there is none.
        """
        found = self._store.find_user(user)
        if found is None:
            raise UnknownNameError(f"There is no user {encode(USER, user)}.")
        return found

    def named(self, name: str) -> User:
        """Return a user by name.

        Raises:
            UnknownNameError: there is none.
        """
        found = self._store.find_user_named(name)
        if found is None:
            raise UnknownNameError(f"There is no user '{name[:80]}'; `arbitrax user list` shows those there are.")
        return found[0]

    def change(
        self, user: UUID, *, role: str | None = None, is_active: bool | None = None, version: int | None = None
    ) -> User:
        """Change role or activity; tokens and keys follow within a second. version: the one the caller read.

        Raises:
            UnknownNameError: there is no such user.
            ChangedMeanwhile: it has another version.
            ConflictError: it is the last active admin, who would be one no more.
        """
        with self._store.transaction():
            found = self._store.find_user(user, lock=True)
            if found is None:
                raise UnknownNameError(f"There is no user {encode(USER, user)}.")
            if version is not None and version != found.version:
                raise ChangedMeanwhile(f"{found.name} was changed meanwhile; read it again.")
            new_role = found.role if role is None else check_role(role)
            active = found.is_active if is_active is None else is_active
            if (new_role, active) == (found.role, found.is_active):
                return found
            loses = found.role == "admin" and found.is_active and not (new_role == "admin" and active)
            if loses and self._store.active_admins() == 1:
                raise ConflictError(f"{found.name} is the last active admin; make another one first.")
            self._store.change_user(user, role=new_role, is_active=active)
            if not active:
                self._store.end_logins(user, at=self._clock(), reason="user_changed")
            self._store.raise_version()
            return self.find(user)

    def set_password(self, user: UUID, password: str, *, must_change: bool = False) -> User:
        """Replace a password, as an admin does; every login of the user ends.

        Raises:
            UnknownNameError: there is no such user.
            InputError: the password is not allowed.
        """
        return self._set_password(self.find(user), password, must_change=must_change, but=None)

    def change_password(self, user: UUID, current: str, password: str, *, login: UUID | None = None) -> User:
        """Replace one's own password; every other login ends.

        Raises:
            WrongCredentials: the current one is wrong.
            InputError: the new one is not allowed, or the same.
        """
        found = self._store.find_user_named(self.find(user).name)
        if not password_fits(found[1] if found else None, current) or found is None:
            raise WrongCredentials("The current password is wrong.")
        if password == current:
            raise InputError("The new password is the old one; choose another.")
        return self._set_password(found[0], password, must_change=False, but=login)

    def _set_password(self, user: User, password: str, *, must_change: bool, but: UUID | None) -> User:
        check_password(password, user.name)
        hashed = hash_password(password)
        with self._store.transaction():
            at = self._clock()
            self._store.set_password(user.id, hashed, must_change=must_change, at=at)
            self._store.end_logins(user.id, at=at, reason="password_changed", but=but)
            self._store.raise_version()
            return self.find(user.id)


def check_role(role: str) -> Role:
    """Return a role by its name.

    Raises:
        InputError: there is none.
    """
    for each in SCOPES:
        if each == role:
            return each
    raise InputError(f"'{role[:80]}' is no role; use {', '.join(SCOPES)}.")


def _ns(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000) * 1000
