"""Commands that ask a gateway instead of the local store: `--url`, or ARBITRAX_URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from arbitrax.settings import Settings, read_settings

if TYPE_CHECKING:
    from arbitrax.client import Client

Url = Annotated[
    str | None, Parameter(name="--url", help="Ask this gateway, not the local store; else what ARBITRAX_URL says.")
]


def address(url: str | None, settings: Settings) -> str | None:
    """Return the gateway to ask; None: the local store is."""
    return (url or settings.url or "").rstrip("/") or None


def login_path(settings: Settings) -> Path:
    """Return the file of logins, which only its owner reads."""
    return settings.home / "login.json"


@contextmanager
def asked(url: str | None) -> "Iterator[Client | None]":
    """Yield the client of the gateway to ask, None when the local store is.

    It has the key of ARBITRAX_API_KEY, else the login that `arbitrax login` keeps.
    """
    settings = read_settings()
    gateway = address(url, settings)
    if gateway is None:
        yield None
        return
    from arbitrax.client import Client

    login = login_path(settings) if settings.api_key is None else None
    with Client(gateway, api_key=settings.api_key, login=login) as client:
        yield client
