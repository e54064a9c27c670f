"""Parts of stored runs: a page says what the whole says, and what was found out about a run stays found out."""

from dataclasses import dataclass
from math import inf

import msgspec
import numpy as np
import pandas as pd
import psycopg
import pytest

from arbitrax import __version__
from arbitrax.backtest.documents.account import account_message
from arbitrax.backtest.documents.tables import TABLES, table_frame
from arbitrax.backtest.spec import RunSpec
from arbitrax.backtest.specify import strategy_ref
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.errors import UnknownNameError
from arbitrax.domain.ids import encode, new_uuid
from arbitrax.services.backtests import find_run, restored_result, run_stored
from arbitrax.services.run_documents import ACCOUNT, EXCURSIONS, FIGURES, HONESTY
from arbitrax.services.run_prices import kept_bars
from arbitrax.services.run_tables import read_table, restored, told
from arbitrax.storage.postgres.action_store import PostgresActionStore
from arbitrax.storage.postgres.backtest_records import PostgresBacktestRecords
from arbitrax.storage.postgres.bar_store import PostgresBarStore
from arbitrax.storage.postgres.run_parts import PostgresRunParts
from arbitrax.storage.postgres.run_store import PostgresRunStore
from arbitrax.strategies.registry import find_strategy
from arbitrax.strategies.strategy import Strategy
from tests.market import random_walk

CREATED = 1_700_000_000_123_456_789
AS_OF = 1_690_000_000_000_001_000


@dataclass(frozen=True)
class Stores:
    bars: PostgresBarStore
    actions: PostgresActionStore
    runs: PostgresRunStore
    run_parts: PostgresRunParts


@pytest.fixture
def stores(database, bar_store, action_store) -> Stores:
    bar_store.store([random_walk(500)], source="x", received=AS_OF, rows_done=lambda _rows: None)
    return Stores(bar_store, action_store, PostgresRunStore(database), PostgresRunParts(database))


def run(stores: Stores, strategy: str = "sma_cross", *, patience: float = inf, **parameters):
    made = find_strategy(strategy)(**parameters)
    spec = RunSpec(strategy=strategy_ref(made, strategy), symbols=("TEST",), prices="raw", commission_bps=5)
    return run_stored(
        stores.bars, stores.actions, stores.runs, spec, made, now=CREATED, patience=patience
    )  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
def test_pages_of_a_table_are_the_table(stores, table) -> None:
    id, _ = run(stores, fast=2, slow=5)
    result = restored_result(stores.bars, stores.actions, stores.runs.load(id))
    whole = table_frame(result, table)
    assert len(whole)
    all_at_once, more = read_table(stores, id, table, 0, None)
    pd.testing.assert_frame_equal(all_at_once, whole)
    assert not more
    pages, first, more = [], 0, True
    while more:
        page, more = read_table(stores, id, table, first, 7)
        pages.append(page)
        first += len(page)
    pd.testing.assert_frame_equal(pd.concat(pages, ignore_index=True), whole.reset_index(drop=True), check_dtype=False)
    after, more = read_table(stores, id, table, len(whole), 7)
    assert (len(after), more) == (0, False)


class Tagged(Strategy):
    """Buys with a guard each tenth bar, and leaves what is left after five."""

    def on_bar(self, ctx):
        if ctx.index % 10 == 0:
            first = ctx.buy(3, tag="dip")
            ctx.sell(3, stop=ctx.price * 0.99, parent=first, tag="guard")
        elif ctx.index % 10 == 5:
            ctx.close()


def test_exits_and_tags_of_a_page_are_those_of_its_orders(stores) -> None:
    spec = RunSpec(strategy=strategy_ref(Tagged(), "tagged"), symbols=("TEST",), prices="raw", commission_bps=5)
    id, result = run_stored(stores.bars, stores.actions, stores.runs, spec, Tagged(), now=CREATED)
    page, _ = read_table(stores, id, "trades", 3, 20)
    whole = result.trades.iloc[3:23].reset_index(drop=True)
    pd.testing.assert_frame_equal(page.drop(columns="duration_seconds"), whole.drop(columns="duration"))
    assert {*page["entry_tag"]} >= {"dip"}
    assert {*page["exit_tag"].dropna()} >= {"guard"}
    assert page["exit_tag"].isna().any()
    assert page["mae"].min() < 0 < page["mfe"].max()


def test_what_a_run_tells_is_found_out_when_it_ends(stores, monkeypatch) -> None:
    id, result = run(stores, fast=2, slow=5)
    monkeypatch.setattr(PostgresRunStore, "load", refuse)
    assert told(stores, id, HONESTY) == msgspec.json.encode(result.honesty.document())
    figures = msgspec.json.decode(told(stores, id, FIGURES))
    assert {each["name"]: each["value"] for each in figures["figures"]} == dict(result.metrics)
    assert told(stores, id, ACCOUNT) == msgspec.json.encode(account_message(encode("bt", id), result))
    excursions = np.frombuffer(told(stores, id, EXCURSIONS)).reshape(-1, 2)
    assert excursions[:, 0].tolist() == result.trades["mae"].tolist()


def forget(stores: Stores, id) -> None:
    """Leave a run as older releases stored it."""
    documents = dict.fromkeys((FIGURES, ACCOUNT, EXCURSIONS), b"")
    stores.run_parts.keep_documents(id, "of an older release", documents)


def refuse(*_of, **_named):
    raise AssertionError("The whole run was read.")


def test_a_run_without_documents_is_restored_once(stores, monkeypatch) -> None:
    id, result = run(stores, patience=0.0, fast=2, slow=5)
    assert stores.run_parts.document(id, HONESTY, __version__) is None
    forget(stores, id)
    trades, _ = read_table(stores, id, "trades", 0, 5)
    assert trades["mae"].tolist() == result.trades["mae"].iloc[:5].tolist()
    first = {name: told(stores, id, name) for name in (HONESTY, FIGURES, ACCOUNT, EXCURSIONS)}
    panel, own = msgspec.json.decode(first[HONESTY]), result.honesty.document()
    assert (panel["verdict"], panel["costs"]) == (
        own["verdict"],
        msgspec.json.decode(msgspec.json.encode(own["costs"])),
    )
    monkeypatch.setattr(PostgresRunStore, "load", refuse)
    assert {name: told(stores, id, name) for name in first} == first
    assert read_table(stores, id, "trades", 0, 5)[0]["mae"].tolist() == trades["mae"].tolist()


def test_another_release_finds_out_anew(stores, postgres_url) -> None:
    id, _ = run(stores, fast=2, slow=5)
    before = told(stores, id, FIGURES)
    stores.run_parts.keep_documents(id, "0.0.1", {FIGURES: b"{}"})
    assert stores.run_parts.document(id, FIGURES, "0.0.1") == b"{}"
    assert told(stores, id, FIGURES) == before
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute("SELECT name, engine_version FROM backtest_documents ORDER BY name").fetchall()
    assert found == [(ACCOUNT, __version__), (EXCURSIONS, __version__), (FIGURES, __version__), (HONESTY, __version__)]


def test_what_was_found_out_first_stays(stores) -> None:
    """Two gateways that were asked at once keep one answer, and a run that is saved again keeps its own."""
    id, _ = run(stores, fast=2, slow=5)
    before = told(stores, id, HONESTY)
    stores.run_parts.keep_documents(id, __version__, {HONESTY: b"{}", "more": b"1234567"})
    assert told(stores, id, HONESTY) == before
    assert stores.run_parts.document(id, "more", __version__, first=2, size=3) == b"345"
    assert stores.run_parts.document(id, "more", __version__, first=9, size=3) == b""


def test_nothing_is_kept_of_a_run_that_is_not_there(stores) -> None:
    missing = new_uuid(CREATED)
    stores.run_parts.keep_documents(missing, __version__, {HONESTY: b"{}"})
    assert stores.run_parts.document(missing, HONESTY, __version__) is None
    assert stores.run_parts.outline(missing) is None
    for ask in (lambda: told(stores, missing, HONESTY), lambda: read_table(stores, missing, "trades", 0, 5)):
        with pytest.raises(UnknownNameError, match="There is no run"):
            ask()


def test_a_run_is_stored_though_its_panel_breaks(stores, monkeypatch, caplog) -> None:
    def breaks(_result):
        raise MemoryError

    monkeypatch.setattr("arbitrax.backtest.honesty.examine", breaks)
    id, result = run(stores, fast=2, slow=5)
    assert "run.document_failed" in caplog.text
    assert find_run(stores.runs, encode("bt", id)).result_hash == result.hash
    assert stores.run_parts.document(id, HONESTY, __version__) is None
    assert stores.run_parts.document(id, FIGURES, __version__)
    monkeypatch.undo()
    assert msgspec.json.decode(told(stores, id, HONESTY))["verdict"]


def test_raw_bars_are_those_stored_with_the_run_until_there_is_a_split(stores, database) -> None:
    records = PostgresBacktestRecords(database)
    id, _ = run(stores, fast=2, slow=5)
    kept = kept_bars(stores.runs, stores.actions, records.find(id))
    assert kept.close.tolist() == restored(stores, id).bars.close.tolist()
    split = CorporateAction(symbol="TEST", kind="split", ex_date=int(kept.timestamp[100]), ratio=2.0)
    stores.actions.store([split], source="x", received=AS_OF)
    after, _ = run_again(stores)
    assert kept_bars(stores.runs, stores.actions, records.find(after)) is None
    assert kept_bars(stores.runs, stores.actions, records.find(id)) is not None


def run_again(stores: Stores):
    made = find_strategy("buy_and_hold")()
    spec = RunSpec(strategy=strategy_ref(made, "buy_and_hold"), symbols=("TEST",), prices="raw")
    return run_stored(stores.bars, stores.actions, stores.runs, spec, made, now=CREATED + 10**9)
