"""Folders and archives brought into the store: each file whole or not at all, each told in a sentence."""

import zipfile
from contextlib import contextmanager

import pytest

from arbitrax.domain.errors import StoreUnavailableError
from arbitrax.services.imports import import_path

CSV = "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,10\n2024-01-03,2,3,2,3,20\n"
BAD = CSV.replace("2024-01-03,2,3", "2024-01-03,2,x")


@pytest.fixture
def imported(bar_store):
    told = []

    @contextmanager
    def progress(name):
        told.append(name)
        yield (lambda _rows: None), (lambda _rows: None)

    def run(path, **options):
        outcomes = list(import_path(bar_store, path, clock=lambda: 10**18, progress=progress, **options))
        return outcomes, told, sorted((each.symbol, each.rows) for each in bar_store.catalogue())

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
    assert outcomes[1].refused.startswith("BAD.csv, line 3, column 'High': 'x' is not a number")
    assert outcomes[2].refused == "broken.zip: this is no whole zip archive; download it again."
    assert outcomes[5].refused.startswith("more.zip/us/odd.us.txt, line 3, column 'High'")
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


def test_a_store_that_fails_is_no_refusal(bar_store, tmp_path, monkeypatch) -> None:
    (tmp_path / "AAPL.csv").write_text(CSV)

    def fail(*_, **__) -> None:
        raise StoreUnavailableError("PostgreSQL is down.")

    monkeypatch.setattr(bar_store, "store", fail)

    @contextmanager
    def progress(name):
        yield (lambda _rows: None), (lambda _rows: None)

    with pytest.raises(StoreUnavailableError, match=r"PostgreSQL is down\. Nothing of .*AAPL\.csv was stored"):
        list(import_path(bar_store, tmp_path, clock=lambda: 10**18, progress=progress))
