"""Reads go to a real hot standby that may lag; a process always sees what it wrote itself."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
import pytest
from msgspec.structs import replace

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.storage.embedded.account import server_account
from arbitrax.storage.embedded.binaries import find_binaries, reachable_binaries
from arbitrax.storage.parquet.bar_cache import BarCache
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.connection import Database

RECEIVED = 1_700_000_000_000_000_000


def store(bar_store: PostgresBarStore, *series, received: int = RECEIVED) -> None:
    bar_store.store(series, source="x", received=received, rows_done=lambda _rows: None)


class Standby:
    """A standby of the test server, whose replay can be held up."""

    def __init__(self, server: str, sockets: Path) -> None:
        self._server = server
        parts = urlsplit(server)
        self._url = urlunsplit(parts._replace(query=f"host={quote(str(sockets), safe='')}&port=5432"))

    def url(self, database: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=urlsplit(database).path))

    def hold(self, *, up: bool) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SELECT pg_wal_replay_pause()" if up else "SELECT pg_wal_replay_resume()")

    def catch_up(self) -> None:
        with psycopg.connect(self._server, autocommit=True) as primary:
            (written,) = primary.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        with psycopg.connect(self._url, autocommit=True) as connection:
            behind = "SELECT pg_last_wal_replay_lsn() < %s::pg_lsn FROM pg_sleep(0.02)"
            while connection.execute(behind, [written]).fetchone() == (True,):
                pass


@pytest.fixture(scope="module")
def standby(postgres_server: str) -> Iterator[Standby]:
    home = Path(tempfile.mkdtemp(prefix="arbitrax-standby-"))
    home.chmod(0o711)
    account = server_account([])
    binaries = reachable_binaries(home / "programs", account)
    data, sockets = home / "data", home / "sockets"
    sockets.mkdir()
    backup = find_binaries().postgres_install / "bin" / "pg_basebackup"
    subprocess.run([backup, "-d", postgres_server, "-D", data, "-R", "-c", "fast", "--no-sync"], check=True)
    who = {}
    if account is not None:
        for path in (sockets, data, *data.rglob("*")):
            os.chown(path, account.uid, account.gid)
        who = {"user": account.uid, "group": account.gid, "extra_groups": []}
    options = {"unix_socket_directories": str(sockets), "listen_addresses": "", "fsync": "off", "hot_standby": "on"}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    log = (home / "log").open("wb")
    server = subprocess.Popen(
        [binaries.postgres, "-D", data, *words], cwd=data, stdout=log, stderr=subprocess.STDOUT, **who
    )
    try:
        ready = Standby(postgres_server, sockets)
        while server.poll() is None:
            try:
                psycopg.connect(ready._url).close()
                break
            except psycopg.OperationalError:
                continue
        assert server.poll() is None, (home / "log").read_text()
        yield ready
    finally:
        server.terminate()
        server.wait()
        log.close()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def replicated(standby: Standby, postgres_url: str) -> Iterator[Database]:
    standby.catch_up()
    with Database(postgres_url, replica_url=standby.url(postgres_url)) as database:
        yield database
    standby.hold(up=False)
    standby.catch_up()


def close_of(bar_store: PostgresBarStore) -> list[float]:
    return [
        float(read.bars.close[-1])
        for read in (
            bar_store.load("AAPL", "1d", cached=False),
            bar_store.load_range("AAPL", "1d", 0, None),
            bar_store.latest("AAPL", "1d", 3),
            *bar_store.load_many(["AAPL"], "1d"),
        )
    ]


def test_reads_come_from_the_replica_as_it_is_and_own_writes_are_seen(
    standby, replicated, postgres_url, make_bars
) -> None:
    bars = make_bars()
    versions = [replace(bars, close=bars.close * factor) for factor in (1.0, 1.01, 1.02, 1.03)]
    latest = [float(each.close[-1]) for each in versions]
    ours = PostgresBarStore(replicated)
    with Database(postgres_url) as database:
        theirs = PostgresBarStore(database)
        store(theirs, versions[0])
        standby.catch_up()
        standby.hold(up=True)
        store(theirs, versions[1], received=RECEIVED + 10**6)
        assert close_of(ours) == [latest[0]] * 4  # another process's write is not there yet
        assert ours.load("AAPL", "1d", as_of=RECEIVED + 10**6).bars.close[-1] == latest[1]  # but what is named is
        store(ours, versions[2], received=RECEIVED + 2 * 10**6)
        assert close_of(ours) == [latest[2]] * 4  # our own is
        standby.hold(up=False)
        standby.catch_up()
        assert close_of(ours) == [latest[2]] * 4
        standby.hold(up=True)
        store(theirs, versions[3], received=RECEIVED + 3 * 10**6)
        assert close_of(ours) == [latest[2]] * 4  # reads are the replica's again


def test_what_a_replica_reads_first_is_cached_for_it_too(
    standby, replicated, make_bars, tmp_path, postgres_url
) -> None:
    bars = make_bars()
    with Database(postgres_url) as database:
        store(PostgresBarStore(database), bars, replace(bars, symbol="B"))
        store(PostgresBarStore(database), replace(bars, close=bars.close * 1.01), received=RECEIVED + 10**6)
    standby.catch_up()
    ours = PostgresBarStore(replicated, BarCache(tmp_path / "bars"))
    assert ours.load("AAPL", "1d").bars.close[-1] == bars.close[-1] * 1.01
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(content_hash) FROM price_series").fetchone() == (2,)


def test_a_replica_that_is_down_is_named(postgres_url) -> None:
    absent = "postgresql://me:hunter2@127.0.0.1:1/prices"
    with Database(postgres_url, replica_url=absent) as database:
        with pytest.raises(StoreUnavailableError, match="correct ARBITRAX_DATABASE_REPLICA_URL, or unset it") as caught:
            PostgresBarStore(database).latest("AAPL", "1d", 1)
        assert "hunter2" not in str(caught.value)
        with database.connection() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
