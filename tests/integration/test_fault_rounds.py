"""Kill things at random moments, again and again. Too long for every change."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.integration.test_command_line import Program

ROUNDS = 25
ROWS = 150_000


@pytest.fixture
def program():
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-faults-"))
    folder.chmod(0o755)
    yield Program(folder / "home")
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_killed_imports_leave_a_series_whole_or_absent(program, tmp_path):
    path = tmp_path / "KILLED.csv"
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        file.writelines(f"{1_262_304_000 + 60 * at},10,11,9,10,5\n" for at in range(ROWS))
    program.run("data", "list")
    dice = random.Random(7)  # noqa: S311 - moments, not secrets
    for number in range(ROUNDS):
        process = program.start("data", "import", path, "--symbol", f"K{number}")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=dice.uniform(0.2, 2.5))
        process.kill()
        process.communicate()
        rows = {each["symbol"]: each["rows"] for each in program.json("data", "list")}
        assert rows.get(f"K{number}", ROWS) == ROWS
        assert rows["AAPL"] == 3270
    assert program.json("data", "import", path, "--symbol", "K0")[0]["rows"] == ROWS


@pytest.mark.nightly
def test_no_stored_run_is_lost_when_postgresql_is_killed(program):
    runs = []
    pid = (
        "from arbitrax.bootstrap import embedded_servers as e; from arbitrax.settings import read_settings as r; "
        "print(next(s.pid for s in e(r().home).status() if s.name == 'postgres'))"
    )
    for _ in range(ROUNDS // 5):
        keeper = program.start("serve", "stores")
        for line in keeper.stdout:
            if line.startswith("Running"):
                break
        runs.append(program.json("backtest", "run", "sma_cross", "--symbol", "AAPL")["id"])
        found = subprocess.run(
            [sys.executable, "-c", pid], env=program.environment, check=True, capture_output=True, text=True
        )
        os.kill(int(found.stdout), signal.SIGKILL)
        assert set(runs) <= {each["id"] for each in program.json("backtest", "list")}
        keeper.terminate()
        keeper.communicate(timeout=60)
    for run in runs:
        assert program.json("backtest", "reproduce", run)["reproduced"]
