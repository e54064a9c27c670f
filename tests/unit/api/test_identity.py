"""Passwords, signing keys, caches: what of identity needs no server."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arbitrax.api.answer_cache import AnswerCache
from arbitrax.api.identity_watch import IdentityWatch
from arbitrax.domain.errors import InputError, StoreError, StoreUnavailableError
from arbitrax.services.identity_first import add_first_admin
from arbitrax.services.identity_keys import networks
from arbitrax.services.identity_passwords import check_password, hash_password, new_password, password_fits
from arbitrax.services.identity_tokens import SigningKey
from arbitrax.storage.signing_key_file import NAME, HomeSigningKey

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_password_fits_its_hash_only() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$")
    assert password_fits(stored, "correct horse battery")
    assert not password_fits(stored, "correct horse batterz")
    assert not password_fits(stored, "x" * 10_000)
    assert not password_fits(None, "correct horse battery")
    assert not password_fits("no hash", "correct horse battery")
    assert hash_password("correct horse battery") != stored


@pytest.mark.parametrize("password", ["short", "x" * 257, "aaaaaaaaaaaaaaaaa", "annannannann", "ann12345678"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(InputError):
        check_password(password, "ann")


def test_made_passwords_are_allowed_and_differ() -> None:
    made = {new_password() for _ in range(50)}
    assert len(made) == 50
    for each in made:
        check_password(each, "admin")


def test_a_signing_key_stays_until_it_is_old(tmp_path: Path) -> None:
    folder = tmp_path / "identity"
    made = []

    def make(day: int) -> SigningKey:
        made.append(day)
        return SigningKey(f"k{day}", bytes([day]) * 32, NOW + timedelta(days=day))

    file = HomeSigningKey(folder)
    first = file.newest(NOW - timedelta(days=30), lambda: make(0))
    assert HomeSigningKey(folder).newest(NOW - timedelta(days=1), lambda: make(1)) == first
    assert file.newest(NOW, lambda: make(2)).id == "k2"
    assert made == [0, 2]
    assert (folder / NAME).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert bytes(32).hex() not in repr(first)


def test_a_signing_key_is_made_once_by_many(tmp_path: Path) -> None:
    found = []

    def newest(number: int) -> None:
        make = SigningKey(f"k{number}", bytes([number]) * 32, NOW)
        found.append(HomeSigningKey(tmp_path / "identity").newest(NOW - timedelta(days=1), lambda: make).id)

    threads = [threading.Thread(target=newest, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"id":"a","private_key":"AA==","created_at":"2026-01-01T00:00:00Z"}'])
def test_a_damaged_signing_key_is_named(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / NAME
    path.write_bytes(damage)
    path.chmod(0o600)
    with pytest.raises(StoreError, match="damaged"):
        HomeSigningKey(tmp_path).newest(NOW, lambda: SigningKey("a", bytes(32), NOW))


def test_a_signing_key_that_others_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b"{}")
    path.chmod(0o644)
    with pytest.raises(StoreError, match="Others may read"):
        HomeSigningKey(tmp_path).newest(NOW, lambda: SigningKey("a", bytes(32), NOW))


@pytest.mark.parametrize("text", ["10.0.0.0/33", "host", "", "10.0.0.1/8", "1.2.3.4, 1.2.3.5"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        networks([text])


def test_an_answer_is_its_users_only() -> None:
    cache, ann, bob = AnswerCache(), uuid.uuid4(), uuid.uuid4()
    cache.put(ann, "a", b"1")
    assert cache.get(ann, "a") == b"1"
    assert cache.get(bob, "a") is None
    assert cache.get(ann, "b") is None


def test_the_answers_used_last_stay() -> None:
    cache, ann = AnswerCache(most=10), uuid.uuid4()
    for name in "abc":
        cache.put(ann, name, b"xxxx")
        cache.get(ann, "a")
    assert cache.get(ann, "a") == b"xxxx"
    assert cache.get(ann, "b") is None
    assert cache.get(ann, "c") == b"xxxx"
    cache.put(ann, "a", b"y")
    cache.put(ann, "d", b"xxxx")
    assert cache.get(ann, "a") == b"y"


def test_the_watch_tells_of_changes_and_is_stale_without_answers() -> None:
    versions, changed = iter([1, 1, 2]), threading.Event()
    gone = threading.Event()

    def read() -> int:
        try:
            return next(versions)
        except StopIteration:
            gone.set()
            raise StoreUnavailableError("gone") from None

    seen: list[int] = []

    def note(version: int) -> None:
        seen.append(version)
        changed.set()

    with IdentityWatch(read, note) as watch:
        assert watch.fresh
        assert changed.wait(30)
        assert gone.wait(30)
        assert seen == [2]
        assert watch.version == 2
        watch._seen -= 1.0
        assert not watch.fresh


class Nobody:
    """Users of a home without any."""

    def __init__(self) -> None:
        self.added: list[tuple[str, str, str, bool]] = []

    def list(self, limit: int) -> list[str]:
        return [name for name, *_ in self.added][:limit]

    def add(self, name: str, password: str, *, role: str, must_change: bool) -> "Nobody":
        self.added.append((name, password, role, must_change))
        self.name = name
        return self


def test_the_first_admin_is_made_once(tmp_path: Path) -> None:
    users = Nobody()
    made = add_first_admin(users, tmp_path, lambda change: change(), None)  # type: ignore[arg-type]
    assert made is not None
    path = made[1]
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    assert users.added == [("admin", path.read_text().strip(), "admin", True)]
    assert add_first_admin(users, tmp_path, lambda change: change(), None) is None  # type: ignore[arg-type]


def test_on_a_terminal_the_password_is_in_no_file(tmp_path: Path) -> None:
    shown: list[tuple[str, str]] = []
    users = Nobody()
    add_first_admin(users, tmp_path, lambda change: change(), lambda *both: shown.append(both))  # type: ignore[arg-type]
    assert [users.added[0][:2]] == shown
    assert list(tmp_path.iterdir()) == []
