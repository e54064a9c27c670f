"""Users and keys at a gateway: what an admin does with `--url`, and everybody with their own keys."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from arbitrax.cli.console import notice, show, show_json, table
from arbitrax.client import Client
from arbitrax.client.messages import KeyMessage, NewKey, NewUser, UserChange, UserMessage
from arbitrax.domain.errors import InputError, UnknownNameError, did_you_mean

Role = Literal["viewer", "trader", "admin"]
Scope = Literal["read", "trade", "admin"]


def add_user(client: Client, name: str, password: str | None, role: Role, *, json: bool) -> int:
    """Add a user."""
    if password is None:
        raise InputError("There is no terminal to ask on; give the password with --password-stdin.")
    return _show_user(client.users.add(NewUser(name=name, password=password, role=role)), json=json)


def list_users(client: Client, *, json: bool) -> int:
    """List the users."""
    found = list(client.users.list())
    if json:
        show_json([msgspec.to_builtins(each) for each in found])
        return 0
    rows = [(each.name, each.role, "active" if each.is_active else "disabled", _seen(each)) for each in found]
    show(table(None, ("name", "role", "state", "last login"), rows, left=4))
    return 0


def change_user(client: Client, name: str, change: UserChange, *, json: bool) -> int:
    """Change a user by name."""
    known = {each.name: each.id for each in client.users.list()}
    if name not in known:
        raise UnknownNameError(f"There is no user {name}{did_you_mean(name, known) or '.'}")
    return _show_user(client.users.change(known[name], change), json=json)


def add_key(client: Client, user: str, key: NewKey, *, json: bool) -> int:
    """Make a key for who asks."""
    who = client.me.get().user.name
    if who != user:
        raise InputError(f"A gateway makes keys for who asks, which is {who}; `arbitrax login {user}` first.")
    made = client.keys.add(key)
    if json:
        show_json(_key(made.key) | {"secret": made.secret})
    else:
        show(made.secret or "The answer was lost on its way, with the secret; revoke the key and make another one.")
        notice(f"This is {made.key.id}; it is not stored and will not be shown again.")
    return 0


def list_keys(client: Client, user: str | None, *, json: bool) -> int:
    """List the keys that who asks may see."""
    found: Sequence[KeyMessage] = list(client.keys.list())
    if user is not None:
        me = client.me.get().user
        known = {me.name: me.id} if me.name == user else {each.name: each.id for each in client.users.list()}
        if user not in known:
            raise UnknownNameError(f"There is no user {user}{did_you_mean(user, known) or '.'}")
        found = [each for each in found if each.user_id == known[user]]
    if json:
        show_json([_key(each) for each in found])
    elif not found:
        show("There are no keys; make one with `arbitrax key add USER NAME`.")
    else:
        rows = [(each.id, each.name, each.hint + "...", ", ".join(each.scopes), _state(each)) for each in found]
        show(table(None, ("key", "name", "begins", "scopes", "state"), rows, left=5))
    return 0


def revoke_key(client: Client, key: str, *, json: bool) -> int:
    """End a key's life."""
    found = client.keys.revoke(key)
    if json:
        show_json(_key(found))
    else:
        show(f"{key}: {_state(found)}.")
    return 0


def _show_user(user: UserMessage, *, json: bool) -> int:
    if json:
        show_json(msgspec.to_builtins(user))
    else:
        show(f"{user.name}: {user.role}, {'active' if user.is_active else 'disabled'}.")
    return 0


def _seen(user: UserMessage) -> str:
    return "never" if user.last_login_at is None else f"{user.last_login_at:%Y-%m-%d %H:%M}Z"


def _key(key: KeyMessage) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(key)
    return found


def _state(key: KeyMessage) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return "active" if key.expires_at is None else f"until {key.expires_at:%Y-%m-%d}"
