import json

import pandas as pd
import pytest

import arbitrax as ax
from arbitrax.domain.errors import InputError
from tests.market import sample


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(), sample("AAPL"))


@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_every_frame_reads_back_with_the_same_numbers(result, tmp_path, form):
    paths = result.export(tmp_path / "deep" / "run", form)
    assert [path.name for path in paths] == [
        *(f"{name}.{form}" for name in ("equity", "orders", "fills", "events", "trades", "contributions")),
        "metrics.json",
    ]
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "json": pd.read_json}[form]
    equity, trades = read(paths[0]), read(paths[4])
    exact = {} if form != "json" else {"rel": 1e-14}
    assert equity["equity"].tolist() == (
        result.equity_curve.tolist() if not exact else pytest.approx(result.equity_curve.tolist(), **exact)
    )
    assert pd.to_datetime(equity["time"], utc=True).tolist() == result.equity.index.tolist()
    assert trades["symbol"].tolist() == result.trades["symbol"].tolist()
    lengths = result.trades["duration"].dt.total_seconds().tolist()
    assert (
        trades["duration"].dt.total_seconds() if form == "parquet" else trades["duration_seconds"]
    ).tolist() == lengths


def test_metrics_come_with_the_spec_and_the_hashes(result, tmp_path):
    document = json.loads(result.export(tmp_path)[-1].read_text())
    assert document["metrics"]["sharpe"] == result.metrics["sharpe"]
    assert document["result_hash"] == result.hash
    assert document["spec"]["strategy"]["parameters"]["fast"] == 10


def test_wrong_forms_and_folders_are_refused_in_a_sentence(result, tmp_path):
    with pytest.raises(InputError, match="cannot be exported as 'xlsx'; use csv, parquet, json"):
        result.export(tmp_path, "xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to"):
        result.export(tmp_path / "file")
