"""New files: they work as written."""

import subprocess
import sys

import pytest

import arbitrax as ax
from arbitrax.backtest.first_check import check_strategy
from arbitrax.domain.errors import InputError
from arbitrax.strategies.registry import find_strategy, load_file
from arbitrax.strategies.templates import write_strategy


@pytest.mark.parametrize("events", [False, True])
def test_a_new_strategy_checks_runs_and_passes_its_own_test(tmp_path, events):
    written = write_strategy("my_dip", tmp_path / "new folder", events=events)
    strategy = find_strategy(str(written.strategy))
    assert strategy.__name__ == written.class_name == "MyDip"
    assert strategy.is_event_driven() is events
    assert all(each.doc for each in strategy.parameters.values())
    assert check_strategy(strategy).problems == ()
    result = ax.backtest(strategy(dip=4), ax.sample_bars("MSFT"))
    assert result.metrics["trades"] > 10
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", written.test.name],
        cwd=written.test.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "4 passed" in ran.stdout


def test_its_test_fails_when_the_strategy_looks_ahead(tmp_path):
    written = write_strategy("my_dip", tmp_path)
    text = written.strategy.read_text()
    peeking = text.replace("close, long, short = bars.close,", "close, long, short = np.roll(bars.close, -1),")
    assert peeking != text
    written.strategy.write_text(peeking)
    problem = check_strategy(load_file(written.strategy, "")).problems[0]
    assert problem.kind == "look_ahead"
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", written.test.name],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "signals looks ahead" in ran.stdout


@pytest.mark.parametrize("events", [False, True])
def test_new_files_are_formatted_and_lint_free(tmp_path, events):
    write_strategy("my_dip", tmp_path, events=events)
    for words in (["format", "--check"], ["check", "--select", "E,F,W,I,B,UP,N,SIM,RUF", "--target-version", "py311"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--isolated", "--line-length", "120", str(tmp_path)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "class_name"), [("dip", "Dip"), ("DipBuyer", "DipBuyer"), ("dip_buyer_2", "DipBuyer2")]
)
def test_the_class_is_named_after_the_file(tmp_path, name, class_name):
    assert write_strategy(name, tmp_path).class_name == class_name


@pytest.mark.parametrize("name", ["a b", "9a", "class", "a-b", "../a", "_", "__init__", "", "a.py"])
def test_names_that_are_none_are_refused(tmp_path, name):
    with pytest.raises(InputError, match="is no name for a Python file; use letters, digits and _"):
        write_strategy(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["json", "numpy", "arbitrax"])
def test_names_of_modules_are_refused(tmp_path, name):
    with pytest.raises(InputError, match=f"'{name}' is a module that Python has"):
        write_strategy(name, tmp_path)


@pytest.mark.parametrize("kept", ["mine.py", "test_mine.py"])
def test_nothing_is_overwritten(tmp_path, kept):
    (tmp_path / kept).write_text("precious")
    with pytest.raises(InputError, match=r"exists already, and nothing is overwritten; choose another name"):
        write_strategy("mine", tmp_path)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["precious"]


def test_a_place_that_cannot_be_written_to_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"cannot be written: "):
        write_strategy("mine", tmp_path / "file")
