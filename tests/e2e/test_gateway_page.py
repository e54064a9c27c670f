"""What the pages of the gateway show of orders, done as they show it, against `arbitrax up`."""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.integration.test_up import Up
from tests.socket_client import Socket

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="no curl found")


@pytest.fixture(scope="module")
def up() -> Iterator[tuple[Up, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-page-"))  # root's servers run as another user, who must reach it
    folder.chmod(0o755)
    running = Up(folder / "home")
    try:
        for line in ("recovery.done", "gateway.ready"):
            running.wait_for(line)
        yield running, folder / "home"
        assert running.end(signal.SIGINT) == 0
    finally:
        running.process.kill()
        running.process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text(), re.MULTILINE | re.DOTALL)


def test_the_first_login_works_as_the_page_says(up: tuple[Up, Path], tmp_path: Path) -> None:
    running, home = up
    (block,) = [each for each in blocks("gateway.md", "sh") if "auth/password" in each]
    script = block.replace("localhost:8080", running.url.removeprefix("http://")).replace("curl -s", "curl -sS --fail")
    assert (home / "identity" / "admin.password").exists()
    done = subprocess.run(
        ["bash", "-c", "set -e\n" + script.replace("\nsend ", "\nprintf '\\n' && send ")],
        env={"PATH": "/usr/bin:/bin", "ARBITRAX_HOME": str(home)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    changed, me, renewed = [json.loads(each) for each in done.stdout.splitlines() if each]
    assert (changed["name"], changed["must_change_password"]) == ("admin", False)
    assert me["scopes"] == ["admin", "read", "trade"]
    assert renewed["user"]["name"] == "admin"
    headers = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert httpx2.get(f"{running.url}/api/v1/auth/me", headers=headers).json()["user"]["name"] == "admin"
    assert not (home / "identity" / "admin.password").exists()


@pytest.fixture(scope="module")
def answers(up: tuple[Up, Path]) -> list[Any]:
    """Run the block about orders as it is written; return the answer to each line, and the key that it made."""
    running, home = up
    (block,) = [each for each in blocks("gateway.md", "sh") if "orders/validations" in each]
    first, *lines = block.splitlines()
    assert first.startswith("arbitrax up &")
    script = "\n".join(lines).replace("localhost:8080", running.url.removeprefix("http://"))
    script = script.replace("curl -s ", "curl -s --fail-with-body ").replace("\nax ", "\nprintf '\\n@ ' && ax ")
    words = f"arbitrax() {{ '{sys.executable}' -m arbitrax.cli.main \"$@\"; }}\nset -e\n"
    done = subprocess.run(
        ["bash", "-c", words + script + '\nprintf "\\n@ \\"$KEY\\""'],
        env={"PATH": "/usr/bin:/bin", "ARBITRAX_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads(each) for each in done.stdout.split("\n@ ")[1:]]


@pytest.fixture(scope="module")
def key(answers: list[Any]) -> str:
    return str(answers[-1])


def test_the_lines_of_the_gateways_page_work_as_they_are_written(answers: list[Any]) -> None:
    accounts, validation, order, found, book, history, positions, fills, switch, cancelled, _ = answers
    assert [each["name"] for each in accounts["data"]] == ["demo"]
    assert validation["accepted"] is True
    assert order["status"] == "open"
    assert [each["id"] for each in found["data"]] == [order["id"]]
    assert book["symbol"] == "BTC-USD"
    assert (history["has_more"], positions["data"], fills["data"]) == (False, [], [])
    assert switch["orders"] == []
    assert cancelled["orders"] == [order["id"]]


def test_every_frame_of_the_sockets_page_is_answered(up: tuple[Up, Path], key: str) -> None:
    for block in blocks("websocket.md", "json"):
        with closing(Socket(up[0].url)) as socket:
            lines = block.replace("ax_...", key).splitlines()
            for line in lines:
                socket.connection.send(line)
                request = json.loads(line)
                answer = socket.wait_for(lambda each, id=request["id"]: each.get("id") == id)
                assert answer["type"] in ("ack", "result", "pong"), answer
                if request["op"] == "submit":
                    assert [each["status"] for each in answer["results"]] == ["open", "open"]
    assert sum(len(each.splitlines()) for each in blocks("websocket.md", "json")) > 8
