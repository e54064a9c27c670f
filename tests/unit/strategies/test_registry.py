import pytest

import arbitrax as ax
from arbitrax.domain.errors import StrategyError, UnknownNameError
from arbitrax.strategies import registry
from arbitrax.strategies.strategy import source_of

SOURCE = """
import numpy as np
import arbitrax as ax

class Coin(ax.Strategy):
    "Long every other bar."
    every: int = ax.parameter(2, low=1, high=10, doc="bars")

    def signals(self, bars):
        return np.where(np.arange(len(bars)) % self.every == 0, 1.0, 0.0)
"""


def test_a_file_gives_its_class_and_source(tmp_path):
    path = tmp_path / "coin.py"
    path.write_text(SOURCE)
    strategy = registry.find_strategy(f"{path}:Coin")
    assert strategy(every=3).values == {"every": 3}
    assert source_of(strategy) == SOURCE
    assert registry.find_strategy(str(path)).__name__ == "Coin"  # the only one needs no name


def test_built_in_names_work_in_both_spellings():
    assert registry.find_strategy("sma_cross") is registry.find_strategy("SmaCross") is ax.SmaCross
    assert registry.describe(ax.SmaCross) == "sma_cross"


def test_unknown_name_gets_a_guess():
    with pytest.raises(UnknownNameError, match=r"No strategy is called 'sma_corss'; did you mean 'sma_cross'\?"):
        registry.find_strategy("sma_corss")


def test_missing_file_and_class_are_named(tmp_path):
    with pytest.raises(UnknownNameError, match="cannot be read: No such file"):
        registry.find_strategy(str(tmp_path / "none.py") + ":X")
    path = tmp_path / "coin.py"
    path.write_text(SOURCE)
    with pytest.raises(UnknownNameError, match=r"no strategy class 'Con'; did you mean 'Coin'\?"):
        registry.find_strategy(f"{path}:Con")
    path.write_text("x = 1")
    for given in (f"{path}:X", str(path)):
        with pytest.raises(UnknownNameError, match=r"coin\.py has no strategy of its own; write one"):
            registry.find_strategy(given)


@pytest.mark.parametrize(
    ("source", "message"),
    [("def (", "at line 1: SyntaxError"), ("x = 1\ny = 1 / 0", "at line 2: ZeroDivisionError")],
)
def test_broken_file_says_where(tmp_path, source, message):
    path = tmp_path / "broken.py"
    path.write_text(source)
    with pytest.raises(StrategyError, match=message):
        registry.find_strategy(f"{path}:X")


def test_a_file_that_ends_the_program_is_refused(tmp_path):
    path = tmp_path / "ending.py"
    path.write_text("import sys\nsys.exit(0)")
    with pytest.raises(StrategyError, match="at line 2: SystemExit"):
        registry.find_strategy(f"{path}:X")


def test_a_file_that_needs_its_neighbour_says_that_it_stands_alone(tmp_path):
    (tmp_path / "neighbour.py").write_text("W = 1")
    path = tmp_path / "mine.py"
    path.write_text("from neighbour import W")
    with pytest.raises(StrategyError, match="imports its neighbour 'neighbour'; a strategy file stands alone"):
        registry.find_strategy(f"{path}:X")


def test_a_class_re_exported_by_its_package_is_found(tmp_path, monkeypatch):
    package = tmp_path / "their_package"
    package.mkdir()
    (package / "momentum.py").write_text(SOURCE)
    (package / "__init__.py").write_text("from their_package.momentum import Coin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(registry.BUILT_IN, "theirs", "their_package:Coin")
    assert registry.find_strategy("theirs").__name__ == "Coin"


def test_installed_strategies_are_found_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "their_strategies.py").write_text(SOURCE)
    info = tmp_path / "theirs-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[arbitrax.strategies]\ncoin = their_strategies:Coin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert registry.installed()["coin"] == "their_strategies:Coin"
    assert registry.find_strategy("coin")().every == 2
