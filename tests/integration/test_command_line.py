"""The program as its users run it: whole processes, real servers, wrong words."""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from arbitrax.storage.postgres.schema import HEAD
from arbitrax.strategies.registry import BUILT_IN
from tests.market import sample_year_csv
from tests.report_page import recorded_of

STRATEGY = """
import numpy as np
import arbitrax as ax

class EveryOther(ax.Strategy):
    "Long on even bars."
    def signals(self, bars):
        return np.where(np.arange(len(bars)) % 2 == 0, 1.0, 0.0)
"""


class Program:
    """Runs `arbitrax` with a home of its own."""

    def __init__(self, home):
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ARBITRAX_")},
            "ARBITRAX_HOME": str(home),
        }

    def start(self, *words, folder=None, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "arbitrax.cli.main", *map(str, words)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**self.environment, **more}, cwd=folder,
        )  # fmt: skip

    def run(self, *words, code=0, folder=None, **more):
        process = self.start(*words, folder=folder, **more)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, f"{words} ended {process.returncode}:\n{out}\n{err}"
        return out, err

    def json(self, *words, code=0):
        return json.loads(self.run(*words, "--json", code=code)[0])


@pytest.fixture(scope="module")
def program():
    # Not pytest's tmp_path: root's servers run as another user, who must reach it.
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-cli-"))
    folder.chmod(0o755)
    made = Program(folder / "home")
    keeper = made.start("serve", "stores")  # so that not every command starts and stops the servers
    for line in keeper.stdout:
        if line.startswith("Running"):
            break
    yield made
    keeper.terminate()
    out, err = keeper.communicate(timeout=60)
    assert keeper.returncode == 0, out + err
    shutil.rmtree(folder)


@pytest.fixture
def year(tmp_path):
    path = tmp_path / "YEAR.csv"
    sample_year_csv(path)
    return path


def test_run_list_show_report_reproduce(program, tmp_path):
    document = program.json(
        "backtest", "run", "sma_cross", "--symbol", "AAPL", "-p", "fast=5", "-p", "slow=20", "--benchmark", "GSPC",
        "--from", "2010-01-01", "--to", "2012-12-31",
    )  # fmt: skip
    assert document["spec"]["strategy"]["parameters"] == {"fast": 5, "slow": 20, "short": False}
    assert document["prices"] == "adjusted"
    run = document["id"]
    assert run in [each["id"] for each in program.json("backtest", "list")]
    shown = program.json("backtest", "show", run)
    assert shown["metrics"] == document["metrics"]
    assert shown["result_hash"] == document["result_hash"]
    # The stored run is examined with its bars as they were.
    for panel in (shown["honesty"], document["honesty"]):
        assert panel["look_ahead"].pop("seconds") <= panel.pop("seconds")
    assert shown["honesty"] == document["honesty"]
    assert shown["honesty"]["look_ahead"]["verdict"] == "ok"
    assert program.run("backtest", "show", run)[0].lstrip().startswith("Honesty")
    assert len(shown["trades"]) >= shown["metrics"]["trades"] > 3
    assert program.json("backtest", "reproduce", run) == {
        "id": run, "reproduced": True, "differences": [], "cause": None,
        "result_hash": document["result_hash"], "stored_result_hash": document["result_hash"],
    }  # fmt: skip
    report = tmp_path / "report.html"
    program.run("backtest", "report", run, "--out", report)
    assert run in report.read_text(encoding="utf-8")
    for words in (["list"], ["show", run], ["reproduce", run]):
        assert run in program.run("backtest", *words)[0] or words[0] == "show"


def test_compare_and_export(program, tmp_path):
    words = ("backtest", "run", "sma_cross", "--symbol", "AAPL", "--from", "2010-01-01", "-p")
    first, second = (program.json(*words, f"fast={fast}")["id"] for fast in (5, 10))
    made = program.json("backtest", "compare", first, second, "--report", tmp_path / "compare.html")
    assert made["settings"] == {"parameters.fast": ["5", "10"]}
    one, two = made["metrics"]["sharpe"]["values"]
    assert made["metrics"]["sharpe"]["less_the_first"] == [two - one]
    assert (tmp_path / "compare.html").stat().st_size > 50_000
    assert "fast=10" in program.run("backtest", "compare", first, second)[0]
    assert "named twice" in program.run("backtest", "compare", first, first, code=2)[1]
    assert "1 runs is not possible" in program.run("backtest", "compare", first, code=2)[1]
    folder = tmp_path / "out"
    files = program.json("backtest", "export", first, "--out", folder, "--format", "json")["files"]
    assert {path.name for path in folder.iterdir()} == {Path(path).name for path in files}
    assert json.loads((folder / "metrics.json").read_text())["metrics"]["sharpe"] == one


def test_reproduce_survives_a_lost_cache_revised_bars_and_an_edited_strategy(program, tmp_path, year):
    strategy = tmp_path / "mine.py"
    strategy.write_text(STRATEGY)
    program.run("data", "import", year, "--symbol", "REVISED")
    run = program.json("backtest", "run", f"{strategy}:EveryOther", "--symbol", "REVISED")["id"]
    shutil.rmtree(Path(program.environment["ARBITRAX_HOME"]) / "cache")
    year.write_text(year.read_text().replace(",409.0,", ",408.0,", 1))
    assert program.json("data", "import", year, "--symbol", "REVISED")[0]["updated"] == 1
    strategy.write_text(STRATEGY.replace("== 0", "== 1"))
    assert program.json("backtest", "reproduce", run)["reproduced"] is True
    again = program.json("backtest", "run", f"{strategy}:EveryOther", "--symbol", "REVISED")
    assert again["id"] != run


def test_reproduce_notices_tampering(program):
    run = program.json("backtest", "run", "buy_and_hold", "--symbol", "IBM")["id"]
    code = (
        "import sys, psycopg\n"
        "from arbitrax.bootstrap import database_url\n"
        "from arbitrax.settings import read_settings\n"
        "from arbitrax.domain.ids import decode\n"
        "with psycopg.connect(database_url(read_settings())) as c:\n"
        "    c.execute('update backtest_curves set data = overlay(data placing %s from 9) where name = %s'\n"
        "              ' and backtest_id = %s', [bytes(8), 'equity', decode('bt', sys.argv[1])])\n"
    )
    subprocess.run([sys.executable, "-c", code, run], check=True, env=program.environment)
    outcome = program.json("backtest", "reproduce", run, code=1)
    assert outcome["reproduced"] is False
    assert "equity" in outcome["differences"]


def test_import_is_idempotent_and_counts(program, year):
    first = program.json("data", "import", year, "--symbol", "TWICE")[0]
    second = program.json("data", "import", year, "--symbol", "TWICE")[0]
    assert (first["rows"], first["added"], first["updated"], first["unchanged"]) == (250, 250, 0, 0)
    assert (second["rows"], second["added"], second["updated"], second["unchanged"]) == (250, 0, 0, 250)


def test_one_bad_file_of_two_ends_with_code_3_and_stores_the_other(program, year, tmp_path):
    bad = tmp_path / "BAD.csv"
    bad.write_text(year.read_text().replace("409.4,", "", 1))
    _, err = program.run("data", "import", bad, year, code=3)
    assert err.startswith("Error: BAD.csv, line 2: ")
    symbols = {each["symbol"] for each in program.json("data", "list")}
    assert "YEAR" in symbols
    assert "BAD" not in symbols


def test_a_bad_row_is_set_aside_and_shown(program, year, tmp_path):
    dirty = tmp_path / "DIRTY.csv"
    dirty.write_text(year.read_text().replace("409.4", "many", 1))
    out, err = program.run("data", "import", dirty, code=3)
    assert "set aside" in out
    assert "'many' is not a number" in err
    assert "Of DIRTY 1 row was set aside" in err
    (outcome,) = program.json("data", "import", dirty, code=3)
    assert (outcome["rows"], outcome["unchanged"], outcome["quarantined"]) == (250, 249, 1)
    assert "2012-01-03 has no open" in program.run("data", "check", "DIRTY")[0]


def test_a_folder_and_the_files_in_a_zip_are_imported_one_by_one(program, year, tmp_path):
    folder = tmp_path / "prices"
    folder.mkdir()
    (folder / "FOLDERED.csv").write_bytes(year.read_bytes())
    (folder / "LATER.csv").write_text(year.read_text().replace("409.4,", "", 1))
    with zipfile.ZipFile(folder / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(year, "us/zipped.us.csv")
    out, err = program.run("data", "import", folder, code=3)
    assert "FOLDERED 1d" in out
    assert "ZIPPED.US 1d" in out
    assert "LATER.csv, line" in err
    assert "fits one file" in program.run("data", "import", folder, "--symbol", "X", code=2)[1]
    packed = program.json("data", "import", folder / "pack.zip", "--symbol", "RENAMED")
    assert [each["series"] for each in packed] == [["RENAMED 1d"]]
    assert "was left out" not in err


def test_file_needs_no_server(year, tmp_path):
    alone = Program(tmp_path / "nothing" / "here")
    document = alone.json("backtest", "run", "sma_cross", "--data", year)
    assert document["id"] is None
    assert document["bars"] == 250
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ("backtest run sma_corss --symbol AAPL", 2, "did you mean 'sma_cross'?"),
        ("backtest run sma_cross --symbol APPL", 2, "did you mean 'AAPL'?"),
        ("backtest run sma_cross --symbol AAPL --interval 1m", 2, "AAPL has no 1m bars; stored are 1d."),
        ("backtest run sma_cross --symbol AAPL -p fsat=5", 2, "did you mean 'fast'?"),
        ("backtest run sma_cross --symbol AAPL -p fast=0", 2, "give a whole number from 1 to 1000"),
        ("backtest run sma_cross --symbol AAPL -p fast=40", 2, "fast = 40 must be smaller than slow = 30"),
        ("backtest run sma_cross --symbol AAPL -p fast", 2, "write it as name=value"),
        ("backtest run sma_cross --symbol AAPL --from 2013-01-01 --to 2012-01-01", 2, "lies after"),
        ("backtest run sma_cross --symbol AAPL --from 2030-01-01", 2, "has no 1d bars from 2030-01-01"),
        ("backtest run sma_cross --symbol AAPL --from 2012-01-01 --to 2012-01-20", 2, "needs at least 31 bars"),
        (
            "backtest run sma_cross --symbol AAPL --from yesterday",
            2,
            "The start date 'yesterday' is not a date",
        ),
        ("backtest run sma_cross --symbol AAPL --cash -3", 2, "cash = -3 is not allowed"),
        ("backtest run sma_cross --symbol AAPL --benchmark FB", 1, "FB starts after the first bar of AAPL"),
        ("backtest run sma_cross", 2, "either --symbol AAPL (stored bars) or --data FILE"),
        ("backtest run none.py:Mine --symbol AAPL", 2, "none.py cannot be read"),
        ("backtest run sma_cross --symbol AAPL --casj 3", 2, "Did you mean --cash?"),
        ("backtets run", 2, 'Did you mean "backtest"?'),
        ("backtest show bt_123", 2, "ids look like bt_"),
        ("backtest show bt_00000000000000000000000000", 2, "There is no run"),
        ("backtest run sma_cross --symbol AAPL -p fast=1 -p fast=2", 2, "-p fast is given twice"),
        ("backtest run sma_cross --symbol AAPL --set leverage=2", 2, "is no setting; write it as --set costs."),
        ("backtest run sma_cross --symbol AAPL --set account.levrage=2", 2, "did you mean 'leverage'?"),
        ("backtest run sma_cross --symbol AAPL --set account.leverage=big", 2, "leverage = 'big' is not allowed"),
        ("backtest run sma_cross --symbol AAPL --set instruments.lot=1", 2, "write it as instruments.AAPL.lot"),
        ("backtest run sma_cross --symbol AAPL --set instruments.IBM.lot=1", 2, "instruments names IBM"),
        ("data import none.csv", 1, "none.csv does not exist"),
        ("data import", 2, "Say what to import"),
        ("data show APPL", 2, "did you mean 'AAPL'?"),
    ],
)
def test_wrong_words_get_one_sentence(program, words, code, says):
    out, err = program.run(*words.split(), code=code)
    assert says in err
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err


def test_errors_as_json(program):
    _, err = program.run("backtest", "run", "x", "--symbol", "AAPL", "--json", code=2)
    assert json.loads(err)["error"]["code"] == "input.unknown_name"


def test_database_that_is_down_is_named_without_its_password(program):
    _, err = program.run("backtest", "list", code=1, ARBITRAX_DATABASE_URL="postgresql://me:secret@127.0.0.1:1/prices")
    assert "PostgreSQL at 127.0.0.1:1/prices does not answer" in err
    assert "secret" not in err


def test_misspelt_setting_is_refused(program):
    _, err = program.run("backtest", "list", code=2, ARBITRAX_DATABASE_ULR="x")
    assert "did you mean 'ARBITRAX_DATABASE_URL'?" in err


def test_schema_of_another_release(program):
    code = (
        "import sys, psycopg\n"
        "from arbitrax.bootstrap import database_url\n"
        "from arbitrax.settings import read_settings\n"
        "with psycopg.connect(database_url(read_settings())) as c:\n"
        "    c.execute('update alembic_version set version_num = %s', [sys.argv[1]])\n"
    )
    assert program.json("db", "check")["state"] == "current"
    try:
        subprocess.run([sys.executable, "-c", code, "9999"], check=True, env=program.environment)
        assert program.json("db", "check", code=1)["state"] == "newer"
        assert "upgrade arbitrax" in program.run("backtest", "list", code=1)[1]
        assert "upgrade arbitrax" in program.run("db", "upgrade", code=1)[1]
    finally:
        subprocess.run([sys.executable, "-c", code, HEAD], check=True, env=program.environment)
    assert program.json("db", "upgrade")["revision"] == HEAD


def test_doctor_finds_all_in_order(program):
    document = program.json("doctor")
    assert document["healthy"], document
    assert {"postgres", "journal", "cache", "schema", "compiled core"} <= {
        each["check"] for each in document["findings"]
    }


def test_strategies_are_listed_and_shown(program):
    assert [each["name"] for each in program.json("strategy", "list")] == sorted(BUILT_IN)
    assert "bars in the fast average" in program.run("strategy", "show", "sma_cross")[0]
    assert "Jegadeesh and Titman" in program.run("strategy", "show", "cross_sectional_momentum")[0]
    assert program.json("strategy", "show", "pairs_trading")["symbols"] == {"least": 2, "most": 2}


def test_data_is_listed_and_shown(program):
    listed = {each["symbol"]: each for each in program.json("data", "list")}
    assert listed["AAPL"]["rows"] == 3270
    assert listed["AAPL"]["source"] == "sample"
    bars = program.json("data", "show", "AAPL", "--rows", "1")["bars"]
    assert bars[0]["time"] == "2013-03-01"
    assert bars[0]["close"] == 430.47


def test_corporate_actions_are_imported_listed_and_withdrawn(program, tmp_path):
    path = tmp_path / "actions.csv"
    path.write_text(
        "symbol,kind,ex_date,ratio,amount,pay_date,currency\nAAPL,split,2005-02-28,2:1,,,\n"
        "AAPL,split,2005-03-01,7,,,\nAAPL,dividend,2012-08-09,,2.65,2012-08-16,USD\nAPPL,split,2005-02-28,2,,,\n"
    )
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("symbol,kind,ex_date,ratio\nAAPL,split,yesterday,2\n")
    first, second = program.json("data", "actions", "import", path, wrong, code=3)
    assert (first["symbols"], first["added"], first["unchanged"]) == (["AAPL", "APPL"], 4, 0)
    contradicted, unknown = first["notices"]
    assert "AAPL on 2005-03-01 is 7:1, but the price went from 44.86 to 44.99" in contradicted
    assert unknown.endswith("stored for APPL, so its actions were not compared; did you mean 'AAPL'?")
    assert "line 2, column 'ex_date': 'yesterday' is not a date" in second["refused"]
    assert program.json("data", "actions", "import", path)[0]["unchanged"] == 4
    program.run("data", "actions", "withdraw", "AAPL", "split", "2005-03-01")
    listed = program.json("data", "actions", "list", "AAPL")["actions"]
    assert [(each["ex_date"], each["ratio"], each["amount"]) for each in listed] == [
        ("2000-06-21", 2.0, None),  # of the bundled prices
        ("2005-02-28", 2.0, None),
        ("2012-08-09", None, 2.65),
    ]
    out, _ = program.run("data", "actions", "list", "AAPL")
    assert "2:1" in out
    assert "2012-08-16" in out
    program.run("data", "actions", "withdraw", "AAPL", "split", "2005-03-01", "--restore")
    assert len(program.json("data", "actions", "list", "AAPL")["actions"]) == 4
    assert "no corporate actions" in program.run("data", "actions", "list", "IBM")[0]
    for words, sentence in (
        (("list", "MSFTT"), "did you mean 'MSFT'?"),
        (("import",), "Say what to import"),
        (("withdraw", "AAPL", "splitt", "2005-03-01"), "did you mean 'split'?"),
        (("withdraw", "AAPL", "split", "2005-03-02"), "its own are on 2000-06-21, 2005-02-28, 2005-03-01."),
        (("withdraw", "AAPL", "split", "1.3.2005"), "write it as YYYY-MM-DD"),
    ):
        assert sentence in program.run("data", "actions", *words, code=2)[1]


def test_interrupted_import_leaves_nothing(program, tmp_path):
    path = tmp_path / "LONG.csv"
    with path.open("w") as file:
        file.write("timestamp,open,high,low,close,volume\n")
        file.writelines(f"{1_262_304_000 + 60 * at},10,11,9,10,5\n" for at in range(1_000_000))
    process = program.start("data", "import", path)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=1.0)  # somewhere in reading or storing; wherever it is, nothing may stay
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, out + err
    assert err == "Interrupted; nothing half-done was kept.\n"
    assert "LONG" not in {each["symbol"] for each in program.json("data", "list")}


def test_closed_pipe_is_no_error(program):
    shell = f"{sys.executable} -m arbitrax.cli.main data list | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, env=program.environment, check=True)
    assert done.stdout.strip() == "0"
    assert done.stderr == ""


def test_servers_of_your_own_by_url_start_no_other(program, empty_postgres_url, tmp_path):
    journal = subprocess.run(
        [
            sys.executable,
            "-c",
            "from arbitrax.bootstrap import embedded_servers as e; from arbitrax.settings import read_settings as r; "
            "print(e(r().home, r().durability).journal_url())",
        ],
        env=program.environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    own = Program(tmp_path / "home")
    own.environment |= {
        "ARBITRAX_DATABASE_URL": empty_postgres_url,
        "ARBITRAX_REDIS_URL": journal,
        "ARBITRAX_CACHE_URL": journal,
    }
    assert own.json("db", "check", code=1)["state"] == "empty"
    assert "run `arbitrax db upgrade`" in own.run("backtest", "list", code=1)[1]
    assert own.json("db", "upgrade")["before"] == "empty"
    own.run("data", "import", "--samples")
    run = own.json("backtest", "run", "sma_cross", "--symbol", "AAPL")["id"]
    assert own.json("backtest", "reproduce", run)["reproduced"]
    assert own.json("doctor")["healthy"]
    assert not (tmp_path / "home" / "servers").exists()


def test_doctor_names_a_valkey_that_is_down(program):
    out, _ = program.run("doctor", "--json", code=1, ARBITRAX_REDIS_URL="redis://:secret@127.0.0.1:1/0")
    mends = [each["mend"] for each in json.loads(out)["findings"] if not each["ok"]]
    assert len(mends) == 1
    assert "The Valkey at 127.0.0.1:1 does not answer" in mends[0]
    assert "secret" not in out


def test_brackets_in_names_are_shown_as_they_are(program, year, tmp_path):
    assert "[/red]B" in program.run("data", "import", year, "--symbol", "[/red]B")[0]
    assert "[/red]B" in program.run("data", "list")[0]
    report = tmp_path / "rep[draft].html"
    assert (
        "rep[draft].html"
        in program.run("backtest", "run", "buy_and_hold", "--symbol", "[/red]B", "--report", report)[0]
    )


def test_a_random_strategy_is_named_as_the_cause(program, tmp_path):
    path = tmp_path / "dice.py"
    path.write_text(STRATEGY.replace("np.where(np.arange(len(bars)) % 2 == 0, 1.0, 0.0)", "np.random.rand(len(bars))"))
    run = program.json("backtest", "run", f"{path}:EveryOther", "--symbol", "FB")["id"]
    outcome = program.json("backtest", "reproduce", run, code=1)
    assert "gives another result each time" in outcome["cause"]


def test_many_first_commands_at_once_all_find_the_bundled_prices():
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-cli-"))
    folder.chmod(0o755)
    try:
        new = Program(folder / "home")
        started = [
            new.start("backtest", "run", "sma_cross", "--symbol", symbol) for symbol in ("AAPL", "MSFT", "IBM", "GSPC")
        ]
        for each in started:
            out, err = each.communicate(timeout=120)
            assert each.returncode == 0, out + err
        assert [each["rows"] for each in new.json("data", "list")] == [3270, 196, 2148, 5031, 3270, 3270]
    finally:
        shutil.rmtree(folder)


def test_demo_tells_its_steps_and_can_be_read_by_programs(program):
    out, _ = program.run("demo")
    assert "byte-equal" in out
    assert "17,185 bars, 0 of them new" in out
    document = program.json("demo")
    assert document["reproduced"] is True
    assert Path(document["report"]).exists()


HEAVY = ("sqlalchemy", "alembic", "pandas", "polars", "pyarrow", "exchange_calendars", "valkey")


@pytest.mark.parametrize(
    "words",
    [
        "backtest run sma_cross --symbol AAPL",
        "backtest list",
        "data list",
        "data show AAPL",
        "REPRODUCE",
        "SHOW",
        "REPORT",
    ],
)
def test_commands_on_stored_runs_load_nothing_heavy(program, words):
    known = program.json("backtest", "run", "sma_cross", "--symbol", "AAPL")["id"]
    if words.isupper():
        words = f"backtest {words.lower()} {known}"
    code = (
        f"import sys; sys.argv = ['arbitrax', *{words.split()!r}]\n"
        "from arbitrax.cli.main import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=program.environment
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_closed_streams_leave_no_server_behind():
    folder = Path(tempfile.mkdtemp(prefix="arbitrax-cli-"))
    folder.chmod(0o755)
    new = Program(folder / "home")
    try:
        shell = f"{sys.executable} -m arbitrax.cli.main backtest list 0<&- >&- 2>&-"
        subprocess.run(["bash", "-c", shell], check=True, env=new.environment)
        code = (
            "from arbitrax.bootstrap import embedded_servers as e; from arbitrax.settings import read_settings as r; "
            "print([s.name for s in e(r().home, r().durability).status() if s.running])"
        )
        done = subprocess.run([sys.executable, "-c", code], check=True, env=new.environment, capture_output=True)
        assert done.stdout.strip() == b"[]"
    finally:
        shutil.rmtree(folder)


def test_full_output_is_one_sentence(program):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "arbitrax.cli.main", "data", "list"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=program.environment,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == "Error: The output cannot be written: No space left on device.\n"


def test_a_portfolio_is_stored_and_reproduced(program):
    words = ("--symbol", "AAPL,MSFT", "--from", "2010-01-01", "--fill", "same_close", "--set", "account.leverage=1.5")
    made = program.json("backtest", "run", "sma_cross", *words)
    assert made["spec"]["symbols"] == ["AAPL", "MSFT"]
    assert any("same_close" in text for text in made["notices"])
    again = program.json("backtest", "reproduce", made["id"])
    assert again["reproduced"], again
    shown = program.json("backtest", "show", made["id"])
    assert {trade["symbol"] for trade in shown["trades"]} == {"AAPL", "MSFT"}
    profit = sum(each["pnl"] for each in shown["contributions"])
    assert profit == pytest.approx(sum(trade["pnl"] for trade in shown["trades"]))
    assert profit == pytest.approx(made["metrics"]["total_return"] * 100_000)
    assert {trade["entry_reason"] for trade in shown["trades"]} == {"market"}
    text, _ = program.run("backtest", "show", made["id"])
    assert "Contributions (2 symbols)" in text
    # The report shows the prices of each symbol, which are not kept with the run.
    page = Path(program.json("backtest", "report", made["id"])["report"]).read_text(encoding="utf-8")
    assert recorded_of(page)["priced"] == ["AAPL", "MSFT"]


def test_strategy_check_says_what_can_be_compiled(program, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "import arbitrax as ax\n\n\nclass Mine(ax.Strategy):\n    def on_bar(self, ctx):\n"
        "        if not ctx.position:\n            ctx.buy(1, stop_loss=ctx.price * 0.9)\n"
    )
    assert program.json("strategy", "check", "sma_cross")["form"] == "signals"
    found = program.json("strategy", "check", f"{path}:Mine")
    assert (found["runs"], found["form"], found["compiles"]) == (True, "events", True)


def test_a_strategy_is_begun_and_checked(program, tmp_path):
    made = program.json("strategy", "new", "my_dip", "--directory", tmp_path / "mine", "--events")
    assert made["class"] == "MyDip"
    assert made["next"][0] == f"arbitrax strategy check {made['strategy']}"
    found = program.json("strategy", "check", made["strategy"])
    assert (found["ok"], found["runs"], found["form"], found["compiles"]) == (True, True, "events", True)
    assert found["problems"] == []
    assert [each["name"] for each in found["markets"]] == ["made-up waves", "AAPL", "GSPC", "AAPL + MSFT + IBM"]
    _, err = program.run("strategy", "new", "my_dip", "--directory", tmp_path / "mine", code=2)
    assert "exists already, and nothing is overwritten" in err
    _, err = program.run("strategy", "new", "my dip", "--directory", tmp_path, code=2)
    assert "'my dip' is no name for a Python file" in err


def test_strategy_check_says_what_is_wrong(program, tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(STRATEGY.replace("np.arange(len(bars)) % 2 == 0", "bars.close > bars.close.mean()"))
    _, err = program.run("strategy", "check", path, code=1)
    assert err.startswith(f"Error: {path}, line 7: signals looks ahead on made-up waves: At ")
    found = program.json("strategy", "check", f"{path}:EveryOther", code=1)
    assert (found["ok"], found["runs"], found["problems"][0]["kind"]) == (False, True, "look_ahead")
    path.write_text("import arbitrax as ax\nraise ValueError('x')\n")
    found = program.json("strategy", "check", path, code=1)
    assert (found["ok"], found["runs"], found["problems"][0]["kind"]) == (False, False, "raises")
    assert "failed to load at line 2: ValueError: x." in found["problems"][0]["sentence"]
    _, err = program.run("strategy", "check", tmp_path / "none.py", code=2)
    assert "cannot be read" in err


def test_the_page_write_a_strategy_does_what_it_says(program, tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "write-a-strategy.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(\w*)\n(.*?)```", page, re.DOTALL)
    strategy, its_test = tmp_path / "three_down.py", tmp_path / "test_three_down.py"
    codes = iter([code for language, code in blocks if language == "python"])

    def run(line):
        first, *words = shlex.split(line)
        if first == "arbitrax":
            return program.run(*words, folder=tmp_path)[0]
        ran = subprocess.run([sys.executable, "-m", first, "-p", "no:cacheprovider", *words], capture_output=True,
                             text=True, cwd=tmp_path, env=program.environment, check=False)  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    steps = [line for language, code in blocks if language == "sh" for line in code.splitlines()]
    assert [line.split()[0] for line in steps] == ["arbitrax", "arbitrax", "pytest", "arbitrax", "arbitrax"]
    run(steps[0])
    text = strategy.read_text()
    strategy.write_text(text[: text.index("class ThreeDown")] + next(codes))
    assert "no look-ahead was found" in " ".join(run(steps[1]).split())
    text = strategy.read_text()
    centred = text.replace(
        "np.convolve(fell, np.ones(self.falls))[: len(bars)]", 'np.convolve(fell, np.ones(3), "same")'
    )
    assert centred != text
    strategy.write_text(centred)
    _, err = program.run(*shlex.split(steps[1])[1:], folder=tmp_path, code=1)
    told = next(code for language, code in blocks if not language)
    assert err.split() == told.split()
    strategy.write_text(text)
    text = its_test.read_text()
    second = text.index("\n\n\ndef ", text.index("\ndef ") + 1)
    its_test.write_text(text[:second] + "\n\n\n" + next(codes))
    assert "2 passed" in run(steps[2])
    for line in steps[3:]:
        stored = re.search(r"Stored as (bt_\w+)", run(line))
        assert program.json("backtest", "reproduce", stored[1])["reproduced"] is True
    assert "ThreeDown" in (tmp_path / "three_down.html").read_text(encoding="utf-8")
    (tmp_path / "three_down.html").unlink()
    (tmp_path / "run.py").write_text(next(codes))
    subprocess.run([sys.executable, "run.py"], cwd=tmp_path, env=program.environment, check=True)
    assert (tmp_path / "three_down.html").exists()
    assert next(codes, None) is None


def test_costs_account_and_instruments_are_set_by_name(program, year, tmp_path):
    words = ("--set", "costs.per_share=0.005", "--set", "costs.tiers=[[0, 5], [1e6, 3]]", "--set", "account.kind=cash")
    made = program.json(
        "backtest", "run", "sma_cross", "--symbol", "AAPL", "--prices", "raw", *words, "--set", "instruments.*.lot=1"
    )
    assert made["spec"]["costs"]["per_share"] == 0.005
    assert made["spec"]["costs"]["tiers"] == [[0.0, 5.0], [1e6, 3.0]]
    assert made["spec"]["account"]["kind"] == "cash"
    assert made["spec"]["instruments"]["*"]["lot"] == 1.0
    shown = program.json("backtest", "show", made["id"])
    assert all(order["quantity"] == int(order["quantity"]) for order in shown["orders"] if order["status"] == "filled")


def test_honesty_can_be_left_out(program, year):
    words = ("backtest", "run", "sma_cross", "--data", year)
    assert program.json(*words, "--no-honesty")["honesty"] is None
    assert "Honesty" not in program.run(*words, "--no-honesty")[0]
    assert program.run(*words)[0].lstrip().startswith("Honesty")


def test_a_files_actions_are_applied_to_raw_prices(program, year, tmp_path):
    actions = tmp_path / "actions.csv"
    actions.write_text("kind,ex_date,amount\ndividend,2012-08-09,2.65\n")
    words = ("--data", year, "--prices", "raw", "--actions", str(actions))
    made = program.json("backtest", "run", "buy_and_hold", *words)
    assert any("1 USD dividend in the range" in text for text in made["notices"])
