"""What each cold command loads: lists of modules, not clocks (docs/decisions/0001)."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from arbitrax.exchange.streams import opening
from tests.market import sample_year_csv

HEAVY = {
    "sqlalchemy",
    "alembic",
    "pandas",
    "polars",
    "pyarrow",
    "scipy",
    "exchange_calendars",
    "redis",
    "httpx2",
    "httpcore2",
    "anyio",
    "stamina",
    "tenacity",
    "valkey",
    "psutil",
    "prometheus_client",
    "dramatiq",
    "pika",
    "litestar",
    "uvicorn",
    "jwt",
    "argon2",
    "cryptography",
}
LIST = "import sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})), file=sys.stderr)"


def loaded(code, **environment):
    """Return the top-level modules a fresh process has loaded at its end."""
    out = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LIST}"], capture_output=True, text=True, check=False,
        env={**os.environ, **environment},
    )  # fmt: skip
    assert out.returncode == 0, out.stderr
    return set(json.loads(out.stderr.strip().splitlines()[-1]))


def standard(names):
    return {name for name in names if name in sys.stdlib_module_names or name.startswith("_")}


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "AAPL.csv"
    sample_year_csv(path)
    return path


@pytest.fixture(scope="module")
def bare():
    return loaded("pass")


def test_importing_the_package_loads_the_standard_library_only(bare):
    names = loaded("import arbitrax") - bare
    assert names - standard(names) == {"arbitrax"}


def test_backtest_on_a_csv_loads_numpy_and_msgspec(bare, year):
    names = loaded(f"import arbitrax as ax; ax.backtest(ax.SmaCross(fast=10, slow=30), {str(year)!r}).metrics") - bare
    foreign = {name for name in names - standard(names) if not name.startswith("cython")}
    assert foreign <= {"arbitrax", "numpy", "msgspec", "typing_extensions"}
    assert "dataclasses" not in names
    assert "asyncio" not in names


def test_the_exchange_as_a_library_loads_numpy_and_msgspec(bare):
    assert {name for name in loaded("import arbitrax.exchange") - bare if name == "numpy"} == set()
    code = (
        "from arbitrax.exchange import OrderBook; b = OrderBook(); b.submit('buy', price=1, quantity=1)[0]; b.picture()"
    )
    names = loaded(code) - bare
    foreign = {name for name in names - standard(names) if not name.startswith("cython")}
    assert foreign <= {"arbitrax", "numpy", "msgspec", "typing_extensions"}


def test_a_backtest_loads_no_compiled_exchange(year):
    code = (
        f"import sys, arbitrax.backtest, arbitrax as ax; ax.backtest(ax.SmaCross(), {str(year)!r}).metrics\n"
        "assert 'arbitrax.kernels.simulate' in sys.modules\n"
        "assert not [name for name in sys.modules if name.startswith('arbitrax.kernels.exchange')]"
    )
    assert "numpy" in loaded(code)


def test_numpy_stays_without_its_slow_parts(year):
    code = (
        f"import sys; import arbitrax as ax; ax.backtest(ax.SmaCross(), {str(year)!r}).metrics\n"
        "assert 'numpy.ma' not in sys.modules"
    )
    assert "numpy" in loaded(code)


@pytest.mark.parametrize(
    "words", [["strategy", "list"], ["backtest", "run", "sma_cross", "--data", "YEAR"], ["--help"], ["--version"]]
)
def test_commands_without_a_store_load_nothing_heavy(words, year, tmp_path):
    words = [str(year) if word == "YEAR" else word for word in words]
    code = (
        f"import sys; sys.argv = ['arbitrax', *{words!r}]\nfrom arbitrax.cli.main import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code"
    )
    names = loaded(code, ARBITRAX_HOME=str(tmp_path))
    assert names & (HEAVY | {"psycopg"}) == set()
    assert not list(tmp_path.iterdir())


def test_replaying_commands_loads_nothing_heavy(tmp_path):
    np.save(tmp_path / "commands.npy", opening())
    code = (
        f"import sys; sys.argv = ['arbitrax', 'exchange', 'replay', {str(tmp_path / 'commands.npy')!r}, '--json']\n"
        "from arbitrax.cli.main import main\n"
        "try: main()\nexcept SystemExit as end: assert not end.code"
    )
    assert loaded(code) & (HEAVY | {"psycopg"}) == set()


def test_choosing_a_vendor_loads_no_http_client():
    code = (
        "from arbitrax.market_data.providers.choice import choose, provider_named\n"
        "from arbitrax.market_data.providers.access import Access\n"
        "from arbitrax.storage.redis.token_bucket import ValkeyBucket\n"
        "assert choose({'polygon'}, '1d') == ['polygon', 'yahoo']; ValkeyBucket('redis://localhost')"
    )
    assert HEAVY & loaded(code) == set()


def test_a_client_loads_http_and_sockets_when_it_asks():
    code = "from arbitrax.client import Client; Client('http://localhost', api_key='ax_1').close()"
    assert (HEAVY | {"psycopg", "websockets"}) & loaded(code) == set()


def test_orders_and_the_calendar_load_nothing_heavy():
    code = (
        "from arbitrax.trading.exchange_broker import ExchangeBroker\n"
        "from arbitrax.trading.session_phases import next_phase\n"
        "from arbitrax.market_data.calendars import calendar\n"
        "next_phase(calendar('XNYS'), 1_700_000_000_000)"
    )
    assert loaded(code) & (HEAVY | {"psycopg"}) == set()
