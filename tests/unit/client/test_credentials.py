"""Tokens: renewed once for all who ask, in one process or several; waits that grow; errors of their codes."""

import asyncio
import json
from pathlib import Path

import pytest

from arbitrax.client.credentials import LoginCredentials, Token, Tokens, token_until
from arbitrax.client.login_file import LoginFile, StoredLogin, login_of
from arbitrax.client.messages import Problem
from arbitrax.client.problems import error_of, made_error, problem_of, read_problem
from arbitrax.client.waiting import FIRST, MOST, wait_before
from arbitrax.domain.errors import (
    ArbitraxError,
    InFlight,
    InputError,
    NotAuthenticated,
    TokenReused,
    TooManyRequests,
    UnknownNameError,
)

URL = "http://desk"


class Gateway:
    """Gives tokens; a refresh token counts once, as there."""

    def __init__(self) -> None:
        self.signed_in = self.refreshed = 0
        self.current = ""

    def _next(self) -> Tokens:
        number = self.signed_in + self.refreshed
        self.current = f"refresh-{number}"
        return Tokens(Token(f"access-{number}", 1000.0 * (number + 1)), self.current)

    async def sign_in(self, name: str, password: str) -> Tokens:
        self.signed_in += 1
        await asyncio.sleep(0)
        return self._next()

    async def refresh(self, token: str) -> Tokens:
        await asyncio.sleep(0)
        if token != self.current:
            raise TokenReused("It came twice.")
        self.refreshed += 1
        return self._next()


def test_one_signs_in_and_renews_for_all() -> None:
    gateway, now = Gateway(), [0.0]

    async def ask() -> None:
        credentials = LoginCredentials("tom", "secret", gateway, lambda: now[0])
        assert {each.text for each in await asyncio.gather(*(credentials.token() for _ in range(10)))} == {"access-1"}
        now[0] = 2500.0
        assert {each.text for each in await asyncio.gather(*(credentials.token() for _ in range(10)))} == {"access-2"}
        await asyncio.gather(*(credentials.renew("access-2") for _ in range(10)))
        assert (await credentials.token()).text == "access-3"
        gateway.current = "stolen"
        assert await credentials.renew("access-3")
        assert (await credentials.token()).text == "access-4"

    asyncio.run(ask())
    assert (gateway.signed_in, gateway.refreshed) == (2, 2)


def test_processes_that_share_a_login_renew_it_one_by_one(tmp_path: Path) -> None:
    gateway, path = Gateway(), tmp_path / "home" / "login.json"
    file = LoginFile(path)

    async def ask() -> None:
        file.put("http://other", login_of("eve", Tokens(Token("other", None), "other")))
        file.put(URL, login_of("tom", await gateway.sign_in("tom", "secret")))
        several = [StoredLogin(path, URL, gateway, lambda: 5000.0) for _ in range(5)]
        assert {each.text for each in await asyncio.gather(*(one.token() for one in several))} == {"access-2"}

    asyncio.run(ask())
    assert gateway.refreshed == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_bytes())["http://other"]["user"] == "eve"
    assert json.loads(path.read_bytes())[URL]["refresh_token"] == gateway.current


def test_a_login_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    gateway, path = Gateway(), tmp_path / "login.json"
    LoginFile(path).put(URL, login_of("tom", Tokens(Token("old", 0.0), "long gone")))
    login = StoredLogin(path, URL, gateway, lambda: 5000.0)
    with pytest.raises(NotAuthenticated, match="has ended"):
        asyncio.run(login.token())
    with pytest.raises(NotAuthenticated, match="Nobody is signed in"):
        asyncio.run(login.token())
    path.write_text("{")
    with pytest.raises(InputError, match="remove it"):
        asyncio.run(login.token())


def test_a_token_is_renewed_in_the_last_quarter_of_its_life() -> None:
    assert token_until("x", 600.0, 0.0).renew_at == 450.0
    assert token_until("x", 600.0, 700.0).renew_at is None  # this clock is wrong


def test_waits_grow_are_random_and_bounded() -> None:
    for failed in (1, 3, 30, 1000):
        waits = [wait_before(failed) for _ in range(200)]
        assert 0 <= min(waits) <= max(waits) <= min(MOST, FIRST * 2.0 ** min(failed, 30))
        assert len(set(waits)) > 100
    assert wait_before(1, 7.0) >= 7.0


def problem(code: str, status: int, **more: object) -> Problem:
    fields = {"type": "", "title": "", "detail": "Why.", "request_id": "req_1", "retryable": False}
    return Problem(**{**fields, "code": code, "status": status, **more})


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("access.token_reused", 401, TokenReused),
        ("access.rate_limited", 429, TooManyRequests),
        ("conflict.in_flight", 409, InFlight),
        ("order.client_id_used", 422, InputError),
        ("request.invalid", 422, InputError),
        ("order.symbol_unknown", 404, UnknownNameError),
        ("internal", 500, ArbitraxError),
    ],
)
def test_a_problem_is_the_error_of_its_code(code: str, status: int, kind: type[ArbitraxError]) -> None:
    error = error_of(problem(code, status), 3.0)
    assert type(error) is kind
    assert (error.code, error.http_status, str(error)) == (code, status, "Why.")
    found = problem_of(error)
    assert found is not None
    assert found.request_id == "req_1"
    assert getattr(error, "retry_after", 3.0) == 3.0
    assert problem_of(InputError("Another one.")) is None


def test_what_is_no_problem_is_told_as_it_is() -> None:
    error = read_problem(b"<html>", 502, {"retry-after": "soon"})
    assert (error.code, error.retryable, error.http_status) == ("request.failed", True, 502)
    assert made_error("risk.price_band", "No.", status=403).exit_code == 4
