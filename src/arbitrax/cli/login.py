"""`arbitrax login` and `logout`: who asks a gateway with `--url`."""

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

from arbitrax.cli.console import Json, notice, show, show_json
from arbitrax.cli.gateway import Url, address, login_path
from arbitrax.cli.user import FromStdin, given_password
from arbitrax.domain.errors import ArbitraxError, InputError
from arbitrax.settings import read_settings

if TYPE_CHECKING:
    from arbitrax.client.transport import Transport


def login(name: str, /, *, url: Url = None, password_stdin: FromStdin = False, json: Json = False) -> int:
    """Sign in at a gateway; commands with --url then ask in your name.

    The password is asked for on the terminal. What is kept, in a file that only you can read, is a token that ends
    after seven days without use, or with `arbitrax logout`.
    """
    from arbitrax.client.login_file import LoginFile, login_of
    from arbitrax.client.messages import NewPassword, UserMessage
    from arbitrax.client.transport import Transport

    settings = read_settings()
    gateway = _gateway(address(url, settings))
    password = given_password(from_stdin=password_stdin, again=False)
    if password is None:
        raise InputError("There is no terminal to ask on; give the password with --password-stdin.")
    file = LoginFile(login_path(settings))

    async def sign_in(password: str) -> str:
        transport = Transport(gateway)
        try:
            tokens = await transport.sign_in(name, password)
            with file.locked():
                file.put(gateway, login_of(name, tokens))
            kept = Transport(gateway, login=login_path(settings))
            try:
                if await _must_change(kept):
                    body = NewPassword(current=password, password=_new_password())
                    await kept.send("PUT", "/api/v1/auth/password", UserMessage, body, safe=False)
            finally:
                await kept.close()
        finally:
            await transport.close()
        return name

    asyncio.run(sign_in(password))
    if json:
        show_json({"url": gateway, "user": name})
    else:
        show(f"Signed in at {gateway} as {name}.")
    return 0


def logout(*, url: Url = None, json: Json = False) -> int:
    """Sign out at a gateway; its tokens stop counting within a second."""
    from arbitrax.client import Client
    from arbitrax.client.login_file import LoginFile

    settings = read_settings()
    gateway = _gateway(address(url, settings))
    file = LoginFile(login_path(settings))
    known = file.read().get(gateway)
    if known is not None:
        try:
            with Client(gateway, login=login_path(settings)) as client:
                client.me.logout()
        except ArbitraxError as error:
            notice(f"The gateway was not told, its tokens count until they end: {error}")
        with file.locked():
            file.put(gateway, None)
    if json:
        show_json({"url": gateway, "user": None if known is None else known.user})
    else:
        show(f"Nobody was signed in at {gateway}." if known is None else f"Signed out {known.user} at {gateway}.")
    return 0


async def _must_change(transport: "Transport") -> bool:
    from arbitrax.client.messages import Me

    return (await transport.get("/api/v1/auth/me", Me)).user.must_change_password


def _new_password() -> str:
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise InputError("The password must be changed first; sign in once on a terminal, or on the web page.")
    notice("The password must be changed at the first login.")
    chosen = getpass.getpass("New password: ")
    if getpass.getpass("Again: ") != chosen:
        raise InputError("The two passwords differ; nothing was changed.")
    return chosen


def _gateway(found: str | None) -> str:
    if found is None:
        raise InputError("Say which gateway: --url http://localhost:8080, or set ARBITRAX_URL.")
    return found
