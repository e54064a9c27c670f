"""`arbitrax ... --url`: the command line against a gateway, an exchange and a worker."""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from arbitrax.services.identity_ports import User
from tests.exchange_processes import Exchange
from tests.gateway import PASSWORD, Gateway
from tests.job_workers import Workers, install_misbehaving

YEAR = ("--symbol", "AAPL", "-p", "fast=10", "-p", "slow=30", "--from", "2012-01-01", "--to", "2012-12-31")


class Program:
    """Runs `arbitrax` with a home of its own and a key; ``url=None``: without ARBITRAX_URL."""

    def __init__(self, home: Path, url: str, key: str) -> None:
        self.home = home
        plain = {name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")}
        self.environment = {**plain, "ARBITRAX_HOME": str(home), "ARBITRAX_URL": url, "ARBITRAX_API_KEY": key}

    def run(self, *words: str, code: int = 0, given: str = "", **change: str | None) -> tuple[str, str]:
        merged = self.environment | change
        done = subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", *words],
            input=given, capture_output=True, text=True, check=False, timeout=300,
            env={name: value for name, value in merged.items() if value is not None},
        )  # fmt: skip
        assert done.returncode == code, f"{words} ended {done.returncode}:\n{done.stdout}\n{done.stderr}"
        return done.stdout, done.stderr

    def json(self, *words: str, code: int = 0, **change: str | None) -> Any:
        return json.loads(self.run(*words, "--json", code=code, **change)[0])


@pytest.fixture(scope="module")
def program(
    gateway: Gateway, trader: User, exchange: Exchange, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    workers = Workers(
        gateway.settings.home,
        install_misbehaving(tmp_path_factory.mktemp("packages")),
        ARBITRAX_DATABASE_URL=str(gateway.settings.database_url),
        ARBITRAX_CACHE_URL=str(gateway.settings.cache_url),
        ARBITRAX_REDIS_URL=str(gateway.settings.redis_url),
    )
    workers.start()
    yield Program(tmp_path_factory.mktemp("cli-home"), gateway.url, gateway.key(trader, "read", "trade"))
    workers.close()


def test_a_backtest_is_run_shown_and_reported(program: Program, tmp_path: Path) -> None:
    made = program.json("backtest", "run", "sma_cross", *YEAR, "--report", str(tmp_path / "run.html"))
    assert made["id"].startswith("bt_")
    assert made["metrics"]["sharpe"] is not None
    assert (made["bars"], made["start"], made["symbol"]) == (250, "2012-01-03T00:00:00Z", "AAPL")
    assert made["honesty"]["verdict"]
    assert (tmp_path / "run.html").read_text().startswith("<!")
    shown = program.json("backtest", "show", made["id"])
    assert {name: shown[name] for name in made if name not in ("report", "honesty")} == {
        name: made[name] for name in made if name not in ("report", "honesty")
    }
    assert len(shown["trades"]) == made["metrics"]["trades"]
    assert shown["orders"]
    listed = program.json("backtest", "list")
    assert listed[0]["id"] == made["id"]
    assert listed[0]["sharpe"] == made["metrics"]["sharpe"]
    text, _ = program.run("backtest", "show", made["id"])
    for word in ("look-ahead", "Sharpe", "Trades"):
        assert word in text
    assert made["id"] in program.run("backtest", "list")[0]
    path = tmp_path / "again.html"
    program.run("backtest", "report", made["id"], "--out", str(path))
    assert path.stat().st_size > 10_000
    assert not (program.home / "postgres").exists()  # nothing was started here


def test_its_document_is_the_one_of_the_local_command(program: Program, gateway: Gateway) -> None:
    there = program.json("backtest", "run", "sma_cross", *YEAR)
    store = {
        "ARBITRAX_HOME": str(gateway.settings.home), "ARBITRAX_URL": None, "ARBITRAX_API_KEY": None,
        "ARBITRAX_DATABASE_URL": str(gateway.settings.database_url),
        "ARBITRAX_CACHE_URL": str(gateway.settings.cache_url), "ARBITRAX_REDIS_URL": str(gateway.settings.redis_url),
    }  # fmt: skip
    here = program.json("backtest", "show", there["id"], **store)
    same = set(there) - {"honesty", "report", "spec", "contributions"}
    assert {name: there[name] for name in same} == {name: here[name] for name in same}
    assert set(there["honesty"]) == set(here["honesty"])
    assert program.json("backtest", "show", there["id"])["trades"] == here["trades"]
    lists = program.json("backtest", "list"), program.json("backtest", "list", **store)
    assert lists[0][0] == next(each for each in lists[1] if each["id"] == there["id"])


def test_a_run_draws_its_progress_on_a_terminal(program: Program) -> None:
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "arbitrax.cli.main", "backtest", "run", "sma_cross", *YEAR],
        stdout=subprocess.PIPE, stderr=theirs, env=program.environment | {"TERM": "xterm"}, text=True,
    )  # fmt: skip
    os.close(theirs)
    drawn = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:
            break
        if not data:
            break
        drawn += data
    os.close(ours)
    out, _ = done.communicate(timeout=300)
    assert done.returncode == 0, drawn
    assert "Stored as bt_" in out
    assert b"%" in drawn
    assert b"eta" in drawn


def test_what_cannot_be_run_there_says_why(program: Program) -> None:
    wrong = program.run("backtest", "run", "no_such", *YEAR, code=2)[1]
    assert "no_such" in wrong
    refused = program.run("backtest", "run", "sma_cross", "--data", "prices.csv", code=2)[1]
    assert "stored bars" in refused
    _, error = program.run("backtest", "show", "bt_" + "0" * 26, "--json", code=2)
    assert json.loads(error)["error"]["code"] == "input.unknown_name"


def test_series_ingestions_and_strategies(program: Program) -> None:
    assert "AAPL" in {each["symbol"] for each in program.json("data", "list")}
    bars = program.json("data", "show", "AAPL", "--rows", "3")
    assert len(bars["bars"]) == 3
    assert set(bars["bars"][0]) >= {"time", "open", "high", "low", "close", "volume"}
    words = ("SYN-CLI", "--source", "synthetic", "--from", "2020-01-01", "--to", "2020-01-31")
    assert "SYN-CLI" in program.run("data", "ingest", *words)[0]
    assert "SYN-CLI" in {name for each in program.json("data", "ingestions") for name in each["symbols"]}
    local = program.json("strategy", "show", "sma_cross", ARBITRAX_URL=None, ARBITRAX_API_KEY=None)
    assert program.json("strategy", "show", "sma_cross") == {
        name: value for name, value in local.items() if name != "source"
    }
    assert "sma_cross" in program.run("strategy", "list")[0]


def test_orders_have_the_documents_and_exit_codes_of_the_local_command(program: Program) -> None:
    account = ("--account", "mine")
    made = program.json("order", "submit", "COIN", "buy", "2", "--limit", "10", *account)
    assert (made["type"], made["status"], made["open"]) == ("done", "open", "2.00")
    (listed,) = program.json("order", "list", *account)
    assert (listed["order"], listed["price"]) == (made["order"], "10.00")
    assert program.json("order", "find", made["client_order_id"], *account)["order"] == made["order"]
    assert program.json("order", "amend", made["order"], "--quantity", "1", *account)["open"] == "1.00"
    assert program.json("order", "cancel", made["order"], *account)["status"] == "cancelled"
    refused = program.json("order", "submit", "COIN", "buy", "1000000", "--limit", "10", *account, code=4)
    assert (refused["type"], refused["code"]) == ("refused", "risk.no_buying_power")
    found = program.json("order", "find", refused["client_order_id"], *account)
    assert (found["status"], found["reason"]) == ("refused", "risk.no_buying_power")
    assert "risk.no_buying_power" in program.run("order", "find", refused["client_order_id"], *account)[1]
    pegged, said = program.run("order", "submit", "COIN", "buy", "1", "--peg", "0.1", *account, code=1)
    assert "--limit is missing; an order of type peg needs its limit price." in said
    assert "ticks" not in pegged + said
    again = program.json("order", "submit", "COIN", "buy", "2", "--limit", "10", *account, "--client-id", "twice")
    same = program.json("order", "submit", "COIN", "buy", "2", "--limit", "10", *account, "--client-id", "twice")
    assert same == again | {"repeated": True}
    assert program.json("order", "amend", same["order"], "--limit", "9", *account)["open"] == "2.00"
    assert program.json("order", "cancel", same["order"], *account)["client_order_id"] == "twice"
    program.run("order", "submit", "COIN", "buy", "1", "--limit", "10", *account)
    assert "1 orders cancelled" in program.run("order", "cancel", "--all", *account)[0]
    until = "2200-01-01T00:00:00.000Z"
    hidden = ("--display", "2", "--tif", "gtd", "--expire", until)
    iceberg = program.json("order", "submit", "COIN", "buy", "5", "--limit", "10", *hidden, *account)
    (listed,) = program.json("order", "list", *account)
    assert (listed["type"], listed["display"], listed["distance"]) == ("iceberg", "2.00", None)
    assert listed["expire"] == datetime.fromisoformat(until).timestamp() * 1000
    assert "shows" in program.run("order", "list", *account)[0]
    program.run("order", "cancel", iceberg["order"], *account)
    unknown = program.json("order", "find", "never-sent", *account, code=5)
    assert unknown["type"] == "unknown"


def test_a_login_is_kept_renewed_and_ended(program: Program, gateway: Gateway, admin: User) -> None:
    nobody: dict[str, str | None] = {"ARBITRAX_API_KEY": None}
    assert "arbitrax login" in program.run("order", "list", code=1, **nobody)[1]
    wrong = program.run("login", "ada", "--password-stdin", code=1, given="wrong wrong wrong\n", **nobody)[1]
    assert "Error:" in wrong
    assert "ada" in program.run("login", "ada", "--password-stdin", given=PASSWORD + "\n", **nobody)[0]
    path = program.home / "login.json"
    assert path.stat().st_mode & 0o777 == 0o600
    kept = json.loads(path.read_bytes())[gateway.url]
    assert PASSWORD not in path.read_text()
    # It is time to renew: the next command does, and keeps what it got.
    path.write_text(json.dumps({gateway.url: kept | {"renew_at": 0.0}}))
    assert {"ada", "tom"} <= {each["name"] for each in program.json("user", "list", **nobody)}
    renewed = json.loads(path.read_bytes())[gateway.url]
    assert renewed["refresh_token"] != kept["refresh_token"]
    assert path.stat().st_mode & 0o777 == 0o600

    program.run("user", "add", "cli-made", "--password-stdin", given=PASSWORD + "\n", **nobody)
    assert program.json("user", "role", "cli-made", "trader", **nobody)["role"] == "trader"
    assert program.json("user", "disable", "cli-made", **nobody)["is_active"] is False
    assert "ada" in program.run("key", "add", "tom", "not mine", code=2, **nobody)[1]
    key = program.json("key", "add", "ada", "from the command line", "--scope", "read", **nobody)
    assert key["secret"].startswith("ax_")
    assert key["id"] in {each["id"] for each in program.json("key", "list", "ada", **nobody)}
    assert program.json("key", "revoke", key["id"], **nobody)["revoked_at"] is not None
    assert "Signed out ada" in program.run("logout", **nobody)[0]
    assert json.loads(path.read_bytes()) == {}
    assert gateway.parts.store is not None


def test_local_commands_say_that_they_are(program: Program) -> None:
    words = ("data", "check", "AAPL")
    assert "works on the local store only; unset ARBITRAX_URL" in program.run(*words, code=2)[1]
    assert "leave --url out" in program.run(*words, "--url", "http://127.0.0.1:9", code=2, ARBITRAX_URL=None)[1]
    program.run("data", "check", "--help")
    assert "ARBITRAX_URL must start with" in program.run("data", "list", code=2, ARBITRAX_URL="localhost:8080")[1]


def test_the_examples_of_the_docs_do_what_they_say(program: Program, tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")
    url, key = program.environment["ARBITRAX_URL"], program.environment["ARBITRAX_API_KEY"]
    for there, here in (("http://localhost:8080", url), ("BTC-USD", "COIN"), ('"demo"', '"mine"'), ("demo", "mine")):
        page = page.replace(there, here)
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", page, flags=re.DOTALL)
    assert len(blocks) >= 4
    session: dict[str, Any] = {"KEY": key}
    for code, printed in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "docs/client.md", "exec"), session)  # noqa: S102 - our own page
        assert out.getvalue() == printed, code
    (shell,) = re.findall(r"```sh\n(.*?)```", page, flags=re.DOTALL)
    path = Path(sys.executable).parent
    environment = program.environment | {"KEY": key, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-e", "-c", shell], env=environment, capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for word in ("Sharpe", "Stored as bt_", "1 orders cancelled"):
        assert word in done.stdout
