"""Stored series written to files: whole or not at all, in the prices that were asked for."""

import os
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from arbitrax.domain.bars import Bars
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import InputError, RangeError, StoreError, UnknownNameError
from arbitrax.domain.intervals import DAY
from arbitrax.market_data import export
from arbitrax.market_data.files import read_file
from arbitrax.services.exports import export_series

RECEIVED = 1_690_000_000 * 10**9
FIRST = 10_957 * DAY
SPLIT = CorporateAction(symbol="AAPL", kind="split", ex_date=FIRST + 2 * DAY, ratio=2.0)
DIVIDEND = CorporateAction(symbol="AAPL", kind="dividend", ex_date=FIRST + DAY, amount=2.0, currency="USD")


@pytest.fixture
def bars() -> Bars:
    close = np.array([100.0, 98.0, 49.0, 49.5])
    return Bars("AAPL", "1d", FIRST + np.arange(4) * DAY, close, close, close, close, np.full(4, 10.0))


@pytest.fixture
def stores(bar_store, action_store, bars):
    bar_store.store([bars], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    return bar_store, action_store


@pytest.mark.parametrize("ending", ["csv", "parquet", "pq", "arrow", "feather", "ipc"])
def test_raw_bars_come_back_byte_for_byte(stores, bars, tmp_path, ending) -> None:
    path = tmp_path / f"out.{ending}"
    outcome = export_series(*stores, "AAPL", "1d", path)
    assert read_file(path)[0].bars.content_hash() == bars.content_hash()
    assert (outcome.rows, outcome.first, outcome.last) == (4, FIRST, FIRST + 3 * DAY)
    assert outcome.notices == ()
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_adjusted_prices_are_those_of_the_stored_actions(stores, tmp_path) -> None:
    stores[1].store([SPLIT, DIVIDEND], source="file", received=RECEIVED)
    split = export_series(*stores, "AAPL", "1d", tmp_path / "split.csv", prices="split")
    assert (tmp_path / "split.csv").read_text().splitlines()[1:] == [
        "2000-01-01,50,50,50,50,20,AAPL",
        "2000-01-02,49,49,49,49,20,AAPL",
        "2000-01-03,49,49,49,49,10,AAPL",
        "2000-01-04,49.5,49.5,49.5,49.5,10,AAPL",
    ]
    assert split.notices == ("The prices of AAPL were adjusted for 1 split as known, not for dividends.",)
    both = export_series(*stores, "AAPL", "1d", tmp_path / "both.parquet", prices="split+dividend")
    assert list(read_file(tmp_path / "both.parquet")[0].bars.close) == [49.0, 49.0, 49.0, 49.5]
    assert both.notices == ("The prices of AAPL were adjusted for 1 split and 1 dividend as known.",)


def test_without_actions_prices_stay_and_it_is_said(stores, bars, tmp_path) -> None:
    outcome = export_series(*stores, "AAPL", "1d", tmp_path / "x.csv", prices="split+dividend")
    assert outcome.notices == ("No splits or dividends of AAPL are stored; its prices are as traded.",)
    assert list(read_file(tmp_path / "x.csv")[0].bars.close) == list(bars.close)


def test_the_adjusted_close_of_a_vendor_is_used(bar_store, action_store, bars, tmp_path) -> None:
    vendor = replace(bars, adj_close=bars.close / 4)
    bar_store.store([vendor], source="x", received=RECEIVED, rows_done=lambda _rows: None)
    outcome = export_series(bar_store, action_store, "AAPL", "1d", tmp_path / "x.csv", prices="split+dividend")
    assert list(read_file(tmp_path / "x.csv")[0].bars.close) == list(bars.close / 4)
    assert "vendor" in outcome.notices[0]


def test_a_range_is_cut_after_adjusting(stores, tmp_path) -> None:
    stores[1].store([SPLIT], source="file", received=RECEIVED)
    outcome = export_series(
        *stores, "AAPL", "1d", tmp_path / "x.csv", prices="split", start=FIRST + DAY, end=FIRST + 2 * DAY
    )
    assert outcome.rows == 1
    assert list(read_file(tmp_path / "x.csv")[0].bars.close) == [49.0]
    with pytest.raises(RangeError, match="AAPL has no 1d bars in this range"):
        export_series(*stores, "AAPL", "1d", tmp_path / "y.csv", start=FIRST + 9 * DAY)
    assert not (tmp_path / "y.csv").exists()


def test_a_file_that_is_there_stays_unless_told(stores, tmp_path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="is there already; name another file, or say that it may be overwritten"):
        export_series(*stores, "AAPL", "1d", path)
    assert path.read_text() == "mine"
    export_series(*stores, "AAPL", "1d", path, overwrite=True)
    assert path.read_text().startswith("timestamp,open")
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_a_file_that_appears_meanwhile_is_not_overwritten(stores, tmp_path, monkeypatch) -> None:
    path = tmp_path / "x.csv"

    def write(bars, file, form) -> None:
        file.write(b"half")
        path.write_text("theirs")

    monkeypatch.setattr(export, "write_bars", write)
    with pytest.raises(InputError, match="is there already"):
        export_series(*stores, "AAPL", "1d", path)
    assert path.read_text() == "theirs"
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("overwrite", [False, True])
def test_what_fails_in_the_middle_leaves_things_as_they_were(stores, tmp_path, monkeypatch, error, overwrite) -> None:
    path = tmp_path / "x.csv"
    if overwrite:
        path.write_text("mine")

    def fail(bars, file, form) -> None:
        file.write(b"half")
        raise error

    monkeypatch.setattr(export, "write_bars", fail)
    with pytest.raises((StoreError, KeyboardInterrupt), match=r"could not be written \(No space left|^$"):
        export_series(*stores, "AAPL", "1d", path, overwrite=overwrite)
    assert path.exists() == overwrite
    if overwrite:
        assert path.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_wrong_words_are_refused_in_a_sentence(stores, tmp_path) -> None:
    for path, more, sentence in (
        (tmp_path / "x.xlsx", {}, r"x\.xlsx has no ending of a format we write; use one of \.csv"),
        (tmp_path / "x", {}, "has no ending of a format"),
        (tmp_path / "none" / "x.csv", {}, "The folder .*none does not exist"),
        (tmp_path / "x.csv", {"prices": "adjusted"}, "'adjusted' is no kind of prices; use raw, split, split"),
    ):
        with pytest.raises(InputError, match=sentence):
            export_series(*stores, "AAPL", "1d", path, **more)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match="is a folder; name a file in it"):
        export_series(*stores, "AAPL", "1d", tmp_path / "folder.csv")
    with pytest.raises(UnknownNameError, match="did you mean 'AAPL'"):
        export_series(*stores, "AAPLE", "1d", tmp_path / "x.csv")
    assert not (tmp_path / "x.csv").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_nobody_may_write_to_is_a_sentence(stores, tmp_path) -> None:
    folder = Path(tmp_path / "locked")
    folder.mkdir(mode=0o500)
    with pytest.raises(StoreError, match=r"could not be written \(Permission denied\)"):
        export_series(*stores, "AAPL", "1d", folder / "x.csv")
