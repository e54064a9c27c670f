"""The catalogue: what is known of assets, and that they stay themselves when their symbols change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import psycopg
import pytest

from arbitrax.domain.assets import Asset
from arbitrax.domain.corporate_actions import CorporateAction
from arbitrax.domain.dates import start_of_day
from arbitrax.domain.errors import ArbitraxError, DataError, InputError, UnknownNameError
from arbitrax.domain.intervals import DAY
from arbitrax.services.catalogue_ports import SymbolPeriod
from arbitrax.storage.postgres.asset_store import PostgresAssetStore
from arbitrax.storage.postgres.connection import Database

RECEIVED = 1_700_000_000_000_000_000
FIRST = date(1, 1, 1)
RENAMED = date(2022, 6, 9)
DAY_NUMBER = start_of_day(RENAMED.isoformat()) // DAY
FULL = Asset(
    symbol="AAPL",
    name="Apple Inc.",
    asset_type="equity",
    exchange="XNYS",
    currency="USD",
    tick_size=Decimal("0.01"),
    lot_size=Decimal(1),
)


@pytest.fixture
def assets(database) -> PostgresAssetStore:
    return PostgresAssetStore(database)


def store(bar_store, *series) -> None:
    bar_store.store(series, source="x", received=RECEIVED, rows_done=lambda _rows: None)


def test_what_is_known_stays_and_only_a_change_replaces_it(assets) -> None:
    assets.describe(Asset(symbol="AAPL", name="Apple"))
    assets.describe(FULL)
    assert assets.find("AAPL").asset.name == "Apple"
    assert assets.find("AAPL").asset == Asset(
        **{name: getattr(FULL, name) for name in FULL.__struct_fields__} | {"name": "Apple"}
    )
    assets.change(Asset(symbol="AAPL", name="Apple Inc."))
    assert assets.find("AAPL").asset == FULL
    assets.change(Asset(symbol="AAPL", tick_size=Decimal("0.0001"), asset_type="etf"))
    assert assets.find("AAPL").asset.tick_size == Decimal("0.0001")
    assert assets.find("AAPL").asset.asset_type == "etf"
    with pytest.raises(UnknownNameError, match="No asset has the symbol NONE now"):
        assets.change(Asset(symbol="NONE"))
    assert assets.find("NONE") is None


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (Asset(symbol=""), "symbol of the bars is empty"),
        (Asset(symbol=" X"), "has space around it"),
        (Asset(symbol="X", currency="GBp"), "assets_currency_is_code"),
        (Asset(symbol="X", tick_size=Decimal(0)), "assets_tick_size"),
        (Asset(symbol="X", lot_size=Decimal("NaN")), "assets_lot_size"),
    ],
)
def test_wrong_facts_are_refused_and_leave_no_asset(assets, wrong, sentence) -> None:
    with pytest.raises(DataError, match=sentence):
        assets.describe(wrong)
    assert assets.search("", limit=5) == []


def test_search_finds_symbols_names_and_symbols_of_the_past(assets) -> None:
    for symbol, name in (("MA", "Mastercard"), ("MAR", "Marriott"), ("AMA", None), ("FB", "Meta"), ("X_%", "odd")):
        assets.describe(Asset(symbol=symbol, name=name))
    assets.rename("FB", "META", on=RENAMED)

    def found(text: str, limit: int = 9) -> list[str]:
        return [each.asset.symbol for each in assets.search(text, limit=limit)]

    assert found("ma") == ["MA", "MAR", "AMA"]
    assert found("ma", 1) == ["MA"]
    assert found("rio") == ["MAR"]
    assert found("fb") == ["META"]
    assert found("_%") == ["X_%"]
    assert found("%") == ["X_%"]
    assert found("") == ["AMA", "MA", "MAR", "META", "X_%"]


def test_an_asset_is_found_by_its_old_symbol_until_another_has_it(assets, bar_store, make_bars) -> None:
    bars = make_bars("FB")
    store(bar_store, bars)
    assets.rename("FB", "META", on=RENAMED)
    for symbol in ("FB", "META"):
        found = bar_store.load(symbol, "1d")
        assert (found.bars.symbol, found.bars.content_hash()) == (symbol, bars.content_hash())
        assert assets.find(symbol).asset.symbol == "META"
        assert assets.find(symbol).symbols == (
            SymbolPeriod("FB", FIRST, RENAMED),
            SymbolPeriod("META", RENAMED, None),
        )
    assert [each and each.bars.symbol for each in bar_store.load_many(["FB", "NO", "META"], "1d")] == [
        "FB",
        None,
        "META",
    ]
    assert [each.symbol for each in bar_store.catalogue()] == ["META"]
    other = make_bars("FB", first=DAY_NUMBER, seed=9)
    store(bar_store, other)
    assert bar_store.load("FB", "1d").bars.content_hash() == other.content_hash()
    assert bar_store.load("META", "1d").bars.content_hash() == bars.content_hash()
    assert assets.find("FB").symbols == (SymbolPeriod("FB", RENAMED, None),)


def test_what_is_older_than_a_symbols_new_owner_is_refused(assets, bar_store, action_store, make_bars) -> None:
    bars = make_bars("FB")
    store(bar_store, bars)
    assets.rename("FB", "META", on=RENAMED)
    old_split = CorporateAction(symbol="FB", kind="split", ex_date=DAY * (DAY_NUMBER - 1), ratio=2.0)
    for taken in (False, True):
        for series in (bars, make_bars("FB", first=DAY_NUMBER - 1)):
            with pytest.raises(DataError, match="Until 2022-06-09 the symbol FB belonged to another asset"):
                store(bar_store, series)
        with pytest.raises(DataError, match="begins on 2022-06-08; store it under that asset's symbol"):
            action_store.store([old_split], source="x", received=RECEIVED)
        assert assets.find("FB").asset.symbol == ("FB" if taken else "META")
        store(bar_store, make_bars("FB", first=DAY_NUMBER))


def test_a_released_symbol_is_free_and_finds_its_last_owner_meanwhile(assets, bar_store, make_bars) -> None:
    bars = make_bars("WM")
    store(bar_store, bars)
    assets.release("WM", on=RENAMED)
    assert bar_store.load("WM", "1d").bars.content_hash() == bars.content_hash()
    assert not assets.find("WM").has_symbol
    with pytest.raises(UnknownNameError, match="No asset has the symbol WM now"):
        assets.release("WM", on=RENAMED)
    assets.describe(Asset(symbol="WM", name="Waste Management"))
    assert bar_store.load("WM", "1d") is None
    assert assets.find("WM").asset.name == "Waste Management"
    assert [each.has_symbol for each in assets.search("WM", limit=5)] == [True, False]


def test_what_was_known_under_a_symbol_stays_readable_when_another_asset_has_it(
    assets, bar_store, action_store, make_bars
) -> None:
    first, second = make_bars("WM", seed=1), make_bars("WM", seed=2, first=DAY_NUMBER)
    split = CorporateAction(symbol="WM", kind="split", ex_date=10 * DAY, ratio=2.0)
    store(bar_store, first)
    action_store.store([split], source="x", received=RECEIVED)
    assets.release("WM", on=RENAMED)
    bar_store.store([second], source="x", received=RECEIVED + 10**18, rows_done=lambda _rows: None)
    assert bar_store.load("WM", "1d").bars.content_hash() == second.content_hash()
    assert action_store.load("WM").actions == ()
    then = bar_store.load("WM", "1d", as_of=RECEIVED)
    assert then.bars.content_hash() == first.content_hash()
    assert action_store.load("WM", as_of=RECEIVED).actions == (split,)


def test_a_symbol_may_come_back(assets) -> None:
    assets.describe(Asset(symbol="A"))
    days = [date(2001, 1, 1), date(2002, 1, 1), date(2003, 1, 1)]
    for symbol, to, on in zip(("A", "B", "A"), ("B", "A", "C"), days, strict=True):
        assets.rename(symbol, to, on=on)
    assert [(each.symbol, each.start) for each in assets.find("C").symbols] == [
        ("A", FIRST),
        ("B", days[0]),
        ("A", days[1]),
        ("C", days[2]),
    ]
    assert assets.find("A") == assets.find("B") == assets.find("C")


@pytest.mark.parametrize(
    ("act", "kind", "sentence"),
    [
        (lambda assets: assets.rename("NONE", "X", on=RENAMED), UnknownNameError, "No asset has the symbol NONE"),
        (lambda assets: assets.rename("A", "B", on=RENAMED), InputError, "A cannot become B: another asset has that"),
        (lambda assets: assets.rename("A", "A", on=RENAMED), InputError, "A is called so already"),
        (lambda assets: assets.rename("A", " B", on=RENAMED), DataError, "space around it"),
        (lambda assets: assets.rename("NEW", "N", on=date(2020, 1, 1)), InputError, "did not have the symbol NEW yet"),
        (lambda assets: assets.release("NEW", on=date(2019, 1, 1)), InputError, "did not have the symbol NEW yet"),
        (lambda assets: assets.rename("A", "OLD", on=date(2019, 1, 1)), InputError, "another asset had that symbol"),
    ],
)
def test_symbols_that_cannot_change_change_nothing(assets, act, kind, sentence) -> None:
    for symbol in ("A", "B", "OLD"):
        assets.describe(Asset(symbol=symbol))
    assets.rename("OLD", "NEW", on=date(2020, 1, 1))
    before = assets.search("", limit=9)
    with pytest.raises(kind, match=sentence):
        act(assets)
    assert assets.search("", limit=9) == before


def test_concurrent_renames_of_one_asset_and_to_one_symbol_let_one_win(postgres_url) -> None:
    def rename(names: tuple[str, str]) -> bool:
        with Database(postgres_url) as database:
            try:
                PostgresAssetStore(database).rename(*names, on=RENAMED)
            except ArbitraxError:
                return False
            return True

    with Database(postgres_url) as database, ThreadPoolExecutor(6) as pool:
        assets = PostgresAssetStore(database)
        for symbol in "ABCDEF":
            assets.describe(Asset(symbol=symbol))
        assert sum(pool.map(rename, [(symbol, "ONE") for symbol in "ABC"])) == 1
        assert sum(pool.map(rename, [("D", f"D{number}") for number in range(6)])) == 1
        held = [each.asset.symbol for each in assets.search("", limit=20)]
        assert len(held) == len(set(held)) == 6
        assert all(len(each.symbols) in (0, 2) for each in assets.search("", limit=20))


def test_a_run_by_an_old_symbol_is_a_run_on_that_asset(assets, bar_store, make_bars, postgres_url) -> None:
    store(bar_store, make_bars("FB"))
    assets.rename("FB", "META", on=RENAMED)
    with psycopg.connect(postgres_url) as connection:
        from arbitrax.storage.postgres.sql import statement

        connection.execute(
            statement("asset_of_run_add"), {"id": "00000000-0000-0000-0000-000000000009", "symbol": "FB"}
        )
        assert connection.execute("SELECT symbol FROM assets").fetchall() == [("META",)]
