import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arbitrax.domain.errors import DataError
from arbitrax.market_data.files import read_file

FILES = Path(__file__).parents[2] / "fixtures" / "files"
ALLOWED = {"numpy", "msgspec", "arbitrax"}


def test_parquet_gives_the_bars_of_the_csv(tmp_path):
    (expected,) = read_file(FILES / "yahoo.csv")
    bars = expected.bars
    names = ("open", "high", "low", "close", "volume", "adj_close")
    table = pa.table({"timestamp": bars.timestamp.astype("datetime64[ns]")} | {n: getattr(bars, n) for n in names})
    pq.write_table(table, tmp_path / "yahoo.parquet")
    (series,) = read_file(tmp_path / "yahoo.parquet")
    assert series.bars.symbol == "YAHOO"
    assert series.bars.content_hash() == bars.content_hash()


def test_parquet_with_a_bad_value(tmp_path):
    prices = {"open": [1.0], "high": [2.0], "low": [1.0], "close": [None]}
    pq.write_table(pa.table({"date": ["2020-01-02"], **prices}), tmp_path / "bad.parquet")
    with pytest.raises(DataError, match=r"bad\.parquet, row 0, column 'close'"):
        read_file(tmp_path / "bad.parquet")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"Date,Open\n", b"PAR1" + b"x" * 50 + b"PAR1"])
def test_what_is_no_parquet(tmp_path, content):
    (tmp_path / "bad.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"^bad\.parquet: this is no readable Parquet file"):
        read_file(tmp_path / "bad.parquet")


def test_reading_a_csv_loads_numpy_and_little_else():
    code = (
        "import sys; from pathlib import Path; import numpy; before = set(sys.modules)\n"
        "from arbitrax.market_data.files import read_file\n"
        f"read_file(Path({str(FILES / 'yahoo.csv')!r}))\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    foreign = loaded - ALLOWED - set(sys.stdlib_module_names)
    assert {name for name in foreign if not name.startswith(("_cy", "cython", "typing_extensions"))} == set()
    assert not loaded & {"zoneinfo", "asyncio", "email", "subprocess", "multiprocessing"}
