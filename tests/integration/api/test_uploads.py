"""Strategy code sent with a backtest: who may, and what becomes of it in a real worker."""

import hashlib
import threading
import time
from types import SimpleNamespace

import msgspec
import pytest

from arbitrax.backtest.spec import RunSpec, StrategyRef
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.errors import AccessError
from arbitrax.domain.ids import decode, encode
from arbitrax.services.backtest_jobs import AskedBacktest, do_backtest
from arbitrax.services.backtests import run_stored
from arbitrax.services.run_log import RunLog
from arbitrax.strategies.registry import find_strategy
from tests.integration.api.test_command_line_url import Program
from tests.job_workers import Workers

PATH = "/api/v1/backtests"
PATIENCE = 120.0
SOURCE = """
import arbitrax as ax
import numpy as np

class Mine(ax.Strategy):
    days: int = ax.parameter(20, low=2, high=200, doc="of the average")

    def signals(self, bars):
        mean = np.convolve(bars.close, np.ones(self.days) / self.days)[: len(bars)]
        return np.where(bars.close > mean, 1.0, 0.0)
"""
ENDLESS = SOURCE.replace("        mean =", "        while True: pass\n        mean =")
YEAR = {"strategy": "Mine", "source": SOURCE, "symbols": ["AAPL"], "start": "2012-01-01", "end": "2012-12-31"}


@pytest.fixture
def uploads(gateway, monkeypatch):
    monkeypatch.setattr(gateway.parts, "takes_uploads", True)


@pytest.fixture(scope="module")
def workers(gateway_settings, gateway, tmp_path_factory):
    packages = tmp_path_factory.mktemp("packages")
    made = Workers.beside(gateway_settings, packages, ARBITRAX_POLYGON_KEY="nobody-may-see-this")
    yield made
    made.close()


@pytest.fixture(scope="module")
def worker(workers):
    return workers.start(2, ARBITRAX_STRATEGY_UPLOADS="admin", ARBITRAX_JOB_SECONDS="8")


@pytest.fixture
def chief(gateway, admin):
    with gateway.client(gateway.key(admin, "read", "trade", "admin")) as made:
        yield made


def until_over(client, address):
    for _ in range(int(PATIENCE / 0.02)):
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        if answer.json()["status"] not in ("queued", "running"):
            return answer.json()
        threading.Event().wait(0.02)
    raise AssertionError(answer.text)


def test_no_code_is_taken_unless_a_setting_says_so(chief) -> None:
    refused = chief.post(PATH, json=YEAR)
    assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")
    assert "ARBITRAX_STRATEGY_UPLOADS" in refused.json()["detail"]


def test_only_admins_may_send_code(gateway, uploads, admin, trader) -> None:
    for key in (gateway.key(trader, "read", "trade"), gateway.key(admin, "read", "trade")):
        with gateway.client(key) as client:
            refused = client.post(PATH, json=YEAR)
            assert (refused.status_code, refused.json()["code"]) == (403, "access.forbidden")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"source": ""}, 422),
        ({"source": "x" * 200_001}, 422),
        ({"source": "x = '\0'"}, 422),
        ({"source": 7}, 422),
        ({"strategy": "a b"}, 422),
        ({"strategy": "../mine.py:Mine"}, 422),
        ({"symbols": ["NOTSTORED"]}, 422),
    ],
    ids=repr,
)
def test_what_cannot_run_is_refused_at_once(chief, uploads, change, status) -> None:
    assert chief.post(PATH, json=YEAR | change).status_code == status


def test_an_uploaded_strategy_runs_and_its_result_is_like_any_other(gateway, chief, uploads, worker) -> None:
    taken = chief.post(PATH, json=YEAR | {"parameters": {"days": 5}})
    assert taken.status_code == 202, taken.text
    address = taken.headers["location"]
    done = until_over(chief, address)
    assert done["status"] == "succeeded", done
    run = gateway.parts.store.runs.load(decode("bt", done["id"]))
    assert run.strategy_source == SOURCE
    reference = run.spec.strategy
    assert (reference.name, reference.class_name, reference.parameters) == ("uploaded:Mine", "Mine", {"days": 5})
    assert reference.source_hash == hashlib.sha256(SOURCE.encode()).hexdigest()
    assert len(run.trades) > 3
    again = until_over(chief, chief.post(PATH, json=YEAR | {"parameters": {"days": 5}}).headers["location"])
    assert again["result"]["result_hash"] == done["result"]["result_hash"]
    assert taken.json()["spec"]["strategy"] | {"parameters": {"days": 5}} == done["spec"]["strategy"]


def test_the_command_line_sends_a_file_along(gateway, admin, uploads, worker, tmp_path) -> None:
    program = Program(tmp_path / "home", gateway.url, gateway.key(admin, "read", "trade", "admin"))
    file = tmp_path / "mine.py"
    file.write_text(SOURCE + "\n\nclass Other(Mine):\n    pass\n")
    words = ("--symbol", "AAPL", "-p", "days=5", "--from", "2012-01-01", "--to", "2012-12-31", "--no-honesty")
    assert "2 strategy classes, so name one" in program.run("backtest", "run", str(file), *words, code=2)[1]
    made = program.json("backtest", "run", f"{file}:Mine", *words)
    run = gateway.parts.store.runs.load(decode("bt", made["id"]))
    assert run.strategy_source == file.read_text()
    assert (run.spec.strategy.class_name, run.spec.strategy.parameters) == ("Mine", {"days": 5})
    file.write_text(SOURCE)
    assert program.json("backtest", "run", str(file), *words)["metrics"] == made["metrics"]
    assert "cannot be read" in program.run("backtest", "run", str(tmp_path / "none.py"), *words, code=2)[1]


def test_the_gateway_answers_about_it_and_runs_nothing_of_it(
    gateway, chief, uploads, worker, tmp_path, monkeypatch
) -> None:
    """The report's honesty card reruns what is registered; of uploaded code it says that it cannot."""
    trap = tmp_path / "it ran here"
    source = SOURCE + f"\ntry:\n    open({str(trap)!r}, 'w').close()\nexcept OSError:\n    pass\n"
    done = until_over(chief, chief.post(PATH, json=YEAR | {"source": source}).headers["location"])
    assert done["status"] == "succeeded", done
    assert not trap.exists(), "in the worker"
    for path, accept in ((done["result"]["report"], "text/html"), (f"{PATH}/{done['id']}/honesty", "application/json")):
        assert chief.get(path, headers={"Accept": accept}).status_code == 200
    assert not trap.exists(), "in the gateway"


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ("open('/etc/passwd')", "strategy.failed", "Permission denied"),
        ("import os; raise ValueError(dict(os.environ))", "strategy.failed", "HOME"),
        ("import socket; socket.socket()", "strategy.failed", "not permitted"),
        ("import os; os.fork()", "strategy.failed", "not permitted"),
        ("import os; os.kill(os.getppid(), 9)", "strategy.failed", "not permitted"),
        ("import os; os._exit(0)", "strategy.failed", "exit code 0"),
        ("bytearray(1 << 34)", "job.limit", "memory"),
        ("while True: pass", "job.limit", "more than the 8 s"),
    ],
)
def test_hostile_code_ends_as_a_failed_job_with_its_reason(chief, uploads, worker, body, code, reason) -> None:
    source = SOURCE.replace("        mean =", f"        {body}\n        mean =")
    done = until_over(chief, chief.post(PATH, json=YEAR | {"source": source}).headers["location"])
    assert done["status"] == "failed"
    assert done["error"]["code"] == code, done["error"]
    assert reason in done["error"]["detail"]
    assert "nobody-may-see-this" not in done["error"]["detail"]
    assert done["attempt"] == 1, "nobody tries it again"


def test_a_running_one_can_be_cancelled(chief, uploads, worker) -> None:
    address = chief.post(PATH, json=YEAR | {"source": ENDLESS}).headers["location"]
    while chief.get(address).json()["status"] == "queued":
        threading.Event().wait(0.02)
    assert chief.post(f"{address}/cancellation").status_code == 202
    assert until_over(chief, address)["status"] == "cancelled"


def test_a_worker_without_the_setting_refuses_it() -> None:
    """Operators of a gateway and of a worker may differ: then the worker's word counts."""
    asked = AskedBacktest(strategy=StrategyRef("Mine", "Mine", {}), symbols=("AAPL",), source=SOURCE)
    stores = SimpleNamespace(jobs=SimpleNamespace(runs_of=lambda lease, log: None))
    with pytest.raises(AccessError, match="ARBITRAX_STRATEGY_UPLOADS"):
        do_backtest(
            stores, None, msgspec.json.encode(asked),
            owner=None, lease=None, now=0, watch=None, sandbox=None, log=RunLog,
        )  # fmt: skip


def test_the_gateway_runs_no_code_that_lies_with_a_run(gateway, chief, tmp_path) -> None:
    """A run of the command line brought its file along. The command line may run that again; the gateway does not."""
    ran = tmp_path / "ran"
    file = tmp_path / "mine.py"
    file.write_text(f"with open({str(ran)!r}, 'a') as file:\n    file.write('x')\n{SOURCE}")
    strategy = find_strategy(f"{file}:Mine")()
    store = gateway.parts.store
    spec = RunSpec(strategy=strategy_ref(strategy, f"{file}:Mine"), symbols=("AAPL",), start="2012-01-01")
    id, _ = run_stored(store.bars, store.actions, store.runs, spec, strategy, now=time.time_ns())
    before = ran.read_text()
    address = f"{PATH}/{encode('bt', id)}"
    for path, accept in ((f"{address}/report", "text/html"), (f"{address}/honesty", "application/json")):
        assert chief.get(path, headers={"Accept": accept}).status_code == 200
    assert ran.read_text() == before
