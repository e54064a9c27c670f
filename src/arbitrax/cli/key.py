"""`arbitrax key`: API keys, by who operates the gateway."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from arbitrax.cli.console import Json, notice, show, show_json, table
from arbitrax.cli.gateway import Url, asked
from arbitrax.cli.user import operator
from arbitrax.domain.errors import InputError
from arbitrax.domain.ids import decode, encode
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.services.identity_ports import ApiKey

Scope = Literal["read", "trade", "admin"]

app = App(name="key", help="Make, list and revoke API keys.")


@app.command
def add(
    user: str,
    name: str,
    /,
    *,
    scope: Annotated[list[Scope] | None, Parameter(negative="", help="What it may do; again for more.")] = None,
    expires: Annotated[str | None, Parameter(help="When it ends: 2026-12-31 or 2026-12-31T20:00:00Z.")] = None,
    address: Annotated[
        list[str] | None, Parameter(negative="", help="Where it counts from, such as 10.0.0.0/8; again for more.")
    ] = None,
    url: Url = None,
    json: Json = False,
) -> int:
    """Make a key for a user and show it, this once. Without --scope it may only read."""
    from arbitrax.bootstrap import open_store
    from arbitrax.services.identity_ports import KEY, Actor
    from arbitrax.services.mutations import Answer, Change

    ends = None if expires is None else _time(expires)
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people
            from arbitrax.client.messages import NewKey

            new = NewKey(name=name, scopes=list(scope or ["read"]), expires_at=ends, addresses=list(address or ()))
            return people.add_key(gateway, user, new, json=json)
    made: list[tuple[ApiKey, str]] = []
    with open_store(read_settings(), seed=False) as store:

        def effect() -> Change:
            key, secret = store.keys.add(
                store.users.named(user),
                name,
                scopes=scope or ["read"],
                expires_at=ends,
                addresses=address or (),
            )
            made.append((key, secret))
            return Change(Answer(201), encode(KEY, key.id), {"name": key.name, "scopes": list(key.scopes)})

        store.mutations.make(Actor(operator()[0]), "key.add", effect)
    key, secret = made[0]
    if json:
        show_json(_document(key) | {"secret": secret})
    else:
        show(secret)
        notice(f"This is {encode(KEY, key.id)}; it is not stored and will not be shown again.")
    return 0


@app.command(name="list")
def list_keys(user: str | None = None, /, *, url: Url = None, json: Json = False) -> int:
    """List the keys of a user, or of all, the newest first."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people

            return people.list_keys(gateway, user, json=json)
    from arbitrax.bootstrap import open_store
    from arbitrax.services.identity_ports import KEY

    found: list[ApiKey] = []
    with open_store(read_settings(), seed=False) as store:
        of = None if user is None else store.users.named(user).id
        while more := store.keys.list(of, found[-1].id if found else None):
            found += more
        names = {each.user: store.users.find(each.user).name for each in found}
    if json:
        show_json([_document(key) for key in found])
    elif not found:
        show("There are no keys; make one with `arbitrax key add USER NAME`.")
    else:
        rows = [
            (encode(KEY, key.id), names[key.user], key.name, key.hint + "...", ", ".join(key.scopes), _state(key))
            for key in found
        ]
        show(table(None, ("key", "user", "name", "begins", "scopes", "state"), rows, left=6))
    return 0


@app.command
def revoke(key: str, /, *, url: Url = None, json: Json = False) -> int:
    """End a key's life, within a second everywhere; again changes nothing."""
    with asked(url) as gateway:
        if gateway is not None:
            from arbitrax.cli.remote import people

            return people.revoke_key(gateway, key, json=json)
    from arbitrax.bootstrap import open_store
    from arbitrax.services.identity_ports import KEY, Actor
    from arbitrax.services.mutations import Answer, Change

    made: list[ApiKey] = []
    with open_store(read_settings(), seed=False) as store:

        def effect() -> Change:
            made.append(store.keys.revoke(decode(KEY, key), of=None))
            return Change(Answer(200), key)

        store.mutations.make(Actor(operator()[0]), "key.revoke", effect)
    if json:
        show_json(_document(made[0]))
    else:
        show(f"{key}: {_state(made[0])}.")
    return 0


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--expires {text} is no time; write it like 2026-12-31T20:00:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _state(key: "ApiKey") -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "active"
    return f"{'expired' if key.expires_at <= datetime.now(UTC) else 'until'} {key.expires_at:%Y-%m-%d}"


def _document(key: "ApiKey") -> dict[str, object]:
    from arbitrax.services.identity_ports import KEY, USER

    return {
        "id": encode(KEY, key.id),
        "user_id": encode(USER, key.user),
        "name": key.name,
        "hint": key.hint,
        "scopes": list(key.scopes),
        "addresses": [str(each) for each in key.addresses],
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }
