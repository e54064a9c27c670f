"""One gateway for the tests of a module, on a database of its own."""

from collections.abc import Iterator

import pytest

from arbitrax.services.identity_ports import User
from arbitrax.services.imports import import_samples
from arbitrax.settings import Settings
from arbitrax.storage.embedded import EmbeddedServers
from arbitrax.storage.redis.channel import Channel
from arbitrax.storage.redis.request_buckets import PREFIX
from tests.exchange_processes import Exchange
from tests.gateway import Gateway, running_gateway
from tests.integration.conftest import TEMPLATE, new_database
from tests.job_workers import Workers


@pytest.fixture(scope="module")
def gateway_settings(
    embedded_servers: EmbeddedServers, postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    with new_database(postgres_server, TEMPLATE) as url:
        yield Settings(
            home=tmp_path_factory.mktemp("home"),
            database_url=url,
            redis_url=embedded_servers.journal_url(),
            cache_url=embedded_servers.cache_url(),
            rate_limit_key=1e5,
            rate_limit_user=1e5,
            rate_limit_address=1e5,
        )


def forget_rates(settings: Settings) -> None:
    """Forget how much was asked for. The cache is one for all modules, and some gateways have narrow limits."""
    with Channel(settings.cache_url) as cache:
        for key in cache.ask("KEYS", f"{PREFIX}*"):
            cache.ask("DEL", key)


@pytest.fixture(scope="module")
def gateway(gateway_settings: Settings) -> Iterator[Gateway]:
    forget_rates(gateway_settings)
    with running_gateway(gateway_settings) as running:
        # Passwords are slow on purpose, and all tests come from one address.
        plain = running.parts.limits
        import msgspec

        easy = {name: msgspec.structs.replace(getattr(plain, name), rate=1e5, burst=1e5) for name in EASED}
        running.parts.limits = msgspec.structs.replace(plain, **easy)
        running.parts.authenticator._unverified = running.parts.limits.unverified
        import_samples(running.parts.store, received=1_700_000_000_000_000_000)
        yield running


EASED = ("unverified", "login", "login_name", "login_address", "password")


@pytest.fixture(scope="module")
def admin(gateway: Gateway) -> User:
    return gateway.user("ada", "admin")


@pytest.fixture(scope="module")
def trader(gateway: Gateway) -> User:
    return gateway.user("tom", "trader")


@pytest.fixture(scope="module")
def viewer(gateway: Gateway) -> User:
    return gateway.user("vera", "viewer")


@pytest.fixture(scope="module")
def exchange(gateway: Gateway, trader: User) -> Iterator[Exchange]:
    """A running exchange; `tom` has the accounts "mine" and "mine too", nobody has "theirs"."""
    running = Exchange(gateway.settings, ["mine", "mine too", "theirs"])
    try:
        for each in gateway.parts.store.registry.accounts():
            if each.name.startswith("mine"):
                assert gateway.parts.store.registry.give_account(each.id, trader.id)
        yield running
    finally:
        running.close()


@pytest.fixture(scope="module")
def worker(gateway_settings: Settings, gateway: Gateway, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    made = Workers.beside(gateway_settings, tmp_path_factory.mktemp("packages"))
    made.start()
    yield made
    made.close()
