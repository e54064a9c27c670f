"""Files, folders and archives brought into the store: what can be trusted is stored, the rest set aside."""

import zipfile
from contextlib import contextmanager
from datetime import date

import numpy as np
import pytest

from arbitrax.bootstrap import Store
from arbitrax.domain.assets import Asset
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.services.imports import import_path, judge_imported
from arbitrax.services.repairs import apply_repair, known_repairs
from arbitrax.settings import Settings

CSV = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,20\n"
BAD = CSV.replace("2024-01-03,2,3", "2024-01-03,2")
HEAD = "Date,Open,High,Low,Close,Adj Close,Volume\n"
NOW = start_of_day("2024-06-03")


@pytest.fixture
def stores(database, tmp_path):
    return Store(database, Settings(home=tmp_path / "home"))


@pytest.fixture
def imported(stores):
    told = []

    @contextmanager
    def progress(name):
        told.append(name)
        yield (lambda _rows: None), (lambda _rows: None)

    def run(path, **options):
        outcomes = list(import_path(stores, path, clock=lambda: NOW, progress=progress, **options))
        return outcomes, told, sorted((each.symbol, each.rows) for each in stores.bars.catalogue())

    return run


def test_a_folder_with_good_and_bad_files(imported, tmp_path) -> None:
    folder = tmp_path / "prices"
    (folder / "deep").mkdir(parents=True)
    (folder / "AAPL.csv").write_text(CSV)
    (folder / "BAD.csv").write_text(BAD)
    (folder / "deep" / "MSFT.csv").write_text(CSV)
    (folder / "broken.zip").write_bytes(b"PK\x03\x04")
    (folder / "notes.md").write_text("x")
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("us/ibm.us.txt", CSV)
        archive.writestr("us/odd.us.txt", BAD)
    outcomes, told, stored = imported(folder)
    names = ["AAPL.csv", "BAD.csv", "broken.zip", "deep/MSFT.csv", "more.zip/us/ibm.us.txt", "more.zip/us/odd.us.txt"]
    assert [each.path for each in outcomes] == [str(folder / name) for name in names]
    assert [each.refused is None for each in outcomes] == [True, False, False, True, True, False]
    assert outcomes[1].refused.startswith("BAD.csv, line 3: 5 fields where other rows have 6")
    assert outcomes[2].refused == "broken.zip: this is no whole zip archive; download it again."
    assert outcomes[5].refused.startswith("more.zip/us/odd.us.txt, line 3: 5 fields")
    assert stored == [("AAPL", 2), ("IBM.US", 2), ("MSFT", 2)]
    assert outcomes[0].notices == (f"1 file in {folder} with endings that are not read was left out.",)
    assert told == ["AAPL.csv", "BAD.csv", "MSFT.csv", "more.zip/us/ibm.us.txt", "more.zip/us/odd.us.txt"]
    again, _, still = imported(folder)
    assert sum(each.unchanged for each in again) == 6
    assert sum(each.added + each.updated for each in again) == 0
    assert still == stored


def test_a_zip_with_a_trick_stores_nothing(imported, tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "trick.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("../b.csv", CSV)
    outcomes, _, stored = imported(tmp_path / "trick.zip")
    assert [each.refused for each in outcomes] == [
        "trick.zip: the name '../b.csv' in it leads out of the archive; do not trust it."
    ]
    assert stored == []


def test_nothing_to_read_is_one_sentence(imported, tmp_path) -> None:
    for path, sentence in ((tmp_path / "none.csv", "does not exist"), (tmp_path, "has no file with an ending we read")):
        outcomes, _, _ = imported(path)
        assert len(outcomes) == 1
        assert sentence in outcomes[0].refused


def test_a_store_that_fails_is_no_refusal(stores, tmp_path, monkeypatch) -> None:
    (tmp_path / "AAPL.csv").write_text(CSV)

    def fail(*_, **__) -> None:
        raise StoreUnavailableError("PostgreSQL is down.")

    monkeypatch.setattr(stores.bars, "store_judged", fail)

    @contextmanager
    def progress(name):
        yield (lambda _rows: None), (lambda _rows: None)

    with pytest.raises(StoreUnavailableError, match=r"PostgreSQL is down\. Nothing of .*AAPL\.csv was stored"):
        list(import_path(stores, tmp_path, clock=lambda: NOW, progress=progress))


def days(count, price=lambda k: 10.0, *, first="2023-01-02", change=None):
    """Rows on weekdays; ``change`` maps a position to another row."""
    dates = np.busday_offset(first, np.arange(count), roll="forward")
    rows = [f"{day},{price(k)},{price(k)},{price(k)},{price(k)},{price(k)},1000" for k, day in enumerate(dates)]
    return HEAD + "\n".join((change or {}).get(k, row) for k, row in enumerate(rows)) + "\n", dates


def set_aside(stores, symbol, interval="1d"):
    return [
        (str(np.datetime64(each.row.timestamp, "ns"))[:10], each.row.rule, each.source)
        for each in stores.quality.quarantined(symbol, interval)
    ]


def test_rows_that_cannot_be_trusted_are_set_aside_and_the_others_stored(imported, stores, tmp_path) -> None:
    _, dates = days(40)
    changed = {
        3: f"{dates[3]},10,9,11,10,10,1000",
        5: f"{dates[5]},null,null,null,null,null,null",
        7: f"{dates[7]},0,10,10,10,10,1000",
        9: f"{dates[9]},10,10,many,10,10,1000",
        11: f"{dates[11]},10,10,10,10,10,-5",
        13: f"{dates[13]},10,10,10,10,10,",
    }
    text, _ = days(40, change=changed)
    (tmp_path / "DIRTY.csv").write_text(text + f"{dates[15]},11,11,11,11,11,1000\n{dates[16]},10,10,10,10,10,1000\n")
    (outcome,), _, stored = imported(tmp_path / "DIRTY.csv")
    assert stored == [("DIRTY", 35)]
    assert (outcome.rows, outcome.added, outcome.quarantined, outcome.refused) == (42, 35, 6, None)
    assert (outcome.duplicates_dropped, outcome.rows_reordered) == (1, 24)
    expected = {
        3: "price_outside_range", 5: "price_missing", 7: "price_not_positive", 9: "price_missing",
        11: "volume", 15: "duplicate_timestamp",
    }  # fmt: skip
    assert set_aside(stores, "DIRTY") == [(str(dates[k]), rule, "file") for k, rule in expected.items()]
    kept = stores.bars.load("DIRTY", "1d").bars
    assert kept.close[kept.timestamp.searchsorted(start_of_day(str(dates[15])))] == 11
    told = " ".join(outcome.notices)
    assert "line 7, column 'Open': the price is 'null'" in told
    assert "DIRTY has no volume in 1 bar" in told
    assert "Of DIRTY 6 rows were set aside, and `arbitrax data check DIRTY --interval 1d` shows why" in told
    assert judge_imported(stores, outcome.series, now=NOW)["DIRTY 1d"] < 100


def test_importing_dirty_rows_again_changes_nothing(imported, stores, tmp_path) -> None:
    text, dates = days(40)
    (tmp_path / "D.csv").write_text(text.replace(f"{dates[7]},10.0", f"{dates[7]},0"))
    imported(tmp_path / "D.csv")
    (again,), _, stored = imported(tmp_path / "D.csv")
    assert (again.added, again.updated, again.unchanged, again.quarantined) == (0, 0, 39, 1)
    assert stored == [("D", 39)]
    assert len(set_aside(stores, "D")) == 1
    (tmp_path / "D.csv").write_text(text)
    (mended,), _, _ = imported(tmp_path / "D.csv")
    assert (mended.added, mended.updated, mended.unchanged, mended.quarantined) == (1, 0, 39, 0)
    assert judge_imported(stores, mended.series, now=NOW) == {"D 1d": 100.0}


def test_a_block_in_another_unit_is_set_aside_and_comes_back_by_a_repair(imported, stores, tmp_path) -> None:
    text, _ = days(120, lambda k: (100 if 60 <= k < 70 else 1) * round(10 + 0.01 * (k % 7), 2))
    (tmp_path / "PENCE.csv").write_text(text)
    (outcome,), _, stored = imported(tmp_path / "PENCE.csv")
    assert (outcome.quarantined, stored) == (10, [("PENCE", 110)])
    (proposed,) = known_repairs(stores, "PENCE", "1d", now=NOW)
    apply_repair(stores, "PENCE", "1d", proposed.id, who="me", now=NOW)
    bars = stores.bars.load("PENCE", "1d").bars
    assert len(bars) == 120
    assert bars.close.max() < 11


def test_bars_on_holidays_are_set_aside_once_the_exchange_is_known(imported, stores, tmp_path) -> None:
    text, dates = days(30, first="2023-11-01")
    assert "2023-11-23" in dates.astype(str)
    (tmp_path / "H.csv").write_text(text)
    (before,), _, _ = imported(tmp_path / "H.csv")
    assert before.quarantined == 0
    stores.assets.describe(Asset(symbol="K", exchange="XNYS", asset_type="equity"))
    (tmp_path / "K.csv").write_text(text)
    (after,), _, _ = imported(tmp_path / "K.csv")
    assert (after.quarantined, set_aside(stores, "K")) == (1, [("2023-11-23", "session", "file")])


def test_a_file_without_a_sound_row_is_refused_whole(imported, stores, tmp_path) -> None:
    text, _ = days(20)
    swapped = text.replace("High,Low", "Low,High").replace("10.0,10.0,10.0", "10.0,11.0,9.0")
    (tmp_path / "SWAP.csv").write_text(swapped)
    (outcome,), _, stored = imported(tmp_path / "SWAP.csv")
    assert outcome.refused.startswith(
        "SWAP.csv: none of its rows can be trusted (20 rows in all); the first: 2023-01-02"
    )
    assert stored == []
    assert stores.assets.find("SWAP") is None


def test_adjusted_closes_on_some_rows_only_refuse_the_file(imported, tmp_path) -> None:
    text, dates = days(20)
    (tmp_path / "A.csv").write_text(text.replace(f"{dates[4]},10.0,10.0,10.0,10.0,10.0", f"{dates[4]},10,10,10,10,"))
    (outcome,), _, stored = imported(tmp_path / "A.csv")
    assert outcome.refused.startswith("1 of 20 bars of A have no adjusted close, the first on 2023-01-06")
    assert stored == []
    # A row without any price is set aside, so that its adjusted close is not missed.
    (tmp_path / "A.csv").write_text(text.replace(f"{dates[4]},10.0,10.0,10.0,10.0,10.0", f"{dates[4]},,,,,"))
    (outcome,), _, stored = imported(tmp_path / "A.csv")
    assert (outcome.refused, outcome.quarantined, stored) == (None, 1, [("A", 19)])


def test_weekly_bars_of_a_file_are_bars(imported, tmp_path) -> None:
    text, _ = days(100)
    head, *rows = text.splitlines()
    (tmp_path / "W.csv").write_text("\n".join([head, *rows[::5]]) + "\n")
    (outcome,), _, _ = imported(tmp_path / "W.csv")
    assert (outcome.series, outcome.added, outcome.quarantined) == (("W 1w",), 20, 0)


def test_a_day_that_goes_on_is_stored_as_not_final(imported, stores, database, tmp_path) -> None:
    text, dates = days(20, first="2024-05-07")
    assert dates[-1] == np.datetime64(date(2024, 6, 3))
    (tmp_path / "T.csv").write_text(text)
    imported(tmp_path / "T.csv")
    with database.connection() as connection:
        found = connection.execute("SELECT timestamp::date FROM historical_prices WHERE NOT is_final").fetchall()
    assert found == [(date(2024, 6, 3),)]
