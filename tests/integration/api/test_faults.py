"""Stores that are gone and come back while the gateway answers."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import msgspec
import psycopg
import pytest
from psycopg import sql

from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from tests.gateway import PASSWORD, Gateway, running_gateway

ME = "/api/v1/auth/me"


@contextmanager
def database_gone(settings: Settings, server: str) -> Iterator[None]:
    """Let PostgreSQL end every connection to the gateway's database and take no new ones."""
    name = urlsplit(str(settings.database_url)).path[1:]
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        try:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.Literal(True)))


def test_without_the_database_nobody_is_let_in_and_afterwards_everybody_again(
    gateway: Gateway, gateway_settings: Settings, postgres_server: str, admin: User
) -> None:
    with closing(gateway.sign_in(admin.name)) as client:
        assert client.get(ME).status_code == 200
        body, headers = {"name": "survivor", "password": PASSWORD}, {"Idempotency-Key": "f1"}
        with database_gone(gateway_settings, postgres_server):
            begun = time.monotonic()
            # For a second what was verified may still count; what needs no database is then answered.
            while (last := client.get("/api/v1/strategies/sma_cross")).status_code == 200:
                assert time.monotonic() - begun < 2.0
            for answer in (
                last,
                client.get("/api/v1/users"),
                client.post("/api/v1/users", json=body, headers=headers),
            ):
                assert answer.status_code == 503
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert int(answer.headers["Retry-After"]) >= 1
                assert answer.json()["retryable"] is True
                assert "/sockets" not in answer.text
            assert client.get("/health").status_code == 200
            assert client.post("/api/v1/auth/login", json={"name": "ada", "password": PASSWORD}).status_code == 503
        first = client.post("/api/v1/users", json=body, headers=headers)
        assert first.status_code == 201, first.text
        again = client.post("/api/v1/users", json=body, headers=headers)
        assert again.headers["Idempotent-Replayed"] == "true"
        names = [row["name"] for row in client.get("/api/v1/users").json()["data"]]
        assert names.count("survivor") == 1


def test_ready_says_what_is_down(gateway: Gateway, gateway_settings: Settings, postgres_server: str) -> None:
    from arbitrax.api import health

    with pytest.MonkeyPatch.context() as patch, gateway.client() as client:
        patch.setattr(health, "LOOKED_FOR", 0.0)
        with database_gone(gateway_settings, postgres_server):
            answer = client.get("/ready")
            assert answer.status_code == 503
            assert answer.json() == {
                "status": "not_ready",
                "checks": {"postgres": "failed", "journal": "ok", "cache": "ok"},
            }
        assert client.get("/ready").json()["status"] == "ready"


def test_without_the_cache_requests_are_answered_and_still_limited(gateway_settings: Settings) -> None:
    settings = msgspec.structs.replace(
        gateway_settings, cache_url="unix:///nowhere/cache.sock", rate_limit_address=2.0, rate_limit_key=2.0
    )
    with running_gateway(settings) as lonely, lonely.client() as client:
        codes = [client.get("/health").status_code for _ in range(8)]
        assert codes[:4] == [200] * 4
        assert 429 in codes[4:]


def test_pages_of_an_allowed_origin_may_ask(gateway_settings: Settings) -> None:
    origin = "https://desk.example"
    with (
        running_gateway(msgspec.structs.replace(gateway_settings, cors_origins=(origin,))) as open_to,
        open_to.client() as client,
    ):
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "if-match",
        }
        before = client.options("/api/v1/users", headers=asked)
        assert before.status_code < 300
        assert before.headers["Access-Control-Allow-Origin"] == origin
        answer = client.get(ME, headers={"Origin": origin})
        assert answer.status_code == 401
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        other = client.get(ME, headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in other.headers
