import inspect
import subprocess
import sys

import pytest

import arbitrax as ax
from arbitrax import exchange


@pytest.mark.parametrize("name", ax.__all__)
def test_every_public_name_loads(name):
    assert getattr(ax, name) is not None
    assert name in dir(ax)


@pytest.mark.parametrize("name", exchange.__all__)
def test_every_name_of_the_exchange_loads(name):
    assert getattr(exchange, name) is not None
    assert name in dir(exchange)


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'backtests'"):
        ax.backtests  # noqa: B018 - the access is the test


@pytest.mark.parametrize(
    "first", ["import arbitrax.backtest.metrics as m", "from arbitrax.backtest.result import Result", "pass"]
)
def test_backtest_is_callable_whatever_was_imported_first(first):
    code = (
        f"import arbitrax as ax; {first}; from arbitrax import backtest\n"
        "assert callable(ax.backtest) and callable(backtest)\n"
        "import arbitrax.backtest.engine as e; assert callable(ax.backtest)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_backtest_shows_its_signature():
    assert list(inspect.signature(ax.backtest).parameters)[:2] == ["strategy", "data"]
