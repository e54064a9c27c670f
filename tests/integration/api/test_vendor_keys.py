"""Keys of vendors: set, used, never told."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from msgspec.structs import replace

from arbitrax.bootstrap import Store, Vendors
from arbitrax.domain.errors import StoreError
from arbitrax.services.identity_ports import User
from arbitrax.settings import Settings
from arbitrax.storage.postgres.connection import Database
from arbitrax.storage.secret_seal import NAME, HomeSeal
from tests.gateway import Gateway

PATH = "/api/v1/vendor_keys"
SECRET = "vk_A1b2C3d4E5f6G7h8"  # noqa: S105 - of no vendor


@pytest.fixture
def root(gateway: Gateway, admin: User) -> Iterator[httpx2.Client]:
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as client:
        yield client
        client.delete(f"{PATH}/polygon")


@pytest.fixture
def database(gateway_settings: Settings) -> Iterator[Database]:
    with Database(str(gateway_settings.database_url)) as opened:
        yield opened


def sources(client: httpx2.Client) -> dict[str, str | None]:
    return {each["vendor"]: each["source"] for each in client.get(PATH).json()["data"]}


def test_a_key_is_used_by_ingestions_and_never_told(
    gateway: Gateway, gateway_settings: Settings, root: httpx2.Client, database: Database
) -> None:
    store = gateway.parts.store
    vendors = Vendors(gateway_settings, store.vendor_keys.key)
    assert sources(root)["polygon"] is None
    assert "polygon" not in vendors.order("1d", "equity")
    answer = root.put(f"{PATH}/polygon", json={"key": SECRET})
    assert (answer.status_code, answer.json()["source"]) == (200, "stored"), answer.text
    assert answer.json()["set_at"].endswith("Z")
    assert vendors.order("1d", "equity")[0] == "polygon"
    assert store.vendor_keys.key("polygon") == SECRET
    told = [root.get(PATH).text, answer.text, root.get("/api/v1/audit_entries?limit=100").text]
    with database.connection() as connection:
        rows = connection.execute("SELECT encode(sealed, 'escape'), vendor_keys::text FROM vendor_keys").fetchall()
    assert len(rows) == 1
    assert not any(part in text for text in (*told, *map(str, rows)) for part in (SECRET, SECRET[-4:]))
    assert root.delete(f"{PATH}/polygon").json()["source"] is None
    assert root.delete(f"{PATH}/polygon").status_code == 200
    assert store.vendor_keys.key("polygon") is None


def test_one_that_is_set_again_takes_the_place_of_the_first(gateway: Gateway, root: httpx2.Client) -> None:
    for key in ("first-key", "second-key"):
        assert root.put(f"{PATH}/polygon", json={"key": key}).status_code == 200
    assert gateway.parts.store.vendor_keys.key("polygon") == "second-key"


def test_a_key_of_the_environment_goes_first(
    gateway: Gateway, gateway_settings: Settings, root: httpx2.Client, database: Database
) -> None:
    root.put(f"{PATH}/polygon", json={"key": SECRET})
    settings = replace(gateway_settings, polygon_key="of-the-environment")
    known = {each.vendor: each.source for each in Store(database, settings).vendor_keys.list()}
    assert known["polygon"] == "environment"
    assert Vendors(settings, gateway.parts.store.vendor_keys.key)._key("polygon") == "of-the-environment"


def test_only_admins_set_keys_and_everybody_sees_whether_there_are_some(
    gateway: Gateway, root: httpx2.Client, trader: User
) -> None:
    with gateway.client(gateway.key(trader, "read", "trade")) as client:
        assert client.put(f"{PATH}/polygon", json={"key": SECRET}).json()["code"] == "access.forbidden"
        assert client.delete(f"{PATH}/polygon").status_code == 403
        assert sources(client).keys() == {"alpha_vantage", "polygon"}


@pytest.mark.parametrize("body", [{"key": ""}, {"key": "with blank"}, {"key": "x" * 257}, {"key": "line\n"}, {}])
def test_what_is_no_key_is_refused(root: httpx2.Client, body: dict[str, str]) -> None:
    assert root.put(f"{PATH}/polygon", json=body).status_code == 422
    assert sources(root)["polygon"] is None


def test_a_vendor_that_wants_no_key_is_not_found(root: httpx2.Client) -> None:
    for vendor in ("yahoo", "polygone"):
        answer = root.put(f"{PATH}/{vendor}", json={"key": SECRET})
        assert (answer.status_code, answer.json()["code"]) == (404, "input.unknown_name")


def test_a_sealed_key_opens_with_its_file_and_about_its_vendor_only(tmp_path: Path) -> None:
    seal = HomeSeal(tmp_path / "one")
    sealed = seal.seal(SECRET, "polygon")
    file = tmp_path / "one" / NAME
    assert (file.stat().st_mode & 0o777, file.stat().st_size) == (0o600, 32)
    assert seal.seal(SECRET, "polygon") != sealed
    assert seal.open(sealed, "polygon") == SECRET
    with pytest.raises(StoreError, match="sealed with another file"):
        seal.open(sealed, "alpha_vantage")
    with pytest.raises(StoreError, match="sealed with another file"):
        seal.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "polygon")
    other = HomeSeal(tmp_path / "two")
    with pytest.raises(StoreError, match="cannot be read"):
        other.open(sealed, "polygon")
    other.seal("another", "polygon")
    with pytest.raises(StoreError, match="sealed with another file"):
        other.open(sealed, "polygon")
    file.chmod(0o644)
    with pytest.raises(StoreError, match="Others may read"):
        seal.open(sealed, "polygon")
