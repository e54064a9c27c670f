"""Everything on one machine, with processes killed and the supervisor killed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx2
import pytest

from arbitrax.cli.supervisor import Process, Supervisor

PATIENCE = 60.0


class Up:
    """A running `arbitrax up` and what it has printed."""

    def __init__(self, home, *words):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "arbitrax.cli.main", "up", "--port", self.url.rpartition(":")[2], *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**environment, "ARBITRAX_HOME": str(home)},
        )  # fmt: skip
        self.lines = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.append(line)

    def count(self, text, since=0):
        return sum(text in line for line in self.lines[since:])

    def wait_for(self, text, times=1, since=0):
        end = time.monotonic() + PATIENCE
        while self.count(text, since) < times:
            assert time.monotonic() < end, f"{text!r} did not come {times} times in:\n{''.join(self.lines)}"
            threading.Event().wait(0.02)

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code


def living(home):
    """Return the command lines of what runs with a home, by process id."""
    found = {}
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if f"ARBITRAX_HOME={home}\0".encode() in (each / "environ").read_bytes() + b"\0":
                found[int(each.name)] = (each / "cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return found


@pytest.fixture
def home():
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-up-"))  # root's servers run as another user, who must reach it
    folder.chmod(0o755)
    yield folder / "home"
    shutil.rmtree(folder)


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc to see what runs")


@needs_proc
def test_what_dies_is_started_again_and_ctrl_c_stops_everything_in_order(home):
    up = Up(home)
    try:
        up.wait_for("recovery.done")
        os.kill(next(pid for pid, words in living(home).items() if b"serve\0exchange" in words), signal.SIGKILL)
        up.wait_for("exchange was ended by SIGKILL; it is started again")
        up.wait_for("recovery.done", times=2)
        up.wait_for("gateway.ready")
        assert httpx2.get(f"{up.url}/ready").status_code == 200
        (metrics,) = [line.split()[1] for line in up.lines if line.startswith("metrics ")]
        assert 'route="/ready",status="200"' in httpx2.get(metrics).text
        assert httpx2.get(f"{up.url}/metrics").status_code == 404
        password = (home / "identity" / "admin.password").read_text().strip()
        first = {"name": "admin", "password": password}
        assert httpx2.post(f"{up.url}/api/v1/auth/login", json=first).json()["user"]["must_change_password"]
        assert up.end(signal.SIGINT) == 0
    finally:
        up.process.kill()
        up.process.wait()
    stopped = [line.split()[0] for line in up.lines if re.search(r"(feed|worker)\.stopped", line)]
    assert stopped == ["feed", "exchange"]
    assert up.lines[-1] == "Stopped.\n"
    assert not living(home)


def test_a_port_that_is_taken_is_refused_before_anything_is_started(home):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", "up", "--port", str(port)],
            capture_output=True, text=True, check=False, timeout=PATIENCE,
            env={name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
            | {"ARBITRAX_HOME": str(home)},
        )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"Port {port} of 127.0.0.1 cannot be used" in ended.stderr
    assert not (home / "servers").exists()


@needs_proc
def test_a_newcomer_has_an_account_and_a_filled_order_without_a_command_line(home):
    up = Up(home)
    try:
        up.wait_for("gateway.ready")
        up.wait_for("maker.started")
        password = (home / "identity" / "admin.password").read_text().strip()
        with httpx2.Client(base_url=f"{up.url}/api/v1", timeout=30) as client:
            for secret in (password, "a long enough password"):
                given = client.post("/auth/login", json={"name": "admin", "password": secret}).json()
                client.headers["Authorization"] = f"Bearer {given['access_token']}"
                if given["user"]["must_change_password"]:
                    changed = {"current": password, "password": "a long enough password"}
                    assert client.put("/auth/password", json=changed).status_code == 200
            made = client.post("/accounts", json={"name": "paper"})
            assert made.status_code == 201, made.text
            bought = eventually_filled(client, made.json()["id"], "before")
            assert bought["quantity"] == "0.01"
            before = len(up.lines)
            os.kill(next(pid for pid, words in living(home).items() if b"serve\0maker" in words), signal.SIGKILL)
            up.wait_for("was ended by SIGKILL; it is started again")
            up.wait_for("maker.started", since=before)
            assert eventually_filled(client, made.json()["id"], "after")["status"] == "filled"
        assert up.end(signal.SIGINT) == 0
    finally:
        up.process.kill()
        up.process.wait()


def eventually_filled(client, account, name):
    """Buy at the market, again and again until the maker quotes; return the order that filled."""
    end, tries = time.monotonic() + PATIENCE, 0
    while True:
        order = {"account": account, "symbol": "BTC-USD", "side": "buy", "type": "market", "quantity": "0.01"}
        sent = client.post("/orders", json=order | {"client_order_id": f"{name}-{tries}"})
        if sent.status_code == 201 and sent.json()["status"] == "filled":
            return sent.json()
        assert time.monotonic() < end, sent.text
        tries += 1
        threading.Event().wait(0.1)


@needs_proc
def test_nothing_is_listed_or_quoted_when_nobody_wants_the_sample(home):
    up = Up(home, "--no-sample")
    try:
        up.wait_for("gateway.ready")
        assert not any(b"serve\0maker" in words for words in living(home).values())
        assert up.end(signal.SIGINT) == 0
    finally:
        up.process.kill()
        up.process.wait()


@needs_proc
def test_nothing_outlives_a_supervisor_that_was_killed(home):
    up = Up(home)
    up.wait_for("recovery.done")
    up.wait_for("gateway.ready")
    up.wait_for("maker.started")
    assert living(home)
    assert up.end(signal.SIGKILL) == -signal.SIGKILL
    end = time.monotonic() + PATIENCE
    while left := living(home):
        assert time.monotonic() < end, left
        threading.Event().wait(0.05)


def test_a_process_that_refuses_its_words_ends_everything():
    said = []
    supervisor = Supervisor([Process("nobody", ("serve", "nobody"))], lambda *line: said.append(line))
    assert supervisor.run() == "nobody"
    assert any(name == "nobody" and "nobody" in line for name, line in said)
