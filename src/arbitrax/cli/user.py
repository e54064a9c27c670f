"""`arbitrax user`: users of the gateway, by who operates it."""

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from arbitrax.cli.console import Json, notice, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.domain.errors import InputError
from arbitrax.domain.ids import encode
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from arbitrax.bootstrap import Store
    from arbitrax.services.identity_ports import User

Role = Literal["viewer", "trader", "admin"]
FromStdin = Annotated[
    bool, Parameter(negative="", help="Read the password from the standard input, its first line, instead of asking.")
]

app = App(name="user", help="Add, list and change users of the gateway.")


@app.command
def add(
    name: str, /, *, role: Role = "viewer", password_stdin: FromStdin = False, url: Url = None, json: Json = False
) -> int:
    """Add a user. viewer: sees; trader: also trades, runs backtests, ingests; admin: everything.

    The password is asked for on the terminal. Without a terminal one is made, and kept in a file that only you can
    read; it must be changed at the first login.
    """
    from arbitrax.bootstrap import open_store

    settings = read_settings()
    password = given_password(from_stdin=password_stdin)
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people

            return people.add_user(gateway, name, password, role, json=json)
    with open_store(settings, seed=False) as store:
        if password is not None:
            _show(_changed(store, "user.add", lambda: store.users.add(name, password, role=role)), json=json)
            return 0
        from arbitrax.services.identity_first import add_with_made_password

        user, path = add_with_made_password(store.users, name, role, settings.home, _around(store, "user.add"))
    _show(user, json=json, password_file=path)
    return 0


@app.command(name="list")
def list_users(*, url: Url = None, json: Json = False) -> int:
    """List the users by name."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people

            return people.list_users(gateway, json=json)
    from arbitrax.bootstrap import open_store

    found: list[User] = []
    with open_store(read_settings(), seed=False) as store:
        while more := store.users.list(found[-1].name if found else None):
            found += more
    if json:
        show_json([_document(user) for user in found])
    elif not found:
        show("There are no users yet; add one with `arbitrax user add NAME --role admin`.")
    else:
        rows = [
            (user.name, user.role, "active" if user.is_active else "disabled", _time(user.last_login_at))
            for user in found
        ]
        show(table(None, ("name", "role", "state", "last login"), rows, left=4))
    return 0


@app.command
def role(name: str, role: Role, /, *, url: Url = None, json: Json = False) -> int:
    """Give a user another role; tokens and keys follow within a second."""
    return _change(
        name, "user.change", lambda store, user: store.users.change(user.id, role=role), url=url, role=role, json=json
    )


@app.command
def disable(name: str, /, *, url: Url = None, json: Json = False) -> int:
    """Lock a user out, within a second everywhere; what is theirs stays."""
    return _change(
        name,
        "user.change",
        lambda store, user: store.users.change(user.id, is_active=False),
        url=url,
        is_active=False,
        json=json,
    )


@app.command
def enable(name: str, /, *, url: Url = None, json: Json = False) -> int:
    """Let a disabled user in again."""
    return _change(
        name,
        "user.change",
        lambda store, user: store.users.change(user.id, is_active=True),
        url=url,
        is_active=True,
        json=json,
    )


@app.command
def password(name: str, /, *, password_stdin: FromStdin = False, url: Url = None, json: Json = False) -> int:
    """Give a user another password, asked for on the terminal; every login of theirs ends."""
    chosen = given_password(from_stdin=password_stdin)
    if chosen is None:
        raise InputError("There is no terminal to ask on; give the password with --password-stdin.")
    return _change(
        name,
        "user.set_password",
        lambda store, user: store.users.set_password(user.id, chosen),
        url=url,
        password=chosen,
        json=json,
    )


def first_admin(store: "Store", home: Path, *, on_terminal: bool) -> None:
    """Add the user ``admin`` when there is nobody yet, and say where its password is; for `arbitrax up`.

    With a terminal the password is shown there and kept nowhere; else it is in a file that only its owner reads. It
    must be changed at the first login.
    """
    from arbitrax.services.identity_first import add_first_admin, forget_changed_passwords

    def shown(name: str, password: str) -> None:
        show(f"Sign in as {name} with {password}; it is not shown again, and is changed at the first login.")

    forget_changed_passwords(store.users, home)
    made = add_first_admin(store.users, home, _around(store, "user.add"), shown if on_terminal else None)
    if made is not None and made[1] is not None:
        notice(f"The user {made[0].name} was made; its password is in {made[1]} and is changed at the first login.")


def operator() -> "tuple[str, str]":
    """Return who operates this command line, for the audit log, and the account's name."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):
        account = str(os.getuid())
    return f"cli:{account}"[:128], account


def _change(
    name: str, action: str, change: "Callable[[Store, User], User]", *, url: str | None, json: bool, **changes: Any
) -> int:
    """Change a user of the store, or by the same ``changes`` at a gateway."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people
            from arbitrax.client.messages import UserChange

            return people.change_user(gateway, name, UserChange(**changes), json=json)
    from arbitrax.bootstrap import open_store

    with open_store(read_settings(), seed=False) as store:
        user = store.users.named(name)
        changed = _changed(store, action, lambda: change(store, user))
        if "password" in changes:
            store.forget_made_password(name)
        _show(changed, json=json)
    return 0


def _changed(store: "Store", action: str, change: "Callable[[], User]") -> "User":
    return _around(store, action)(change)


def _around(store: "Store", action: str) -> "Callable[[Callable[[], User]], User]":
    """Return what makes a change of a user and notes it in the audit log, in one transaction."""
    from arbitrax.services.identity_ports import USER, Actor
    from arbitrax.services.mutations import Answer, Change

    def make(change: "Callable[[], User]") -> "User":
        made: list[User] = []

        def effect() -> Change:
            user = change()
            made.append(user)
            detail = {"name": user.name, "role": user.role, "is_active": user.is_active}
            return Change(Answer(200), encode(USER, user.id), detail)

        store.mutations.make(Actor(operator()[0]), action, effect)
        return made[0]

    return make


def given_password(*, from_stdin: bool, again: bool = True) -> str | None:
    """Return the password that was typed, twice where it is a new one, or piped; None: there is no terminal."""
    if from_stdin:
        text = sys.stdin.readline().rstrip("\r\n")
        if not text:
            raise InputError("The standard input has no password in its first line.")
        return text
    if not (sys.stdin is not None and sys.stdin.isatty()):
        return None
    chosen = getpass.getpass("Password: ")
    if again and getpass.getpass("Again: ") != chosen:
        raise InputError("The two passwords differ; nothing was changed.")
    return chosen


def _show(user: "User", *, json: bool, password_file: Path | None = None) -> None:
    if json:
        file = {} if password_file is None else {"password_file": str(password_file)}
        show_json(_document(user) | file)
        return
    show(f"{user.name}: {user.role}, {'active' if user.is_active else 'disabled'}.")
    if password_file is not None:
        notice(f"The password is in {password_file}; it must be changed at the first login.")


def _document(user: "User") -> dict[str, object]:
    from arbitrax.services.identity_ports import USER

    return {
        "id": encode(USER, user.id),
        "name": user.name,
        "role": user.role,
        "is_active": user.is_active,
        "must_change_password": user.must_change_password,
        "created_at": user.created_at,
        "last_login_at": user.last_login_at,
    }


def _time(time: object) -> str:
    return "never" if time is None else f"{time:%Y-%m-%d %H:%M}Z"
