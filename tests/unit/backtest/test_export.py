import json

import pandas as pd
import pytest

import arbitrax as ax
from arbitrax.domain.errors import InputError
from tests.market import daily, sample

FRAMES = (
    "equity", "orders", "fills", "events", "trades", "contributions", "monthly", "yearly", "drawdowns", "var_backtest",
    "rolling", "returns",
)  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return ax.backtest(ax.SmaCross(), sample("AAPL"))


@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_every_frame_reads_back_with_the_same_numbers(result, tmp_path, form):
    paths = result.export(tmp_path / "deep" / "run", form)
    assert [path.name for path in paths] == [
        *(f"{name}.{form}" for name in FRAMES),
        "honesty.json",
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


@pytest.mark.parametrize("form", ["csv", "parquet", "json"])
def test_tables_of_returns_and_drawdowns_read_back(result, tmp_path, form):
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "json": pd.read_json}[form]
    result.export(tmp_path, form)
    monthly, drawdowns, rolling = (read(tmp_path / f"{name}.{form}") for name in ("monthly", "drawdowns", "rolling"))
    assert monthly["year"].tolist() == result.monthly.index.tolist()
    assert monthly["5"].tolist() == pytest.approx(result.monthly[5].tolist(), nan_ok=True)
    assert drawdowns["depth"].tolist() == pytest.approx(result.drawdowns["depth"].tolist())
    assert rolling["sharpe"].tolist() == pytest.approx(result.rolling()["sharpe"].tolist(), nan_ok=True)
    assert json.loads((tmp_path / "honesty.json").read_text())["look_ahead"]["verdict"] == "ok"


def test_a_run_of_two_bars_is_exported_too(tmp_path):
    assert len(ax.backtest(ax.BuyAndHold(), daily([10, 11])).export(tmp_path, "parquet")) == len(FRAMES) + 2


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
