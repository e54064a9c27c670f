"""Messages of signing in, users and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from arbitrax.api.messages.fields import AuditId, KeyId, MaybeKeyId, MaybeUserId, UserId, UserName
from arbitrax.domain.ids import encode
from arbitrax.services.identity_ports import KEY, USER, ApiKey, AuditEntry, Role, Scope, User

Name = Annotated[str, Meta(min_length=1, max_length=64, description="Of a user.", examples=["ada"])]
NewName = Annotated[
    str, Meta(max_length=64, pattern=r"^[a-z0-9][a-z0-9._@-]*$(?!\n)", description="Of a user.", examples=["ada"])
]
ChosenPassword = Annotated[str, Meta(min_length=12, max_length=256, examples=["a longer horse battery"])]
Password = Annotated[str, Meta(min_length=1, max_length=256, examples=["correct horse battery"])]
KeyName = Annotated[str, Meta(min_length=1, max_length=64, examples=["nightly backtests"])]
Time = Annotated[datetime, Meta(tz=True, examples=["2026-12-31T00:00:00Z"])]


class Credentials(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and password."""

    name: Name
    password: Password


class NewPassword(Struct, frozen=True, forbid_unknown_fields=True):
    """One's own password, the old and the new one."""

    current: Password
    password: ChosenPassword


class AccessToken(Struct, frozen=True):
    """What to send as ``Authorization: Bearer``; the refresh token is in the cookie."""

    access_token: Annotated[str, Meta(examples=["eyJhbGciOiJFZERTQSIs..."])]
    token_type: Literal["Bearer"]
    expires_at: datetime
    user: UserMessage


class UserMessage(Struct, frozen=True):
    """A user."""

    id: UserId
    name: UserName
    role: Role
    is_active: bool
    must_change_password: bool
    created_at: datetime
    last_login_at: datetime | None


class Me(Struct, frozen=True):
    """Who asks, and what they may do."""

    user: UserMessage
    scopes: list[Scope]
    authenticated_by: Literal["token", "key"]


class NewUser(Struct, frozen=True, forbid_unknown_fields=True):
    """A user to add, who must change the password at the first login."""

    name: NewName
    password: ChosenPassword
    role: Role = "viewer"


class UserChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a user; what is left out stays."""

    role: Role | None = None
    is_active: bool | None = None
    password: ChosenPassword | None = None


class NewKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make. Addresses it is to count from: none, from everywhere."""

    name: KeyName
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=3, examples=[["read", "trade"]])]
    expires_at: Time | None = None
    addresses: Annotated[list[Annotated[str, Meta(max_length=64)]], Meta(max_length=32, examples=[["10.0.0.0/8"]])] = []


class KeyMessage(Struct, frozen=True):
    """A key, without its secret."""

    id: KeyId
    user_id: UserId
    name: KeyName
    hint: Annotated[str, Meta(examples=["ax_jN7uSQ"])]
    scopes: list[Scope]
    addresses: list[Annotated[str, Meta(examples=["10.0.0.0/8"])]]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    revoked_at: datetime | None


class MadeKey(Struct, frozen=True):
    """A key just made. Its secret is shown this once; a replayed answer has none."""

    key: KeyMessage
    secret: Annotated[str | None, Meta(examples=["ax_jN7uSQPJj6rfyR3mRE_CwaOEM64r692qSaGT_Zb2XME"])]


class AuditMessage(Struct, frozen=True):
    """Something somebody did."""

    id: AuditId
    at: datetime
    actor: UserName
    user_id: MaybeUserId
    key_id: MaybeKeyId
    action: Annotated[str, Meta(examples=["key.add"])]
    subject: MaybeKeyId
    detail: dict[str, Any]
    address: Annotated[str | None, Meta(examples=["10.0.0.7"])]
    request_id: Annotated[str | None, Meta(examples=["req_01J8ZQ4M8K3T5V7X9Y1B3D5F7H"])]


def user_message(user: User) -> UserMessage:
    """Return a user's message."""
    return UserMessage(
        encode(USER, user.id),
        user.name,
        user.role,
        user.is_active,
        user.must_change_password,
        user.created_at,
        user.last_login_at,
    )


def key_message(key: ApiKey) -> KeyMessage:
    """Return a key's message."""
    return KeyMessage(
        id=encode(KEY, key.id),
        user_id=encode(USER, key.user),
        name=key.name,
        hint=key.hint,
        scopes=list(key.scopes),
        addresses=[str(each) for each in key.addresses],
        created_at=key.created_at,
        last_used_at=key.last_used_at,
        expires_at=key.expires_at,
        revoked_at=key.revoked_at,
    )


def audit_message(entry: AuditEntry) -> AuditMessage:
    """Return an entry's message."""
    actor = entry.actor
    return AuditMessage(
        id=encode("aud", entry.id),
        at=entry.at,
        actor=actor.name,
        user_id=_id(USER, actor.user),
        key_id=_id(KEY, actor.key),
        action=entry.action,
        subject=entry.subject,
        detail=entry.detail,
        address=actor.address,
        request_id=actor.request_id,
    )


def _id(prefix: str, id: UUID | None) -> str | None:
    return None if id is None else encode(prefix, id)
