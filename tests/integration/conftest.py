"""One real PostgreSQL for all integration tests, and a fresh database for each that asks."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
import valkey
from psycopg import sql

from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.postgres import schema

TEMPLATE = "arbitrax_template"


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def new_database(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        try:
            yield with_database(server, name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def embedded_servers() -> Iterator[EmbeddedServers]:
    """The servers of a home of their own; each starts when first asked for."""
    # Not under pytest's directories: as root, the servers' own account must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    home.chmod(0o711)
    try:
        with EmbeddedServers(home) as servers:
            yield servers
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(embedded_servers: EmbeddedServers) -> str:
    """The URL of a server with the template of a current, empty database."""
    url = embedded_servers.postgres_url()
    with psycopg.connect(url, autocommit=True) as connection:
        # Nobody pulls the plug on a test; a database a test is a lot of syncing.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    schema.upgrade(with_database(url, TEMPLATE))
    return url


@pytest.fixture
def cache_url(embedded_servers: EmbeddedServers) -> Iterator[str]:
    """The URL of a Valkey with nothing in it."""
    url = embedded_servers.cache_url()
    yield url
    with valkey.Valkey.from_url(url) as client:
        client.flushdb()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh database with the current schema."""
    with new_database(postgres_server, TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh database without any schema."""
    with new_database(postgres_server, "template0") as url:
        yield url
