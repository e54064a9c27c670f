import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]


def output(capsys, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["simulated_day.py", *arguments])
    runpy.run_path(str(ROOT / "examples" / "simulated_day.py"), run_name="__main__")
    return capsys.readouterr().out


def test_the_example_draws_and_adds_up(capsys, monkeypatch):
    lines = output(capsys, monkeypatch, "300").splitlines()
    table = [each.split() for each in lines if each[:1].isalpha()]
    assert [each[0] for each in table].count("NoiseTrader") == 4
    assert sum(int(each[4]) for each in table) == 0
    assert any("*" in each for each in lines)


@pytest.mark.nightly
def test_the_page_shows_what_the_example_prints(capsys, monkeypatch):
    page = (ROOT / "docs" / "concepts" / "simulated-markets.md").read_text(encoding="utf-8")
    assert output(capsys, monkeypatch).rstrip() in page
